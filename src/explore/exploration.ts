import type { StepSystem, StepViolation } from '../model/threads/step-system.ts';
import type { Move } from './moves.ts';

/** Reductions, each of which can be switched off; verdicts are the same without. */
export const REDUCTIONS = ['fuse', 'rename'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export interface ExploreOptions {
  /** Whether invisible steps are taken together with the visible one before them. */
  readonly fuses: boolean;
  /** Bytes that the tables may take. */
  readonly memoryBytes: number;
  /** Called now and then; true ends the exploration early. */
  readonly isOver?: (states: number) => boolean;
  /** The seed of the fingerprints. */
  readonly seed?: number;
  /** Whether whole rows are kept and compared, so that no state is taken for another one. */
  readonly isExact?: boolean;
  /** Levels that are explored; all unless given. */
  readonly depth?: number;
  /** Ends the exploration when a violation of each of these signatures was found. */
  readonly until?: readonly string[];
  /** Ends it when a thread was seen to block all others; or when so much garbage was. */
  readonly untilBlocking?: boolean;
  readonly untilGarbage?: number;
  /** Whether livelocks are looked for; and whether the most creates on a path are. Both take the graph of states: 12 bytes an edge. */
  readonly findsLivelocks?: boolean;
  readonly countsCreates?: boolean;
}

export function keepsGraph({ findsLivelocks, countsCreates }: ExploreOptions): boolean {
  return findsLivelocks === true || countsCreates === true;
}

/** A verdict with the shortest path to it that was found. */
export interface Counterexample<V extends StepViolation = StepViolation> {
  readonly violation: V;
  /** Every step from the first state on, invisible ones included; the last one gave the verdict. Empty at the first state itself. */
  readonly path: readonly Move[];
  /** Whether no shorter path exists; false when looking for one would have taken too much. */
  readonly isShortest: boolean;
}

export interface Blocking {
  readonly thread: number;
  readonly path: readonly Move[];
}

export interface Garbage {
  readonly most: number;
  readonly path: readonly Move[];
}

/** What an exploration saw. Everything but `seconds` is the same in every run. */
export interface Exploration<V extends StepViolation = StepViolation> {
  readonly states: number;
  readonly transitions: number;
  /** Steps of the longest of the shortest paths, invisible ones not counted. */
  readonly depth: number;
  /** Whether every behaviour within the bounds of the system was seen: nothing was left when it ended. */
  readonly isExhausted: boolean;
  /** Transitions that a bound of the scope stopped. */
  readonly cuts: number;
  /** Why it ended before everything was seen. */
  readonly stopped: 'memory' | 'interrupted' | 'depth' | 'found' | undefined;
  readonly counterexamples: readonly Counterexample<V>[];
  /** The chance that a collision of fingerprints hid a state: states^2 / 2^65; 0 when rows were compared. */
  readonly omission: number;
  /** A state in which one thread keeps all others that are inside an operation from going on, where it may stall; the shortest path there. */
  readonly blocking: Blocking | undefined;
  /** Of systems that know garbage: the most that waits while at most one thread is inside an operation, and the shortest path to so much. */
  readonly garbage: Garbage | undefined;
  /** Where they are counted: the most creates on any path, or Infinity. */
  readonly creates: number | undefined;
}

/** Makes a system for explorers that need several. */
export type MakeSystem = () => StepSystem;
