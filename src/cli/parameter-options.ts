import type { Representation } from '../model/machine/definition.ts';
import { expectedOf, parseParameter, type ParameterValue } from '../model/machine/parameters.ts';
import { nearest } from '../model/text/nearest.ts';
import { quoted } from '../model/text/source.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import {
  MACHINE_SETTINGS,
  withMachineSetting,
  DEFAULT_MACHINE,
  type MachineSettings,
} from '../model/vocabulary/machine.ts';
import type { Assignment } from './option-values.ts';

/**
 * The parameters that `--set` gives to one of the representations of a run. A setting with an id is for that one; one without is
 * for every representation that has the parameter, and one has to have it.
 * @throws InputError for an unknown id or parameter, and for a value that is not accepted
 */
export function parametersFor(
  representation: Representation,
  assignments: readonly Assignment[],
  all: readonly Representation[],
): Readonly<Record<string, ParameterValue>> {
  const values: Record<string, ParameterValue> = {};
  for (const { id, name, value } of assignments) {
    if (id === undefined && !all.some(({ parameters }) => Object.hasOwn(parameters, name)))
      throw unknownParameter(all.length === 1 ? representation.id : 'no representation of this run', name, all);
    if (id !== undefined && !all.some((each) => each.id === id))
      throw new InputError(
        'usage',
        `--set ${id}.${name}: expected a representation of this run (${all.map((each) => each.id).join(', ')}), found ${quoted(id)}`,
      );
    if (id !== undefined && id !== representation.id) continue;
    const spec = Object.hasOwn(representation.parameters, name) ? representation.parameters[name] : undefined;
    if (spec === undefined && id === undefined) continue;
    if (spec === undefined) throw unknownParameter(representation.id, name, [representation]);
    const parsed = parseParameter(spec, value);
    if (parsed === undefined)
      throw new InputError(
        'bad-parameter',
        `--set ${name}: expected ${expectedOf(spec)}, found ${quoted(value)}`,
        {},
        expectedOf(spec),
      );
    values[name] = parsed;
  }
  return values;
}

function unknownParameter(owner: string, name: string, all: readonly Representation[]): InputError {
  const names = [...new Set(all.flatMap(({ parameters }) => Object.keys(parameters)))];
  const meant = nearest(name, names);
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  const expected = names.length === 0 ? 'no parameter' : `one of ${names.join(', ')}`;
  return new InputError(
    'unknown-parameter',
    `--set: ${owner} has no parameter ${quoted(name)}: expected ${expected}${hint}`,
    {},
    expected,
  );
}

/**
 * The machine settings that `--machine` gives, and nothing else.
 * @throws InputError for an unknown setting or value
 */
export function machineSettingsFor(assignments: readonly Assignment[]): Partial<MachineSettings> {
  const given: Record<string, unknown> = {};
  for (const { id, name, value } of assignments) {
    const known = MACHINE_SETTINGS.find((setting) => setting.name === name);
    const result = withMachineSetting(DEFAULT_MACHINE, name, value);
    if (id !== undefined || known === undefined || 'expected' in result) {
      const expected = 'expected' in result ? result.expected : 'a machine setting';
      const shown = known === undefined ? (id === undefined ? name : `${id}.${name}`) : value;
      throw new InputError('usage', `--machine: expected ${expected}, found ${quoted(shown)}`, {}, expected);
    }
    given[name] = result[known.name];
  }
  return given;
}
