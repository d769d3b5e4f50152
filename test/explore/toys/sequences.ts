import { Toy, type ToyStep } from './toy.ts';

/** Threads with so many steps each, which have nothing to do with each other. */
export class Sequences extends Toy {
  readonly threads: number;
  readonly words: number;
  readonly #lengths: readonly number[];

  constructor(lengths: readonly number[]) {
    super();
    this.#lengths = lengths;
    this.threads = lengths.length;
    this.words = lengths.length;
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[thread] < this.#lengths[thread];
  }

  steps(state: Int32Array, thread: number): readonly ToyStep[] {
    if (!this.isInside(state, thread)) return [];
    return [
      (next) => {
        next[thread]++;
        return undefined;
      },
    ];
  }
}
