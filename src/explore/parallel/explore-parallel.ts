import type { StepSystem } from '../../model/threads/step-system.ts';
import { bytesOf } from '../bounds.ts';
import { keepsGraph, type Exploration, type ExploreOptions } from '../exploration.ts';
import { Findings } from '../findings.ts';
import { Fingerprint } from '../fingerprint.ts';
import { FusedSystem } from '../fused-system.ts';
import { PathFinder } from '../path.ts';
import { Stalls, type StallsSeen } from '../stalls.ts';
import { analyse, StateGraph } from '../state-graph.ts';
import { Control, type FoundThere, type Range, type Segment, type SystemSource, type WorkerReply } from './messages.ts';
import { SeenTable } from './seen-table.ts';
import { SharedVisited } from './shared-visited.ts';
import { WorkerTeam } from './worker-team.ts';

const FIRST_SLOTS = 1 << 18;
/** Rows that a worker takes at a time: enough that taking costs nothing, few enough that nobody waits long at the end. */
const MOST_ROWS = 256;
/** Milliseconds between two looks at the clock. */
const LOOK_MS = 50;

export interface ParallelOptions extends Omit<ExploreOptions, 'isExact' | 'depth' | 'until'> {
  readonly jobs: number;
  /** Makes the system again on each thread. */
  readonly source: SystemSource;
}

export interface ParallelExploration {
  readonly exploration: Exploration;
  /** How often each coverage point was reached, by all workers together. */
  readonly coverage: Uint32Array | undefined;
}

/**
 * Explores as `explore` does, on several threads, with the same result whatever their number: levels are expanded one after the other,
 * each divided among the workers, and a state keeps the least state that it was found from, whoever found it first.
 */
export async function exploreParallel(system: StepSystem, options: ParallelOptions): Promise<ParallelExploration> {
  const { jobs, source, fuses, seed = 0 } = options;
  const control = new SharedArrayBuffer(4 * Control.words);
  const team = await WorkerTeam.start(jobs, { source, fuses, seed, keepsGraph: keepsGraph(options), control });
  const flag = new Int32Array(control);
  const timer = setInterval(() => {
    if (options.isOver?.(Atomics.load(flag, Control.states)) === true) Atomics.store(flag, Control.isOver, 1);
  }, LOOK_MS);
  try {
    return await new ParallelExplorer(system, options, team, flag).run();
  } finally {
    clearInterval(timer);
    await team.close();
  }
}

interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly cuts: number;
  readonly stalls: StallsSeen;
}

class ParallelExplorer {
  readonly #system: StepSystem;
  readonly #options: ParallelOptions;
  readonly #team: WorkerTeam;
  readonly #control: Int32Array;
  readonly #fused: FusedSystem;
  readonly #found = new Map<string, FoundThere>();
  #table = SharedVisited.ofSlots(FIRST_SLOTS);
  #level = new SharedArrayBuffer(0);
  #nextLevel = new SharedArrayBuffer(0);
  /** Rows of the level, holes included, and the number of the first of them. */
  #rows = 0;
  #firstNumber = 0;
  /** States of the level, and of all levels up to it. */
  #levelStates = 1;
  #statesBefore = 1;
  readonly #stalls = new Stalls();
  #transitions = 0;
  #cuts = 0;
  #edges = 0;

  constructor(system: StepSystem, options: ParallelOptions, team: WorkerTeam, control: Int32Array) {
    this.#system = system;
    this.#options = options;
    this.#team = team;
    this.#control = control;
    this.#fused = new FusedSystem(system, options.fuses);
  }

  async run(): Promise<ParallelExploration> {
    this.#placeFirst();
    for (let level = 0; ; level++) {
      const complete = this.#counts;
      const found = new Map(this.#found);
      const segments = await this.#expandLevel();
      if (segments === undefined) {
        if (Atomics.load(this.#control, Control.isOver) !== 0) return this.#result('interrupted', level + 1);
        this.#found.clear();
        for (const [signature, each] of found) this.#found.set(signature, each);
        return this.#result('memory', level, complete);
      }
      const kept = await this.#placeLevel(segments);
      if (kept === 0) return this.#result(undefined, level + 1);
    }
  }

  get #counts(): Counts {
    const states = Atomics.load(this.#control, Control.states);
    return { states, transitions: this.#transitions, cuts: this.#cuts, stalls: this.#stalls.seen() };
  }

  #placeFirst(): void {
    const { words } = this.#system;
    const row = new Int32Array(words);
    this.#system.initial(row);
    this.#fused.settle(row);
    this.#system.canonicalize(row);
    const fingerprint = new Fingerprint(this.#options.seed);
    fingerprint.of(row, words);
    this.#table.offer(fingerprint.low, fingerprint.high, -1);
    this.#level = new SharedArrayBuffer(4 * (words + 1));
    new Int32Array(this.#level).set(row, 1);
    this.#rows = 1;
    Atomics.store(this.#control, Control.states, 1);
  }

  /** By worker: the segments that it expanded, in its order. Undefined when a bound was reached, or it is over. */
  async #expandLevel(): Promise<readonly (readonly Segment[])[] | undefined> {
    const segments: Segment[][] = Array.from({ length: this.#team.size }, () => []);
    let ranges = rangesOf(this.#rows, this.#team.size);
    for (let isNew = true; ranges.length > 0; isNew = false) {
      Atomics.store(this.#control, Control.cursor, 0);
      const limit = Math.floor(this.#table.slots * 0.6);
      const order = {
        kind: 'expand',
        table: this.#table.entries.buffer,
        level: this.#level,
        ranges,
        limit,
        isNew,
      } as const;
      const replies = await this.#team.ask(
        Array.from({ length: this.#team.size }, () => order),
        'expanded',
      );
      const next = Math.min(Atomics.load(this.#control, Control.cursor), ranges.length);
      const untaken = ranges.slice(next);
      this.#edges = 0;
      replies.forEach((reply, worker) => {
        this.#note(reply);
        segments[worker].push(...reply.segments);
      });
      ranges = [...replies.flatMap(({ left }) => left), ...untaken].sort((one, other) => one.first - other.first);
      if (this.#isOverBound()) return undefined;
      if (Atomics.load(this.#control, Control.isOver) !== 0) return undefined;
      if (ranges.length > 0) await this.#grow();
    }
    return segments;
  }

  #note({ transitions, cuts, edges, found, stalls }: Extract<WorkerReply, { kind: 'expanded' }>): void {
    this.#transitions += transitions;
    this.#cuts += cuts;
    this.#edges += edges;
    this.#stalls.merge(stalls);
    for (const each of found) {
      const before = this.#found.get(each.signature);
      if (before === undefined || each.state < before.state) this.#found.set(each.signature, each);
    }
  }

  #isOverBound(): boolean {
    const { states } = this.#counts;
    const rows = this.#levelStates + states - this.#statesBefore;
    const kept = { words: this.#system.words, states, rows, edges: this.#edges, isExact: false };
    return bytesOf(kept) > this.#options.memoryBytes;
  }

  async #grow(): Promise<void> {
    const larger = SharedVisited.ofSlots(this.#table.slots * 2);
    Atomics.store(this.#control, Control.cursor, 0);
    const order = { kind: 'grow', from: this.#table.entries.buffer, to: larger.entries.buffer } as const;
    await this.#team.ask(
      Array.from({ length: this.#team.size }, () => order),
      'grown',
    );
    this.#table = larger;
  }

  /** Puts what the segments offer into the next level, in the order of segments. Answers how many states it has. */
  async #placeLevel(segments: readonly (readonly Segment[])[]): Promise<number> {
    const placed = placesOf(segments);
    const bytes = 4 * (this.#system.words + 1) * placed.rows;
    if (this.#nextLevel.byteLength < bytes) this.#nextLevel = new SharedArrayBuffer(bytes * 2);
    const firstNumber = this.#firstNumber + this.#rows;
    const replies = await this.#team.ask(
      placed.places.map((places) => ({ kind: 'place', level: this.#nextLevel, places, firstNumber }) as const),
      'placed',
    );
    [this.#level, this.#nextLevel] = [this.#nextLevel, this.#level];
    this.#rows = placed.rows;
    this.#firstNumber = firstNumber;
    this.#levelStates = replies.reduce((sum, { kept }) => sum + kept, 0);
    this.#statesBefore = this.#counts.states;
    return this.#levelStates;
  }

  async #result(
    stopped: Exploration['stopped'],
    levels: number,
    counts: Counts = this.#counts,
  ): Promise<ParallelExploration> {
    const numbers = this.#firstNumber + this.#rows;
    const ends = await this.#team.ask(
      Array.from({ length: this.#team.size }, () => ({ kind: 'end' }) as const),
      'ended',
    );
    const seen = new SeenTable(this.#table, numbers, this.#options.seed, this.#system.words);
    const findings = new Findings(this.#system, new PathFinder(this.#system, this.#fused, seen), !this.#options.fuses);
    for (const each of this.#found.values()) findings.addFoundThere(each);
    const graph = new StateGraph(this.#system.threads);
    for (const { graph: part } of ends) if (part !== undefined) graph.absorb(part);
    const { stalls: seenStalls, ...seenCounts } = counts;
    const stalls = new Stalls();
    stalls.merge(seenStalls);
    const creates = stopped === undefined ? analyse(this.#options, graph, numbers, findings, stalls) : undefined;
    return {
      coverage: sumOf(ends.flatMap(({ coverage }) => coverage ?? [])),
      exploration: {
        ...seenCounts,
        depth: Math.max(0, levels - 1),
        isExhausted: stopped === undefined,
        stopped,
        counterexamples: findings.counterexamples(),
        ...findings.stalls(stalls),
        omission: counts.states ** 2 / 2 ** 65,
        creates,
      },
    };
  }
}

/** Divides the rows of a level so that every worker has several parts of it. */
function rangesOf(rows: number, workers: number): readonly Range[] {
  const size = Math.max(1, Math.min(MOST_ROWS, Math.ceil(rows / (4 * workers))));
  return Array.from({ length: Math.ceil(rows / size) }, (_, index) => ({
    first: index * size,
    end: Math.min(rows, (index + 1) * size),
  }));
}

/** By worker: (first row in the next level, rows) of each of its segments; segments of all workers stand in the order of the level. */
function placesOf(segments: readonly (readonly Segment[])[]): {
  readonly places: readonly (readonly number[])[];
  readonly rows: number;
} {
  const order = segments
    .flatMap((own, worker) => own.map((segment, index) => ({ ...segment, worker, index })))
    .sort((one, other) => one.first - other.first);
  const places: number[][] = segments.map((own) => Array.from({ length: 2 * own.length }, () => 0));
  let rows = 0;
  for (const { worker, index, offered } of order) {
    places[worker][2 * index] = rows;
    places[worker][2 * index + 1] = offered;
    rows += offered;
  }
  return { places, rows };
}

function sumOf(counts: readonly Uint32Array[]): Uint32Array | undefined {
  if (counts.length === 0) return undefined;
  const sum = new Uint32Array(counts[0].length);
  for (const each of counts) each.forEach((count, point) => (sum[point] += count));
  return sum;
}
