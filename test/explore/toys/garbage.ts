import { Toy, type ToyStep } from './toy.ts';

/** One thread that retires an object, once for every step until one before the last, and gives all back with the last one. */
export class Garbage extends Toy {
  readonly threads = 1;
  readonly words = 2;
  readonly #steps: number;

  constructor(steps: number) {
    super();
    this.#steps = steps;
  }

  isInside(): boolean {
    return false;
  }

  steps(state: Int32Array): readonly ToyStep[] {
    if (state[0] === this.#steps) return [];
    return [
      (next) => {
        next[0]++;
        next[1] = next[0] === this.#steps ? 0 : next[1] + 1;
        return undefined;
      },
    ];
  }

  garbage(state: Int32Array): number {
    return state[1];
  }
}
