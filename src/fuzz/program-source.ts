import type { ChurnPlan } from './churn-plan.ts';
import type { Harness } from './harness.ts';
import type { ProgramShape } from './program-shape.ts';

/** What the next program is for. */
export interface ProgramOrder {
  readonly harness: Harness;
  /** Pays for long churns. */
  readonly plan: ChurnPlan;
  /** Whether the harness is that of the base configuration. */
  readonly isBase: boolean;
  /** Rounds of a churn at most. */
  readonly longestChurn: number;
}

/** Where a lane's programs come from: what one engine does in another way than the others. */
export interface ProgramSource {
  /** The next program, a view that may be overwritten by the next call. Its extras may be more than there are. */
  next(order: ProgramOrder): Int32Array;
  /** A program of this lane reached something new, just now. */
  reached(code: Int32Array, shape: ProgramShape): void;
  /** A program of any lane, or a case to start from, is worth changing: what comes back from the barrier. */
  learn(code: Int32Array, shape: ProgramShape): void;
}

/** A corpus of this size takes no more; most points are reached long before. */
export const CORPUS_LIMIT = 1024;
