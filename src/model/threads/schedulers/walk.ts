import { Transition, type StepSystem } from '../step-system.ts';
import type { ReplayedStep } from './replay.ts';
import type { Scheduler } from './scheduler.ts';

/** How an execution ended. */
export type WalkEnd =
  /** No thread can move, and none is inside an operation. */
  | 'finished'
  /** No thread that is inside an operation can move, and no other one. */
  | 'deadlock'
  | 'violated'
  /** A bound of the scope. */
  | 'cut'
  /** So many steps as are allowed. */
  | 'steps';

/** One execution of a system after the other, as a scheduler decides. The steps of the last one are kept, so that it can be replayed. */
export class Walk {
  readonly state: Int32Array;
  readonly #system: StepSystem;
  readonly #scheduler: Scheduler;
  readonly #before: Int32Array;
  readonly #canMove: Uint8Array;
  /** Pairs of thread and alternative. */
  #path = new Int32Array(256);
  #steps = 0;

  constructor(system: StepSystem, scheduler: Scheduler) {
    this.#system = system;
    this.#scheduler = scheduler;
    this.state = new Int32Array(system.words);
    this.#before = new Int32Array(system.words);
    this.#canMove = new Uint8Array(system.threads);
  }

  /** Steps of the last execution. */
  get steps(): number {
    return this.#steps;
  }

  path(): readonly ReplayedStep[] {
    return Array.from({ length: this.#steps }, (_, step) => ({
      thread: this.#path[2 * step],
      alternative: this.#path[2 * step + 1],
    }));
  }

  /** Runs from the first state to an end. */
  run(mostSteps: number): WalkEnd {
    this.#system.initial(this.state);
    this.#scheduler.begin(this.#system.threads);
    this.#steps = 0;
    const end = this.#run(mostSteps);
    this.#scheduler.end(this.#steps);
    return end;
  }

  #run(mostSteps: number): WalkEnd {
    while (this.#steps < mostSteps) {
      if (!this.#findMovers()) return this.#isAnyInside() ? 'deadlock' : 'finished';
      const taken = this.#step();
      if (taken === Transition.violated) return 'violated';
      if (taken === Transition.cut) return 'cut';
      if (taken === Transition.disabled) return this.#isAnyInside() ? 'deadlock' : 'finished';
    }
    return 'steps';
  }

  #findMovers(): boolean {
    const { threads } = this.#system;
    let movers = 0;
    for (let thread = 0; thread < threads; thread++) {
      const mover = this.#system.alternatives(this.state, thread) > 0 ? 1 : 0;
      this.#canMove[thread] = mover;
      movers += mover;
    }
    return movers > 0;
  }

  /** Takes one step that is possible; answers `disabled` when none is. */
  #step(): number {
    for (let movers = this.#system.threads; movers > 0; movers--) {
      const thread = this.#scheduler.thread(this.#canMove);
      const taken = this.#stepOf(thread);
      if (taken !== Transition.disabled) return taken;
      this.#canMove[thread] = 0;
      if (!this.#canMove.includes(1)) break;
    }
    return Transition.disabled;
  }

  #stepOf(thread: number): number {
    const system = this.#system;
    const count = system.alternatives(this.state, thread);
    const first = this.#scheduler.alternative(thread, count);
    for (let tried = 0; tried < count; tried++) {
      const alternative = (first + tried) % count;
      this.#before.set(this.state);
      const taken = system.take(this.state, thread, alternative);
      if (taken === Transition.disabled) {
        this.state.set(this.#before);
        continue;
      }
      this.#note(thread, alternative);
      if (taken === Transition.taken) system.canonicalize(this.state);
      return taken;
    }
    return Transition.disabled;
  }

  #note(thread: number, alternative: number): void {
    const at = 2 * this.#steps++;
    if (at === this.#path.length) {
      const longer = new Int32Array(2 * at);
      longer.set(this.#path);
      this.#path = longer;
    }
    this.#path[at] = thread;
    this.#path[at + 1] = alternative;
  }

  #isAnyInside(): boolean {
    for (let thread = 0; thread < this.#system.threads; thread++)
      if (this.#system.isInside(this.state, thread)) return true;
    return false;
  }
}
