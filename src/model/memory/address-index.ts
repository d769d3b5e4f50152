import type { AllocationRecords } from './records.ts';

/** Granule sizes as powers of two. A record is listed at the finest level whose granule is not smaller than the allocation. */
const LEVEL_SHIFTS = [6, 12, 18, 24, 31] as const;
const INITIAL_BUCKETS = 64;

/**
 * Live records by address. An allocation is listed once, under the granule of its base, at a level whose granules are at least as
 * large as it is: so an address belongs to an allocation of its own granule or of the one before. Both lookups and updates are
 * constant work for allocations of like size, and memory is linear in the live ones.
 */
export class AddressIndex {
  readonly #records: AllocationRecords;
  #heads = new Int32Array(INITIAL_BUCKETS).fill(-1);
  #next = new Int32Array(16);
  #previous = new Int32Array(16);
  #count = 0;
  readonly #countOfLevel = new Int32Array(LEVEL_SHIFTS.length);

  constructor(records: AllocationRecords) {
    this.#records = records;
  }

  insert(record: number): void {
    if (this.#count === this.#heads.length) this.#rehash(this.#heads.length * 2);
    if (record >= this.#next.length) this.#widen();
    this.#count++;
    this.#countOfLevel[this.#levelOf(record)]++;
    this.#link(record);
  }

  remove(record: number): void {
    const next = this.#next[record];
    const previous = this.#previous[record];
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[this.#bucketOf(record)] = next;
    this.#count--;
    this.#countOfLevel[this.#levelOf(record)]--;
  }

  /** The live record that contains the address, or -1. A base matches even at size 0; one past the end never does. */
  find(low: number, high: number): number {
    for (let level = 0; level < LEVEL_SHIFTS.length; level++) {
      if (this.#countOfLevel[level] === 0) continue;
      const shift = LEVEL_SHIFTS[level];
      const granule = (low >>> shift) | (high << (32 - shift));
      const granuleHigh = high >>> shift;
      const here = this.#findIn(this.#bucket(granule, granuleHigh), low, high);
      if (here >= 0) return here;
      const before = this.#findIn(this.#bucket((granule - 1) | 0, granuleHigh - (granule === 0 ? 1 : 0)), low, high);
      if (before >= 0) return before;
    }
    return -1;
  }

  /** Whether a live allocation overlaps [address, address + size); looks at all of them. An empty one occupies its first byte. */
  overlaps(low: number, high: number, size: number): boolean {
    const { number, baseLow, baseHigh, size: sizes, limit } = this.#records;
    for (let record = 0; record < limit; record++) {
      if (number[record] === 0) continue;
      const distance = (high - baseHigh[record]) * 0x1_0000_0000 + ((low >>> 0) - (baseLow[record] >>> 0));
      if (distance < Math.max(sizes[record], 1) && -distance < Math.max(size, 1)) return true;
    }
    return false;
  }

  clear(): void {
    if (this.#count > 0) this.#heads.fill(-1);
    this.#count = 0;
    this.#countOfLevel.fill(0);
  }

  /** Lists every live record anew, after the records were replaced. */
  rebuild(): void {
    this.#heads.fill(-1);
    this.#count = 0;
    this.#countOfLevel.fill(0);
    const { number, limit } = this.#records;
    for (let record = 0; record < limit; record++) if (number[record] !== 0) this.insert(record);
  }

  #findIn(bucket: number, low: number, high: number): number {
    const { baseLow, baseHigh, size } = this.#records;
    for (let record = this.#heads[bucket]; record >= 0; record = this.#next[record]) {
      const offset = (low >>> 0) - (baseLow[record] >>> 0) + (high - baseHigh[record]) * 0x1_0000_0000;
      if (offset === 0 || (offset > 0 && offset < size[record])) return record;
    }
    return -1;
  }

  #levelOf(record: number): number {
    const size = this.#records.size[record];
    let level = 0;
    while (level < LEVEL_SHIFTS.length - 1 && size > 1 << LEVEL_SHIFTS[level]) level++;
    return level;
  }

  #bucketOf(record: number): number {
    const shift = LEVEL_SHIFTS[this.#levelOf(record)];
    const high = this.#records.baseHigh[record];
    return this.#bucket((this.#records.baseLow[record] >>> shift) | (high << (32 - shift)), high >>> shift);
  }

  #bucket(granule: number, granuleHigh: number): number {
    const mixed = Math.imul(granule ^ Math.imul(granuleHigh, 0x85ebca6b), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (this.#heads.length - 1);
  }

  #link(record: number): void {
    const bucket = this.#bucketOf(record);
    const head = this.#heads[bucket];
    this.#next[record] = head;
    this.#previous[record] = -1;
    if (head >= 0) this.#previous[head] = record;
    this.#heads[bucket] = record;
  }

  #rehash(buckets: number): void {
    const listed: number[] = [];
    for (const head of this.#heads) {
      for (let record = head; record >= 0; record = this.#next[record]) listed.push(record);
    }
    this.#heads = new Int32Array(buckets).fill(-1);
    for (const record of listed) this.#link(record);
  }

  #widen(): void {
    const length = this.#records.number.length;
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    next.set(this.#next);
    previous.set(this.#previous);
    this.#next = next;
    this.#previous = previous;
  }
}
