import type { Representation } from '../../model/machine/definition.ts';
import { instantiate } from '../../model/machine/instance.ts';
import type { IntegerParameter, ParameterValues } from '../../model/machine/parameters.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';

/** Fields up to this width are churned through where they are: nothing is gained by a narrower one. */
export const WIDE = 16;
/** Widths up to this one are what a wide one may be scaled down to. */
export const NARROW = 12;

/** By representation: whether a parameter is a width, for values that were asked for. */
const known = new WeakMap<Representation, Map<string, boolean>>();

/**
 * Whether a parameter is the width of a field of the reference: the field has as many bits as the parameter says, and one less or
 * more when it says so. Nothing else is known of it, least of all its name.
 */
export function isWidth(representation: Representation, parameters: ParameterValues, name: string): boolean {
  const spec = representation.parameters[name];
  const value = parameters[name];
  if (spec?.kind !== 'integer' || typeof value !== 'number' || value < 1 || value > 64) return false;
  const answers = known.get(representation) ?? new Map<string, boolean>();
  known.set(representation, answers);
  const key = `${name} ${JSON.stringify(parameters)}`;
  const answer = answers.get(key) ?? follows(representation, parameters, name, value, spec);
  answers.set(key, answer);
  return answer;
}

/** The values that a width may be scaled down to, smallest first. */
export function narrowValues({ min, max }: IntegerParameter): readonly number[] {
  const first = Math.max(min, 1);
  return Array.from({ length: Math.max(0, Math.min(NARROW, max) - first + 1) }, (_, index) => first + index);
}

function follows(
  representation: Representation,
  parameters: ParameterValues,
  name: string,
  value: number,
  { min, max }: IntegerParameter,
): boolean {
  const other = value > min ? value - 1 : value + 1;
  if (other > max) return false;
  const changed = { ...parameters, [name]: other };
  if (representation.validate?.(changed) !== undefined) return false;
  const widths = fieldWidths(representation, parameters);
  const after = fieldWidths(representation, changed);
  return [...widths].some(([field, width]) => width === value && after.get(field) === other);
}

function fieldWidths(representation: Representation, parameters: ParameterValues): ReadonlyMap<string, number> {
  try {
    const fields = instantiate(representation, parameters).reference.layout?.fields ?? [];
    return new Map(fields.map((field) => [field.name, field.width]));
  } catch (error) {
    // A neighbouring value that the definition refuses in its own way is no width to scale.
    if (error instanceof InputError) return new Map();
    throw error;
  }
}
