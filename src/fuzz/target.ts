import type { Contract } from '../model/machine/claims.ts';
import type { Representation } from '../model/machine/definition.ts';
import type { ParameterValue } from '../model/machine/parameters.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';

/** Where a representation comes from, in words that another thread can follow: its id, and the module of a user's own. */
export interface RepresentationSource {
  readonly id: string;
  /** URL of the configuration module that defines it; absent for those that come with provsim. */
  readonly module?: string;
}

/** What makes the programs: a generator and a mutator of operations, fast-check's arbitraries, or jsfuzz's mutator on bytes. */
export const FUZZ_ENGINES = ['native', 'fast-check', 'jsfuzz'] as const;
export type FuzzEngine = (typeof FUZZ_ENGINES)[number];

/** One representation to search, with everything that the search must not change. */
export interface FuzzTarget {
  readonly representation: Representation;
  readonly source: RepresentationSource;
  /** Parameters that keep these values; the others are searched. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Machine settings that keep these values; the others are searched. */
  readonly machine: Partial<MachineSettings>;
  /** The widest contract that clients may use; all of them when it is absent. */
  readonly client?: Contract;
  /** The mutant of the representation that is searched instead of it. */
  readonly mutant?: string;
  /** What searches it; `native` when it is absent. */
  readonly engine?: FuzzEngine;
  /** Cases of this representation to start from. */
  readonly corpus?: readonly Scenario[];
}

/** A target as it crosses to another thread; the representation itself is code and stays behind. */
export type TargetOrder = Omit<FuzzTarget, 'representation' | 'corpus'>;

/** Finds a representation again on the other side. */
export type Resolve = (source: RepresentationSource) => Promise<Representation>;

/** The contract under which a target's clients run: the driver leaves out what it does not allow. */
export function contractOf(target: Pick<FuzzTarget, 'client'>): Contract {
  return target.client ?? 'bypass';
}

export function engineOf(target: Pick<FuzzTarget, 'engine'>): FuzzEngine {
  return target.engine ?? 'native';
}
