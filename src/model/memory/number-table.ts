const INITIAL_BITS = 6;
/** 2^32 divided by the golden ratio: multiplication by it spreads sequential numbers evenly (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * The live record of an allocation number: an open-addressing table with linear probing. Removal shifts entries back, so nothing is
 * left behind by dead allocations and a miss costs as little after a billion allocations as after ten.
 */
export class NumberTable {
  #numbers = new Int32Array(1 << INITIAL_BITS);
  #records = new Int32Array(1 << INITIAL_BITS);
  #shift = 32 - INITIAL_BITS;
  #count = 0;

  /** The record of `number` (above 0), or -1. */
  find(number: number): number {
    const numbers = this.#numbers;
    const mask = numbers.length - 1;
    for (let index = Math.imul(number, GOLDEN) >>> this.#shift; ; index = (index + 1) & mask) {
      const entry = numbers[index];
      if (entry === number) return this.#records[index];
      if (entry === 0) return -1;
    }
  }

  /** Adds a number that is not in the table. */
  insert(number: number, record: number): void {
    if (this.#count * 2 >= this.#numbers.length) this.#grow();
    this.#count++;
    this.#place(number, record);
  }

  /** Removes a number that is in the table. */
  remove(number: number): void {
    const numbers = this.#numbers;
    const records = this.#records;
    const mask = numbers.length - 1;
    let hole = Math.imul(number, GOLDEN) >>> this.#shift;
    while (numbers[hole] !== number) hole = (hole + 1) & mask;
    for (let index = (hole + 1) & mask; numbers[index] !== 0; index = (index + 1) & mask) {
      const home = Math.imul(numbers[index], GOLDEN) >>> this.#shift;
      if (((index - home) & mask) < ((index - hole) & mask)) continue;
      numbers[hole] = numbers[index];
      records[hole] = records[index];
      hole = index;
    }
    numbers[hole] = 0;
    this.#count--;
  }

  clear(): void {
    if (this.#count > 0) this.#numbers.fill(0);
    this.#count = 0;
  }

  #place(number: number, record: number): void {
    const numbers = this.#numbers;
    const mask = numbers.length - 1;
    let index = Math.imul(number, GOLDEN) >>> this.#shift;
    while (numbers[index] !== 0) index = (index + 1) & mask;
    numbers[index] = number;
    this.#records[index] = record;
  }

  #grow(): void {
    const numbers = this.#numbers;
    const records = this.#records;
    this.#shift--;
    this.#numbers = new Int32Array(numbers.length * 2);
    this.#records = new Int32Array(numbers.length * 2);
    for (let index = 0; index < numbers.length; index++) {
      if (numbers[index] !== 0) this.#place(numbers[index], records[index]);
    }
  }
}
