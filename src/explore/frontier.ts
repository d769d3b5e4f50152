const CHUNK_BYTES = 1 << 20;

/** A queue of rows with their numbers, in chunks that others may have as soon as they are read. */
export class Frontier {
  readonly #words: number;
  readonly #rowsPerChunk: number;
  #chunks: Int32Array[] = [];
  /** Chunks that nobody uses, of all queues that share them. */
  readonly #spare: Int32Array[];
  #read = 0;
  #written = 0;

  /**
   * @param words of a row; its number stands before it
   * @param spare shared by queues of rows of the same length
   */
  constructor(words: number, spare: Int32Array[]) {
    this.#spare = spare;
    this.#words = words + 1;
    this.#rowsPerChunk = Math.max(1, Math.floor(CHUNK_BYTES / (4 * this.#words)));
  }

  get length(): number {
    return this.#written - this.#read;
  }

  push(row: Int32Array, number: number): void {
    const place = this.#written % this.#rowsPerChunk;
    if (place === 0) this.#chunks.push(this.#spare.pop() ?? new Int32Array(this.#rowsPerChunk * this.#words));
    const chunk = this.#chunks[this.#chunks.length - 1];
    const at = place * this.#words;
    chunk[at] = number;
    for (let word = 1; word < this.#words; word++) chunk[at + word] = row[word - 1];
    this.#written++;
  }

  /** Takes the oldest row out; answers its number. The caller asks `length` first. */
  shift(into: Int32Array): number {
    const place = this.#read % this.#rowsPerChunk;
    const [chunk] = this.#chunks;
    const at = place * this.#words;
    for (let word = 1; word < this.#words; word++) into[word - 1] = chunk[at + word];
    const number = chunk[at];
    this.#read++;
    if (this.#read % this.#rowsPerChunk === 0) {
      this.#spare.push(chunk);
      this.#chunks.shift();
      this.#read = 0;
      this.#written -= this.#rowsPerChunk;
    }
    return number;
  }
}
