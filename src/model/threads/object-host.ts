import type { HappensBefore, SteppedHost } from '../ir/stepped/stepped-program.ts';
import { Phase } from '../machine/ghosts.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import {
  ADDRESS,
  EXPOSED,
  FOREIGN,
  FREED,
  GONE,
  LIFE,
  NO_PROVENANCE,
  PHASE_MASK,
  SIZE,
  WILDCARD,
  type ClientLayout,
} from './client-layout.ts';

/** The first address of the pool, and the distance between two of them unless objects are larger. */
export const FIRST_ADDRESS = 0x1000;

const UNSUPPORTED = Fault.unsupported;

/**
 * The objects' memory inside the row of a threaded state: one allocation for each object, at an address of a finite pool. It has the
 * rules of the machine's memory (design 3.1) as far as whole objects go: who may be reached through which provenance, what is dead, and
 * what races. Statements on memory of the representation's own are not modelled with threads.
 */
export class ObjectHost implements SteppedHost {
  low = 0;
  high = 0;
  provenance = 0;
  /** The other thread of the last race that it answered. */
  raceThread = -1;
  readonly #spacing: number;
  readonly #isStrict: boolean;
  #layout!: ClientLayout;
  #order!: HappensBefore;

  /** @param spacing bytes from one address to the next, 16-byte aligned */
  constructor(spacing: number, isStrict: boolean) {
    this.#spacing = spacing;
    this.#isStrict = isStrict;
  }

  /** Connects it with the program that was compiled for it, before the first step. */
  attach(layout: ClientLayout, order: HappensBefore): void {
    this.#layout = layout;
    this.#order = order;
  }

  /** The low half of an address of the pool, numbered from 1; high halves are 0. */
  addressOf(number: number): number {
    return FIRST_ADDRESS + (number - 1) * this.#spacing;
  }

  /** The object whose memory is not given back and that begins at an address, or -1. */
  objectAt(state: Int32Array, low: number, high: number): number {
    if (high !== 0) return -1;
    const layout = this.#layout;
    for (let object = 0; object < layout.shape.objects; object++) {
      const at = layout.object(object);
      const life = state[at + LIFE];
      if ((life & PHASE_MASK) === 0 || (life & FREED) !== 0) continue;
      if (this.addressOf(state[at + ADDRESS]) === low) return object;
    }
    return -1;
  }

  /** The object that a pointer may reach, or minus a fault. A wildcard reaches whatever is exposed where it points. */
  reach(state: Int32Array, low: number, high: number, provenance: number): number {
    if (provenance === GONE) return -Fault['use-after-free'];
    if (provenance === NO_PROVENANCE) return -Fault[(low | high) === 0 ? 'null-pointer' : 'no-provenance'];
    const layout = this.#layout;
    if (provenance === WILDCARD) {
      const object = this.objectAt(state, low, high);
      if (object < 0 || (state[layout.object(object) + LIFE] & EXPOSED) === 0) return -Fault['no-provenance'];
      return object;
    }
    const at = layout.object(provenance - 1);
    if ((state[at + LIFE] & FREED) !== 0) return -Fault['use-after-free'];
    const offset = low - this.addressOf(state[at + ADDRESS]);
    if (high !== 0 || offset < 0 || offset >= state[at + SIZE]) return -Fault['out-of-bounds'];
    return provenance - 1;
  }

  /** A plain read of all bytes of an object through a pointer to its begin. Answers the object, or minus a fault. */
  touch(state: Int32Array, thread: number, low: number, high: number, provenance: number): number {
    const object = this.reach(state, low, high, provenance);
    if (object < 0) return object;
    if (low !== this.addressOf(state[this.#layout.object(object) + ADDRESS])) return -Fault['out-of-bounds'];
    this.raceThread = this.#order.read(state, thread, object);
    return this.raceThread < 0 ? object : -Fault['data-race'];
  }

  /** Gives an object's memory back: a plain write of its bytes that later tenants of the address come after. Answers a fault. */
  free(state: Int32Array, thread: number, object: number): number {
    const at = this.#layout.object(object);
    this.raceThread = this.#order.write(state, thread, object);
    if (this.raceThread >= 0) return Fault['data-race'];
    // What is dead is found dead before anybody asks whether it races.
    this.#order.forget(state, object);
    this.#order.publish(state, thread, state[at + ADDRESS] - 1);
    state[at + LIFE] |= FREED;
    return 0;
  }

  /** `$.reclaim`: by the memory's rules, then by whose object it was. */
  reclaim(state: Int32Array, thread: number, low: number, high: number, provenance: number): number {
    const object = this.reach(state, low, high, provenance);
    if (object === -Fault['use-after-free']) return Fault['double-free'];
    if (object === -Fault['out-of-bounds']) return Fault['invalid-free'];
    if (object < 0) return -object;
    const layout = this.#layout;
    const at = layout.object(object);
    if (low !== this.addressOf(state[at + ADDRESS])) return Fault['invalid-free'];
    const fault = this.free(state, thread, object);
    if (fault !== 0) return fault;
    const phase = state[at + LIFE] & PHASE_MASK;
    // An object that nobody retired stays live for the judge: it was taken from under its references.
    if (phase === Phase.live || phase === Phase.creating) state[layout.thread(thread) + FOREIGN] = object + 1;
    else if (phase === Phase.retired) state[at + LIFE] += Phase.reclaimed - Phase.retired;
    return 0;
  }

  expose(state: Int32Array, _thread: number, low: number, high: number, provenance: number): number {
    if (provenance > 0) state[this.#layout.object(provenance - 1) + LIFE] |= EXPOSED;
    this.#answer(low, high, 0);
    return 0;
  }

  fromExposed(_state: Int32Array, _thread: number, low: number, high: number): number {
    if (this.#isStrict) return Fault['exposed-provenance'];
    this.#answer(low, high, (low | high) === 0 ? NO_PROVENANCE : WILDCARD);
    return 0;
  }

  offset(
    state: Int32Array,
    _thread: number,
    low: number,
    high: number,
    provenance: number,
    deltaLow: number,
    deltaHigh: number,
  ): number {
    const sum = (low >>> 0) + (deltaLow >>> 0);
    const [nextLow, nextHigh] = [sum | 0, (high + deltaHigh + (sum > 0xffff_ffff ? 1 : 0)) | 0];
    if ((deltaLow | deltaHigh) !== 0) {
      const object = this.reach(state, low, high, provenance);
      if (object < 0) return Fault['pointer-arithmetic'];
      const at = this.#layout.object(object);
      const place = nextLow - this.addressOf(state[at + ADDRESS]);
      if (nextHigh !== 0 || place < 0 || place > state[at + SIZE]) return Fault['pointer-arithmetic'];
    }
    this.#answer(nextLow, nextHigh, provenance);
    return 0;
  }

  allocate(): number {
    return UNSUPPORTED;
  }

  deallocate(): number {
    return UNSUPPORTED;
  }

  read(): number {
    return UNSUPPORTED;
  }

  write(): number {
    return UNSUPPORTED;
  }

  callback(): void {}

  mayPanic(): boolean {
    return false;
  }

  #answer(low: number, high: number, provenance: number): void {
    this.low = low;
    this.high = high;
    this.provenance = provenance;
  }
}
