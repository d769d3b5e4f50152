import { Toy, type ToyStep } from './toy.ts';

/**
 * Dining philosophers (Dijkstra 1971): each takes a fork, then the other, eats, and puts both back, for ever. All begin with the left
 * fork, which deadlocks; or the last one begins with the right fork, which does not.
 */
export class Philosophers extends Toy {
  readonly threads: number;
  readonly words: number;
  readonly #isLastRightHanded: boolean;

  constructor(count: number, isLastRightHanded: boolean) {
    super();
    this.threads = count;
    this.#isLastRightHanded = isLastRightHanded;
    // How many forks each philosopher holds, then whether each fork is taken.
    this.words = 2 * count;
  }

  isInside(state: Int32Array, philosopher: number): boolean {
    return state[philosopher] > 0;
  }

  steps(state: Int32Array, philosopher: number): readonly ToyStep[] {
    const { threads } = this;
    const forks = [philosopher, (philosopher + 1) % threads].map((fork) => threads + fork);
    if (this.#isLastRightHanded && philosopher === threads - 1) forks.reverse();
    const held = state[philosopher];
    if (held === 2)
      return [
        (next) => {
          next[philosopher] = 0;
          for (const fork of forks) next[fork] = 0;
          return undefined;
        },
      ];
    if (state[forks[held]] === 1) return [];
    return [
      (next) => {
        next[forks[held]] = 1;
        next[philosopher]++;
        return undefined;
      },
    ];
  }
}
