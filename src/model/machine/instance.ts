import { mutantsOf, mutate, parseMutant, type Mutant } from '../ir/mutation.ts';
import { operation, type Operation, type RecordedOperation } from '../ir/operation.ts';
import { linkProgram, type Program } from '../ir/program.ts';
import type { PointerType, WordType } from '../ir/type.ts';
import { InputError } from '../vocabulary/input-error.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Claims } from './claims.ts';
import type { Blueprint, Representation, Roles } from './definition.ts';
import { acceptsValue, defaultsOf, expectedOf, type ParameterValue, type ParameterValues } from './parameters.ts';

/** A representation with its parameters fixed, recorded and linked: what every engine and every search runs. */
export interface Instance {
  readonly representation: Representation;
  readonly parameters: ParameterValues;
  readonly blueprint: Blueprint;
  readonly reference: WordType | PointerType;
  readonly program: Program;
  /** The drop-guard mutants that exist for it. */
  readonly mutants: readonly Mutant[];
  readonly mutant: Mutant | undefined;
  /** Fields that `inspect` shows, in order; entry `inspect:NAME` loads each. */
  readonly inspected: readonly string[];
  claims(machine: MachineSettings): Claims;
}

/** The role operations that a program has under `role:NAME`, extras under `extra:NAME`. */
export const ROLE_NAMES = ['create', 'resolve', 'destroy', 'allocate', 'enter', 'leave'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/**
 * Builds a representation for some parameters (defaults where none are given).
 * @throws InputError for an unknown parameter, a value that is not accepted, or an unknown mutant, and when the definition throws.
 */
export function instantiate(
  representation: Representation,
  given: Readonly<Record<string, unknown>> = {},
  mutantId?: string,
): Instance {
  return authored(representation, () => built(representation, given, mutantId));
}

/** Runs what the author of a definition wrote. What it throws is an error of the definition: it says so and names it. */
function authored<Result>({ id }: Representation, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    // By name and not by class: a definition may come from another copy of the package.
    if (error instanceof Error && (error.name === 'InputError' || error.name === 'BuildError')) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw Object.assign(new InputError('definition', `the definition of "${id}" throws ${message}`), { cause: error });
  }
}

function built(
  representation: Representation,
  given: Readonly<Record<string, unknown>>,
  mutantId: string | undefined,
): Instance {
  const parameters = checkedParameters(representation, given);
  const blueprint = representation.build(parameters);
  const recorded = recordAll(blueprint);
  const mutants = mutantsOf(recorded.values());
  const mutant = mutantId === undefined ? undefined : knownMutant(representation, mutants, mutantId);
  const entries = new Map(
    [...recorded].map(([name, each]) => [name, mutant === undefined ? each : mutate(each, mutant)]),
  );
  return {
    representation,
    parameters,
    blueprint,
    reference: blueprint.reference.type as WordType | PointerType,
    program: linkProgram(blueprint.state.declarations, entries),
    mutants,
    mutant,
    inspected: [...recorded.keys()].filter((name) => name.startsWith('inspect:')).map((name) => name.slice(8)),
    claims: (machine) => authored(representation, () => representation.claims(parameters, machine)),
  };
}

function checkedParameters(representation: Representation, given: Readonly<Record<string, unknown>>): ParameterValues {
  const values: Record<string, ParameterValue> = { ...defaultsOf(representation.parameters) };
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(representation.parameters, name) ? representation.parameters[name] : undefined;
    if (spec === undefined) {
      const names = Object.keys(representation.parameters).join(', ') || 'none';
      throw new InputError(
        'unknown-parameter',
        `${representation.id} has no parameter "${name}"`,
        {},
        `one of ${names}`,
      );
    }
    if (!acceptsValue(spec, value))
      throw new InputError(
        'bad-parameter',
        `${name}: expected ${expectedOf(spec)}, found ${String(value)}`,
        {},
        expectedOf(spec),
      );
    values[name] = value;
  }
  const wrong = representation.validate?.(values);
  if (wrong !== undefined) throw new InputError('bad-parameter', `${representation.id}: ${wrong}`);
  return values;
}

function knownMutant(representation: Representation, mutants: readonly Mutant[], id: string): Mutant {
  const found = mutants.find((mutant) => mutant.id === id);
  if (found !== undefined) return found;
  const expected =
    parseMutant(id) === undefined ? 'drop-guard:OPERATION/GUARD' : mutants.map((each) => each.id).join(', ');
  throw new InputError('unknown-mutant', `${representation.id} has no mutant "${id}"`, {}, expected);
}

function recordAll({ operations, roles, inspect, reference }: Blueprint): ReadonlyMap<string, RecordedOperation> {
  const named = new Map<string, Operation>();
  const name = (entry: string, sourceName: string, given: unknown): void => {
    const each = given as Operation;
    if (each.name === 'operation') each.name = sourceName;
    named.set(entry, each);
  };
  for (const [key, each] of Object.entries(operations)) name(key, key, each);
  for (const role of ROLE_NAMES) if (roles[role] !== undefined) name(`role:${role}`, role, roles[role]);
  for (const [key, extra] of Object.entries(extrasOf(roles))) {
    name(`extra:${key}`, key, extra.operation);
    if (extra.truth !== undefined) name(`truth:${key}`, key, extra.truth);
  }
  if (inspect !== undefined) {
    const probe = inspectedPlaces(inspect, reference);
    for (const field of probe)
      name(
        `inspect:${field}`,
        'inspect',
        operation({ reference }, ($, given) => {
          const places = inspect(given.reference as never);
          $.return($.load(places[field]));
        }),
      );
  }
  return new Map([...named].map(([entry, each]) => [entry, each.record()]));
}

/** The names of the inspected places; the reference's value does not matter for them. */
function inspectedPlaces(
  inspect: NonNullable<Blueprint['inspect']>,
  reference: Blueprint['reference'],
): readonly string[] {
  let names: readonly string[] = [];
  operation({ reference }, (_$, given) => {
    names = Object.keys(inspect(given.reference as never));
  }).record();
  return names;
}

/** The extras of some roles, none when there are none. */
export function extrasOf(roles: Roles): NonNullable<Roles['extras']> {
  return roles.extras ?? {};
}
