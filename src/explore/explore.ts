import type { StepSystem, StepViolation } from '../model/threads/step-system.ts';
import { bytesOf } from './bounds.ts';
import { ExactRows } from './exact-rows.ts';
import { Expansion, type ExpansionSink, type VerdictCause } from './expansion.ts';
import { keepsGraph, type Exploration, type ExploreOptions } from './exploration.ts';
import { Fingerprint } from './fingerprint.ts';
import { Findings } from './findings.ts';
import { Frontier } from './frontier.ts';
import { FusedSystem } from './fused-system.ts';
import type { Move } from './moves.ts';
import { PathFinder } from './path.ts';
import { analyse, StateGraph } from './state-graph.ts';
import { Stalls, type StallsSeen } from './stalls.ts';
import { Visited } from './visited.ts';

/** States between two looks at the clock. */
const LOOK = 4_096;

/**
 * Explores a system breadth first to the end, or to a bound: every state once, every alternative of every thread. Verdicts end their
 * paths; of those with one signature the first is kept, which has the fewest steps, and among those the lowest threads.
 */
export function explore(system: StepSystem, options: ExploreOptions): Exploration {
  const turns = new Explorer(system, options).turns();
  for (;;) {
    const turn = turns.next();
    if (turn.done === true) return turn.value;
  }
}

/** As {@link explore}; lets the event loop have a turn now and then, so that a signal is heard. */
export async function exploreInTurns(
  system: StepSystem,
  options: ExploreOptions,
  nextTurn: () => Promise<unknown>,
): Promise<Exploration> {
  const turns = new Explorer(system, options).turns();
  for (;;) {
    const turn = turns.next();
    if (turn.done === true) return turn.value;
    await nextTurn();
  }
}

class Explorer implements ExpansionSink {
  readonly #system: StepSystem;
  readonly #options: ExploreOptions;
  readonly #expansion: Expansion;
  readonly #visited = new Visited();
  readonly #fingerprint: Fingerprint;
  readonly #exact: ExactRows | undefined;
  readonly #graph: StateGraph | undefined;
  readonly #findings: Findings;
  #level: Frontier;
  #nextLevel: Frontier;
  #low = 0;
  #high = 0;

  constructor(system: StepSystem, options: ExploreOptions) {
    this.#system = system;
    this.#options = options;
    const fused = new FusedSystem(system, options.fuses);
    this.#expansion = new Expansion(system, fused, this);
    this.#fingerprint = new Fingerprint(options.seed);
    this.#exact = options.isExact === true ? new ExactRows(system.words) : undefined;
    this.#graph = keepsGraph(options) ? new StateGraph(system.threads) : undefined;
    const spare: Int32Array[] = [];
    this.#level = new Frontier(system.words, spare);
    this.#nextLevel = new Frontier(system.words, spare);
    const paths = new PathFinder(system, fused, {
      parent: (state) => this.#visited.parent(state),
      isRow: (state, row) => {
        this.#identify(row);
        return this.#visited.has(state, this.#low, this.#high);
      },
    });
    this.#findings = new Findings(system, paths, !options.fuses);
    this.#keepFirst(fused);
  }

  /** Yields every few thousand states, when the caller may look at other things. */
  *turns(): Generator<undefined, Exploration, undefined> {
    const { depth = Infinity, isOver, until, untilBlocking, untilGarbage, memoryBytes } = this.#options;
    const isSearch = until !== undefined || untilBlocking === true || untilGarbage !== undefined;
    const bound = { words: this.#system.words, isExact: this.#exact !== undefined };
    let complete = this.#counts;
    let expanded = 0;
    for (let level = 0; this.#nextLevel.length > 0; level++) {
      if (level === depth) return this.#result('depth', level);
      [this.#level, this.#nextLevel] = [this.#nextLevel, this.#level];
      complete = this.#counts;
      const rows = this.#level.length;
      while (this.#level.length > 0) {
        this.#expansion.expand(this.#level.shift(this.#expansion.row));
        if (isSearch && this.#hasFound()) return this.#result('found', level + 1);
        const looks = ++expanded % LOOK === 0;
        if (!looks && this.#level.length > 0) continue;
        const kept = { states: this.#visited.count, rows: rows + this.#nextLevel.length };
        if (bytesOf({ ...bound, ...kept, edges: this.#graph?.count ?? 0 }) > memoryBytes) {
          this.#findings.forget(complete.states - rows);
          return this.#result('memory', level, complete);
        }
        if (!looks) continue;
        if (isOver?.(this.#visited.count) === true) return this.#result('interrupted', level + 1);
        yield undefined;
      }
      if (this.#nextLevel.length === 0) return this.#result(undefined, level + 1);
    }
    return this.#result(undefined, 0);
  }

  #hasFound(): boolean {
    const { until, untilBlocking, untilGarbage } = this.#options;
    const { stalls } = this.#expansion;
    if (until !== undefined) return this.#findings.hasAll(until);
    if (untilBlocking === true) return stalls.blockingState >= 0;
    return stalls.garbage >= (untilGarbage ?? Infinity);
  }

  reached(state: number, thread: number, alternative: number, wasInside: boolean, creates: number): void {
    const number = this.#keep(state);
    if (this.#graph === undefined) return;
    const { next } = this.#expansion;
    this.#graph.add(state, number < 0 ? -1 - number : number, {
      thread,
      isNewest: alternative === 0,
      wasInside,
      hasEnded: wasInside && !this.#system.isInside(next, thread),
      creates,
    });
  }

  violated(state: number, cause: VerdictCause, move: Move | undefined): void {
    this.#findings.add(state, move, this.#violationOf(cause));
  }

  blocked(state: number, thread: number): void {
    this.#graph?.block(state, thread);
  }

  leaves(state: number, thread: number): void {
    this.#graph?.leave(state, thread);
  }

  #violationOf(cause: VerdictCause): StepViolation {
    return this.#findings.violationOf(cause, this.#expansion.row);
  }

  #keepFirst(fused: FusedSystem): void {
    const { next } = this.#expansion;
    this.#system.initial(next);
    fused.settle(next);
    this.#system.canonicalize(next);
    this.#keep(-1);
  }

  /** Keeps the next row unless it was seen; answers what `Visited.add` does. */
  #keep(parent: number): number {
    const { next } = this.#expansion;
    this.#identify(next);
    const number = this.#visited.add(this.#low, this.#high, parent);
    if (number >= 0) this.#nextLevel.push(next, number);
    return number;
  }

  /** Leaves in `low` and `high` what tells a row from others. */
  #identify(row: Int32Array): void {
    this.#fingerprint.of(row, this.#system.words);
    this.#low = this.#fingerprint.low;
    this.#high = this.#fingerprint.high;
    if (this.#exact === undefined) return;
    this.#low = this.#exact.numberOf(row, this.#low);
    this.#high = 1;
  }

  get #counts(): Counts {
    const { transitions, cuts, stalls } = this.#expansion;
    return { states: this.#visited.count, transitions, cuts, stalls: stalls.seen() };
  }

  #result(stopped: Exploration['stopped'], levels: number, counts: Counts = this.#counts): Exploration {
    const { states, stalls: seenStalls, ...seen } = counts;
    const stalls = new Stalls();
    stalls.merge(seenStalls);
    const creates =
      stopped === undefined ? analyse(this.#options, this.#graph, states, this.#findings, stalls) : undefined;
    return {
      states,
      ...seen,
      depth: Math.max(0, levels - 1),
      isExhausted: stopped === undefined,
      stopped,
      counterexamples: this.#findings.counterexamples(),
      ...this.#findings.stalls(stalls),
      omission: this.#exact === undefined ? states ** 2 / 2 ** 65 : 0,
      creates,
    };
  }
}

interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly cuts: number;
  readonly stalls: StallsSeen;
}
