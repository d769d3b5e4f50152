import type { StepSystem } from '../../model/threads/step-system.ts';
import { Expansion, firstInside, type ExpansionSink, type VerdictCause } from '../expansion.ts';
import { Fingerprint } from '../fingerprint.ts';
import { FusedSystem } from '../fused-system.ts';
import type { Move } from '../moves.ts';
import { EdgeLog } from './edge-log.ts';
import {
  Control,
  type FoundThere,
  type Range,
  type Segment,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from './messages.ts';
import { Offers } from './offers.ts';
import { Offer, SharedVisited } from './shared-visited.ts';

/** States between two looks at what all threads share. */
const LOOK = 64;

type Request<Kind extends WorkerRequest['kind']> = Extract<WorkerRequest, { readonly kind: Kind }>;

/** One thread's part of an exploration: expands ranges of a level, and places what it found in the next one. */
export class LevelWorker implements ExpansionSink {
  readonly #system: StepSystem;
  readonly #expansion: Expansion;
  readonly #fingerprint: Fingerprint;
  readonly #offers: Offers;
  readonly #edges: EdgeLog | undefined;
  readonly #control: Int32Array;
  #table = SharedVisited.ofSlots(1);
  #found = new Map<string, FoundThere>();
  #claimed = 0;

  constructor(system: StepSystem, { fuses, seed, keepsGraph, control }: Omit<WorkerStart, 'source'>) {
    this.#system = system;
    this.#expansion = new Expansion(system, new FusedSystem(system, fuses), this);
    this.#fingerprint = new Fingerprint(seed);
    this.#offers = new Offers(system.words);
    this.#edges = keepsGraph ? new EdgeLog(system.threads) : undefined;
    this.#control = new Int32Array(control);
  }

  answer(request: WorkerRequest): WorkerReply {
    switch (request.kind) {
      case 'expand':
        return this.#expand(request);
      case 'place':
        return this.#place(request);
      case 'grow':
        return this.#grow(request);
      case 'end':
        return this.#end();
    }
  }

  reached(state: number, thread: number, alternative: number, wasInside: boolean, creates: number): void {
    const { next } = this.#expansion;
    const { words } = this.#system;
    this.#fingerprint.of(next, words);
    const { low, high } = this.#fingerprint;
    const offer = this.#table.offer(low, high, state);
    if (offer !== Offer.seen) this.#offers.push(low, high, state, this.#table.at, next);
    if (offer === Offer.claimed) this.#claimed++;
    if (this.#edges === undefined) return;
    const hasEnded = wasInside && !this.#system.isInside(next, thread);
    this.#edges.add(state, low, high, { thread, isNewest: alternative === 0, wasInside, hasEnded, creates });
  }

  violated(state: number, cause: VerdictCause, move: Move | undefined): void {
    const { row } = this.#expansion;
    const violation =
      cause === 'deadlock'
        ? this.#system.stuck?.(row, firstInside(this.#system, row), 'deadlock')
        : this.#system.violation;
    const signature = violation?.signature ?? cause;
    const before = this.#found.get(signature);
    if (before !== undefined && before.state <= state) return;
    this.#found.set(signature, {
      signature,
      state,
      cause,
      thread: move?.thread ?? -1,
      alternative: move?.alternative ?? 0,
    });
  }

  blocked(state: number, thread: number): void {
    this.#edges?.block(state, thread);
  }

  leaves(state: number, thread: number): void {
    this.#edges?.leave(state, thread);
  }

  #expand({ table, level, ranges, limit, isNew }: Request<'expand'>): WorkerReply {
    this.#use(table);
    if (isNew) this.#edges?.settle(this.#table);
    this.#expansion.transitions = 0;
    this.#expansion.cuts = 0;
    this.#found = new Map();
    const rows = new Int32Array(level);
    const segments: Segment[] = [];
    const left: Range[] = [];
    while (left.length === 0) {
      const taken = Atomics.add(this.#control, Control.cursor, 1);
      if (taken >= ranges.length) break;
      const { first, end } = ranges[taken];
      const before = this.#offers.count;
      const at = this.#expandRange(rows, first, end, limit);
      if (at > first) segments.push({ first, end: at, offered: this.#offers.count - before });
      if (at < end) left.push({ first: at, end });
    }
    const { transitions, cuts } = this.#expansion;
    const edges = this.#edges?.count ?? 0;
    const stalls = this.#expansion.stalls.seen();
    return { kind: 'expanded', segments, left, transitions, cuts, edges, found: [...this.#found.values()], stalls };
  }

  /** Answers the row before which it stopped: the end, unless the table is full or the exploration is over. */
  #expandRange(rows: Int32Array, first: number, end: number, limit: number): number {
    const { words } = this.#system;
    const { row } = this.#expansion;
    for (let index = first; index < end; index++) {
      if ((index - first) % LOOK === 0 && this.#isFull(limit)) return index;
      const at = index * (words + 1);
      const number = rows[at];
      // A state that somebody else has found from an earlier one stands there instead.
      if (number < 0) continue;
      for (let word = 0; word < words; word++) row[word] = rows[at + 1 + word];
      this.#expansion.expand(number);
    }
    this.#isFull(limit);
    return end;
  }

  #isFull(limit: number): boolean {
    const states = Atomics.add(this.#control, Control.states, this.#claimed) + this.#claimed;
    this.#claimed = 0;
    return states > limit || Atomics.load(this.#control, Control.isOver) !== 0;
  }

  #place({ level, places, firstNumber }: Request<'place'>): WorkerReply {
    const rows = new Int32Array(level);
    let offer = 0;
    let kept = 0;
    for (let segment = 0; segment < places.length; segment += 2) {
      const [first, offered] = [places[segment], places[segment + 1]];
      // Entries are far apart in memory: a loop of its own for them does not wait for one before it looks at the next.
      for (let index = 0; index < offered; index++)
        kept += this.#number(rows, offer + index, first + index, firstNumber + first + index);
      for (let index = 0; index < offered; index++) this.#copy(rows, offer + index, first + index);
      offer += offered;
    }
    this.#offers.clear();
    return { kind: 'placed', kept };
  }

  /** Gives the state of an offer its number, unless it is another's; answers 1 when it does. */
  #number(rows: Int32Array, offer: number, index: number, number: number): number {
    const chunk = this.#offers.chunkOf(offer);
    const from = this.#offers.placeOf(offer);
    const [low, high, parent, at] = [chunk[from], chunk[from + 1], chunk[from + 2], chunk[from + 3]];
    // The table may have grown since.
    const entry = this.#table.isAt(at, low, high) ? at : this.#table.find(low, high);
    const isOwn = this.#table.parentAt(entry) === parent;
    rows[index * (this.#system.words + 1)] = isOwn ? number : -1;
    if (isOwn) this.#table.number(entry, number);
    return isOwn ? 1 : 0;
  }

  #copy(rows: Int32Array, offer: number, index: number): void {
    const size = this.#system.words + 1;
    const at = index * size;
    if (rows[at] < 0) return;
    const chunk = this.#offers.chunkOf(offer);
    const from = this.#offers.placeOf(offer) + Offers.head - 1;
    for (let word = 1; word < size; word++) rows[at + word] = chunk[from + word];
  }

  #grow({ from, to }: Request<'grow'>): WorkerReply {
    const old = new SharedVisited(from);
    this.#use(to);
    const share = 1 << 12;
    for (;;) {
      const first = Atomics.add(this.#control, Control.cursor, share);
      if (first >= old.slots) return { kind: 'grown' };
      this.#table.take(old, first, Math.min(first + share, old.slots));
    }
  }

  #end(): WorkerReply {
    this.#edges?.settle(this.#table);
    return {
      kind: 'ended',
      graph: this.#edges?.parts(),
      coverage: this.#system.coverage,
    };
  }

  #use(buffer: SharedArrayBuffer): void {
    if (this.#table.entries.buffer !== buffer) this.#table = new SharedVisited(buffer);
  }
}
