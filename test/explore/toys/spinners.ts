import { Toy, type ToyStep } from './toy.ts';

/** Places of a thread: before raising its flag, raising it, looking at the other's, inside, at the end; and lowering the flag again. */
const BEFORE = 0;
const RAISING = 1;
const LOOKING = 2;
const INSIDE = 3;
const ENDED = 4;
const LOWERING = 5;

/**
 * Two threads that want the same thing. Each raises its flag and looks at the other's: when that is down, it goes in and ends. When it
 * is up, one that insists looks again; a polite one takes its own flag down, and waits until it has seen the other's down before it
 * raises its own again. Two polite ones may do so for ever, and two that insist do; one of each come to an end.
 */
export class Spinners extends Toy {
  readonly threads = 2;
  readonly words = 4;
  readonly #isPolite: readonly boolean[];

  constructor(isPolite: readonly [boolean, boolean]) {
    super();
    this.#isPolite = isPolite;
  }

  /** Operations begin at once: a thread is inside one until it has ended. */
  isInside(state: Int32Array, thread: number): boolean {
    return state[2 + thread] !== ENDED;
  }

  steps(state: Int32Array, thread: number): readonly ToyStep[] {
    const at = 2 + thread;
    if (state[at] === ENDED) return [];
    return [
      (next) => {
        const isOtherUp = next[1 - thread] === 1;
        if (next[at] === BEFORE && this.#isPolite[thread] && isOtherUp) return undefined;
        if (next[at] === RAISING) next[thread] = 1;
        if (next[at] === LOOKING && isOtherUp) {
          if (this.#isPolite[thread]) next[at] = LOWERING;
          return undefined;
        }
        if (next[at] === LOWERING) {
          next[thread] = 0;
          next[at] = BEFORE;
          return undefined;
        }
        if (next[at] === INSIDE) next[thread] = 0;
        next[at]++;
        return undefined;
      },
    ];
  }
}
