/** A whole number in a range. */
export interface IntegerParameter {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

/** One of some words. */
export interface ChoiceParameter<Word extends string = string> {
  readonly kind: 'choice';
  readonly default: Word;
  readonly values: readonly Word[];
  readonly help: string;
}

/** `true` or `false`. */
export interface FlagParameter {
  readonly kind: 'flag';
  readonly default: boolean;
  readonly help: string;
}

export type ParameterSpec = IntegerParameter | ChoiceParameter | FlagParameter;
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;
export type ParameterValue = number | string | boolean;

type ValueOfSpec<S> = S extends IntegerParameter
  ? number
  : S extends ChoiceParameter<infer Word>
    ? Word
    : S extends FlagParameter
      ? boolean
      : ParameterValue;

/** The values of a representation's parameters. */
export type ParameterValues<S extends ParameterSpecs = ParameterSpecs> = {
  readonly [Name in keyof S]: ValueOfSpec<S[Name]>;
};

/** A parameter that is a whole number from `min` to `max`, both included; `help` says what it means, in a few words. */
export function integer(defaultValue: number, range: { min: number; max: number }, help: string): IntegerParameter {
  return { kind: 'integer', default: defaultValue, ...range, help };
}

/** A parameter that is one of some words, of which the first is the default; `help` says what it means. */
export function choice<const Word extends string>(
  values: readonly [Word, ...Word[]],
  help: string,
): ChoiceParameter<Word> {
  return { kind: 'choice', default: values[0], values, help };
}

/** A parameter that is true or false; `help` says what true means. */
export function flag(defaultValue: boolean, help: string): FlagParameter {
  return { kind: 'flag', default: defaultValue, help };
}

/** What a parameter accepts, as an error message says it. */
export function expectedOf(spec: ParameterSpec): string {
  if (spec.kind === 'integer') return `a whole number from ${spec.min} to ${spec.max}`;
  return spec.kind === 'flag' ? 'true or false' : spec.values.join(' or ');
}

/** The value that a text stands for, or undefined when the parameter does not accept it. */
export function parseParameter(spec: ParameterSpec, text: string): ParameterValue | undefined {
  if (spec.kind === 'flag') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (spec.kind === 'choice') return spec.values.includes(text) ? text : undefined;
  const value = /^-?[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= spec.min && value <= spec.max ? value : undefined;
}

/** Whether a value, from a program rather than from text, is one that the parameter accepts. */
export function acceptsValue(spec: ParameterSpec, value: unknown): value is ParameterValue {
  return ['number', 'string', 'boolean'].includes(typeof value) && parseParameter(spec, String(value)) === value;
}

/** All defaults. */
export function defaultsOf<S extends ParameterSpecs>(specs: S): ParameterValues<S> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default])) as ParameterValues<S>;
}
