import type { AllocationRecords } from './records.ts';

/** Granule sizes as powers of two. A record is listed at the finest level whose granule is not smaller than the allocation. */
const LEVEL_SHIFTS = [6, 12, 18, 24, 31] as const;
const INITIAL_BUCKETS = 64;
/** Values of the `#place` column below this are places in the waiting list: place p waits at -2 - p. */
const FIRST_WAITING = -2;

/**
 * Live records by address. An allocation is listed once, under the granule of its base, at a level whose granules are at least as
 * large as it is: so an address belongs to an allocation of its own granule or of the one before. Lookups and updates are constant
 * work for allocations of like size, and memory is linear in the live ones. New records wait in a list until the next lookup, for
 * many die before anybody asks for their address. A dead record that is still listed is passed over.
 */
export class AddressIndex {
  readonly #records: AllocationRecords;
  #heads = new Int32Array(INITIAL_BUCKETS).fill(-1);
  #next = new Int32Array(16);
  #previous = new Int32Array(16);
  /** For a listed record its bucket, for a waiting one where it waits. */
  #place = new Int32Array(16);
  #listed = 0;
  #waiting = new Int32Array(16);
  #waitingCount = 0;
  readonly #countOfLevel = new Int32Array(LEVEL_SHIFTS.length);

  constructor(records: AllocationRecords) {
    this.#records = records;
  }

  insert(record: number): void {
    if (record >= this.#place.length) this.#widen();
    this.#waiting[this.#waitingCount] = record;
    this.#place[record] = FIRST_WAITING - this.#waitingCount;
    this.#waitingCount++;
  }

  remove(record: number): void {
    const place = this.#place[record];
    if (place >= 0) return this.#unlink(record, place);
    const last = this.#waiting[--this.#waitingCount];
    this.#waiting[FIRST_WAITING - place] = last;
    this.#place[last] = place;
  }

  /** The live record that contains the address, or -1. A base matches even at size 0; one past the end never does. */
  find(low: number, high: number): number {
    if (this.#waitingCount > 0) this.#list();
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
    const records = this.#records;
    for (let record = 0; record < records.limit; record++) {
      if (records.number[record] === 0) continue;
      const distance = records.offsetOf(record, low, high);
      if (distance < Math.max(records.size[record], 1) && -distance < Math.max(size, 1)) return true;
    }
    return false;
  }

  clear(): void {
    if (this.#listed > 0) this.#heads.fill(-1);
    this.#listed = 0;
    this.#waitingCount = 0;
    this.#countOfLevel.fill(0);
  }

  /** Starts anew from the live records, after they were replaced. */
  rebuild(): void {
    this.clear();
    const { number, limit } = this.#records;
    for (let record = 0; record < limit; record++) if (number[record] !== 0) this.insert(record);
  }

  #findIn(bucket: number, low: number, high: number): number {
    const records = this.#records;
    for (let record = this.#heads[bucket]; record >= 0; record = this.#next[record]) {
      const offset = records.offsetOf(record, low, high);
      if (offset === 0 || (offset > 0 && offset < records.size[record])) {
        if (records.number[record] !== 0) return record;
      }
    }
    return -1;
  }

  /** Lists the records that wait. */
  #list(): void {
    while (this.#heads.length < this.#listed + this.#waitingCount) this.#rehash();
    for (let place = 0; place < this.#waitingCount; place++) this.#link(this.#waiting[place]);
    this.#waitingCount = 0;
  }

  #link(record: number): void {
    const level = levelFor(this.#records.size[record]);
    const bucket = this.#bucketOf(record, LEVEL_SHIFTS[level]);
    const head = this.#heads[bucket];
    this.#place[record] = bucket;
    this.#next[record] = head;
    this.#previous[record] = -1;
    if (head >= 0) this.#previous[head] = record;
    this.#heads[bucket] = record;
    this.#listed++;
    this.#countOfLevel[level]++;
  }

  #unlink(record: number, bucket: number): void {
    const next = this.#next[record];
    const previous = this.#previous[record];
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[bucket] = next;
    this.#listed--;
    this.#countOfLevel[levelFor(this.#records.size[record])]--;
  }

  #bucketOf(record: number, shift: number): number {
    const high = this.#records.baseHigh[record];
    return this.#bucket((this.#records.baseLow[record] >>> shift) | (high << (32 - shift)), high >>> shift);
  }

  #bucket(granule: number, granuleHigh: number): number {
    const mixed = Math.imul(granule ^ Math.imul(granuleHigh, 0x85ebca6b), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (this.#heads.length - 1);
  }

  /** Doubles the buckets; every listed record waits again. */
  #rehash(): void {
    for (const head of this.#heads) {
      for (let record = head; record >= 0; record = this.#next[record]) this.insert(record);
    }
    this.#heads = new Int32Array(this.#heads.length * 2).fill(-1);
    this.#listed = 0;
    this.#countOfLevel.fill(0);
  }

  #widen(): void {
    const length = this.#records.number.length;
    this.#next = widened(this.#next, length);
    this.#previous = widened(this.#previous, length);
    this.#place = widened(this.#place, length);
    this.#waiting = widened(this.#waiting, length);
  }
}

function levelFor(size: number): number {
  let level = 0;
  while (level < LEVEL_SHIFTS.length - 1 && size > 1 << LEVEL_SHIFTS[level]) level++;
  return level;
}

function widened(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(column);
  return wide;
}
