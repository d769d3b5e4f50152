import type { VerdictCause } from '../expansion.ts';
import type { StallsSeen } from '../stalls.ts';
import type { GraphParts } from '../state-graph.ts';

/** A system in words that another thread can follow: what a module exports makes it of arguments that can be cloned. */
export interface SystemSource {
  /** URL of the module. */
  readonly module: string;
  /** A function, which may be asynchronous, that answers a `StepSystem`. */
  readonly export: string;
  readonly arguments: readonly unknown[];
}

/** Words of the shared control block. */
export const Control = { cursor: 0, states: 1, isOver: 2, words: 4 } as const;

export interface WorkerStart {
  readonly source: SystemSource;
  readonly fuses: boolean;
  readonly seed: number;
  readonly keepsGraph: boolean;
  readonly control: SharedArrayBuffer;
}

/** Rows `first` to before `end` of a level. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** A verdict as it crosses between threads: the other side finds it again by taking the step. */
export interface FoundThere {
  readonly signature: string;
  readonly state: number;
  readonly cause: VerdictCause;
  readonly thread: number;
  readonly alternative: number;
}

/** A range that was expanded, and how many states it offers to the next level. */
export interface Segment extends Range {
  readonly offered: number;
}

export type WorkerRequest =
  /** Expands ranges of a level, each taken by whoever comes first, until the table has so many states. */
  | {
      readonly kind: 'expand';
      readonly table: SharedArrayBuffer;
      readonly level: SharedArrayBuffer;
      readonly ranges: readonly Range[];
      readonly limit: number;
      /** Whether the level has just been placed, and is not gone on with. */
      readonly isNew: boolean;
    }
  /** Places what a worker's own segments offer in the next level; `places` by segment: its first row there. */
  | {
      readonly kind: 'place';
      readonly level: SharedArrayBuffer;
      readonly places: readonly number[];
      /** The number of the first row. */
      readonly firstNumber: number;
    }
  | { readonly kind: 'grow'; readonly from: SharedArrayBuffer; readonly to: SharedArrayBuffer }
  | { readonly kind: 'end' };

export type WorkerReply =
  | { readonly kind: 'ready'; readonly words: number }
  | {
      readonly kind: 'expanded';
      readonly segments: readonly Segment[];
      readonly left: readonly Range[];
      readonly transitions: number;
      readonly cuts: number;
      readonly edges: number;
      readonly found: readonly FoundThere[];
      readonly stalls: StallsSeen;
    }
  | { readonly kind: 'placed'; readonly kept: number }
  | { readonly kind: 'grown' }
  | {
      readonly kind: 'ended';
      readonly graph: GraphParts | undefined;
      readonly coverage: Uint32Array | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string };
