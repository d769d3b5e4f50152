import { Container, NO_ELEMENTS } from './container.ts';

/** Where the value stands in an entry, after the stamp and the two halves of the key. */
export const VALUE_OFFSET = 3;

/**
 * A map from 64-bit keys (narrower ones have a high half of 0) to values of some int32s: open addressing with linear probing.
 * An entry is taken when its stamp is the present epoch, so that clearing costs nothing; deletion moves later entries of the probe
 * sequence up, so that there are no tombstones. `find` and `place` answer where the entry stands in `entries`.
 */
export class WordMap extends Container {
  entries: Int32Array = NO_ELEMENTS;
  readonly stride: number;
  #mask = 0;
  #epoch = 1;

  constructor(touched: ConstructorParameters<typeof Container>[0], valueComponents: number) {
    super(touched);
    this.stride = VALUE_OFFSET + valueComponents;
  }

  /** The entry of a key, or -1. */
  find(low: number, high: number): number {
    if (this.length === 0) return -1;
    const { entries, stride } = this;
    const mask = this.#mask;
    const epoch = this.#epoch;
    for (let slot = hash(low, high) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      if (entries[at] !== epoch) return -1;
      if (entries[at + 1] === low && entries[at + 2] === high) return at;
    }
  }

  /** The entry of a key, made when there is none; the caller writes its value. */
  place(low: number, high: number): number {
    if (this.length === this.limit) this.extend();
    const { entries, stride } = this;
    const mask = this.#mask;
    const epoch = this.#epoch;
    for (let slot = hash(low, high) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      if (entries[at] !== epoch) {
        entries[at] = epoch;
        entries[at + 1] = low;
        entries[at + 2] = high;
        this.length++;
        return at;
      }
      if (entries[at + 1] === low && entries[at + 2] === high) return at;
    }
  }

  remove(low: number, high: number): void {
    const found = this.find(low, high);
    if (found < 0) return;
    const { entries, stride } = this;
    const mask = this.#mask;
    const epoch = this.#epoch;
    let gap = found / stride;
    for (let slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      if (entries[at] !== epoch) break;
      const home = hash(entries[at + 1], entries[at + 2]) & mask;
      // The entry may move up unless its home lies behind the gap, cyclically: then a search would no longer pass the gap.
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      entries.copyWithin(gap * stride, at, at + stride);
      gap = slot;
    }
    entries[gap * stride] = 0;
    this.length--;
  }

  override clear(): void {
    this.length = 0;
    if (this.#epoch < LAST_EPOCH) {
      this.#epoch++;
      return;
    }
    this.entries.fill(0);
    this.#epoch = 1;
  }

  /** At most three quarters of the slots are taken, so that every search ends. */
  protected override limitOf(capacity: number): number {
    return (capacity >> 1) + (capacity >> 2);
  }

  protected override resize(capacity: number): void {
    const image = this.#taken();
    this.entries = new Int32Array(capacity * this.stride);
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.limit = this.limitOf(capacity);
    this.length = 0;
    this.#insert(image);
  }

  protected override elementsCopy(): Int32Array {
    return this.#taken();
  }

  protected override takeElements(image: Int32Array): void {
    this.#insert(image);
  }

  /** All entries, one after the other. */
  #taken(): Int32Array {
    const { entries, stride } = this;
    const image = new Int32Array(this.length * stride);
    if (this.length === 0) return image;
    for (let at = 0, next = 0; at < entries.length; at += stride) {
      if (entries[at] !== this.#epoch) continue;
      image.set(entries.subarray(at, at + stride), next);
      next += stride;
    }
    return image;
  }

  #insert(image: Int32Array): void {
    for (let from = 0; from < image.length; from += this.stride) {
      const at = this.place(image[from + 1], image[from + 2]);
      for (let offset = VALUE_OFFSET; offset < this.stride; offset++) this.entries[at + offset] = image[from + offset];
    }
  }
}

/** Stamps are positive int32s. */
const LAST_EPOCH = 0x7fffffff;

/** Mixes both halves; the constants are those of MurmurHash3's finalizer and of Fibonacci hashing. */
function hash(low: number, high: number): number {
  let mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
