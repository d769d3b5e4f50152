import type { Carriers } from './carriers.ts';
import type { OrderLayout } from './order-layout.ts';

export const RaceAccess = { read: 0, write: 1, atomicRead: 2, atomicWrite: 3 } as const;

/**
 * Data races by knowledge: for a location, whether each carrier knows the last plain write, and of every thread the last plain read,
 * atomic write and atomic read since. Earlier accesses need no bits: in an execution without a race the last write comes after all
 * of them, and of one thread's accesses the last comes after the others (Flanagan and Freund, FastTrack, PLDI 2009, section 3).
 */
export class RaceBits {
  readonly #layout: OrderLayout;
  readonly #carriers: Carriers;
  readonly #threads: number;

  constructor(layout: OrderLayout, carriers: Carriers, threads: number) {
    this.#layout = layout;
    this.#carriers = carriers;
    this.#threads = threads;
  }

  isTracked(location: number): boolean {
    return this.#layout.trackWord[location] >= 0;
  }

  /** Notes an access. Answers -1, or whose access is unordered with it; the number of threads when it is a write of an unknown one. */
  access(state: Int32Array, thread: number, location: number, kind: number): number {
    const { trackWord, trackShift, isMixed, viewWords, current } = this.#layout;
    const word = trackWord[location];
    if (word < 0) return -1;
    const shift = trackShift[location];
    const threads = this.#threads;
    const mixed = isMixed[location] === 1;
    const everybody = (2 ** threads - 1) | 0;
    const others = everybody & ~(1 << thread);
    const unknown = state[current[thread] + viewWords + word] >>> shift;
    const reads = others << 1;
    const atomicWrites = mixed ? others << (1 + threads) : 0;
    const atomicReads = mixed ? others << (1 + 2 * threads) : 0;
    let conflicts = 1;
    if (kind === RaceAccess.read) conflicts |= atomicWrites;
    else if (kind === RaceAccess.write) conflicts |= reads | atomicWrites | atomicReads;
    else if (kind === RaceAccess.atomicWrite) conflicts |= reads;
    const unordered = unknown & conflicts;
    if (unordered !== 0) return this.#whose(unordered);

    const all = (mixed ? 2 ** (1 + 3 * threads) - 1 : 2 ** (1 + threads) - 1) | 0;
    const own = kind === RaceAccess.write ? 1 : 1 << (1 + thread + ROW[kind] * threads);
    const clear = kind === RaceAccess.write ? all : 0;
    this.#carriers.change(state, word, clear << shift, own << shift);
    const known = (kind === RaceAccess.write ? all : own) << shift;
    state[current[thread] + viewWords + word] &= ~known;
    const acquired = this.#layout.acquired[thread];
    if (acquired >= 0) state[acquired + viewWords + word] &= ~known;
    return -1;
  }

  knowsWrite(state: Int32Array, thread: number, location: number): boolean {
    const { trackWord, trackShift, viewWords, current } = this.#layout;
    const word = trackWord[location];
    return word < 0 || ((state[current[thread] + viewWords + word] >>> trackShift[location]) & 1) === 0;
  }

  forget(state: Int32Array, location: number): void {
    const word = this.#layout.trackWord[location];
    if (word >= 0) this.#carriers.change(state, word, this.#mask(location), 0);
  }

  /**
   * Drops accesses that every thread knows: whatever comes later comes after them, so that who else knows them makes no difference.
   */
  dropKnown(state: Int32Array): void {
    const { current, exists, knowledgeWords, viewWords } = this.#layout;
    for (let word = 0; word < knowledgeWords; word++) {
      let unknown = 0;
      for (let thread = 0; thread < this.#threads; thread++) unknown |= state[current[thread] + viewWords + word];
      const known = state[exists + word] & ~unknown;
      if (known !== 0) this.#carriers.change(state, word, known, 0);
    }
  }

  /** Location `order[i]` becomes location i, for all locations of the client, which have as many bits each. */
  permute(state: Int32Array, order: ArrayLike<number>): void {
    const { knowledgeWords, viewWords, exists } = this.#layout;
    if (knowledgeWords === 0) return;
    const count = this.#carriers.collect(state);
    for (let index = 0; index < count; index++)
      this.#permuteOne(state, this.#carriers.carrier(index) + viewWords, order);
    this.#permuteOne(state, exists, order);
  }

  #permuteOne(state: Int32Array, begin: number, order: ArrayLike<number>): void {
    const { trackWord, trackShift } = this.#layout;
    const bits = (2 ** (1 + this.#threads) - 1) | 0;
    const old = state.slice(begin, begin + this.#layout.knowledgeWords);
    for (let to = 0; to < order.length; to++) {
      const from = order[to];
      const value = (old[trackWord[from]] >>> trackShift[from]) & bits;
      const at = begin + trackWord[to];
      state[at] = (state[at] & ~(bits << trackShift[to])) | (value << trackShift[to]);
    }
  }

  #mask(location: number): number {
    const { isMixed, trackShift } = this.#layout;
    const bits = isMixed[location] === 1 ? 1 + 3 * this.#threads : 1 + this.#threads;
    return ((2 ** bits - 1) | 0) << trackShift[location];
  }

  #whose(unordered: number): number {
    if ((unordered & 1) !== 0) return this.#threads;
    return (31 - Math.clz32(unordered & -unordered) - 1) % this.#threads;
  }
}

/** Which row of bits an access that is no plain write sets: plain reads first, then atomic writes, then atomic reads. */
const ROW: readonly number[] = [0, 0, 2, 1];
