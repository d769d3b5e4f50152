/** Words of an entry, as in `Visited`; the parent is the least state that leads there, so far. */
const HIGH = 1;
const PARENT = 2;
const NUMBER = 3;
const ENTRY_SHIFT = 2;
export const ENTRY_WORDS = 1 << ENTRY_SHIFT;

/** What became of a state that was offered. */
export const Offer = {
  /** It was not there. */
  claimed: 0,
  /** It was there, found from a later state of the same level. */
  improved: 1,
  seen: 2,
} as const;

/**
 * A table of fingerprints that several threads fill at once, in shared memory. An empty entry is claimed by one compare-exchange of
 * its first half; the second half is stored last, and whoever compares waits for it, so that nobody compares what is half written.
 * States of one level that several threads find keep the least of their parents: who found it first does not matter.
 */
export class SharedVisited {
  readonly entries: Int32Array<SharedArrayBuffer>;
  /** Where the entry of the last offer begins. */
  at = 0;
  readonly #mask: number;

  constructor(buffer: SharedArrayBuffer) {
    this.entries = new Int32Array(buffer);
    this.#mask = (this.entries.length >> ENTRY_SHIFT) - 1;
  }

  static ofSlots(slots: number): SharedVisited {
    return new SharedVisited(new SharedArrayBuffer(slots * ENTRY_WORDS * 4));
  }

  get slots(): number {
    return this.#mask + 1;
  }

  /** @param low and `high`: any int32s but 0 */
  offer(low: number, high: number, parent: number): number {
    const { entries } = this;
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot << ENTRY_SHIFT;
      let there = entries[at];
      if (there === 0) {
        there = Atomics.compareExchange(entries, at, 0, low);
        if (there === 0) {
          // The store of the second half makes the one before it visible.
          entries[at + PARENT] = parent;
          Atomics.store(entries, at + HIGH, high);
          this.at = at;
          return Offer.claimed;
        }
      }
      if (there === low && this.#publishedHigh(at) === high) {
        this.at = at;
        return this.#improve(at + PARENT, parent);
      }
    }
  }

  /** Where the entry of a fingerprint begins that is in the table. */
  find(low: number, high: number): number {
    const { entries } = this;
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot << ENTRY_SHIFT;
      if (entries[at] === low && entries[at + HIGH] === high) return at;
      if (entries[at] === 0) throw new Error('a state that was found is not in the table');
    }
  }

  parentAt(at: number): number {
    return this.entries[at + PARENT];
  }

  numberAt(at: number): number {
    return this.entries[at + NUMBER];
  }

  number(at: number, number: number): void {
    this.entries[at + NUMBER] = number;
  }

  isAt(at: number, low: number, high: number): boolean {
    return this.entries[at] === low && this.entries[at + HIGH] === high;
  }

  /** Copies the entries of some slots of a smaller table; several threads may copy different slots at once, and nothing else runs. */
  take(smaller: SharedVisited, first: number, end: number): void {
    const old = smaller.entries;
    const { entries } = this;
    for (let from = first << ENTRY_SHIFT; from < end << ENTRY_SHIFT; from += ENTRY_WORDS) {
      const low = old[from];
      if (low === 0) continue;
      let slot = low & this.#mask;
      while (entries[slot << ENTRY_SHIFT] !== 0 || Atomics.compareExchange(entries, slot << ENTRY_SHIFT, 0, low) !== 0)
        slot = (slot + 1) & this.#mask;
      const at = slot << ENTRY_SHIFT;
      entries[at + HIGH] = old[from + HIGH];
      entries[at + PARENT] = old[from + PARENT];
      entries[at + NUMBER] = old[from + NUMBER];
    }
  }

  #publishedHigh(at: number): number {
    for (;;) {
      const high = Atomics.load(this.entries, at + HIGH);
      if (high !== 0) return high;
    }
  }

  /** Parents of earlier levels have lower numbers than those of this one, so that what was found before keeps its own. */
  #improve(place: number, parent: number): number {
    for (;;) {
      const before = Atomics.load(this.entries, place);
      if (before <= parent) return Offer.seen;
      if (Atomics.compareExchange(this.entries, place, before, parent) === before) return Offer.improved;
    }
  }
}
