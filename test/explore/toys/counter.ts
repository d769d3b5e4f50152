import { Toy, type ToyStep } from './toy.ts';

/** Threads that create: each adds one to what all have made, until there are so many; or counts modulo that number, for ever. */
export class Counter extends Toy {
  readonly threads: number;
  readonly words = 1;
  readonly #most: number;
  readonly #wraps: boolean;

  constructor(threads: number, most: number, wraps: boolean) {
    super();
    this.threads = threads;
    this.#most = most;
    this.#wraps = wraps;
  }

  isInside(): boolean {
    return false;
  }

  steps(state: Int32Array, _thread: number): readonly ToyStep[] {
    if (!this.#wraps && state[0] === this.#most) return [];
    return [
      (next) => {
        next[0] = (next[0] + 1) % (this.#wraps ? this.#most : this.#most + 1);
        this.createsOfStep = 1;
        return undefined;
      },
    ];
  }
}
