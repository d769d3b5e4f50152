import { NumberTable } from './number-table.ts';

/** Bits of the `flags` column; a write has to look closer at an allocation with one of `needCare`. */
export const RecordFlag = { exposed: 1, readOnly: 2, holdsPointers: 4, needCare: 6 } as const;

/** How many places of the near table there are for each record that there is room for, and at least. */
const PLACES_PER_RECORD = 8;
const FEWEST_PLACES = 512;

/** Every column of a record, so that growing and copying name each of them once. */
const COLUMNS = ['number', 'baseLow', 'baseHigh', 'size', 'alignment', 'kind', 'flags', 'position', 'owner'] as const;

/**
 * The live allocations, a record each, as columns. A record index is recycled when its allocation dies; an allocation number never
 * is. Columns are replaced when they grow, so nobody may keep one across an allocation.
 */
export class AllocationRecords {
  /** The allocation number, 0 in a free record. */
  number = new Int32Array(16);
  baseLow = new Int32Array(16);
  baseHigh = new Int32Array(16);
  /** Size in bytes. */
  size = new Int32Array(16);
  alignment = new Int32Array(16);
  kind = new Int32Array(16);
  /** Bits of {@link RecordFlag}. */
  flags = new Int32Array(16);
  /** Where its bytes are: the position in the byte store; the next free record in a free record. */
  position = new Int32Array(16);
  /** For the machine's user, for example the slot of the object that lives here; -1 in a new allocation. */
  owner = new Int32Array(16);

  /** Records below this index are live or were. */
  limit = 0;
  live = 0;
  #free = -1;
  /**
   * By the last bits of an allocation number: the record of the newest allocation with these bits. Numbers are given out one after
   * the other, so that a live allocation is nearly always found at once, and a dead one is told by the number in its record.
   */
  #near = new Int32Array(FEWEST_PLACES);
  /** The live allocations that lost their near place to a newer one. */
  readonly #far = new NumberTable();

  /** The live record of an allocation number above 0, or -1 when it is dead. */
  find(number: number): number {
    const near = this.#near;
    const record = near[number & (near.length - 1)];
    if (this.number[record] === number) return record;
    return this.#far.size === 0 ? -1 : this.#far.find(number);
  }

  /** A free record, whose columns are the caller's to fill in. */
  take(): number {
    let record = this.#free;
    if (record >= 0) this.#free = this.position[record];
    else {
      if (this.limit === this.number.length) this.#grow();
      record = this.limit++;
    }
    return record;
  }

  /** Gives a record that is not live to a new allocation. */
  begin(record: number, number: number): void {
    this.live++;
    this.#place(record, number);
    this.number[record] = number;
  }

  /** Ends the allocation of a record; its columns stay. */
  end(record: number): void {
    this.live--;
    const number = this.number[record];
    if (this.#near[number & (this.#near.length - 1)] !== record) this.#far.remove(number);
    this.number[record] = 0;
  }

  /** Takes back a record that is not live. */
  release(record: number): void {
    this.position[record] = this.#free;
    this.#free = record;
  }

  /** Whether two records have the same size and alignment. */
  areAlike(one: number, other: number): boolean {
    return this.size[one] === this.size[other] && this.alignment[one] === this.alignment[other];
  }

  /** The distance of an address from the record's base in bytes; exact up to 2^53, and of the right sign beyond. */
  offsetOf(record: number, low: number, high: number): number {
    return (high - this.baseHigh[record]) * 0x1_0000_0000 + ((low >>> 0) - (this.baseLow[record] >>> 0));
  }

  clear(): void {
    // The near places lead to records; those must not look alive to numbers that are given out again.
    this.number.fill(0, 0, this.limit);
    this.#far.clear();
    this.limit = 0;
    this.live = 0;
    this.#free = -1;
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const columns = COLUMNS.map((name) => this[name].slice(0, this.limit));
    const { limit, live } = this;
    const free = this.#free;
    return () => {
      while (this.number.length < limit) this.#grow();
      this.clear();
      COLUMNS.forEach((name, index) => this[name].set(columns[index]));
      this.limit = limit;
      this.live = live;
      this.#free = free;
      this.#placeAll();
    };
  }

  /** Gives the near place of a number to its record; the live record that was there is found the long way from now on. */
  #place(record: number, number: number): void {
    const near = this.#near;
    const place = number & (near.length - 1);
    const older = this.number[near[place]];
    // A place leads to record 0 until it is given, so the number there has to be one of this place.
    if (older !== 0 && (older & (near.length - 1)) === place) this.#far.insert(older, near[place]);
    near[place] = record;
  }

  /** Finds a place for every live record, after all places or all records were replaced. */
  #placeAll(): void {
    this.#far.clear();
    this.#near.fill(0);
    const { number, limit } = this;
    for (let record = 0; record < limit; record++) {
      const each = number[record];
      if (each === 0) continue;
      // For the time of the call it is not live, so that it does not meet itself.
      number[record] = 0;
      this.#place(record, each);
      number[record] = each;
    }
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const grown = new Int32Array(this[name].length * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
    const places = this.number.length * PLACES_PER_RECORD;
    if (places <= this.#near.length) return;
    this.#near = new Int32Array(places);
    this.#placeAll();
  }
}
