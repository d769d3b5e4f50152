import type { RoundOrder, RoundResult } from './lane.ts';
import type { TargetOrder } from './target.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** URL of a module that exports `resolveRepresentation`, a {@link Resolve}. */
  readonly resolver: string;
}

/** Makes lanes of a target, or runs a round of lanes that were made; lanes are named by their numbers. */
export type WorkerRequest =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly target: TargetOrder;
      readonly seed: number;
      readonly firstLane: number;
      readonly numbers: readonly number[];
    }
  | { readonly kind: 'round'; readonly id: number; readonly orders: readonly RoundOrder[] };

/** The answer to a round; `error` is the stack of what went wrong. */
export type WorkerReply =
  { readonly id: number; readonly results: readonly RoundResult[] } | { readonly id: number; readonly error: string };
