const FIRST_SLOTS = 1 << 12;

/**
 * Whole rows, so that two states are the same only when all their words are. Each row has a number; the number stands for the row where
 * a fingerprint would. An open-addressing table leads from the low half of a fingerprint to the rows that have it.
 */
export class ExactRows {
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];
  readonly #rowsPerChunk: number;
  #count = 0;
  /** Numbers of rows, 0 in an empty slot; and by row, from 1, the half of its fingerprint by which it was placed. */
  #slots = new Int32Array(FIRST_SLOTS);
  #lows = new Int32Array(FIRST_SLOTS);

  constructor(words: number) {
    this.#words = words;
    this.#rowsPerChunk = Math.max(1, Math.floor((1 << 18) / words));
  }

  /** The number of a row, from 1: equal for equal rows, and for no others. Rows are kept. */
  numberOf(row: Int32Array, low: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = low & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask)
      if (this.#lows[slots[slot]] === low && this.#isRow(slots[slot], row)) return slots[slot];
    const number = ++this.#count;
    const place = (number - 1) % this.#rowsPerChunk;
    if (place === 0) this.#chunks.push(new Int32Array(this.#rowsPerChunk * this.#words));
    this.#chunks[this.#chunks.length - 1].set(row.subarray(0, this.#words), place * this.#words);
    slots[slot] = number;
    this.#lows[number] = low;
    if (this.#count * 4 > slots.length * 3) this.#grow();
    return number;
  }

  #isRow(number: number, row: Int32Array): boolean {
    const chunk = this.#chunks[Math.floor((number - 1) / this.#rowsPerChunk)];
    const at = ((number - 1) % this.#rowsPerChunk) * this.#words;
    for (let word = 0; word < this.#words; word++) if (chunk[at + word] !== row[word]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const lows = new Int32Array(slots.length);
    lows.set(this.#lows);
    const mask = slots.length - 1;
    for (let number = 1; number <= this.#count; number++) {
      let slot = lows[number] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
    this.#lows = lows;
  }
}
