import type { Program } from '../program.ts';
import type { Statement } from '../statement.ts';

/** How one step of a thread ended. */
export const Status = {
  /** The operation has more shared accesses to make. */
  running: 0,
  /** The operation answered; the components of the answer are in `registers`. */
  ended: 1,
  /** The thread cannot take this step now, or the choice does not exist; the state is not worth keeping. */
  blocked: 2,
  /** A check failed: `fault`, `faultStatement` and, for a race, `raceThread` say what. */
  fault: 3,
  /** A bound of the scope (length of a container, messages of a location) was reached: exploring is not complete. */
  cut: 4,
  /** The operation ended by a panic, after its unwinding; `panicName` says which. */
  panicked: 5,
} as const;

/** What statements on simulated memory ask of the client, which keeps objects in the same state. Faults are 0 or a `Fault`. */
export interface SteppedHost {
  reclaim(state: Int32Array, thread: number, low: number, high: number, provenance: number): number;
  /** Results, where there are any, are left in `low`, `high` and `provenance`. */
  expose(state: Int32Array, thread: number, low: number, high: number, provenance: number): number;
  fromExposed(state: Int32Array, thread: number, low: number, high: number): number;
  allocate(state: Int32Array, thread: number, size: number, alignment: number): number;
  deallocate(
    state: Int32Array,
    thread: number,
    low: number,
    high: number,
    provenance: number,
    size: number,
    alignment: number,
  ): number;
  /** A plain read or write of a word of 1, 2, 4 or 8 bytes, or of a pointer. */
  read(
    state: Int32Array,
    thread: number,
    low: number,
    high: number,
    provenance: number,
    bytes: number,
    isPointer: boolean,
  ): number;
  write(
    state: Int32Array,
    thread: number,
    low: number,
    high: number,
    provenance: number,
    bytes: number,
    isPointer: boolean,
    valueLow: number,
    valueHigh: number,
    valueProvenance: number,
  ): number;
  /** Runs operations of the client inside this one, to their ends. */
  callback(state: Int32Array, thread: number, name: string): void;
  mayPanic(state: Int32Array, thread: number, name: string): boolean;
  offset(
    state: Int32Array,
    thread: number,
    low: number,
    high: number,
    provenance: number,
    deltaLow: number,
    deltaHigh: number,
  ): number;
  low: number;
  high: number;
  provenance: number;
}

export interface SteppedOptions {
  readonly threads: number;
  readonly model: 'sc' | 'rc11';
  readonly host: SteppedHost;
  /** Most elements of a growing container, a list or a map. */
  readonly containerLimit: number;
  /** Most messages of one location under `rc11`, 15 at most. */
  readonly messageLimit: number;
  /** Plain locations of the client's, numbered from 0, whose races are looked for: objects' bytes, and ghost events. */
  readonly clientLocations: number;
  /** Whether races are looked for; true unless given. Operations that run one after the other have none to find. */
  readonly findsRaces?: boolean;
  /** Carriers of happens-before of the client's, numbered from 0: addresses that were given back. */
  readonly clientCarriers: number;
}

/**
 * Happens-before, finitely: for each tracked plain location and each carrier (threads, locks, messages, addresses), whether the
 * carrier knows its last write and the last read of each thread since (design 3.2). It lives in the state.
 */
export interface HappensBefore {
  /** A plain read or write of a client location by a thread. Answers -1, or the thread whose access is unordered with it. */
  read(state: Int32Array, thread: number, location: number): number;
  write(state: Int32Array, thread: number, location: number): number;
  /** Whether a thread knows the last write of a client location; true when there is none. */
  knowsWrite(state: Int32Array, thread: number, location: number): boolean;
  /** Nothing has happened yet at a client location. */
  forget(state: Int32Array, location: number): void;
  /** A client carrier takes all that a thread knows, in place of what it had. */
  publish(state: Int32Array, thread: number, carrier: number): void;
  /** A client carrier takes all that a thread knows, beside what it has: it knows what both know. */
  contribute(state: Int32Array, thread: number, carrier: number): void;
  /** A thread learns what a client carrier has. */
  acquire(state: Int32Array, thread: number, carrier: number): void;
  /** Whether a thread knows all that a client carrier has. */
  covers(state: Int32Array, thread: number, carrier: number): boolean;
  /** Takes out of a client carrier what the only thread that will acquire it knows already. */
  settle(state: Int32Array, thread: number, carrier: number): void;
  /** A client carrier knows nothing special any more. */
  clear(state: Int32Array, carrier: number): void;
  /** Client carrier `first + order[i]` becomes carrier `first + i`, all at once. */
  permuteCarriers(state: Int32Array, first: number, order: ArrayLike<number>): void;
  /** A message from one thread to another, with release and acquire. */
  hand(state: Int32Array, from: number, to: number): void;
  /** Client location `order[i]` becomes location i, all at once. */
  permute(state: Int32Array, order: ArrayLike<number>): void;
}

/**
 * A program compiled to code that stops before every shared access. The whole state of it, frames of all threads included, is the
 * first `words` int32s of a row that callers own, copy, hash and keep; callers may put more behind it.
 */
export interface SteppedProgram {
  readonly program: Program;
  readonly words: number;
  readonly happensBefore: HappensBefore;
  /** Arguments of `begin`, and the answer after `ended`, as components. */
  readonly registers: Int32Array;
  /** How often each coverage point was reached. */
  readonly coverage: Uint32Array;
  /** The points that the last `begin` or `step` reached, in order. */
  readonly path: Int32Array;
  pathLength: number;
  readonly fault: number;
  readonly faultStatement: Statement | undefined;
  /** The other thread of a race; `threads` when it is not known. */
  readonly raceThread: number;
  readonly panicName: string;

  initial(state: Int32Array): void;
  /** The number of an entry, for `begin`. @throws RangeError when there is none. */
  entryNumber(name: string): number;
  /** Begins an operation with the arguments in `registers` and runs its private work up to the first shared access. */
  begin(state: Int32Array, thread: number, entry: number): number;
  /** How many choices the thread's next step has: 0 when it is blocked for sure. One of them may still answer `blocked`. */
  choices(state: Int32Array, thread: number): number;
  /** Takes the next shared access with one of its choices, and the private work after it. */
  step(state: Int32Array, thread: number, choice: number): number;
  /** Whether a thread is inside an operation. */
  isInside(state: Int32Array, thread: number): boolean;
  /** The statement of the thread's next shared access; undefined when it is in no operation. */
  pending(state: Int32Array, thread: number): Statement | undefined;
  /** What the thread's next step does, in a word: `load`, `lock`, `unlock`, `push`; '' when it is in no operation. */
  pendingName(state: Int32Array, thread: number): string;
  /** Whether the next step is invisible to others: a location that one held lock protects in every access, no choice, no fault. */
  isProtected(state: Int32Array, thread: number): boolean;
  /** Ends a thread's operation where it stands, as nobody resumes it. */
  abandon(state: Int32Array, thread: number): void;
  /** The shared state by name, for people; of a location with several messages the newest. */
  read(state: Int32Array): ReadonlyMap<string, string>;
  /** Where provenance may stand in the state, frames and messages included. */
  readonly provenanceOffsets: readonly number[];
  /** Drops what nobody can see any more (old messages) and brings counters into relative form. */
  canonicalize(state: Int32Array): void;
}
