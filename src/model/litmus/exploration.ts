import type { LitmusMachine } from './machine.ts';
import { Interning } from './interning.ts';
import { isStuck } from './progress.ts';
import { Step } from './step.ts';
import { takeTurn } from './turn.ts';

/** How an execution ended. */
export type Ending =
  | { readonly kind: 'complete' }
  | { readonly kind: 'fault'; readonly index: number; readonly fault: number }
  | { readonly kind: 'stuck'; readonly threads: readonly number[] };

interface State {
  readonly restore: () => void;
  /** What each thread has done and seen, as a number. */
  readonly histories: readonly number[];
}

/** Events of one execution at most: a thread that does not end makes more and more of them. */
export const MAX_EVENTS = 1000;

/**
 * Explores every execution of a program: every order of the threads' turns and every choice of a turn, but each execution graph once.
 * The state of the machine follows from what each thread has done and seen, with messages named by who wrote them, and from the
 * modification orders; so states that agree in these are one.
 */
export class Exploration {
  /** Turns taken. */
  turns = 0;
  /** Whether every execution was seen. */
  isComplete = true;
  readonly #machine: LitmusMachine;
  readonly #limit: number;
  readonly #report: (ending: Ending) => void;
  readonly #seen = new Set<string>();
  readonly #histories = new Interning();
  /** The choices of the turn that is being taken: which was made of how many. */
  #choices: { chosen: number; count: number }[] = [];
  #asked = 0;

  /**
   * @param limit turns that it takes at most
   * @param report told of each end while the machine is in that state
   */
  constructor(machine: LitmusMachine, limit: number, report: (ending: Ending) => void) {
    this.#machine = machine;
    this.#limit = limit;
    this.#report = report;
    const { sharedMemory } = machine;
    if (sharedMemory !== undefined) sharedMemory.choose = (count) => this.#choose(count);
  }

  run(): void {
    const threads = this.#machine.frames.length;
    const first = { restore: this.#machine.save(), histories: Array.from({ length: threads }, () => 0) };
    const states: State[] = [first];
    for (let state = states.pop(); state !== undefined; state = states.pop()) {
      if (this.turns >= this.#limit || this.#hasGrown()) {
        this.isComplete = false;
        return;
      }
      const { histories } = state;
      state.restore();
      if (!this.#forward()) continue;
      const restore = this.#machine.save();
      const resting: boolean[] = [];
      for (let index = 0; index < threads; index++) {
        this.#choices = [];
        do {
          restore();
          if (this.#machine.threads[index].state !== 'running') break;
          resting[index] = this.#machine.next(index)?.kind === 'loop';
          const answer = this.#turn(index);
          if (answer === Step.blocked) resting[index] = true;
          if (answer === Step.blocked || answer === Step.idle || answer === Step.discarded) continue;
          if (answer > 0) {
            this.#report({ kind: 'fault', index, fault: answer });
            continue;
          }
          const next = histories.with(index, this.#historyAfter(histories[index]));
          if (this.#isNew(next)) states.push({ restore: this.#machine.save(), histories: next });
        } while (this.#nextChoices());
      }
      restore();
      if (resting.every(Boolean)) this.#judgeRest();
    }
  }

  /**
   * Steps on as long as no thread beside main has begun: there is nothing to explore.
   * @returns false when that ended the execution
   */
  #forward(): boolean {
    const machine = this.#machine;
    for (; this.turns < this.#limit && machine.shared === undefined; this.turns++) {
      if (machine.threads[0].state !== 'running') return true;
      const answer = machine.step(0);
      if (answer > 0) this.#report({ kind: 'fault', index: 0, fault: answer });
      if (answer > 0 || answer === Step.discarded) return false;
      if (answer === Step.blocked) return true;
    }
    return true;
  }

  /** A state in which every thread has ended, is blocked, or stands before a loop. */
  #judgeRest(): void {
    const { threads } = this.#machine;
    if (threads.every(({ state }) => state !== 'running')) this.#report({ kind: 'complete' });
    else if (isStuck(this.#machine)) {
      const stuck = threads.flatMap(({ state }, index) => (state === 'running' ? [index] : []));
      this.#report({ kind: 'stuck', threads: stuck });
    }
  }

  #hasGrown(): boolean {
    const threads = this.#machine.sharedMemory?.graph.threads ?? [];
    return threads.reduce((sum, events) => sum + events.length, 0) > MAX_EVENTS;
  }

  #turn(index: number): number {
    const { shared } = this.#machine;
    this.turns++;
    this.#asked = 0;
    if (shared !== undefined) shared.observed = '';
    return takeTurn(this.#machine, index);
  }

  #choose(count: number): number {
    if (this.#asked === this.#choices.length) this.#choices.push({ chosen: 0, count });
    return this.#choices[this.#asked++].chosen;
  }

  /** Goes on to the next combination of choices; false when there is none. */
  #nextChoices(): boolean {
    for (let last = this.#choices.pop(); last !== undefined; last = this.#choices.pop()) {
      if (last.chosen + 1 === last.count) continue;
      this.#choices.push({ ...last, chosen: last.chosen + 1 });
      return true;
    }
    return false;
  }

  #historyAfter(history: number): number {
    return this.#histories.number(`${history} ${this.#machine.shared?.observed ?? ''}`);
  }

  #isNew(histories: readonly number[]): boolean {
    const key = `${histories.join(' ')}|${this.#machine.shared?.graph.modificationOrders() ?? ''}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}
