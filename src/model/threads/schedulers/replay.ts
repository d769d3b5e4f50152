import type { Scheduler } from './scheduler.ts';

/** A step that was taken. */
export interface ReplayedStep {
  readonly thread: number;
  readonly alternative: number;
}

/** Takes the steps of an execution again; after them the lowest thread that can move, and what is newest. */
export class Replay implements Scheduler {
  readonly name = 'replay';
  readonly #steps: readonly ReplayedStep[];
  #at = 0;

  constructor(steps: readonly ReplayedStep[]) {
    this.#steps = steps;
  }

  begin(): void {
    this.#at = 0;
  }

  thread(canMove: Uint8Array): number {
    if (this.#at >= this.#steps.length) return canMove.indexOf(1);
    const { thread } = this.#steps[this.#at];
    if (canMove[thread] !== 1) throw new RangeError(`step ${this.#at + 1}: thread ${thread} cannot move here`);
    return thread;
  }

  alternative(_thread: number, count: number): number {
    const step = this.#steps[this.#at++];
    const alternative = step?.alternative ?? 0;
    if (alternative >= count)
      throw new RangeError(`step ${this.#at}: expected an alternative below ${count}, found ${alternative}`);
    return alternative;
  }

  end(): void {
    // The next execution takes the same steps.
  }
}
