/** Larger tables are reset by pages, so that a short execution over a large table does not pay for all of it. */
export const LARGEST_UNPAGED = 1024;

/** A power of two such that a table has at most a few hundred pages of at least 256 records. */
export function pageShift(size: number): number {
  return Math.max(8, 32 - Math.clz32(size) - 8);
}

/** Records of fixed number in columns of int32s. Code that writes to a table with pages marks the page. */
export class Table {
  readonly columns: readonly Int32Array[];
  /** 1 for every page that was written to since the last reset; empty when the table is small. */
  readonly pages: Uint8Array;
  readonly #initial: readonly number[];
  readonly #size: number;

  constructor(size: number, initial: readonly number[]) {
    this.#size = size;
    this.#initial = initial;
    this.columns = initial.map((value) => new Int32Array(size).fill(value));
    this.pages = new Uint8Array(size > LARGEST_UNPAGED ? ((size - 1) >> pageShift(size)) + 1 : 0);
  }

  reset(): void {
    if (this.pages.length === 0) {
      this.#resetRange(0, this.#size);
      return;
    }
    const shift = pageShift(this.#size);
    for (let page = 0; page < this.pages.length; page++) {
      if (this.pages[page] === 0) continue;
      this.pages[page] = 0;
      this.#resetRange(page << shift, Math.min((page + 1) << shift, this.#size));
    }
  }

  snapshot(): readonly Int32Array[] {
    return this.columns.map((column) => column.slice());
  }

  restore(image: readonly Int32Array[]): void {
    image.forEach((column, index) => this.columns[index]?.set(column));
    this.pages.fill(1);
  }

  #resetRange(start: number, end: number): void {
    for (let index = 0; index < this.columns.length; index++) {
      const column = this.columns[index];
      const value = this.#initial[index];
      if (end - start > SHORT) column.fill(value, start, end);
      else for (let at = start; at < end; at++) column[at] = value;
    }
  }
}

/** Up to here a loop is faster than a call of `fill`. */
const SHORT = 32;
