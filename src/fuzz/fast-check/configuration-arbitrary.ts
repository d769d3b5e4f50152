import fc from 'fast-check';
import type { Representation } from '../../model/machine/definition.ts';
import type { ParameterSpec, ParameterValue, ParameterValues } from '../../model/machine/parameters.ts';
import {
  DEFAULT_MACHINE,
  MACHINE_SETTINGS,
  withMachineSetting,
  type MachineSettings,
} from '../../model/vocabulary/machine.ts';
import { ConfigurationSpace, type Configuration } from '../configuration.ts';
import type { FuzzTarget } from '../target.ts';

/** How often a value is left at its default, of 10. */
const DEFAULT_WEIGHT = 6;

/** Settings that are fixed for a target; the others are at their defaults or, three times in ten, one of them beside it. */
export function configurationArbitrary(target: FuzzTarget): fc.Arbitrary<Configuration> {
  const { base, neighbours } = new ConfigurationSpace(target);
  if (neighbours.length === 0) return fc.constant(base);
  // The base comes first: a case shrinks to it.
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 7, arbitrary: fc.constant(base) },
    { weight: 3, arbitrary: fc.constantFrom(...neighbours) },
  );
}

/**
 * Parameters that a representation accepts: each by itself is its default or anything in its range, and together they pass the
 * representation's own check.
 */
export function parametersArbitrary(
  { parameters, validate }: Representation,
  fixed: Readonly<Record<string, ParameterValue>>,
): fc.Arbitrary<ParameterValues> {
  const each = Object.entries(parameters).map(([name, spec]) => [
    name,
    Object.hasOwn(fixed, name) ? fc.constant(fixed[name]) : mostlyDefault(spec.default, valueArbitrary(spec)),
  ]);
  const all = fc.record(Object.fromEntries(each) as Record<string, fc.Arbitrary<ParameterValue>>, {
    noNullPrototype: true,
  });
  return validate === undefined ? all : all.filter((values) => validate(values) === undefined);
}

/** Settings of the abstract machine; `model` stays at its default, because clients here have one thread. */
export function machineArbitrary(fixed: Partial<MachineSettings>): fc.Arbitrary<MachineSettings> {
  const each = MACHINE_SETTINGS.filter(({ name }) => name !== 'model').map(({ name, values }) => [
    name,
    mostlyDefault<string | number>(DEFAULT_MACHINE[name], fc.constantFrom(...values)),
  ]);
  return fc
    .record(Object.fromEntries(each) as Record<string, fc.Arbitrary<string | number>>, { noNullPrototype: true })
    .map((values) => ({ ...settingsOf(values), ...fixed }));
}

function settingsOf(values: Readonly<Record<string, string | number>>): MachineSettings {
  let settings: MachineSettings = DEFAULT_MACHINE;
  for (const { name } of MACHINE_SETTINGS) {
    if (values[name] === undefined) continue;
    const next = withMachineSetting(settings, name, String(values[name]));
    if (!('expected' in next)) settings = next;
  }
  return settings;
}

function valueArbitrary(spec: ParameterSpec): fc.Arbitrary<ParameterValue> {
  if (spec.kind === 'flag') return fc.boolean();
  if (spec.kind === 'choice') return fc.constantFrom(...spec.values);
  return fc.integer({ min: spec.min, max: spec.max });
}

function mostlyDefault<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: DEFAULT_WEIGHT, arbitrary: fc.constant(usual) },
    { weight: 10 - DEFAULT_WEIGHT, arbitrary: other },
  );
}
