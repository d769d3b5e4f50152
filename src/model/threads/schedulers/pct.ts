import type { Random } from '../../vocabulary/random.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): threads have priorities, the highest one that can move steps, and
 * at depth - 1 steps, drawn in advance, the thread that steps falls below all others. Finds a bug of depth d with a chance of at least
 * 1 / (n k^(d-1)), for n threads and k steps; k is the longest execution so far.
 */
export class Pct implements Scheduler {
  readonly name: string;
  readonly #random: Random;
  readonly #depth: number;
  /** By thread; higher ones go first. */
  #priority = new Int32Array();
  /** Steps before which priorities change, in the order in which they were drawn: the later drawn, the lower the thread falls. */
  readonly #changes: Int32Array;
  #steps = 0;
  #longest = 1;

  /** @param depth of the bugs that are looked for, at least 1 */
  constructor(random: Random, depth: number) {
    this.name = `pct:${depth}`;
    this.#random = random;
    this.#depth = depth;
    this.#changes = new Int32Array(depth - 1);
  }

  begin(threads: number): void {
    if (this.#priority.length !== threads) this.#priority = new Int32Array(threads);
    this.#steps = 0;
    for (let thread = 0; thread < threads; thread++) {
      // A random permutation above all priorities that threads fall to (Fisher and Yates, from inside out).
      const other = this.#random.below(thread + 1);
      this.#priority[thread] = this.#priority[other];
      this.#priority[other] = this.#depth + thread;
    }
    for (let change = 0; change < this.#changes.length; change++)
      this.#changes[change] = this.#random.below(this.#longest);
  }

  thread(canMove: Uint8Array): number {
    const thread = this.#highest(canMove);
    const change = this.#changes.indexOf(this.#steps++);
    if (change < 0) return thread;
    this.#priority[thread] = this.#depth - 1 - change;
    return this.#highest(canMove);
  }

  alternative(_thread: number, count: number): number {
    return count === 1 ? 0 : this.#random.below(count);
  }

  end(steps: number): void {
    this.#longest = Math.max(this.#longest, steps);
  }

  #highest(canMove: Uint8Array): number {
    let highest = -1;
    for (let thread = 0; thread < canMove.length; thread++)
      if (canMove[thread] === 1 && (highest < 0 || this.#priority[thread] > this.#priority[highest])) highest = thread;
    return highest;
  }
}
