import { Transition, type StepSystem } from '../model/threads/step-system.ts';
import type { FusedSystem } from './fused-system.ts';
import type { Move } from './moves.ts';
import { Stalls } from './stalls.ts';

/** How a verdict came: by a step, at a state in which nobody is inside an operation, or because nobody inside one can go on. */
export type VerdictCause = 'step' | 'idle' | 'deadlock';

/** What becomes of the transitions of a state. */
export interface ExpansionSink {
  /** A step, which ended so many creates, led to the row `next` of the expansion, which is in canonical form. */
  reached(state: number, thread: number, alternative: number, wasInside: boolean, creates: number): void;
  /** A verdict; `move` is the step that gave it. The system knows which verdict it is, except for a deadlock. */
  violated(state: number, cause: VerdictCause, move: Move | undefined): void;
  /** A thread is inside an operation and waits: it has no step, or none but such as memory need not allow. */
  blocked(state: number, thread: number): void;
  /** A thread is inside an operation and has a step that leads to no state: to a verdict, or over a bound. */
  leaves(state: number, thread: number): void;
}

/**
 * Takes every alternative of every thread from one state at a time, whose row is in `row`. A thread inside an operation goes on for
 * certain only by its first alternative, which reads the newest message: where that one is refused the thread waits, although an older
 * message may let it through, for memory need not show that one.
 */
export class Expansion {
  readonly row: Int32Array;
  readonly next: Int32Array;
  transitions = 0;
  /** Transitions that a bound of the scope stopped. */
  cuts = 0;
  readonly stalls = new Stalls();
  readonly #system: StepSystem;
  readonly #fused: FusedSystem;
  readonly #sink: ExpansionSink;

  constructor(system: StepSystem, fused: FusedSystem, sink: ExpansionSink) {
    this.#system = system;
    this.#fused = fused;
    this.#sink = sink;
    this.row = new Int32Array(system.words);
    this.next = new Int32Array(system.words);
  }

  expand(state: number): void {
    const system = this.#system;
    const sink = this.#sink;
    const { row, next } = this;
    let inside = 0;
    let moved = 0;
    for (let thread = 0; thread < system.threads; thread++) {
      const isInside = system.isInside(row, thread);
      if (isInside) inside |= 1 << thread;
      const alternatives = system.alternatives(row, thread);
      let goesOn = false;
      for (let alternative = 0; alternative < alternatives; alternative++) {
        next.set(row);
        const taken = this.#fused.take(next, thread, alternative);
        if (taken === Transition.disabled) continue;
        this.transitions++;
        if (alternative === 0) goesOn = true;
        if (taken === Transition.taken) {
          system.canonicalize(next);
          sink.reached(state, thread, alternative, isInside, this.#fused.creates);
          continue;
        }
        if (isInside) sink.leaves(state, thread);
        if (taken === Transition.cut) this.cuts++;
        else sink.violated(state, 'step', { thread, alternative });
      }
      if (isInside && goesOn) moved |= 1 << thread;
      if (isInside && !goesOn) sink.blocked(state, thread);
    }
    if ((inside & (inside - 1)) !== 0) this.stalls.look(state, inside, moved);
    else if (system.garbage !== undefined) this.stalls.measure(state, system.garbage(row));
    if (inside !== 0) {
      if (moved === 0) sink.violated(state, 'deadlock', undefined);
    } else if (system.judgeIdle?.(row) === Transition.violated) sink.violated(state, 'idle', undefined);
  }
}

/** The first thread that is inside an operation, -1 when none is: the one that a verdict about stuck threads names. */
export function firstInside(system: StepSystem, row: Int32Array): number {
  for (let thread = 0; thread < system.threads; thread++) if (system.isInside(row, thread)) return thread;
  return -1;
}
