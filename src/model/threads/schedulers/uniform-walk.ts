import type { Random } from '../../vocabulary/random.ts';
import { oneOf } from './random-scheduler.ts';
import type { Scheduler } from './scheduler.ts';

/** How much the last execution counts in what is expected of the next one. */
const WEIGHT = 0.25;

/**
 * A uniform random walk: a thread steps with a chance proportional to the steps that it has left, so that every interleaving is as
 * likely as every other one; choosing threads with equal chances favours those in which short threads end early (Zhao et al.,
 * Selectively Uniform Concurrency Testing, ASPLOS 2025). What is left is expected from the executions before; the first is plainly
 * random.
 */
export class UniformWalk implements Scheduler {
  readonly name = 'uniform-walk';
  readonly #random: Random;
  /** By thread: the steps that an execution is expected to take, and those taken in this one. */
  #expected = new Float64Array();
  #taken = new Int32Array();
  #hasSeen = false;

  constructor(random: Random) {
    this.#random = random;
  }

  begin(threads: number): void {
    if (this.#expected.length !== threads) {
      this.#expected = new Float64Array(threads);
      this.#taken = new Int32Array(threads);
      this.#hasSeen = false;
    }
    this.#taken.fill(0);
  }

  thread(canMove: Uint8Array): number {
    const thread = this.#hasSeen ? this.#weighted(canMove) : oneOf(canMove, this.#random);
    this.#taken[thread]++;
    return thread;
  }

  alternative(_thread: number, count: number): number {
    return count === 1 ? 0 : this.#random.below(count);
  }

  end(): void {
    const weight = this.#hasSeen ? WEIGHT : 1;
    for (let thread = 0; thread < this.#taken.length; thread++)
      this.#expected[thread] += weight * (this.#taken[thread] - this.#expected[thread]);
    this.#hasSeen = true;
  }

  #weighted(canMove: Uint8Array): number {
    let sum = 0;
    for (let thread = 0; thread < canMove.length; thread++) if (canMove[thread] === 1) sum += this.#left(thread);
    let at = (this.#random.below(0x1_0000_0000) / 0x1_0000_0000) * sum;
    let last = 0;
    for (let thread = 0; thread < canMove.length; thread++) {
      if (canMove[thread] !== 1) continue;
      last = thread;
      at -= this.#left(thread);
      if (at < 0) break;
    }
    return last;
  }

  /** A thread that can move has a step left, whatever was expected of it. */
  #left(thread: number): number {
    return Math.max(1, this.#expected[thread] - this.#taken[thread]);
  }
}
