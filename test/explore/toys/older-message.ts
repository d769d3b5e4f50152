import { Transition } from '../../../src/model/threads/step-system.ts';
import { Toy, type ToyStep } from './toy.ts';

/**
 * Thread 0 waits for a flag. Its first alternative reads the newest value, its second an older one, and either may be what it waits for.
 * Thread 1, where there is one, spins until thread 0 has ended.
 */
export class OlderMessage extends Toy {
  readonly threads: number;
  readonly words = 2;
  readonly #satisfies: readonly [boolean, boolean];

  constructor(satisfies: readonly [newest: boolean, older: boolean], threads: 1 | 2) {
    super();
    this.#satisfies = satisfies;
    this.threads = threads;
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[thread] === 0;
  }

  steps(state: Int32Array, thread: number): readonly ToyStep[] {
    if (state[thread] === 1) return [];
    const end: ToyStep = (next) => {
      if (thread === 0 || next[0] === 1) next[thread] = 1;
      return undefined;
    };
    return thread === 0 ? [end, end] : [end];
  }

  override take(state: Int32Array, thread: number, alternative: number): number {
    if (thread === 0 && !this.#satisfies[alternative]) return Transition.disabled;
    return super.take(state, thread, alternative);
  }
}
