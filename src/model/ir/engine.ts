import type { Memory } from '../memory/memory.ts';
import { verdictOf } from '../vocabulary/verdicts.ts';
import type { Statement } from './statement.ts';

/** What operations ask of the world around them while they run. The driver is the host. */
export interface Host {
  readonly memory: Memory;
  /** Gives an object's memory back. Answers a fault code, 0 when all is well. */
  reclaim(low: number, high: number, provenance: number): number;
  /** Runs the client operations that belong to the callback; faults of its own travel as exceptions. */
  callback(name: string): void;
  /** Whether the operation panics here. */
  mayPanic(name: string): boolean;
}

/**
 * An entry of the program: takes the int32 components of every parameter in order (`componentsOf` of its type), writes the
 * components of its answer to `registers`, and throws an {@link OperationFault} when a check fails. Booleans are 0 or 1; words
 * below 32 bits are non-negative, words of 32 bits and both halves of wider ones are signed int32s.
 */
export type Entry = (...components: number[]) => void;

/** Something that runs a program, one whole operation at a time. */
export interface Engine {
  /** The answer of the last call. */
  readonly registers: Int32Array;
  /** How often each coverage point was reached since the engine was made; the owner may clear it. */
  readonly coverage: Uint32Array;
  /** The points that the last call reached, in order, as far as they fit. */
  readonly path: Int32Array;
  pathLength: number;
  /** The thread that makes the next call; it selects thread-local state. */
  thread: number;
  /** @throws RangeError when the program has no such entry. */
  entry(name: string): Entry;
  /** Back to the initial state, at the cost of what was touched. */
  reset(): void;
  /** A copy of the whole state, to be given to `restore`. */
  snapshot(): unknown;
  restore(image: unknown): void;
}

/** How many points of one call an engine remembers; a longer path keeps its beginning. */
export const PATH_CAPACITY = 256;

/** How many passes a `retry` makes in an operation that runs alone before it counts as a livelock. */
export const RETRY_LIMIT = 10_000;

/** The name of the panic that taking a poisoned lock is. */
export const POISONED = 'poisoned lock';

/** A verdict from inside an operation. One instance an engine is reused: throwing it must not cost a stack trace. */
export class OperationFault extends Error {
  fault = 0;
  statement: Statement | undefined;

  constructor() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super('operation fault');
    Error.stackTraceLimit = limit;
    this.name = 'OperationFault';
  }

  raise(fault: number, statement: Statement | undefined): never {
    this.fault = fault;
    this.statement = statement;
    throw this;
  }

  describe(): string {
    return `${verdictOf(this.fault)}${this.statement === undefined ? '' : ` at ${this.statement.site.text}`}`;
  }
}

/** The operation ended by a panic; what it held was released or poisoned on the way out. */
export class OperationPanic extends Error {
  readonly panicName: string;

  constructor(panicName: string) {
    super(`panic: ${panicName}`);
    this.name = 'OperationPanic';
    this.panicName = panicName;
  }
}
