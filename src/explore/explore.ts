import { Transition, type StepSystem, type StepViolation } from '../model/threads/step-system.ts';
import { ExactRows } from './exact-rows.ts';
import type { Counterexample, Exploration, ExploreOptions } from './exploration.ts';
import { Fingerprint } from './fingerprint.ts';
import { Frontier } from './frontier.ts';
import { FusedSystem } from './fused-system.ts';
import { StateGraph } from './state-graph.ts';
import { decodeMove, encodeMove, type Move } from './moves.ts';
import { Visited } from './visited.ts';

/** States between two looks at the clock. */
const LOOK = 4_096;

/** A verdict while exploring: where it was found, and by which move. */
interface Found {
  readonly violation: StepViolation;
  readonly state: number;
  readonly move: Move | undefined;
}

/**
 * Explores a system breadth first to the end, or to a bound: every state once, every alternative of every thread. Verdicts end their
 * paths; of those with one signature the first is kept, which has the fewest steps, and among those the lowest threads.
 */
export function explore(system: StepSystem, options: ExploreOptions): Exploration {
  return new Explorer(system, options).run();
}

class Explorer {
  readonly #system: StepSystem;
  readonly #options: ExploreOptions;
  readonly #fused: FusedSystem;
  readonly #visited = new Visited();
  readonly #fingerprint: Fingerprint;
  readonly #exact: ExactRows | undefined;
  readonly #graph: StateGraph | undefined;
  readonly #row: Int32Array;
  readonly #next: Int32Array;
  readonly #found = new Map<string, Found>();
  #level: Frontier;
  #nextLevel: Frontier;
  #transitions = 0;
  #cuts = 0;

  constructor(system: StepSystem, options: ExploreOptions) {
    this.#system = system;
    this.#options = options;
    this.#fused = new FusedSystem(system, options.fuses);
    this.#fingerprint = new Fingerprint(options.seed);
    this.#exact = options.isExact === true ? new ExactRows(system.words) : undefined;
    this.#graph = options.keepsGraph === true ? new StateGraph(system.threads) : undefined;
    this.#row = new Int32Array(system.words);
    this.#next = new Int32Array(system.words);
    this.#level = new Frontier(system.words);
    this.#nextLevel = new Frontier(system.words);
  }

  run(): Exploration {
    const { depth = Infinity } = this.#options;
    this.#system.initial(this.#next);
    this.#fused.settle(this.#next);
    this.#keep(-1, 0);
    this.#turn();
    let level = 0;
    let stopped: Exploration['stopped'];
    for (; this.#level.length > 0 && stopped === undefined; level++) {
      if (level === depth) stopped = 'depth';
      else stopped = this.#expandLevel();
      if (stopped === undefined) this.#turn();
    }
    return this.#result(stopped, level);
  }

  #turn(): void {
    [this.#level, this.#nextLevel] = [this.#nextLevel, this.#level];
  }

  #expandLevel(): Exploration['stopped'] {
    const { memoryBytes, isOver, until } = this.#options;
    for (let expanded = 1; this.#level.length > 0; expanded++) {
      this.#expand(this.#level.shift(this.#row));
      if (until !== undefined && this.#found.size > 0 && until.every((each) => this.#found.has(each))) return 'found';
      if (expanded % LOOK !== 0) continue;
      if (isOver?.(this.#visited.count) === true) return 'interrupted';
      if (this.#bytes > memoryBytes) return 'memory';
    }
    return undefined;
  }

  get #bytes(): number {
    const kept = (this.#exact?.bytes ?? 0) + (this.#graph?.bytes ?? 0);
    return this.#visited.bytes + this.#level.bytes + this.#nextLevel.bytes + kept;
  }

  #expand(state: number): void {
    const system = this.#system;
    const [row, next] = [this.#row, this.#next];
    let inside = -1;
    let canGoOn = false;
    for (let thread = 0; thread < system.threads; thread++) {
      const isInside = system.isInside(row, thread);
      if (isInside) inside = thread;
      const alternatives = system.alternatives(row, thread);
      let hasMoved = false;
      for (let alternative = 0; alternative < alternatives; alternative++) {
        next.set(row);
        const taken = this.#fused.take(next, thread, alternative);
        if (taken === Transition.disabled) continue;
        this.#transitions++;
        hasMoved = true;
        if (taken === Transition.taken) this.#reach(state, thread, alternative, isInside);
        else if (taken === Transition.cut) this.#cuts++;
        else this.#violated(state, { thread, alternative });
      }
      if (isInside && hasMoved) canGoOn = true;
      if (isInside && !hasMoved) this.#graph?.block(state, thread);
    }
    if (inside >= 0) {
      if (!canGoOn) this.#violate(state, undefined, system.stuck?.(row, inside, 'deadlock') ?? DEADLOCK);
    } else if (system.judgeIdle?.(row) === Transition.violated) this.#violated(state, undefined);
  }

  #reach(state: number, thread: number, alternative: number, wasInside: boolean): void {
    const system = this.#system;
    system.canonicalize(this.#next);
    const number = this.#keep(state, encodeMove(thread, alternative));
    if (this.#graph === undefined) return;
    const to = number < 0 ? -1 - number : number;
    const hasEnded = wasInside && !system.isInside(this.#next, thread);
    this.#graph.add(state, to, {
      thread,
      isNewest: alternative === 0,
      wasInside,
      hasEnded,
      creates: system.createsOfStep ?? 0,
    });
  }

  /** Keeps the next row unless it was seen; answers what `Visited.add` does. */
  #keep(parent: number, move: number): number {
    const next = this.#next;
    this.#fingerprint.of(next, this.#system.words);
    let { low, high } = this.#fingerprint;
    if (this.#exact !== undefined) [low, high] = this.#exact.identity(next, low, high);
    const number = this.#visited.add(low, high, parent, move);
    if (number >= 0) this.#nextLevel.push(next, number);
    return number;
  }

  #violated(state: number, move: Move | undefined): void {
    const { violation } = this.#system;
    if (violation === undefined) throw new Error('a system that answers `violated` says which verdict it is');
    this.#violate(state, move, violation);
  }

  #violate(state: number, move: Move | undefined, violation: StepViolation): void {
    if (!this.#found.has(violation.signature)) this.#found.set(violation.signature, { violation, state, move });
  }

  #result(stopped: Exploration['stopped'], depth: number): Exploration {
    const states = this.#visited.count;
    const analysis = stopped === undefined ? this.#graph?.analyse(states) : undefined;
    if (analysis !== undefined && analysis.livelock >= 0) {
      const at = analysis.livelock;
      this.#violate(at, undefined, this.#livelock(at));
    }
    return {
      states,
      transitions: this.#transitions,
      depth: Math.max(0, depth - 1),
      isExhausted: stopped === undefined,
      cuts: this.#cuts,
      stopped,
      counterexamples: [...this.#found.values()].map((found) => this.#counterexample(found)),
      omission: this.#exact === undefined ? states ** 2 / 2 ** 65 : 0,
      creates: analysis?.creates,
    };
  }

  #livelock(state: number): StepViolation {
    const path = this.#movesTo(state);
    const row = new Int32Array(this.#system.words);
    this.#replay(row, path);
    for (let thread = 0; thread < this.#system.threads; thread++)
      if (this.#system.isInside(row, thread)) return this.#system.stuck?.(row, thread, 'livelock') ?? LIVELOCK;
    return LIVELOCK;
  }

  #counterexample({ violation, state, move }: Found): Counterexample {
    const moves = this.#movesTo(state);
    if (move !== undefined) moves.push(move);
    const path = this.#replay(new Int32Array(this.#system.words), moves);
    return { violation, path, isShortest: !this.#options.fuses };
  }

  #movesTo(state: number): Move[] {
    const moves: Move[] = [];
    for (let at = state; this.#visited.parent(at) >= 0; at = this.#visited.parent(at))
      moves.unshift(decodeMove(this.#visited.move(at)));
    return moves;
  }

  /** Takes moves from the first state on; answers them with the invisible steps that came with them. */
  #replay(row: Int32Array, moves: readonly Move[]): readonly Move[] {
    const system = this.#system;
    system.initial(row);
    const path: Move[] = [];
    this.#fused.fused.length = 0;
    this.#fused.settle(row);
    path.push(...this.#fused.fused);
    for (const move of moves) {
      const taken = this.#fused.take(row, move.thread, move.alternative);
      path.push(move, ...this.#fused.fused);
      if (taken === Transition.taken) system.canonicalize(row);
    }
    return path;
  }
}

const DEADLOCK: StepViolation = { code: 'deadlock', signature: 'deadlock' };
const LIVELOCK: StepViolation = { code: 'livelock', signature: 'livelock' };
