import { Fingerprint } from '../fingerprint.ts';
import type { SeenStates } from '../path.ts';
import { ENTRY_WORDS, type SharedVisited } from './shared-visited.ts';

/** A shared table when all threads are done with it, by the numbers of states. */
export class SeenTable implements SeenStates {
  readonly #table: SharedVisited;
  readonly #numbers: number;
  readonly #fingerprint: Fingerprint;
  readonly #words: number;
  #places: Int32Array | undefined;

  /** @param numbers above all numbers of states; not each of them is a state's */
  constructor(table: SharedVisited, numbers: number, seed: number | undefined, words: number) {
    this.#table = table;
    this.#numbers = numbers;
    this.#fingerprint = new Fingerprint(seed);
    this.#words = words;
  }

  parent(state: number): number {
    return this.#table.parentAt(this.#place(state));
  }

  isRow(state: number, row: Int32Array): boolean {
    this.#fingerprint.of(row, this.#words);
    return this.#table.isAt(this.#place(state), this.#fingerprint.low, this.#fingerprint.high);
  }

  #place(state: number): number {
    this.#places ??= this.#index();
    return this.#places[state];
  }

  /** Where the entry of each state begins. States that were found and never placed have no number: they share that of the first. */
  #index(): Int32Array {
    const places = new Int32Array(this.#numbers);
    const { entries } = this.#table;
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      const isPlaced = this.#table.numberAt(at) > 0 || this.#table.parentAt(at) < 0;
      if (entries[at] !== 0 && isPlaced) places[this.#table.numberAt(at)] = at;
    }
    return places;
  }
}
