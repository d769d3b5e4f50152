import type { Random } from '../vocabulary/random.ts';
import type { Ending } from './exploration.ts';
import type { LitmusMachine } from './machine.ts';
import { isStuck } from './progress.ts';
import { Step } from './step.ts';
import type { SchedulePolicy } from './syntax.ts';
import { takeTurn } from './turn.ts';

/** One execution of a program with several threads, whose order a policy decides. */
export class ScheduledRun {
  /** Turns taken. */
  turns = 0;
  readonly #machine: LitmusMachine;
  readonly #policy: SchedulePolicy;
  readonly #random: Random;
  /** The thread that has the turn, by position. */
  #current = 0;

  /** @param chooses whether loads choose among the messages by chance; else they read the newest */
  constructor(machine: LitmusMachine, policy: SchedulePolicy, random: Random, chooses: boolean) {
    this.#machine = machine;
    this.#policy = policy;
    this.#random = random;
    if (machine.sharedMemory !== undefined && chooses) machine.sharedMemory.choose = (count) => random.below(count);
  }

  /** Runs to the end; undefined when that takes more turns than the limit. */
  finish(limit: number): Ending | 'discarded' | undefined {
    const machine = this.#machine;
    /** How many threads in a row could not go on. */
    let waiting = 0;
    for (; this.turns < limit; this.turns++) {
      if (machine.threads.every(({ state }) => state !== 'running')) return { kind: 'complete' };
      const index = this.#next();
      const yields = this.#isYield(index);
      const answer = takeTurn(machine, index);
      if (answer > 0) return { kind: 'fault', index, fault: answer };
      if (answer === Step.discarded) return 'discarded';
      const waits = answer === Step.blocked || answer === Step.idle;
      waiting = waits ? waiting + 1 : 0;
      if (waits && waiting >= machine.frames.length && isStuck(machine)) return this.#stuck();
      if (waits || yields || answer === Step.ended) this.#current = index + 1;
    }
    return undefined;
  }

  /** The thread that steps next: the same one again, or one by chance. */
  #next(): number {
    const { threads } = this.#machine;
    const running = threads.flatMap(({ state }, index) => (state === 'running' ? [index] : []));
    if (this.#policy === 'random') return this.#random.pick(running);
    return running.find((index) => index >= this.#current) ?? running[0];
  }

  #isYield(index: number): boolean {
    const instruction = this.#machine.next(index);
    return instruction?.kind === 'operation' && instruction.statement.name === 'yield';
  }

  #stuck(): Ending {
    const threads = this.#machine.threads.flatMap(({ state }, index) => (state === 'running' ? [index] : []));
    return { kind: 'stuck', threads };
  }
}
