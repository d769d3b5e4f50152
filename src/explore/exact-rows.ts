/**
 * Whole rows, so that two states are the same only when all their words are. Rows with one fingerprint are told apart by a number that
 * takes the fingerprint's place.
 */
export class ExactRows {
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];
  readonly #rowsPerChunk: number;
  /** By fingerprint: the first row that has it; and by row the next one with the same fingerprint, -1 for none. */
  readonly #first = new Map<bigint, number>();
  readonly #next: number[] = [];
  #count = 0;

  constructor(words: number) {
    this.#words = words;
    this.#rowsPerChunk = Math.max(1, Math.floor((1 << 22) / words));
  }

  get bytes(): number {
    return this.#chunks.length * this.#rowsPerChunk * this.#words * 4 + this.#count * 64;
  }

  /** Two numbers that are equal for equal rows, and for no others. */
  identity(row: Int32Array, low: number, high: number): readonly [number, number] {
    const key = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    let last = -1;
    for (let at = this.#first.get(key) ?? -1; at >= 0; at = this.#next[at]) {
      if (this.#isRow(at, row)) return [at + 1, 1];
      last = at;
    }
    const number = this.#count++;
    const place = number % this.#rowsPerChunk;
    if (place === 0) this.#chunks.push(new Int32Array(this.#rowsPerChunk * this.#words));
    this.#chunks[this.#chunks.length - 1].set(row.subarray(0, this.#words), place * this.#words);
    this.#next.push(-1);
    if (last < 0) this.#first.set(key, number);
    else this.#next[last] = number;
    return [number + 1, 1];
  }

  #isRow(number: number, row: Int32Array): boolean {
    const chunk = this.#chunks[Math.floor(number / this.#rowsPerChunk)];
    const at = (number % this.#rowsPerChunk) * this.#words;
    for (let word = 0; word < this.#words; word++) if (chunk[at + word] !== row[word]) return false;
    return true;
  }
}
