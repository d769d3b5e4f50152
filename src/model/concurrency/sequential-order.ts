import { knows } from './clock.ts';
import { overlaps } from './event.ts';
import type { GraphEvent, Range } from './event.ts';
import type { Location } from './location.ts';

/**
 * Whether the events with ordering `seqcst` can be put into an order: psc is acyclic (Lahav, Vafeiadis, Kang, Hur, Dreyer:
 * Repairing sequential consistency in C/C++11, PLDI 2017, Definition 2). With
 * scb = sb ∪ sb≠loc;hb;sb≠loc ∪ hb|loc ∪ mo ∪ rb,
 * psc = ([E] ∪ [F];hb?);scb;([E] ∪ hb?;[F]) ∪ [F];(hb ∪ hb;eco;hb);[F], where E are the sequential events and F the
 * sequential fences.
 */
export function isSequentiallyConsistent(
  threads: readonly (readonly GraphEvent[])[],
  locations: readonly Location[],
): boolean {
  return new SequentialOrder(threads, locations).isAcyclic();
}

/** Where an access stands in modification order: the message it writes, or the one it reads. */
interface Standing {
  readonly event: GraphEvent;
  readonly location: Location;
  readonly writes: boolean;
  readonly position: number;
}

class SequentialOrder {
  readonly #threads: readonly (readonly GraphEvent[])[];
  readonly #locations: readonly Location[];
  readonly #events: readonly GraphEvent[];
  /** The sequential events, which are the nodes, and by node those that come after it. */
  readonly #nodes: readonly GraphEvent[];
  readonly #fences: readonly number[];
  readonly #after: readonly Set<number>[];

  constructor(threads: readonly (readonly GraphEvent[])[], locations: readonly Location[]) {
    this.#threads = threads;
    this.#locations = locations;
    this.#events = threads.flat();
    this.#nodes = this.#events.filter(({ sequential }) => sequential);
    this.#fences = this.#nodes.flatMap(({ kind }, node) => (kind === 'fence' ? [node] : []));
    this.#after = this.#nodes.map(() => new Set());
  }

  isAcyclic(): boolean {
    for (const one of this.#events)
      for (const other of this.#events)
        if (one !== other && this.#isBefore(one, other)) this.#link(this.#sources(one), this.#targets(other));
    for (const location of this.#locations) this.#relateAccesses(location);
    for (const one of this.#fences)
      for (const other of this.#fences)
        if (happensBefore(this.#nodes[one], this.#nodes[other])) this.#after[one].add(other);
    return !this.#hasCycle();
  }

  /** The part of scb that is not of one location's messages: sb, hb|loc, and sb≠loc;hb;sb≠loc. */
  #isBefore(one: GraphEvent, other: GraphEvent): boolean {
    if (one.thread === other.thread) return one.index < other.index;
    if (!happensBefore(one, other)) return false;
    if (one.range !== undefined && other.range !== undefined && overlaps(one.range, other.range)) return true;
    const first = this.#threads[one.thread].find(({ index, range }) => index > one.index && isApart(range, one.range));
    const last = this.#threads[other.thread].findLast(
      ({ index, range }) => index < other.index && isApart(range, other.range),
    );
    return first !== undefined && last !== undefined && happensBefore(first, last);
  }

  /** mo and rb, and eco between fences, at one location. */
  #relateAccesses(location: Location): void {
    const standings: Standing[] = [];
    for (const event of this.#events) {
      const { message, source } = event;
      const writes = message !== undefined;
      const own = message ?? source;
      const position = own === undefined ? -1 : location.messages.indexOf(own);
      if (position >= 0) standings.push({ event, location, writes, position });
    }
    for (const one of standings)
      for (const other of standings) {
        if (one === other) continue;
        // A read comes after the write that it reads from by rf, which is in eco and not in scb.
        const isSame = one.position === other.position && one.writes && !other.writes;
        if (one.position > other.position || (one.position === other.position && !isSame)) continue;
        if (other.writes) this.#link(this.#sources(one.event), this.#targets(other.event));
        this.#link(this.#fencesBefore(one.event), this.#fencesAfter(other.event));
      }
  }

  /** Nodes from which an edge of scb out of an event leads on: the event itself, and sequential fences that happen before it. */
  #sources(event: GraphEvent): readonly number[] {
    const own = event.sequential && event.kind !== 'fence' ? [this.#nodes.indexOf(event)] : [];
    return [...own, ...this.#fences.filter((node) => this.#nodes[node] === event), ...this.#fencesBefore(event)];
  }

  #targets(event: GraphEvent): readonly number[] {
    const own = event.sequential && event.kind !== 'fence' ? [this.#nodes.indexOf(event)] : [];
    return [...own, ...this.#fences.filter((node) => this.#nodes[node] === event), ...this.#fencesAfter(event)];
  }

  #fencesBefore(event: GraphEvent): readonly number[] {
    return this.#fences.filter((node) => happensBefore(this.#nodes[node], event));
  }

  #fencesAfter(event: GraphEvent): readonly number[] {
    return this.#fences.filter((node) => happensBefore(event, this.#nodes[node]));
  }

  #link(sources: readonly number[], targets: readonly number[]): void {
    for (const source of sources) for (const target of targets) this.#after[source].add(target);
  }

  #hasCycle(): boolean {
    const done = new Set<number>();
    const open = new Set<number>();
    const visit = (node: number): boolean => {
      if (open.has(node)) return true;
      if (done.has(node)) return false;
      open.add(node);
      for (const next of this.#after[node]) if (visit(next)) return true;
      open.delete(node);
      done.add(node);
      return false;
    };
    return this.#nodes.some((_, node) => visit(node));
  }
}

function happensBefore(one: GraphEvent, other: GraphEvent): boolean {
  return one !== other && knows(other.clock, one.thread, one.index);
}

/** Whether two events of a thread are not at the same location; a fence has none. */
function isApart(one: Range | undefined, other: Range | undefined): boolean {
  if (one === undefined || other === undefined) return one !== other;
  return !overlaps(one, other);
}
