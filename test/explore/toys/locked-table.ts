import { Transition, type StepSystem, type StepViolation } from '../../../src/model/threads/step-system.ts';

export interface LockedTableSize {
  /** Writers, each with a slot of its own at first. */
  readonly writers: number;
  /** How often each writer frees its slot and allocates one. */
  readonly rounds: number;
  readonly readers: number;
  /** Generations of a slot, counted modulo this. */
  readonly generations: number;
  /** Whether readers look up under the lock. */
  readonly locks?: boolean;
}

/** Places of a writer: program counter, its slot, its round, the object in its hand. */
const WRITER_WORDS = 4;
/** Places of a reader: program counter, the object that it found. */
const READER_WORDS = 2;
const WRITER_STEPS = 12;
const READER_DONE = 7;

const STALE: StepViolation = { code: 'aba', signature: 'reader sees another object' };
const DEAD: StepViolation = { code: 'use-after-free', signature: 'reader sees a dead object' };

/**
 * A generational handle table behind one lock, written by hand: writers free and allocate, readers look up the handle of slot 0,
 * generation 0. One step is one access. The problem that SPIN, Rumur, TLC and GenMC were measured on; with `locks` nothing is wrong
 * with it as long as generations do not wrap.
 */
export class LockedTable implements StepSystem {
  readonly words: number;
  readonly threads: number;
  violation: StepViolation | undefined;
  readonly #size: Required<LockedTableSize>;
  readonly #pointer: number;
  readonly #free: number;
  readonly #top: number;
  readonly #identity: number;
  readonly #alive: number;
  readonly #lock: number;
  readonly #writer: number;
  readonly #reader: number;

  constructor(size: LockedTableSize) {
    const { writers, readers } = size;
    this.#size = { locks: true, ...size };
    // Generations stand first, then pointers, the free list with its length, identities and lives of objects, the lock, threads.
    this.#pointer = writers;
    this.#free = 2 * writers;
    this.#top = 3 * writers;
    this.#identity = this.#top + 1;
    this.#alive = this.#identity + 2 * writers;
    this.#lock = this.#alive + 2 * writers;
    this.#writer = this.#lock + 1;
    this.#reader = this.#writer + WRITER_WORDS * writers;
    this.words = this.#reader + READER_WORDS * readers;
    this.threads = writers + readers;
  }

  initial(state: Int32Array): void {
    const { writers } = this.#size;
    state.fill(0, 0, this.words);
    for (let slot = 0; slot < writers; slot++) {
      state[this.#pointer + slot] = 2 * slot + 1;
      state[this.#identity + 2 * slot + 1] = 1 + slot;
      state[this.#alive + 2 * slot + 1] = 1;
      state[this.#writer + WRITER_WORDS * slot + 1] = slot;
    }
  }

  alternatives(state: Int32Array, thread: number): number {
    const { writers, rounds } = this.#size;
    if (thread >= writers) {
      const step = state[this.#readerAt(thread)];
      return step === READER_DONE || (step === 0 && this.#waits(state)) ? 0 : 1;
    }
    const at = this.#writerAt(thread);
    const step = state[at];
    if (step === 0) return state[at + 2] >= rounds || state[this.#lock] !== 0 ? 0 : 1;
    return step === 6 && state[this.#lock] !== 0 ? 0 : 1;
  }

  take(state: Int32Array, thread: number): number {
    if (thread >= this.#size.writers) return this.#read(state, this.#readerAt(thread));
    this.#write(state, thread, this.#writerAt(thread));
    return Transition.taken;
  }

  canonicalize(): void {
    // Every state has one form.
  }

  /** A writer is inside an operation from its first round to its last; a reader until it is done. */
  isInside(state: Int32Array, thread: number): boolean {
    if (thread >= this.#size.writers) return state[this.#readerAt(thread)] !== READER_DONE;
    return state[this.#writerAt(thread) + 2] < this.#size.rounds;
  }

  /** Everything between locking and unlocking, the last step not included. */
  isInvisible(state: Int32Array, thread: number): boolean {
    if (!this.#size.locks) return false;
    if (thread >= this.#size.writers) {
      const step = state[this.#readerAt(thread)];
      // Uses of the object may be wrong: they are seen.
      return step > 0 && step < 4;
    }
    const step = state[this.#writerAt(thread)];
    return (step > 0 && step < 5) || (step > 6 && step < 11);
  }

  describe(state: Int32Array, thread: number): string {
    const at = thread < this.#size.writers ? this.#writerAt(thread) : this.#readerAt(thread);
    return `${thread < this.#size.writers ? 'writer' : 'reader'} ${state[at]}`;
  }

  #writerAt(thread: number): number {
    return this.#writer + WRITER_WORDS * thread;
  }

  #readerAt(thread: number): number {
    return this.#reader + READER_WORDS * (thread - this.#size.writers);
  }

  #waits(state: Int32Array): boolean {
    return this.#size.locks && state[this.#lock] !== 0;
  }

  #write(state: Int32Array, writer: number, at: number): void {
    const slot = state[at + 1];
    const object = 2 * writer + (state[at + 2] & 1);
    switch (state[at]) {
      case 0:
      case 6:
        state[this.#lock] = 1;
        break;
      case 1:
        state[at + 3] = state[this.#pointer + slot];
        break;
      case 2:
        state[this.#alive + state[at + 3]] = 0;
        state[at + 3] = 0;
        break;
      case 3:
        state[slot] = (state[slot] + 1) % this.#size.generations;
        break;
      case 4:
        state[this.#free + state[this.#top]++] = slot;
        state[at + 1] = 0;
        break;
      case 5:
        state[this.#lock] = 0;
        break;
      case 7:
        state[at + 1] = state[this.#free + --state[this.#top]];
        state[this.#free + state[this.#top]] = 0;
        break;
      case 8:
        state[this.#identity + object] = 1 + writer + this.#size.writers * (state[at + 2] + 1);
        break;
      case 9:
        state[this.#alive + object] = 1;
        break;
      case 10:
        state[this.#pointer + slot] = object;
        break;
      default:
        state[this.#lock] = 0;
        state[at + 2]++;
    }
    state[at] = (state[at] + 1) % WRITER_STEPS;
  }

  #read(state: Int32Array, at: number): number {
    switch (state[at]) {
      case 0:
        if (this.#size.locks) state[this.#lock] = 1;
        state[at] = 1;
        return Transition.taken;
      case 1:
      case 3:
        state[at] = state[0] === 0 ? state[at] + 1 : 6;
        return Transition.taken;
      case 2:
        state[at + 1] = state[this.#pointer];
        state[at] = 3;
        return Transition.taken;
      case 4:
        state[at] = 5;
        return state[this.#alive + state[at + 1]] === 0 ? this.#violate(DEAD) : Transition.taken;
      case 5:
        state[at] = 6;
        return state[this.#identity + state[at + 1]] === 1 ? Transition.taken : this.#violate(STALE);
      default:
        state[at + 1] = 0;
        if (this.#size.locks) state[this.#lock] = 0;
        state[at] = READER_DONE;
        return Transition.taken;
    }
  }

  #violate(violation: StepViolation): number {
    this.violation = violation;
    return Transition.violated;
  }
}

/** The instances that other tools were measured on, with the states that Murphi counts. */
export const LOCKED_TABLES = [
  { name: 'C2', size: { writers: 2, rounds: 2, readers: 1, generations: 4 }, states: 1_364 },
  { name: 'C3', size: { writers: 3, rounds: 2, readers: 1, generations: 16 }, states: 59_260 },
  { name: 'C4', size: { writers: 3, rounds: 2, readers: 2, generations: 16 }, states: 129_132 },
  { name: 'C5', size: { writers: 3, rounds: 3, readers: 2, generations: 16 }, states: 2_251_524 },
] as const;

/** One round more and generations that wrap: the reader meets an object that is not its own, under the lock. */
export const WRAPPING_TABLE: LockedTableSize = { writers: 2, rounds: 3, readers: 1, generations: 4 };

/** Looking up without the lock: the object is dead by the time it is used. */
export const UNLOCKED_TABLE: LockedTableSize = { writers: 2, rounds: 1, readers: 1, generations: 16, locks: false };
