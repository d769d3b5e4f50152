import type { Declaration } from '../state.ts';
import type { Ordering, Statement } from '../statement.ts';

/**
 * What a step does. `acquire` and `release` are the two steps of a lock scope; `await` is yielded only while its condition is
 * false; `memory` is an access to simulated memory (its statement says which); `callback` hands over to the driver.
 */
export type AccessKind =
  | 'load'
  | 'store'
  | 'exchange'
  | 'compareExchange'
  | 'fetch'
  | 'fence'
  | 'container'
  | 'acquire'
  | 'release'
  | 'await'
  | 'memory'
  | 'callback';

/** The shared access that a thread is about to perform: it is yielded before it happens, so that another thread may go first. */
export interface Access {
  readonly kind: AccessKind;
  readonly statement: Statement;
  /** The state that is accessed; undefined for fences, simulated memory and callbacks. */
  readonly declaration: Declaration | undefined;
  /** The location as text, `shards[3].slots[7].generation`; empty where there is no declaration. */
  readonly location: string;
  readonly order: Ordering;
  /** Whether the thread cannot go on: it will yield the same access again until others have changed the state. */
  readonly blocked: boolean;
}

/** What a scheduler may decide when it resumes a thread. */
export interface Decision {
  /** A weak compare-exchange fails although the value is as expected. */
  readonly spuriousFailure?: boolean;
}

/** The steps of one run: yields every shared access and ends with `T`. */
export type Steps<T> = Generator<Access, T, Decision | undefined>;
