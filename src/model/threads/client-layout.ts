import type { SteppedProgram } from '../ir/stepped/stepped-program.ts';

/** How many of each thing there are for the client of a threaded run. */
export interface ClientShape {
  readonly threads: number;
  /** Objects whose memory is not given back, at one time. */
  readonly objects: number;
  /** Reference variables and held pointers of one thread. */
  readonly references: number;
  readonly pointers: number;
  /** Addresses that objects may have. */
  readonly addresses: number;
}

/*
 * An object's words: its life (phase in the low three bits, flags, kind), its address as a number from 1 (0 for none), the bits that
 * were issued for it, and its size.
 */
export const LIFE = 0;
export const ADDRESS = 1;
export const BITS_LOW = 2;
export const BITS_HIGH = 3;
export const SIZE = 4;
export const OBJECT_WORDS = 5;

/** Parts of an object's life word. */
export const PHASE_MASK = 7;
/** Its memory was given back; whether the object is reclaimed then depends on its phase. */
export const FREED = 8;
export const EXPOSED = 16;
export const KIND_SHIFT = 8;

/*
 * A thread's words: the operation that it is in (its opcode + 1; 0 when it is in none), how far that has come, its operands, the
 * object that it concerns (a code, below) and how it stood to it at the begin, an object that it took from under its references, the
 * answer of the last role, and how many operations it has begun where these are counted.
 */
export const OPCODE = 0;
export const STAGE = 1;
export const OPERAND_A = 2;
export const OPERAND_B = 3;
export const OWN = 4;
export const STANDING = 5;
export const FOREIGN = 6;
export const PRESENT = 7;
export const LOW = 8;
export const HIGH = 9;
export const ANSWER_PROVENANCE = 10;
export const BEGUN = 11;
const THREAD_HEAD = 12;

/** A reference variable: a code, and the bits with their provenance. A held pointer: the same, its code saying what it led to. */
export const CODE = 0;
export const VALUE_LOW = 1;
export const VALUE_HIGH = 2;
export const VALUE_PROVENANCE = 3;
export const VARIABLE_WORDS = 4;

/** Codes beside object number + 1: an empty variable, bits that no create issued, an object that is gone for certain, no object. */
export const EMPTY = 0;
export const NEVER_ISSUED = -1;
export const DEPARTED = -2;
export const NOTHING = -3;

/** Provenance of objects: number + 1. Beside it: none, a wildcard, and an object that is gone. */
export const NO_PROVENANCE = 0;
export const WILDCARD = -1;
export const GONE = -2;

/** Where the client's words stand in the row of a threaded state, behind those of the stepped program. */
export class ClientLayout {
  readonly shape: ClientShape;
  /** The least contract, as a position in `CONTRACTS`, that allows all that was done. */
  readonly contract: number;
  readonly words: number;
  /** Where provenance stands, frames and cells of the program included. */
  readonly provenances: Int32Array;
  readonly #objects: number;
  readonly #threads: number;
  readonly #threadWords: number;

  constructor(stepped: SteppedProgram, shape: ClientShape) {
    this.shape = shape;
    this.contract = stepped.words;
    this.#objects = this.contract + 1;
    this.#threads = this.#objects + shape.objects * OBJECT_WORDS;
    this.#threadWords = THREAD_HEAD + (shape.references + shape.pointers) * VARIABLE_WORDS;
    this.words = this.#threads + shape.threads * this.#threadWords;
    const own: number[] = [];
    for (let thread = 0; thread < shape.threads; thread++) {
      own.push(this.thread(thread) + ANSWER_PROVENANCE);
      for (let number = 0; number < shape.references + shape.pointers; number++)
        own.push(this.thread(thread) + THREAD_HEAD + number * VARIABLE_WORDS + VALUE_PROVENANCE);
    }
    this.provenances = Int32Array.from([...stepped.provenanceOffsets, ...own]);
  }

  object(number: number): number {
    return this.#objects + number * OBJECT_WORDS;
  }

  thread(thread: number): number {
    return this.#threads + thread * this.#threadWords;
  }

  reference(thread: number, variable: number): number {
    return this.#threads + thread * this.#threadWords + THREAD_HEAD + variable * VARIABLE_WORDS;
  }

  pointer(thread: number, pointer: number): number {
    return this.reference(thread, this.shape.references + pointer);
  }
}
