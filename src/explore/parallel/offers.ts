const CHUNK_BYTES = 1 << 20;

/** Words before the row: the fingerprint's halves, the parent, and where the entry begins. */
const HEAD = 4;

/** States that one thread offers to the next level, in the order in which it found them; taken out once, in the same order. */
export class Offers {
  readonly #words: number;
  readonly #rowsPerChunk: number;
  readonly #chunks: Int32Array[] = [];
  #count = 0;

  constructor(words: number) {
    this.#words = words + HEAD;
    this.#rowsPerChunk = Math.max(1, Math.floor(CHUNK_BYTES / (4 * this.#words)));
  }

  get count(): number {
    return this.#count;
  }

  push(low: number, high: number, parent: number, entry: number, row: Int32Array): void {
    const place = this.#count % this.#rowsPerChunk;
    const chunkNumber = (this.#count - place) / this.#rowsPerChunk;
    if (chunkNumber === this.#chunks.length) this.#chunks.push(new Int32Array(this.#rowsPerChunk * this.#words));
    const chunk = this.#chunks[chunkNumber];
    const at = place * this.#words;
    chunk[at] = low;
    chunk[at + 1] = high;
    chunk[at + 2] = parent;
    chunk[at + 3] = entry;
    for (let word = HEAD; word < this.#words; word++) chunk[at + word] = row[word - HEAD];
    this.#count++;
  }

  /** The chunk and the place in it where an offer stands: fingerprint, parent, entry, row. */
  chunkOf(offer: number): Int32Array {
    return this.#chunks[Math.floor(offer / this.#rowsPerChunk)];
  }

  placeOf(offer: number): number {
    return (offer % this.#rowsPerChunk) * this.#words;
  }

  static readonly head = HEAD;

  /** Chunks are kept for the next level. */
  clear(): void {
    this.#count = 0;
  }
}
