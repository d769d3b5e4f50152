import type { Random } from '../../vocabulary/random.ts';
import type { Scheduler } from './scheduler.ts';

/** One thread after the other, a fixed number of steps each, which is drawn for each execution; whoever cannot move is passed over. */
export class RoundRobin implements Scheduler {
  readonly name = 'round-robin';
  readonly #random: Random;
  readonly #mostSteps: number;
  #thread = 0;
  #turn = 1;
  #left = 0;

  /** @param mostSteps of a turn */
  constructor(random: Random, mostSteps = 16) {
    this.#random = random;
    this.#mostSteps = mostSteps;
  }

  begin(threads: number): void {
    this.#turn = 1 + this.#random.below(this.#mostSteps);
    this.#thread = this.#random.below(threads);
    this.#left = this.#turn;
  }

  thread(canMove: Uint8Array): number {
    if (this.#left === 0 || canMove[this.#thread] === 0) {
      do this.#thread = (this.#thread + 1) % canMove.length;
      while (canMove[this.#thread] === 0);
      this.#left = this.#turn;
    }
    this.#left--;
    return this.#thread;
  }

  alternative(_thread: number, count: number): number {
    return count === 1 ? 0 : this.#random.below(count);
  }

  end(): void {
    // Nothing is remembered from one execution to the next.
  }
}
