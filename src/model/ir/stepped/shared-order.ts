import type { Ordering } from '../statement.ts';
import { Carriers } from './carriers.ts';
import type { OrderLayout } from './order-layout.ts';
import { RaceAccess, RaceBits } from './race-bits.ts';
import type { LocationPlan } from './state-plan.ts';
import type { HappensBefore } from './stepped-program.ts';

/** Orderings as bits. */
export const ORDER_BITS: Readonly<Record<Ordering, number>> = {
  relaxed: 0,
  acquire: 1,
  release: 2,
  acqrel: 3,
  seqcst: 7,
  plain: 8,
};
const ACQUIRE = 1;
const RELEASE = 2;
const SEQUENTIAL = 4;
const PLAIN = 8;

/** Why an access gives no place in the row. */
export const Refusal = { blocked: -1, race: -2, cut: -3 } as const;

/**
 * Shared accesses of a state: which message a load may read, where a store may stand, and what is learned and released. Under `rc11`
 * the messages of a location stand in modification order in the row, and views are positions in it: the operational form of RC11
 * without load buffering (Kang, Hur, Lahav, Vafeiadis, Dreyer: A promising semantics, POPL 2017, section 2 to 4 without promises;
 * Lahav et al., PLDI 2017), with one view for sequential fences, which serves programs whose sequential events are fences. Under
 * `sc` a location has its newest message alone, and synchronisation stays what the orderings say. Release sequences are C++20's:
 * updates continue them.
 */
export class SharedOrder implements HappensBefore {
  readonly layout: OrderLayout;
  readonly #carriers: Carriers;
  readonly #races: RaceBits;
  readonly #value: Int32Array;
  readonly #initial: readonly (readonly number[])[];
  readonly #messageLimit: number;
  readonly #threads: number;
  /** What an update's source released, while the update takes its place. */
  readonly #kept: Int32Array;
  raceThread = -1;

  constructor(
    layout: OrderLayout,
    locations: readonly LocationPlan[],
    clientLocations: number,
    threads: number,
    messageLimit: number,
  ) {
    this.layout = layout;
    this.#carriers = new Carriers(layout, messageLimit);
    this.#races = new RaceBits(layout, this.#carriers, threads);
    this.#value = new Int32Array(clientLocations + locations.length);
    const none: readonly number[] = [];
    this.#initial = [
      ...Array.from({ length: clientLocations }, () => none),
      ...locations.map(({ initial }) => initial),
    ];
    locations.forEach(({ value }, index) => (this.#value[clientLocations + index] = value));
    this.#messageLimit = messageLimit;
    this.#threads = threads;
    this.#kept = new Int32Array(layout.carrierWords);
  }

  /** One message for each location, which everybody knows. The row is zeros elsewhere. */
  initial(state: Int32Array): void {
    const { block } = this.layout;
    for (let location = 0; location < block.length; location++) {
      const begin = block[location];
      if (begin < 0) continue;
      state[begin] = 1;
      this.#initial[location].forEach((word, index) => (state[begin + 2 + index] = word));
    }
  }

  /** Where the newest value of a location with messages stands; -1 for a location without. */
  newest(state: Int32Array, location: number): number {
    return this.layout.block[location] < 0 ? -1 : this.#message(state, location, 0) + 1;
  }

  /** Choices of a load or an update: the newest message first. */
  readable(state: Int32Array, thread: number, location: number): number {
    const view = this.layout.viewOf[location];
    if (view < 0) return 1;
    const { current } = this.layout;
    return state[this.layout.block[location]] - this.#carriers.position(state, current[thread], view);
  }

  /** Places for a store: the end first. Some of them may be refused, behind a message that an update has read. */
  places(state: Int32Array, thread: number, location: number): number {
    return this.readable(state, thread, location);
  }

  /** A plain access to a cell whose value stands in the row. */
  readCell(state: Int32Array, thread: number, location: number): boolean {
    return this.#ordered(state, thread, location, RaceAccess.read);
  }

  writeCell(state: Int32Array, thread: number, location: number): boolean {
    return this.#ordered(state, thread, location, RaceAccess.write);
  }

  /** Where the value stands that a load reads, or a `Refusal`. */
  load(state: Int32Array, thread: number, location: number, order: number, choice: number): number {
    const isPlain = (order & PLAIN) !== 0;
    const kind = isPlain ? RaceAccess.read : RaceAccess.atomicRead;
    if (!this.#ordered(state, thread, location, kind)) return Refusal.race;
    const begin = this.layout.block[location];
    if (begin < 0) {
      const carrier = this.layout.carrier[location];
      if (!isPlain && carrier >= 0) this.#acquire(state, thread, order, carrier);
      return this.#value[location];
    }
    const message = this.#message(state, location, isPlain ? 0 : choice);
    this.#see(state, thread, location, this.#position(state, location, isPlain ? 0 : choice));
    if (!isPlain) this.#acquire(state, thread, order, message + 1 + this.layout.components[location]);
    return message + 1;
  }

  /** Where to write the value of a store, or a `Refusal`. */
  store(state: Int32Array, thread: number, location: number, order: number, choice: number): number {
    const isPlain = (order & PLAIN) !== 0;
    const kind = isPlain ? RaceAccess.write : RaceAccess.atomicWrite;
    if (!this.#ordered(state, thread, location, kind)) return Refusal.race;
    const begin = this.layout.block[location];
    if (begin < 0) {
      const carrier = this.layout.carrier[location];
      if (carrier >= 0) this.#release(state, thread, order, carrier);
      return this.#value[location];
    }
    const place = state[begin] - (isPlain ? 0 : choice);
    const at = this.#insert(state, location, place, false);
    if (at < 0) return at;
    this.#see(state, thread, location, place);
    this.#release(state, thread, order, at + 1 + this.layout.components[location]);
    return at + 1;
  }

  /** Where the value stands that an update would read. A message that an update has read already is refused by `update`. */
  peek(state: Int32Array, location: number, choice: number): number {
    if (this.layout.block[location] < 0) return this.#value[location];
    return this.#message(state, location, choice) + 1;
  }

  /** Where to write the value of an update that reads what `peek` showed, or a `Refusal`. */
  update(state: Int32Array, thread: number, location: number, order: number, choice: number): number {
    if (!this.#ordered(state, thread, location, RaceAccess.atomicRead)) return Refusal.race;
    if (!this.#ordered(state, thread, location, RaceAccess.atomicWrite)) return Refusal.race;
    const { block, components, carrier } = this.layout;
    const begin = block[location];
    if (begin < 0) {
      const own = carrier[location];
      if (own >= 0) this.#continue(state, thread, order, own, own);
      return this.#value[location];
    }
    const place = state[begin] - choice;
    const at = this.#insert(state, location, place, true);
    if (at < 0) return at;
    this.#see(state, thread, location, place);
    const source = at - this.layout.messageWords[location] + 1 + components[location];
    this.#continue(state, thread, order, source, at + 1 + components[location]);
    return at + 1;
  }

  fence(state: Int32Array, thread: number, order: number): void {
    const { current, acquired, released, sequential, viewWords } = this.layout;
    if (acquired[thread] < 0) return;
    const own = current[thread];
    if ((order & ACQUIRE) !== 0) this.#carriers.join(state, own, acquired[thread]);
    if ((order & SEQUENTIAL) !== 0 && sequential >= 0) {
      // Positions alone: that fences come one after the other orders what is seen, it is no happens-before.
      const knowledge = state.slice(own + viewWords, own + this.layout.carrierWords);
      this.#carriers.join(state, own, sequential);
      state.set(knowledge, own + viewWords);
      for (let word = 0; word < viewWords; word++) state[sequential + word] = state[own + word];
      this.#carriers.join(state, acquired[thread], own);
    }
    if ((order & RELEASE) !== 0) this.#carriers.copy(state, released[thread], own);
  }

  /** Takes a lock: what earlier holders knew. A reader learns from writers alone. */
  lock(state: Int32Array, thread: number, lock: number, shared: boolean): void {
    const { lockWriter, lockReaders } = this.layout;
    if (lockWriter[lock] < 0) return;
    this.#learn(state, thread, lockWriter[lock]);
    if (!shared) this.#learn(state, thread, lockReaders[lock]);
  }

  unlock(state: Int32Array, thread: number, lock: number, shared: boolean): void {
    const { lockWriter, lockReaders, current } = this.layout;
    if (lockWriter[lock] < 0) return;
    if (!shared) this.#carriers.copy(state, lockWriter[lock], current[thread]);
    if (!shared) this.#carriers.copy(state, lockReaders[lock], current[thread]);
    else this.#carriers.join(state, lockReaders[lock], current[thread]);
  }

  // What the client asks.

  read(state: Int32Array, thread: number, location: number): number {
    return this.#races.access(state, thread, location, RaceAccess.read);
  }

  write(state: Int32Array, thread: number, location: number): number {
    return this.#races.access(state, thread, location, RaceAccess.write);
  }

  knowsWrite(state: Int32Array, thread: number, location: number): boolean {
    return this.#races.knowsWrite(state, thread, location);
  }

  forget(state: Int32Array, location: number): void {
    this.#races.forget(state, location);
  }

  permute(state: Int32Array, order: ArrayLike<number>): void {
    this.#races.permute(state, order);
  }

  publish(state: Int32Array, thread: number, carrier: number): void {
    const at = this.layout.client[carrier];
    if (at >= 0) this.#carriers.copy(state, at, this.layout.current[thread]);
  }

  contribute(state: Int32Array, thread: number, carrier: number): void {
    const at = this.layout.client[carrier];
    if (at >= 0) this.#carriers.join(state, at, this.layout.current[thread]);
  }

  permuteCarriers(state: Int32Array, first: number, order: ArrayLike<number>): void {
    const { client, carrierWords } = this.layout;
    if (carrierWords === 0) return;
    const old = Array.from(order, (_, index) =>
      state.slice(client[first + index], client[first + index] + carrierWords),
    );
    for (let index = 0; index < order.length; index++) state.set(old[order[index]], client[first + index]);
  }

  acquire(state: Int32Array, thread: number, carrier: number): void {
    const at = this.layout.client[carrier];
    if (at >= 0) this.#learn(state, thread, at);
  }

  settle(state: Int32Array, thread: number, carrier: number): void {
    const at = this.layout.client[carrier];
    if (at >= 0) this.#carriers.subtract(state, at, this.layout.current[thread]);
  }

  covers(state: Int32Array, thread: number, carrier: number): boolean {
    const at = this.layout.client[carrier];
    return at < 0 || this.#carriers.covers(state, this.layout.current[thread], at);
  }

  clear(state: Int32Array, carrier: number): void {
    const at = this.layout.client[carrier];
    if (at >= 0) this.#carriers.clear(state, at);
  }

  hand(state: Int32Array, from: number, to: number): void {
    const own = this.layout.current[from];
    if (own >= 0) this.#learn(state, to, own);
  }

  /** Drops accesses that everybody knows; they are as if they had never been. */
  dropKnown(state: Int32Array): void {
    this.#races.dropKnown(state);
  }

  /** Drops messages that come before what every thread has seen: nobody can read them, or write before them, any more. */
  dropUnreadable(state: Int32Array): void {
    const { block, viewOf, current, messageWords } = this.layout;
    for (let location = 0; location < block.length; location++) {
      const begin = block[location];
      if (begin < 0 || state[begin] === 1) continue;
      const view = viewOf[location];
      let oldest = 15;
      for (let thread = 0; thread < this.#threads; thread++)
        oldest = Math.min(oldest, this.#carriers.position(state, current[thread], view));
      // Nobody can come between the oldest message and the one that it was made from.
      state[begin + 1 + oldest * messageWords[location]] = 0;
      if (oldest === 0) continue;
      const words = messageWords[location];
      const end = begin + 1 + state[begin] * words;
      state.copyWithin(begin + 1, begin + 1 + oldest * words, end);
      state.fill(0, end - oldest * words, end);
      state[begin] -= oldest;
      this.#carriers.shift(state, view, 0, -oldest);
    }
  }

  #ordered(state: Int32Array, thread: number, location: number, kind: number): boolean {
    if (!this.#races.isTracked(location)) return true;
    this.raceThread = this.#races.access(state, thread, location, kind);
    return this.raceThread < 0;
  }

  #position(state: Int32Array, location: number, choice: number): number {
    return state[this.layout.block[location]] - 1 - choice;
  }

  #message(state: Int32Array, location: number, choice: number): number {
    const { block, messageWords } = this.layout;
    return block[location] + 1 + this.#position(state, location, choice) * messageWords[location];
  }

  /** Makes room for a message at a place in modification order; answers where it begins. */
  #insert(state: Int32Array, location: number, place: number, isUpdate: boolean): number {
    const { block, messageWords, viewOf } = this.layout;
    const begin = block[location];
    const count = state[begin];
    const words = messageWords[location];
    const at = begin + 1 + place * words;
    // Nothing comes between an update and what it read (ATOMICITY).
    if (place < count && state[at] === 1) return Refusal.blocked;
    if (count === this.#messageLimit) return Refusal.cut;
    if (place < count) {
      state.copyWithin(at + words, at, begin + 1 + count * words);
      state.fill(0, at, at + words);
    }
    state[begin] = count + 1;
    state[at] = isUpdate ? 1 : 0;
    if (place < count) this.#carriers.shift(state, viewOf[location], place, 1);
    return at;
  }

  #see(state: Int32Array, thread: number, location: number, position: number): void {
    const { current, acquired, viewOf } = this.layout;
    const view = viewOf[location];
    this.#carriers.setPosition(state, current[thread], view, position);
    const pending = acquired[thread];
    if (pending >= 0 && this.#carriers.position(state, pending, view) < position)
      this.#carriers.setPosition(state, pending, view, position);
  }

  #learn(state: Int32Array, thread: number, from: number): void {
    const { current, acquired } = this.layout;
    this.#carriers.join(state, current[thread], from);
    if (acquired[thread] >= 0) this.#carriers.join(state, acquired[thread], from);
  }

  #acquire(state: Int32Array, thread: number, order: number, message: number): void {
    if ((order & ACQUIRE) !== 0) this.#learn(state, thread, message);
    else if (this.layout.acquired[thread] >= 0) this.#carriers.join(state, this.layout.acquired[thread], message);
  }

  #release(state: Int32Array, thread: number, order: number, message: number): void {
    const { current, released } = this.layout;
    if ((order & RELEASE) !== 0) this.#carriers.copy(state, message, current[thread]);
    else if ((order & PLAIN) === 0 && released[thread] >= 0) this.#carriers.copy(state, message, released[thread]);
    else this.#carriers.clear(state, message);
  }

  /** An update learns from the message that it read, and its own message carries on what that one released. */
  #continue(state: Int32Array, thread: number, order: number, source: number, own: number): void {
    const kept = this.#kept;
    for (let word = 0; word < kept.length; word++) kept[word] = state[source + word];
    this.#acquire(state, thread, order, source);
    this.#release(state, thread, order, own);
    this.#carriers.joinWords(state, own, kept);
  }
}
