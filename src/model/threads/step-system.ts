/** How a transition ended. */
export const Transition = {
  taken: 0,
  /** The alternative is not possible here; the state is not worth keeping. */
  disabled: 1,
  /** A bound of the scope was reached; the state is not worth keeping. */
  cut: 2,
  /** A verdict: `violation` says which. */
  violated: 3,
} as const;

/** What an explorer knows of a verdict; the system that found it can say more by replaying the path to it. */
export interface StepViolation {
  /** A verdict code. */
  readonly code: string;
  /** Equal for violations that are one finding: code, operation, guard path. */
  readonly signature: string;
}

/**
 * A closed system of threads. Its whole state is a row of `words` int32s that belongs to the caller, so that exploring is copying,
 * stepping and hashing rows. Everything that a system keeps outside the row (coverage, the last violation) must not influence steps.
 */
export interface StepSystem {
  readonly words: number;
  readonly threads: number;
  initial(state: Int32Array): void;
  /**
   * How many alternatives a thread has in this state, numbered from 0; 0 when it cannot move. Inside an operation alternative 0 is what
   * memory shows in the end: the newest message, no failure for nothing. A thread of which it is refused may wait for ever.
   */
  alternatives(state: Int32Array, thread: number): number;
  /** Takes an alternative in place and answers a `Transition`. */
  take(state: Int32Array, thread: number, alternative: number): number;
  /** The verdict of the last `take` that answered `violated`. */
  readonly violation: StepViolation | undefined;
  /** Brings the state into the form under which equal behaviours are equal rows. Idempotent. */
  canonicalize(state: Int32Array): void;
  /** Whether a thread is inside an operation; one that is and cannot move is blocked. */
  isInside(state: Int32Array, thread: number): boolean;
  /**
   * Whether the thread's only alternative may be taken alone, before those of all others: it is invisible (no begin or end, no
   * allocation, free or touch, no choice) and touches only what a lock that it holds protects in every access of the program.
   */
  isInvisible(state: Int32Array, thread: number): boolean;
  /** Whether a finished state (no thread inside an operation) breaks something; answers like `take`. */
  judgeIdle?(state: Int32Array): number;
  /** The verdict of a thread that is inside an operation and gets no further, as `deadlock` or `livelock`. */
  stuck?(state: Int32Array, thread: number, code: 'deadlock' | 'livelock'): StepViolation;
  /** Objects that are retired and not given back. */
  garbage?(state: Int32Array): number;
  /** Creates that ended in the last `take`. */
  readonly createsOfStep?: number;
  /** How often each coverage point of the program was reached, in all steps together. */
  readonly coverage?: Uint32Array;
  /** What a step was, for people: called with the state before it. */
  describe(state: Int32Array, thread: number, alternative: number): string;
}
