import { Transition, type StepSystem } from '../model/threads/step-system.ts';
import type { FusedSystem } from './fused-system.ts';
import type { Move } from './moves.ts';

/** What is known of the states that were seen. */
export interface SeenStates {
  parent(state: number): number;
  /** Whether a row in canonical form is that of a state. */
  isRow(state: number, row: Int32Array): boolean;
}

/**
 * Finds the steps again that lead from the first state to one that was seen. Of each state only the one that it was found from is
 * kept, so the moves between them are tried in the order of threads and alternatives: the first that leads there is the one.
 */
export class PathFinder {
  readonly #system: StepSystem;
  readonly #fused: FusedSystem;
  readonly #seen: SeenStates;

  constructor(system: StepSystem, fused: FusedSystem, seen: SeenStates) {
    this.#system = system;
    this.#fused = fused;
    this.#seen = seen;
  }

  /** Every step to a state, invisible ones included; and the move after it, if there is one. Leaves the last state in `row`. */
  to(state: number, row: Int32Array, last?: Move): Move[] {
    const states: number[] = [];
    for (let at = state; at >= 0; at = this.#seen.parent(at)) states.push(at);
    states.reverse();
    const path: Move[] = [];
    this.#system.initial(row);
    this.#fused.settle(row);
    path.push(...this.#fused.fused);
    this.#system.canonicalize(row);
    for (const next of states.slice(1)) path.push(...this.#stepTo(next, row));
    if (last !== undefined) {
      this.#fused.take(row, last.thread, last.alternative);
      path.push(last, ...this.#fused.fused);
    }
    return path;
  }

  #stepTo(state: number, row: Int32Array): readonly Move[] {
    const system = this.#system;
    const next = new Int32Array(system.words);
    for (let thread = 0; thread < system.threads; thread++) {
      const alternatives = system.alternatives(row, thread);
      for (let alternative = 0; alternative < alternatives; alternative++) {
        next.set(row.subarray(0, system.words));
        if (this.#fused.take(next, thread, alternative) !== Transition.taken) continue;
        system.canonicalize(next);
        if (!this.#seen.isRow(state, next)) continue;
        row.set(next);
        return [{ thread, alternative }, ...this.#fused.fused];
      }
    }
    throw new Error('a step system that is not deterministic: a state that was reached is not reached again');
  }
}
