import { Toy, type ToyStep } from './toy.ts';

/** Words: the flags of both, whose turn it is, the places of both. */
const FLAG = 0;
const TURN = 2;
const PLACE = 3;

/**
 * Peterson's algorithm for two threads (Peterson, IPL 1981), for ever. A pass of the waiting loop is one step, which reads both. With
 * `isFlagLate` the flag is raised after waiting: then both get in.
 */
export class Peterson extends Toy {
  readonly threads = 2;
  readonly words = 5;
  readonly #isFlagLate: boolean;

  constructor(isFlagLate = false) {
    super();
    this.#isFlagLate = isFlagLate;
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[PLACE + thread] > 0;
  }

  steps(_state: Int32Array, thread: number): readonly ToyStep[] {
    const other = 1 - thread;
    const at = PLACE + thread;
    return [
      (state) => {
        switch (state[at]) {
          case 0:
            if (!this.#isFlagLate) state[FLAG + thread] = 1;
            state[at] = 1;
            return undefined;
          case 1:
            state[TURN] = other;
            state[at] = 2;
            return undefined;
          case 2:
            if (state[FLAG + other] === 1 && state[TURN] === other) return undefined;
            state[FLAG + thread] = 1;
            state[at] = 3;
            return state[PLACE + other] === 3 ? { code: 'assertion', signature: 'both are in' } : undefined;
          default:
            state[FLAG + thread] = 0;
            state[at] = 0;
            return undefined;
        }
      },
    ];
  }
}
