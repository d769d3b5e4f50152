import { Transition, type StepSystem } from '../model/threads/step-system.ts';
import type { Move } from './moves.ts';

/** Invisible steps in a row after which a thread is taken to be in a loop of them; its states are explored one by one then. */
const MOST_FUSED = 4_096;

/**
 * Takes invisible steps with the visible one before them, so that the states between are neither stored nor expanded (Lipton,
 * Reduction, CACM 1975: what a lock that is held protects in every access commutes with all steps of others). A thread that would
 * take invisible steps for ever stops after `MOST_FUSED`, so that no cycle consists of steps that others never get in between.
 */
export class FusedSystem {
  /** Steps that the last `settle` took. */
  readonly fused: Move[] = [];
  /** Creates that ended in the last `take`; no invisible step ends one. */
  creates = 0;
  readonly #system: StepSystem;
  readonly #isOn: boolean;
  readonly #before: Int32Array;

  constructor(system: StepSystem, isOn: boolean) {
    this.#system = system;
    this.#isOn = isOn;
    this.#before = new Int32Array(system.words);
  }

  /** Takes a step, and all invisible ones that are possible after it. Answers a `Transition`. */
  take(state: Int32Array, thread: number, alternative: number): number {
    this.fused.length = 0;
    const taken = this.#system.take(state, thread, alternative);
    this.creates = this.#system.createsOfStep ?? 0;
    return taken === Transition.taken && this.#isOn ? this.settle(state) : taken;
  }

  /** Takes all invisible steps that are possible. */
  settle(state: Int32Array): number {
    this.fused.length = 0;
    if (!this.#isOn) return Transition.taken;
    const system = this.#system;
    for (let thread = 0; thread < system.threads && this.fused.length < MOST_FUSED; thread++) {
      if (!system.isInvisible(state, thread) || system.alternatives(state, thread) !== 1) continue;
      this.#before.set(state.subarray(0, system.words));
      const taken = system.take(state, thread, 0);
      if (taken === Transition.disabled) {
        state.set(this.#before);
        continue;
      }
      this.fused.push({ thread, alternative: 0 });
      if (taken !== Transition.taken) return taken;
      // Others may be able to go on now.
      thread = -1;
    }
    return Transition.taken;
  }
}
