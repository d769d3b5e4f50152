import type { ScalarKind } from '../ir/kind.ts';
import type { Operation } from '../ir/operation.ts';
import { BuildError, Site } from '../ir/site.ts';
import type { PlaceReference } from '../ir/state-builder.ts';
import type { Declaration } from '../ir/state.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Claims } from './claims.ts';
import type { ParameterSpecs, ParameterValues } from './parameters.ts';

/** An operation with any parameters and any answer, as roles take it: made by `operation`, nothing else. */
export type AnyOperation = Pick<Operation, 'name' | 'record' | 'returns' | 'site'> & { readonly parameters: object };

/** What a named extra does to the objects that live when it ends. */
export type Effect =
  /** Nothing that a client could see. */
  | 'none'
  /** All objects are retired; those that the extra did not reclaim itself are reclaimed by the client. */
  | 'retiresAll'
  /** The object of its parameter `reference` is retired. */
  | 'retires';

export interface Extra {
  readonly operation: AnyOperation;
  readonly effect: Effect;
  readonly help: string;
  /** For an extra that answers: what the answer should be, computed from machine memory at one moment. */
  readonly truth?: AnyOperation;
}

/**
 * How clients use a representation. Parameters are matched by name: `object` (a fresh, initialised pointer), `reference`, `kind`
 * (a word of 8 bits, 1 to 5), `size` (a word of 32 bits).
 */
export interface Roles {
  /** (object[, kind][, size]) to a reference; a reference of 0, null or NONE means that there is no room. */
  readonly create: AnyOperation;
  /** (reference[, kind]) to a pointer; null or NONE refuses. */
  readonly resolve: AnyOperation;
  /** (reference[, kind]): retires it, and reclaims the object's memory now or later. A stale reference should change nothing. */
  readonly destroy: AnyOperation;
  /** (size[, kind]) to a pointer, for representations that place objects in memory of their own; null when there is no room. */
  readonly allocate?: AnyOperation;
  /** Begins and ends a critical section around the uses of a reference. */
  readonly enter?: AnyOperation;
  readonly leave?: AnyOperation;
  readonly extras?: Readonly<Record<string, Extra>>;
}

/** How one operation of a recorded log is replayed: which operation it calls, and which JSON key feeds which parameter. */
export interface LogCall {
  readonly call: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** A macro of a log: some calls repeated as often as the key `times` says; the answer is that of call number `answer`. */
export interface LogRepeat {
  readonly repeat: string;
  readonly calls: readonly LogCall[];
  readonly answer: number;
}

/** What a definition builds for given parameters. */
export interface Blueprint {
  /** The kind of a reference: a word with a layout, or a pointer with a layout of its address bits. */
  readonly reference: ScalarKind;
  /** Declarations in the order in which diagnostics show them; make them with `state`. */
  readonly state: { readonly declarations: readonly Declaration[] };
  /** How many objects can live at one time. */
  readonly capacity: number;
  /** Named as in the source. */
  readonly operations: Readonly<Record<string, AnyOperation>>;
  readonly roles: Roles;
  /** The fields of the reference that select a slot; the others tell its tenants apart. Reuses are counted by them. */
  readonly slotFields?: readonly string[];
  /** What a diagnostic shows of the slot behind a reference: places computed from the reference alone. */
  readonly inspect?: (reference: never) => Readonly<Record<string, PlaceReference>>;
  readonly log?: Readonly<Record<string, LogCall | LogRepeat>>;
}

export interface Definition<S extends ParameterSpecs> {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
  /** What it is and what to expect of it, in sentences. */
  readonly summary: string;
  /** Where the design comes from: a paper, a repository with its commit, a document with its section. */
  readonly source: readonly string[];
  readonly parameters: S;
  /** Parameters that only make sense together are checked here: the text of what is wrong, or undefined. */
  readonly validate?: (parameters: ParameterValues<S>) => string | undefined;
  /** Parameter values at which verification explores, unless `--set` says otherwise: widths so small that the state space closes. */
  readonly smallScope?: Partial<ParameterValues<S>>;
  build(parameters: ParameterValues<S>): Blueprint;
  claims(parameters: ParameterValues<S>, machine: MachineSettings): Claims;
  /** What an engineer can do about a verdict, by code; shown as `help` in diagnostics. */
  readonly advice?: Readonly<Record<string, string>>;
}

/** A representation with its parameter types forgotten, as catalogues and configurations hold it. */
export type Representation = Definition<ParameterSpecs>;

/**
 * Defines a representation, once, for every use.
 * @throws BuildError when the id is not in kebab case.
 */
export function representation<const S extends ParameterSpecs>(definition: Definition<S>): Representation {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.id))
    throw new BuildError(`a representation's id is in kebab case, not "${definition.id}"`, new Site(representation));
  return definition as unknown as Representation;
}
