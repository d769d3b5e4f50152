import { Transition, type StepSystem, type StepViolation } from '../../../src/model/threads/step-system.ts';

/** One alternative of a thread: changes the state, and answers a violation when it is one. */
export type ToyStep = (state: Int32Array) => StepViolation | undefined;

/** A small system for tests, told as the steps that each thread has in a state. */
export abstract class Toy implements StepSystem {
  abstract readonly words: number;
  abstract readonly threads: number;
  violation: StepViolation | undefined;
  createsOfStep = 0;

  abstract steps(state: Int32Array, thread: number): readonly ToyStep[];
  abstract isInside(state: Int32Array, thread: number): boolean;

  initial(state: Int32Array): void {
    state.fill(0, 0, this.words);
  }

  alternatives(state: Int32Array, thread: number): number {
    return this.steps(state, thread).length;
  }

  take(state: Int32Array, thread: number, alternative: number): number {
    this.createsOfStep = 0;
    this.violation = this.steps(state, thread)[alternative](state);
    return this.violation === undefined ? Transition.taken : Transition.violated;
  }

  canonicalize(): void {
    // Every state has one form.
  }

  isInvisible(_state: Int32Array, _thread: number): boolean {
    return false;
  }

  describe(_state: Int32Array, thread: number, alternative: number): string {
    return `thread ${thread}, alternative ${alternative}`;
  }
}
