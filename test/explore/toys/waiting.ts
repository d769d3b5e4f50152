import { Toy, type ToyStep } from './toy.ts';

/** Thread 1 spins until thread 0 has taken its one step, which is a violation or is none. */
export class Waiting extends Toy {
  readonly threads = 2;
  readonly words = 2;
  readonly #isViolated: boolean;

  constructor(isViolated: boolean) {
    super();
    this.#isViolated = isViolated;
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[thread] === 0;
  }

  steps(state: Int32Array, thread: number): readonly ToyStep[] {
    if (state[thread] === 1) return [];
    return [
      (next) => {
        if (thread === 0 || next[0] === 1) next[thread] = 1;
        return thread === 0 && this.#isViolated ? { code: 'assertion', signature: 'it stepped' } : undefined;
      },
    ];
  }
}
