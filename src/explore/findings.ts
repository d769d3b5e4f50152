import type { StepSystem, StepViolation } from '../model/threads/step-system.ts';
import type { VerdictCause } from './expansion.ts';
import { firstInside } from './expansion.ts';
import type { Counterexample, Exploration } from './exploration.ts';
import type { Move } from './moves.ts';
import type { FoundThere } from './parallel/messages.ts';
import type { PathFinder } from './path.ts';
import type { StallsSeen } from './stalls.ts';

const DEADLOCK: StepViolation = { code: 'deadlock', signature: 'deadlock' };
const LIVELOCK: StepViolation = { code: 'livelock', signature: 'livelock' };

/** A verdict while exploring: at which state, how, and by which step. */
interface Found {
  readonly violation: StepViolation;
  readonly state: number;
  readonly move: Move | undefined;
}

/** The verdicts of an exploration: of each signature the one at the lowest state, states being numbered breadth first. */
export class Findings {
  readonly #system: StepSystem;
  readonly #paths: PathFinder;
  readonly #isShortest: boolean;
  readonly #found = new Map<string, Found>();

  constructor(system: StepSystem, paths: PathFinder, isShortest: boolean) {
    this.#system = system;
    this.#paths = paths;
    this.#isShortest = isShortest;
  }

  add(state: number, move: Move | undefined, violation: StepViolation): void {
    const before = this.#found.get(violation.signature);
    if (before !== undefined && before.state <= state) return;
    this.#found.set(violation.signature, { violation, state, move });
  }

  /** A verdict that another thread has found. Taking the step here gives it again. */
  addFoundThere({ state, cause, thread, alternative }: FoundThere): void {
    const row = new Int32Array(this.#system.words);
    const move = cause === 'step' ? { thread, alternative } : undefined;
    this.#paths.to(state, row, move);
    if (cause === 'idle') this.#system.judgeIdle?.(row);
    this.add(state, move, this.violationOf(cause, row));
  }

  /** A strongly connected set of states, which this one belongs to, in which no operation ends. */
  addLivelock(state: number): void {
    const row = new Int32Array(this.#system.words);
    this.#paths.to(state, row);
    const thread = firstInside(this.#system, row);
    const violation = thread < 0 ? LIVELOCK : (this.#system.stuck?.(row, thread, 'livelock') ?? LIVELOCK);
    this.add(state, undefined, violation);
  }

  /** The verdict that the system has just given, or that of a row in which nobody inside an operation can go on. */
  violationOf(cause: VerdictCause, row: Int32Array): StepViolation {
    if (cause === 'deadlock') return this.#system.stuck?.(row, firstInside(this.#system, row), 'deadlock') ?? DEADLOCK;
    const { violation } = this.#system;
    if (violation === undefined) throw new Error('a system that answers `violated` says which verdict it is');
    return violation;
  }

  hasAll(signatures: readonly string[]): boolean {
    return this.#found.size > 0 && signatures.every((each) => this.#found.has(each));
  }

  /** Drops verdicts at states from a number on: those of a level that was not finished. */
  forget(first: number): void {
    for (const [signature, { state }] of this.#found) if (state >= first) this.#found.delete(signature);
  }

  /** What stalling threads would do, with paths. */
  stalls({
    blockingState,
    blockingThread,
    garbage,
    garbageState,
  }: StallsSeen): Pick<Exploration, 'blocking' | 'garbage'> {
    const pathTo = (state: number): readonly Move[] => this.#paths.to(state, new Int32Array(this.#system.words));
    return {
      blocking: blockingState < 0 ? undefined : { thread: blockingThread, path: pathTo(blockingState) },
      garbage: garbageState < 0 ? undefined : { most: garbage, path: pathTo(garbageState) },
    };
  }

  /** In the order of their states. */
  counterexamples(): readonly Counterexample[] {
    return [...this.#found.values()]
      .sort((one, other) => one.state - other.state)
      .map(({ violation, state, move }) => ({
        violation,
        path: this.#paths.to(state, new Int32Array(this.#system.words), move),
        isShortest: this.#isShortest,
      }));
  }
}
