const INITIAL_BITS = 6;
/** 2^32 divided by the golden ratio: multiplication by it spreads sequential numbers evenly (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * The live record of an allocation number: an open-addressing table with linear probing. Removal shifts entries back, so nothing is
 * left behind by dead allocations and a miss costs as little after a billion allocations as after ten.
 */
export class NumberTable {
  /** Pairs of a number, 0 in a free place, and its record. */
  #entries = new Int32Array(2 << INITIAL_BITS);
  #shift = 32 - INITIAL_BITS;
  #count = 0;

  /** How many numbers are in the table. */
  get size(): number {
    return this.#count;
  }

  /** The record of `number` (above 0), or -1. */
  find(number: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    for (let index = (Math.imul(number, GOLDEN) >>> this.#shift) << 1; ; index = (index + 2) & mask) {
      const entry = entries[index];
      if (entry === number) return entries[index + 1];
      if (entry === 0) return -1;
    }
  }

  /** Adds a number that is not in the table. */
  insert(number: number, record: number): void {
    if (this.#count * 4 >= this.#entries.length) this.#grow();
    this.#count++;
    this.#place(number, record);
  }

  /** Removes a number that is in the table. */
  remove(number: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    let hole = (Math.imul(number, GOLDEN) >>> this.#shift) << 1;
    while (entries[hole] !== number) hole = (hole + 2) & mask;
    for (let index = (hole + 2) & mask; entries[index] !== 0; index = (index + 2) & mask) {
      // An entry may fill the hole unless its home lies between the two.
      const home = (Math.imul(entries[index], GOLDEN) >>> this.#shift) << 1;
      if (((index - home) & mask) < ((index - hole) & mask)) continue;
      entries[hole] = entries[index];
      entries[hole + 1] = entries[index + 1];
      hole = index;
    }
    entries[hole] = 0;
    this.#count--;
  }

  clear(): void {
    if (this.#count > 0) this.#entries.fill(0);
    this.#count = 0;
  }

  #place(number: number, record: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    let index = (Math.imul(number, GOLDEN) >>> this.#shift) << 1;
    while (entries[index] !== 0) index = (index + 2) & mask;
    entries[index] = number;
    entries[index + 1] = record;
  }

  #grow(): void {
    const entries = this.#entries;
    this.#shift--;
    this.#entries = new Int32Array(entries.length * 2);
    for (let index = 0; index < entries.length; index += 2) {
      if (entries[index] !== 0) this.#place(entries[index], entries[index + 1]);
    }
  }
}
