import type { Random } from '../../vocabulary/random.ts';
import type { Scheduler } from './scheduler.ts';

/** At each step any thread that can move, with equal chances. Finds what needs many changes of thread, and few of them in a row. */
export class RandomScheduler implements Scheduler {
  readonly name = 'random';
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  begin(): void {
    // Nothing is remembered from one execution to the next.
  }

  thread(canMove: Uint8Array): number {
    return oneOf(canMove, this.#random);
  }

  alternative(_thread: number, count: number): number {
    return count === 1 ? 0 : this.#random.below(count);
  }

  end(): void {
    // Nothing is remembered from one execution to the next.
  }
}

/** One of the threads that can move, with equal chances. */
export function oneOf(canMove: Uint8Array, random: Random): number {
  let movers = 0;
  for (let thread = 0; thread < canMove.length; thread++) movers += canMove[thread];
  let left = movers === 1 ? 0 : random.below(movers);
  for (let thread = 0; ; thread++) if (canMove[thread] === 1 && left-- === 0) return thread;
}
