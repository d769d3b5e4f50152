import { Kind } from '../memory/kinds.ts';
import type { Memory } from '../memory/memory.ts';
import * as ghosts from './ghosts.ts';
import { type ObjectGhosts } from './ghosts.ts';
import { OBJECT_ALIGNMENT } from './object-kinds.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const { ADDRESS_HIGH, ADDRESS_LOW, IDENTITY, KIND, PROVENANCE, SIZE } = ghosts;

const HEAP = Kind.heap;
/** What reading a header needs; objects promise more. */
export const HEADER_ALIGNMENT = 8;

/** The objects' bytes in the machine's memory: allocation, header, reads through a pointer, and who stands at an address. */
export class ObjectMemory {
  readonly memory: Memory;
  readonly #ghosts: ObjectGhosts;
  /**
   * Objects that the representation placed in memory of its own: address in units of the alignment to record. Ordinary objects
   * are allocations of their own, and their records are found through `memory.owner`.
   */
  readonly #placed = new Map<number, number>();

  constructor(memory: Memory, objects: ObjectGhosts) {
    this.memory = memory;
    this.#ghosts = objects;
  }

  reset(): void {
    this.memory.reset();
    this.#placed.clear();
  }

  /** Allocates an object from the host and writes its bytes; its pointer is in the ghost's row then. Answers a fault code. */
  allocate(object: number): number {
    const { memory } = this;
    const { rows } = this.#ghosts;
    const fault = memory.allocate(rows[object + SIZE], OBJECT_ALIGNMENT, HEAP);
    if (fault !== 0) return fault;
    memory.own(object, rows[object + IDENTITY], rows[object + KIND]);
    rows[object + ADDRESS_LOW] = memory.low;
    rows[object + ADDRESS_HIGH] = memory.high;
    rows[object + PROVENANCE] = memory.provenance;
    return 0;
  }

  /** Takes over an object's place inside memory of the representation, and writes its bytes. Answers a fault code. */
  place(object: number, low: number, high: number, provenance: number): number {
    const { memory } = this;
    const { rows } = this.#ghosts;
    rows[object + ADDRESS_LOW] = low;
    rows[object + ADDRESS_HIGH] = high;
    rows[object + PROVENANCE] = provenance;
    this.#placed.set(placeKey(low, high), object);
    const [size, identity, kind] = [rows[object + SIZE], rows[object + IDENTITY], rows[object + KIND]];
    return memory.fill(low, high, provenance, size, OBJECT_ALIGNMENT, identity, kind);
  }

  /** Reads all bytes of an object through a pointer, as one plain access; what its header says is in the fields below. */
  touch(low: number, high: number, provenance: number, size: number): number {
    const { memory } = this;
    const fault = memory.readBlock(low, high, provenance, size, HEADER_ALIGNMENT);
    if (fault !== 0) return fault;
    const { words, wordOfBlock } = memory;
    this.seenIdentity = words[wordOfBlock];
    this.seenKind = words[wordOfBlock + 1];
    return 0;
  }

  /** What the last `touch` read in the header. */
  seenKind = 0;
  seenIdentity = 0;

  /** The object whose first byte stands at an address and whose memory is not given back, or -1. */
  at(low: number, high: number, provenance: number): number {
    const object = this.memory.ownerAt(low, high, provenance);
    if (object >= 0 || this.#placed.size === 0) return object;
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
}

/** Object addresses are multiples of 16 below 2^57, so that this key is exact. */
function placeKey(low: number, high: number): number {
  return (high >>> 0) * 0x1000_0000 + (low >>> 4);
}
