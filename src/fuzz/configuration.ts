import type { ParameterSpec, ParameterValue, ParameterValues } from '../model/machine/parameters.ts';
import { defaultsOf } from '../model/machine/parameters.ts';
import {
  DEFAULT_MACHINE,
  MACHINE_SETTINGS,
  withMachineSetting,
  type MachineSettings,
} from '../model/vocabulary/machine.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { isWidth, narrowValues, WIDE } from './lifting/width-parameters.ts';
import type { FuzzTarget } from './target.ts';

/** What an execution runs on: a representation's parameters and the machine's settings. */
export interface Configuration {
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
}

/** One setting that may differ from its default, and the values that a search tries. */
interface Setting {
  readonly values: readonly (string | ParameterValue)[];
  change(configuration: Configuration, value: string | ParameterValue): Configuration;
}

/** Values of a wider range are tried near the default; a parameter of this range or below is tried in full. */
const NARROW_RANGE = 64;
/** How often a random configuration leaves a setting at its default. */
const KEEPS_DEFAULT = 0.6;

/** All configurations of a target: fixed settings stay, the others are searched. */
export class ConfigurationSpace {
  /** Fixed values where they are given, defaults elsewhere. */
  readonly base: Configuration;
  /** Every configuration that differs from the base in one setting. */
  readonly neighbours: readonly Configuration[];
  /**
   * The base with one wide field, whose width is fixed, scaled down to a few bits. What is found there is told only when it can be
   * lifted to the real width.
   */
  readonly scaled: readonly Configuration[];
  readonly #settings: readonly Setting[];
  readonly #validate: FuzzTarget['representation']['validate'];

  readonly target: FuzzTarget;

  constructor(target: FuzzTarget) {
    const { representation, parameters, machine } = target;
    this.target = target;
    this.#validate = representation.validate;
    this.base = {
      parameters: { ...defaultsOf(representation.parameters), ...parameters },
      machine: fixedMachine(machine),
    };
    this.#settings = [
      ...Object.entries(representation.parameters)
        .filter(([name]) => !Object.hasOwn(parameters, name))
        .map(([name, spec]) => parameterSetting(name, spec)),
      // The memory model says what a second thread may see; executions here have one.
      ...MACHINE_SETTINGS.filter(({ name }) => name !== 'model' && machine[name] === undefined).map((setting) =>
        machineSetting(setting.name, setting.values, machine),
      ),
    ];
    const baseKey = configurationKey(this.base);
    this.neighbours = this.#settings
      .flatMap(({ values, change }) => values.map((value) => change(this.base, value)))
      .filter((each) => configurationKey(each) !== baseKey && this.isValid(each));
    this.scaled = Object.keys(parameters)
      .flatMap((name) => scaledValues(representation, this.base.parameters, name))
      .map((values) => ({ ...this.base, parameters: values }))
      .filter((each) => this.isValid(each));
  }

  isValid({ parameters }: Configuration): boolean {
    return this.#validate?.(parameters) === undefined;
  }

  /** Whether every parameter that is a width has the base's value. */
  hasBaseWidths({ parameters }: Configuration): boolean {
    const { representation } = this.target;
    return Object.entries(this.base.parameters).every(
      ([name, value]) => parameters[name] === value || !isWidth(representation, this.base.parameters, name),
    );
  }

  /** Whether every fixed parameter has its value. */
  isAllowed({ parameters }: Configuration): boolean {
    return Object.entries(this.target.parameters).every(([name, value]) => parameters[name] === value);
  }

  /** A configuration in which some settings are drawn; the base when the values drawn do not go together. */
  random(random: Random): Configuration {
    let drawn = this.base;
    for (const { values, change } of this.#settings)
      if (!random.chance(KEEPS_DEFAULT)) drawn = change(drawn, random.pick(values));
    return this.isValid(drawn) ? drawn : this.base;
  }
}

/** Fields of one bit hide what wider ones show; three widths are what a cycle is told from. */
const NARROWEST = 2;
const SCALED_VALUES = 3;

/** Some parameters with a wide width scaled down; none where the parameter is no width, or narrow anyway. */
function scaledValues(
  representation: FuzzTarget['representation'],
  parameters: ParameterValues,
  name: string,
): readonly ParameterValues[] {
  const spec = representation.parameters[name];
  if (spec?.kind !== 'integer' || Number(parameters[name]) <= WIDE) return [];
  if (!isWidth(representation, parameters, name)) return [];
  const narrow = narrowValues(spec).filter((value) => value >= NARROWEST);
  return narrow.slice(0, SCALED_VALUES).map((value) => ({ ...parameters, [name]: value }));
}

/** Equal for equal configurations of one representation. */
export function configurationKey({ parameters, machine }: Configuration): string {
  return `${parametersKey(parameters)} ${Object.values(machine).join(' ')}`;
}

export function parametersKey(parameters: ParameterValues): string {
  return Object.values(parameters).join(' ');
}

/** The settings in their printed order: that a wide host places addresses high comes before a placement that was asked for. */
function fixedMachine(fixed: Partial<MachineSettings>): MachineSettings {
  let settings: MachineSettings = DEFAULT_MACHINE;
  for (const { name } of MACHINE_SETTINGS)
    if (fixed[name] !== undefined) settings = changed(settings, name, String(fixed[name]));
  return settings;
}

function changed(settings: MachineSettings, name: string, value: string): MachineSettings {
  const result = withMachineSetting(settings, name, value);
  return 'expected' in result ? settings : result;
}

function parameterSetting(name: string, spec: ParameterSpec): Setting {
  return {
    values: parameterValues(spec),
    change: (configuration, value) => ({
      ...configuration,
      parameters: { ...configuration.parameters, [name]: value },
    }),
  };
}

function machineSetting(
  name: keyof MachineSettings,
  values: readonly (string | number)[],
  fixed: Partial<MachineSettings>,
): Setting {
  return {
    values,
    change: (configuration, value) => {
      const machine = changed(configuration.machine, name, String(value));
      return { ...configuration, machine: fixed.placement === undefined ? machine : { ...machine, ...fixed } };
    },
  };
}

/** All words of a choice; of a number the ends of its range, the values next to them, and those next to the default. */
function parameterValues(spec: ParameterSpec): readonly ParameterValue[] {
  if (spec.kind === 'flag') return [false, true];
  if (spec.kind === 'choice') return spec.values;
  const { min, max, default: usual } = spec;
  const candidates = [min, min + 1, min + 2, min + 4, usual - 1, usual + 1];
  candidates.push(max - min <= NARROW_RANGE ? max : usual * 2);
  return [...new Set(candidates)].filter((value) => value >= min && value <= max);
}
