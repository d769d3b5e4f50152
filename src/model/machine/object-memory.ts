import { Kind } from '../memory/kinds.ts';
import type { Memory } from '../memory/memory.ts';
import { ADDRESS_HIGH, ADDRESS_LOW, IDENTITY, KIND, PROVENANCE, SIZE, type ObjectGhosts } from './ghosts.ts';
import { OBJECT_ALIGNMENT } from './object-kinds.ts';

const HEAP = Kind.heap;

/** The objects' bytes in the machine's memory: allocation, header, reads through a pointer, and who stands at an address. */
export class ObjectMemory {
  readonly memory: Memory;
  readonly #ghosts: ObjectGhosts;
  /**
   * Objects that the representation placed in memory of its own: address in units of the alignment to record. Ordinary objects
   * are allocations of their own, and their records are found through `memory.owner`.
   */
  readonly #placed = new Map<number, number>();

  constructor(memory: Memory, ghosts: ObjectGhosts) {
    this.memory = memory;
    this.#ghosts = ghosts;
  }

  reset(): void {
    this.memory.reset();
    this.#placed.clear();
  }

  /** Allocates an object from the host; its pointer is in the ghost's columns then. Answers a fault code. */
  allocate(object: number): number {
    const { memory } = this;
    const fault = memory.allocate(this.#ghosts.rows[object + SIZE], OBJECT_ALIGNMENT, HEAP);
    if (fault !== 0) return fault;
    this.#setPointer(object, memory.low, memory.high, memory.provenance);
    memory.owner[memory.recordOf(memory.provenance)] = object;
    return 0;
  }

  /** Takes over an object's place inside memory of the representation. */
  place(object: number, low: number, high: number, provenance: number): void {
    this.#setPointer(object, low, high, provenance);
    this.#placed.set(placeKey(low, high), object);
  }

  /** Writes the header and the identity, plainly, as the program that creates the object does. */
  initialise(object: number): number {
    const { memory } = this;
    const { rows } = this.#ghosts;
    const low = rows[object + ADDRESS_LOW];
    const high = rows[object + ADDRESS_HIGH];
    const provenance = rows[object + PROVENANCE];
    const fault = memory.fill(low, high, provenance, rows[object + SIZE], OBJECT_ALIGNMENT, rows[object + IDENTITY], 0);
    if (fault !== 0) return fault;
    return memory.writeInteger(low, high, provenance, 8, 8, rows[object + KIND], 0);
  }

  /** Reads all bytes of an object of `size` bytes through a pointer; `memory.valueLow` of the header lands in the fields below. */
  touch(low: number, high: number, provenance: number, size: number): number {
    const { memory } = this;
    let fault = memory.readInteger(low, high, provenance, 8, 8);
    if (fault !== 0) return fault;
    this.seenKind = memory.valueLow;
    fault = memory.readInteger((low + 8) | 0, carried(low, high, 8), provenance, 8, 8);
    this.seenIdentity = memory.valueLow;
    for (let at = 16; fault === 0 && at + 8 <= size; at += 8)
      fault = memory.readInteger((low + at) | 0, carried(low, high, at), provenance, 8, 8);
    for (let at = size & ~7; fault === 0 && at < size; at++)
      fault = memory.readInteger((low + at) | 0, carried(low, high, at), provenance, 1, 1);
    return fault;
  }

  /** What the last `touch` read in the header. */
  seenKind = 0;
  seenIdentity = 0;

  /** The object whose first byte stands at an address and whose memory is not given back, or -1. */
  at(low: number, high: number, provenance: number): number {
    const { memory } = this;
    let record = memory.recordOf(provenance);
    if (record < 0 || memory.baseLow[record] !== low || memory.baseHigh[record] !== high)
      record = memory.recordAt(low, high);
    if (record < 0) return -1;
    const object = memory.owner[record];
    if (object >= 0) return memory.baseLow[record] === low && memory.baseHigh[record] === high ? object : -1;
    return this.#placed.get(placeKey(low, high)) ?? -1;
  }

  /** Gives an object's memory back through a pointer. Answers a fault code. */
  free(object: number, low: number, high: number, provenance: number): number {
    if (this.#placed.size > 0 && this.#placed.get(placeKey(low, high)) === object) {
      this.#placed.delete(placeKey(low, high));
      return 0;
    }
    return this.memory.deallocate(low, high, provenance, HEAP, this.#ghosts.rows[object + SIZE], OBJECT_ALIGNMENT);
  }

  /** Gives an object's memory back through the pointer that its creator had. */
  freeOwn(object: number): number {
    const { rows } = this.#ghosts;
    return this.free(object, rows[object + ADDRESS_LOW], rows[object + ADDRESS_HIGH], rows[object + PROVENANCE]);
  }

  /** Gives memory back that belongs to no object; the memory says what is wrong with that. */
  freeUnknown(low: number, high: number, provenance: number): number {
    return this.memory.deallocate(low, high, provenance, HEAP, -1, -1);
  }

  #setPointer(object: number, low: number, high: number, provenance: number): void {
    const { rows } = this.#ghosts;
    rows[object + ADDRESS_LOW] = low;
    rows[object + ADDRESS_HIGH] = high;
    rows[object + PROVENANCE] = provenance;
  }
}

/** The upper half of (high, low) + offset for a small offset. */
function carried(low: number, high: number, offset: number): number {
  return (low + offset) >>> 0 < low >>> 0 ? (high + 1) | 0 : high;
}

/** Object addresses are multiples of 16 below 2^57, so that this key is exact. */
function placeKey(low: number, high: number): number {
  return (high >>> 0) * 0x1000_0000 + (low >>> 4);
}
