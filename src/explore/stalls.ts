/** What a thread that stalls for ever would do to the others. */
export interface StallsSeen {
  /** The first state in which a thread keeps all others that are inside an operation from going on, and that thread; -1 for none. */
  readonly blockingState: number;
  readonly blockingThread: number;
  /** The most objects that wait to be given back while at most one thread is inside an operation; and the first state with so many. */
  readonly garbage: number;
  readonly garbageState: number;
}

/**
 * Looks at states for what happens when a thread stops there for ever. It blocks others when all of them that are inside an operation
 * wait: no operation would end any more. Garbage is counted where at most one thread is inside an operation: it may be the one that
 * stalls, and the others are done.
 */
export class Stalls implements StallsSeen {
  blockingState = -1;
  blockingThread = -1;
  garbage = 0;
  garbageState = -1;

  /** @param inside threads that are inside an operation, as bits: two at least; `moved`: those of them that can go on */
  look(state: number, inside: number, moved: number): void {
    if (this.blockingState >= 0 && this.blockingState <= state) return;
    for (let thread = 0; inside >> thread !== 0; thread++) {
      const own = 1 << thread;
      if ((inside & own) === 0 || (moved & own) === 0 || (moved & ~own) !== 0) continue;
      this.block(state, thread);
      return;
    }
  }

  /** A thread that stops at a state, -1 for none, keeps the others from going on. */
  block(state: number, thread: number): void {
    if (state < 0 || (this.blockingState >= 0 && this.blockingState <= state)) return;
    this.blockingState = state;
    this.blockingThread = thread;
  }

  measure(state: number, garbage: number): void {
    if (garbage < this.garbage || (garbage === this.garbage && this.garbageState >= 0 && this.garbageState <= state))
      return;
    this.garbage = garbage;
    this.garbageState = state;
  }

  /** Takes in what another thread saw. */
  merge({ blockingState, blockingThread, garbage, garbageState }: StallsSeen): void {
    if (garbageState >= 0) this.measure(garbageState, garbage);
    this.block(blockingState, blockingThread);
  }

  seen(): StallsSeen {
    const { blockingState, blockingThread, garbage, garbageState } = this;
    return { blockingState, blockingThread, garbage, garbageState };
  }
}
