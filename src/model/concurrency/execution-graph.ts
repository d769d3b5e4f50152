import { emptyClock, joined, knows } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Content, EventKind, GraphEvent, Message, Range } from './event.ts';
import { overlaps, sameRange } from './event.ts';
import { Location } from './location.ts';
import { isAcquire, isRelease, isSequential } from './order.ts';
import { isSequentiallyConsistent } from './sequential-order.ts';

/** What one thread knows and releases. It never changes; a step replaces it. */
interface ThreadView {
  /** What happens before the next event of the thread. */
  readonly clock: Clock;
  /** What the last release fence released; undefined before the first. */
  readonly fence: Clock | undefined;
  /** What relaxed reads have seen, which the next acquire fence acquires. */
  readonly pending: Clock | undefined;
  /** How many of its events somebody may have learned of. */
  readonly published: number;
}

/**
 * An execution graph of RC11 (Lahav et al., PLDI 2017) that grows by one event at a time, so that program order and reads-from
 * are acyclic. Consistency of a graph implies that of what it grew from, and an event is added only where the graph stays
 * consistent: whoever tries every order of threads and every choice sees exactly the consistent graphs. Release sequences are those
 * of C++20: updates alone continue them. Under `sc` a read takes the newest message and a write comes last, and synchronisation
 * stays what the orderings say.
 */
export class ExecutionGraph {
  readonly threads: readonly GraphEvent[][];
  readonly locations: Location[] = [];
  /** Whether a read may take an older message than the newest. */
  readonly isWeak: boolean;
  readonly #views: ThreadView[];

  constructor(threads: number, model: 'sc' | 'rc11') {
    this.threads = Array.from({ length: threads }, () => []);
    this.isWeak = model === 'rc11';
    const view = { clock: emptyClock(threads), fence: undefined, pending: undefined, published: 0 };
    this.#views = this.threads.map(() => view);
  }

  /** What happens before the next event of a thread. */
  clockOf(thread: number): Clock {
    return this.#views[thread].clock;
  }

  /** How many of its events others may have learned of. */
  publishedBy(thread: number): number {
    return this.#views[thread].published;
  }

  /** The open location of exactly these bytes. */
  find(range: Range): Location | undefined {
    return this.locations.find((location) => !location.isClosed && sameRange(location.range, range));
  }

  /** Whether an open location overlaps these bytes. */
  hasOverlapping(range: Range): boolean {
    return this.locations.some((location) => !location.isClosed && overlaps(location.range, range));
  }

  /** Begins a location with what is in memory, which happens before every access to it. */
  open(range: Range, content: Content): Location {
    const generation = this.locations.filter((other) => sameRange(other.range, range)).length;
    const first = { content, thread: -1, index: generation, release: undefined, updated: undefined, site: -1 };
    const location = new Location(range, generation, first);
    this.locations.push(location);
    return location;
  }

  /** Ends the locations that overlap these bytes; with `except`, all but the one of exactly these bytes. */
  close(range: Range, except = false): void {
    for (const location of this.locations)
      if (!location.isClosed && overlaps(location.range, range) && !(except && sameRange(location.range, range)))
        location.isClosed = true;
  }

  /** The positions of the messages that a load may read, oldest first; the newest message is always one. */
  readable(thread: number, location: Location, order: number): readonly number[] {
    return this.#positions(thread, location, order, (position) => {
      this.read(thread, location, position, order, -1);
    });
  }

  /** The positions of the messages that an update may read: those that no other update has read. */
  updatable(thread: number, location: Location, order: number): readonly number[] {
    const positions = this.#positions(thread, location, order, (position) => {
      this.update(thread, location, position, order, location.newest.content, -1);
    });
    return positions.filter((position) => !location.isUpdated(position));
  }

  /** The positions where a store may be inserted; the end is always one. */
  places(thread: number, location: Location, order: number): readonly number[] {
    const positions = this.#positions(thread, location, order, (position) => {
      this.write(thread, location, position + 1, order, location.newest.content, -1);
    });
    return positions.filter((position) => !location.isUpdated(position)).map((position) => position + 1);
  }

  read(thread: number, location: Location, position: number, order: number, site: number): GraphEvent {
    const source = location.messages[position];
    const event = this.#append('read', thread, order, location.range, source, undefined, site);
    location.readers = [...location.readers, event];
    return event;
  }

  /** A read of bytes whose messages have other sizes and all happen before: it reads what is in memory. */
  readMixed(thread: number, range: Range, order: number, site: number): GraphEvent {
    return this.#append('read', thread, order, range, undefined, undefined, site);
  }

  write(thread: number, location: Location, place: number, order: number, content: Content, site: number): GraphEvent {
    const event = this.#append('write', thread, order, location.range, undefined, content, site);
    if (event.message !== undefined) location.insert(place, event.message);
    return event;
  }

  update(
    thread: number,
    location: Location,
    position: number,
    order: number,
    content: Content,
    site: number,
  ): GraphEvent {
    const source = location.messages[position];
    const event = this.#append('update', thread, order, location.range, source, content, site);
    if (event.message !== undefined) location.insert(position + 1, event.message);
    location.readers = [...location.readers, event];
    return event;
  }

  fence(thread: number, order: number, site: number): GraphEvent {
    const { pending } = this.#views[thread];
    const event = this.#append('fence', thread, order, undefined, undefined, undefined, site);
    const clock = isAcquire(order) ? joined(event.clock, pending) : event.clock;
    // The event is replaced before anybody has seen it, so that its clock has what the fence acquires.
    const fence = { ...event, clock };
    this.threads[thread][event.index] = fence;
    const view = this.#views[thread];
    this.#views[thread] = isRelease(order) ? { ...view, clock, fence: clock } : { ...view, clock };
    return fence;
  }

  /** Acquires what is given and releases what the thread knows then, which is the clock of the event. */
  sync(thread: number, acquired: Clock | undefined, site: number): GraphEvent {
    const view = this.#views[thread];
    this.#views[thread] = { ...view, clock: joined(view.clock, acquired) };
    const event = this.#append('sync', thread, 0, undefined, undefined, undefined, site);
    this.#views[thread] = { ...this.#views[thread], published: event.index + 1 };
    return event;
  }

  /** What the thread does from now on happens after all that is given. */
  learn(thread: number, clock: Clock): void {
    const view = this.#views[thread];
    this.#views[thread] = { ...view, clock: joined(view.clock, clock) };
  }

  /** Notes a plain access. Only its place in program order matters, so one of a kind between two other events is enough. */
  plain(thread: number, range: Range, site: number): void {
    const events = this.threads[thread];
    for (let index = events.length - 1; index >= 0 && events[index].kind === 'plain'; index--) {
      const other = events[index].range;
      if (other !== undefined && sameRange(other, range)) return;
    }
    this.#append('plain', thread, 0, range, undefined, undefined, site);
  }

  /** The modification orders as a text, equal for equal graphs. One message after the first is in no other order. */
  modificationOrders(): string {
    const orders: string[] = [];
    for (const { range, generation, messages } of this.locations)
      if (messages.length > 2) {
        const writers = messages.slice(1).map(({ thread, index }) => `${thread}.${index}`);
        orders.push(`${range.allocation}.${range.offset}.${range.size}.${generation}:${writers.join(' ')}`);
      }
    return orders.toSorted().join('|');
  }

  /** Remembers the whole graph; the answer brings it back, any number of times. */
  save(): () => void {
    const lengths = this.threads.map((events) => events.slice());
    const views = this.#views.slice();
    const locations = this.locations.map((location) => ({ location, restore: location.save() }));
    return () => {
      this.threads.forEach((events, thread) => events.splice(0, events.length, ...lengths[thread]));
      this.#views.splice(0, views.length, ...views);
      this.locations.splice(0, this.locations.length, ...locations.map(({ location }) => location));
      for (const { restore } of locations) restore();
    };
  }

  /** Adds an event, whose message, if it writes, is the caller's to put into modification order. */
  #append(
    kind: EventKind,
    thread: number,
    order: number,
    range: Range | undefined,
    source: Message | undefined,
    content: Content | undefined,
    site: number,
  ): GraphEvent {
    const view = this.#views[thread];
    const index = this.threads[thread].length;
    const own = view.clock.slice();
    own[thread] = index + 1;
    const seen = source?.release;
    const clock = isAcquire(order) ? joined(own, seen) : own;
    const pending = seen === undefined || isAcquire(order) ? view.pending : joined(seen, view.pending);
    const released = isRelease(order) ? clock : view.fence;
    const release = released === undefined ? seen : joined(released, seen);
    const message = content && { content, thread, index, release, updated: source, site };
    const sequential = isSequential(order);
    const event: GraphEvent = { kind, thread, index, sequential, range, clock, source, message, site };
    this.threads[thread].push(event);
    const published = Math.max(view.published, message?.release?.[thread] ?? 0);
    this.#views[thread] = { ...view, clock, pending, published };
    return event;
  }

  /**
   * The positions from the coherent floor on, where the graph stays consistent with the given event after them. Only a psc edge out
   * of the new event, or out of a sequential fence before it, can close a cycle, and such an edge leads to what comes later in
   * modification order.
   */
  #positions(thread: number, location: Location, order: number, add: (position: number) => void): readonly number[] {
    const last = location.messages.length - 1;
    if (!this.isWeak) return [last];
    const judged = isSequential(order) || this.#knowsSequentialFence(thread) || isAcquire(order);
    const found: number[] = [];
    for (let position = location.floor(this.clockOf(thread)); position <= last; position++)
      if (position === last || !judged || this.#holds(thread, location, () => add(position))) found.push(position);
    return found;
  }

  #knowsSequentialFence(thread: number): boolean {
    const clock = this.clockOf(thread);
    return this.threads.some((events, other) =>
      events.some(({ kind, sequential, index }) => kind === 'fence' && sequential && knows(clock, other, index)),
    );
  }

  /** Whether the graph is consistent with an event that is added and taken away again. */
  #holds(thread: number, location: Location, add: () => void): boolean {
    const view = this.#views[thread];
    const restore = location.save();
    add();
    const holds = isSequentiallyConsistent(this.threads, this.locations);
    this.threads[thread].pop();
    this.#views[thread] = view;
    restore();
    return holds;
  }
}
