import type { Clock } from '../concurrency/clock.ts';
import type { Content, GraphEvent, Message, Range } from '../concurrency/event.ts';
import { ExecutionGraph } from '../concurrency/execution-graph.ts';
import type { Location } from '../concurrency/location.ts';
import { RaceDetector } from '../concurrency/race-detector.ts';
import type { AccessKind, Race } from '../concurrency/race-detector.ts';
import type { Memory } from '../memory/memory.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import { bitsOf } from './evaluation.ts';
import type { Word } from './executor.ts';
import { FreedAddresses } from './freed-addresses.ts';

/** Picks one of so many possibilities, from 0; the last one is what happens when nothing is stale and nothing fails by chance. */
export type Choose = (count: number) => number;

/** A way for an update to go: the message it reads, and whether it stores. */
interface Alternative {
  readonly position: number;
  readonly stores: boolean;
}

/** What an update does. */
export interface Update {
  readonly order: number;
  /** The ordering of the load that is left when nothing is stored. */
  readonly failure: number;
  /** It may fail although it need not. */
  readonly isWeak: boolean;
  /** What is stored over an old value; undefined for nothing. */
  readonly next: (old: Content) => Content | undefined;
}

/**
 * What several threads do to the bytes of one memory: the memory holds what is newest, the graph what else may still be read, and every
 * access is checked for races. Answers are 0 or fault codes, and results are in fields.
 */
export class SharedMemory {
  readonly graph: ExecutionGraph;
  readonly races = new RaceDetector();
  choose: Choose = (count) => count - 1;
  /** The race behind the last fault; undefined when it was none. */
  race: Race | undefined;
  /** Whether the last fault is that a message of uninitialised bytes was read. */
  isUninitialized = false;
  readonly #freed = new FreedAddresses();
  /** How many allocations were made and given back: the allocator is one object that all threads use in some order. */
  #turns = 0;
  /** What the last atomic read gave, and whether the last update stored. */
  content: Content = { low: 0, high: 0, provenance: 0, isInitialized: true };
  stored = false;
  /** Whether the memory was written since this was last cleared. */
  wroteMemory = false;
  /** Whether a step left anything behind that another thread, or the thread itself, could see. */
  changed = false;
  /** What the step saw of other threads, in words that are the same in every order of steps that is the same execution. */
  observed = '';

  readonly #memory: Memory;
  /** Sequential accesses need to know where plain accesses stand in program order. */
  readonly #notesPlain: boolean;
  /** Nobody can race with an atomic access in this program. */
  readonly #isAtomicSafe: boolean;

  constructor(
    memory: Memory,
    threads: number,
    model: 'sc' | 'rc11',
    traits: { readonly notesPlain: boolean; readonly isAtomicSafe: boolean },
  ) {
    this.#memory = memory;
    this.graph = new ExecutionGraph(threads, model);
    this.#notesPlain = traits.notesPlain && model === 'rc11';
    this.#isAtomicSafe = traits.isAtomicSafe;
  }

  /** A plain access, before the memory makes it. What the memory will refuse is left to it. */
  plain(thread: number, address: Word, size: number, kind: 'read' | 'write'): number {
    if (size === 0 || this.#memory.check(address.low, address.high, address.provenance, size, 1) !== 0) return 0;
    const range = this.#rangeAt(address, size);
    if (kind === 'write' && this.#memory.isReadOnly(range.allocation)) return 0;
    const fault = this.#account(thread, range, kind, this.graph.clockOf(thread), this.graph.clockOf(thread)[thread]);
    if (fault !== 0) return fault;
    if (kind === 'write') {
      this.graph.close(range);
      this.changed = true;
    }
    if (this.#notesPlain) this.graph.plain(thread, range, this.#memory.site);
    return 0;
  }

  /** The memory has made an allocation. Its thread learns what happened before its addresses were given back. */
  created(thread: number): void {
    const { low, high, provenance: allocation } = this.#memory;
    const size = this.#memory.size[this.#memory.recordOf(allocation)];
    this.graph.sync(thread, this.#freed.clockAt(low, high, size), this.#memory.site);
    const clock = this.graph.clockOf(thread);
    this.#account(thread, { allocation, offset: 0, size }, 'creation', clock, clock[thread]);
    this.changed = true;
    this.observed += `#${this.#turns++}`;
  }

  /** A live allocation is about to be given back. */
  deallocates(thread: number, allocation: number): number {
    const { baseLow, baseHigh, size } = this.#memory;
    const record = this.#memory.recordOf(allocation);
    const range = { allocation, offset: 0, size: size[record] };
    const clock = this.graph.clockOf(thread);
    const fault = this.#account(thread, range, 'deallocation', clock, clock[thread]);
    if (fault !== 0) return fault;
    this.races.forget(allocation);
    this.graph.close(range);
    const event = this.graph.sync(thread, undefined, this.#memory.site);
    this.#freed.give(baseLow[record], baseHigh[record], range.size, event.clock);
    this.changed = true;
    this.observed += `#${this.#turns++}`;
    return 0;
  }

  /** An atomic load, which the memory has checked. */
  load(thread: number, address: Word, size: number, order: number): number {
    const range = this.#rangeAt(address, size);
    const { graph } = this;
    const location = this.#locate(range, address);
    if (location === undefined) return this.#loadMixed(thread, range, order, address);
    const positions = graph.readable(thread, location, order);
    const position = positions[this.choose(positions.length)];
    const event = graph.read(thread, location, position, order, this.#memory.site);
    this.#observe(location, location.messages[position], '');
    return this.#loaded(event, range, location.messages[position].content);
  }

  /** An atomic load of the newest message. */
  loadNewest(thread: number, address: Word, size: number, order: number): number {
    const { choose } = this;
    this.choose = (count) => count - 1;
    const fault = this.load(thread, address, size, order);
    this.choose = choose;
    return fault;
  }

  /** An atomic store, which the memory has checked. */
  store(thread: number, address: Word, size: number, order: number, content: Content): number {
    const range = this.#rangeAt(address, size);
    const { graph } = this;
    const clock = graph.clockOf(thread);
    const fault = this.#account(thread, range, 'atomic-store', clock, clock[thread]);
    if (fault !== 0) return fault;
    graph.close(range, true);
    const location = graph.find(range) ?? graph.open(range, this.#read(address, size));
    const places = graph.places(thread, location, order);
    const place = places[this.choose(places.length)];
    const isNewest = place === location.messages.length;
    graph.write(thread, location, place, order, content, this.#memory.site);
    this.changed = true;
    return isNewest ? this.#write(address, size, content) : 0;
  }

  /** A read-modify-write, which the memory has checked. */
  update(thread: number, address: Word, size: number, update: Update): number {
    const range = this.#rangeAt(address, size);
    const { graph } = this;
    const location = this.#locate(range, address) ?? this.#reopen(thread, range, address);
    if (location === undefined) return Fault['mixed-size-race'];
    const alternatives = this.#alternatives(thread, location, update);
    const { position, stores } = alternatives[this.choose(alternatives.length)];
    const { content } = location.messages[position];
    this.#observe(location, location.messages[position], stores ? '!' : '');
    this.stored = stores;
    const next = stores ? update.next(content) : undefined;
    if (next === undefined)
      return this.#loaded(graph.read(thread, location, position, update.failure, this.#memory.site), range, content);
    const isNewest = position === location.messages.length - 1;
    const { clock, index } = graph.update(thread, location, position, update.order, next, this.#memory.site);
    const fault = this.#account(thread, range, 'atomic-store', clock, index);
    if (fault !== 0) return fault;
    graph.close(range, true);
    this.changed = true;
    this.content = content;
    if (!content.isInitialized) return this.#uninitialized();
    return isNewest ? this.#write(address, size, next) : 0;
  }

  fence(thread: number, order: number): void {
    this.graph.fence(thread, order, this.#memory.site);
  }

  /** Begins a step, which has changed nothing yet, or does so whatever it sees. */
  begin(changes: boolean): void {
    this.changed = changes;
    this.race = undefined;
    this.isUninitialized = false;
  }

  /** Remembers all of it but the memory; the answer brings it back, any number of times. */
  save(): () => void {
    const restores = [this.graph.save(), this.races.save(), this.#freed.save()];
    const turns = this.#turns;
    return () => {
      this.#turns = turns;
      for (const restore of restores) restore();
    };
  }

  /** The ways an update may go; those that fail for nothing come first. */
  #alternatives(thread: number, location: Location, { order, failure, isWeak, next }: Update): readonly Alternative[] {
    const { messages } = location;
    const isHit = (position: number): boolean =>
      !messages[position].content.isInitialized || next(messages[position].content) !== undefined;
    const hits = this.graph.updatable(thread, location, order).filter(isHit);
    const reads = this.graph.readable(thread, location, failure);
    const misses = reads.filter((position) => !isHit(position));
    const spurious = isWeak ? reads.filter(isHit) : [];
    const due = [
      ...hits.map((position) => ({ position, stores: true })),
      ...misses.map((position) => ({ position, stores: false })),
    ];
    return [
      ...spurious.map((position) => ({ position, stores: false })),
      ...due.toSorted((one, other) => one.position - other.position),
    ];
  }

  /** A load of bytes that have messages of other sizes: all stores there must happen before, so that the newest bytes are read. */
  #loadMixed(thread: number, range: Range, order: number, address: Word): number {
    const event = this.graph.readMixed(thread, range, order, this.#memory.site);
    return this.#loaded(event, range, this.#read(address, range.size));
  }

  /** Begins a location for an update of bytes that have messages of other sizes; undefined when it races with them. */
  #reopen(thread: number, range: Range, address: Word): Location | undefined {
    const clock = this.graph.clockOf(thread);
    if (this.#account(thread, range, 'atomic-store', clock, clock[thread]) !== 0) return undefined;
    this.graph.close(range);
    return this.graph.open(range, this.#read(address, range.size));
  }

  #loaded({ thread, clock, index }: GraphEvent, range: Range, content: Content): number {
    const fault = this.#account(thread, range, 'atomic-load', clock, index);
    if (fault !== 0) return fault;
    this.content = content;
    return content.isInitialized ? 0 : this.#uninitialized();
  }

  #uninitialized(): number {
    this.isUninitialized = true;
    return Fault['uninitialized-read'];
  }

  /** The location of these bytes, which is begun if need be; undefined when messages of other sizes are there. */
  #locate(range: Range, address: Word): Location | undefined {
    const found = this.graph.find(range);
    if (found !== undefined || this.graph.hasOverlapping(range)) return found;
    return this.graph.open(range, this.#read(address, range.size));
  }

  /** Checks an access for races and remembers it. */
  #account(thread: number, range: Range, kind: AccessKind, clock: Clock, index: number): number {
    const access = { ...range, kind, thread, index, site: this.#memory.site };
    this.race = this.races.check(access, clock);
    if (this.race !== undefined) return Fault[this.race.code];
    const isNew = this.races.note(access, this.graph.publishedBy(thread));
    if (isNew && !(this.#isAtomicSafe && kind === 'atomic-load')) this.changed = true;
    return 0;
  }

  /** Names what was read: a message by who wrote it, or the first one of a location by how many there were of these bytes before. */
  #observe({ generation }: Location, message: Message, mark: string): void {
    const { thread, index } = message;
    this.observed += thread < 0 ? `i${generation}${mark}` : `${thread}.${index}${mark}`;
  }

  /** The bytes behind a pointer that was checked. */
  #rangeAt({ low, high, provenance }: Word, size: number): Range {
    const memory = this.#memory;
    const record = provenance > 0 ? memory.recordOf(provenance) : memory.recordAt(low, high);
    const offset = bitsOf(low, high) - bitsOf(memory.baseLow[record], memory.baseHigh[record]);
    return { allocation: memory.number[record], offset: Number(offset), size };
  }

  /** The newest bytes as a message's content. */
  #read({ low, high, provenance }: Word, size: number): Content {
    const memory = this.#memory;
    const fault =
      size === 8 ? memory.readPointer(low, high, provenance, 1) : memory.readInteger(low, high, provenance, size, 1);
    if (fault !== 0) return { low: 0, high: 0, provenance: 0, isInitialized: false };
    return {
      low: memory.valueLow,
      high: memory.valueHigh,
      provenance: memory.valueProvenance,
      isInitialized: true,
    };
  }

  #write({ low, high, provenance }: Word, size: number, content: Content): number {
    this.wroteMemory = true;
    const memory = this.#memory;
    return content.provenance === 0
      ? memory.writeInteger(low, high, provenance, size, 1, content.low, content.high)
      : memory.writePointer(low, high, provenance, 1, content.low, content.high, content.provenance);
  }
}
