import { NumberTable } from './number-table.ts';

/** Bits of the `flags` column. */
export const RecordFlag = { exposed: 1, readOnly: 2, holdsPointers: 4 } as const;

/** Every column of a record, so that growing and copying name each of them once. */
const COLUMNS = [
  'number',
  'baseLow',
  'baseHigh',
  'size',
  'alignment',
  'kind',
  'flags',
  'block',
  'promisedOffset',
  'promisedAlignment',
  'owner',
] as const;

type Column = (typeof COLUMNS)[number];

/** What {@link AllocationRecords.restore} takes. */
export interface RecordsSnapshot {
  readonly columns: Readonly<Record<Column, Int32Array>>;
  readonly limit: number;
  readonly live: number;
  readonly free: number;
}

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
  /** Where its bytes are, in granules of the byte store; the next free record in a free record. */
  block = new Int32Array(16);
  /** Symbolic alignment: this offset is promised to be aligned to `promisedAlignment`. */
  promisedOffset = new Int32Array(16);
  promisedAlignment = new Int32Array(16);
  /** For the machine's user, for example the slot of the object that lives here; -1 in a new allocation. */
  owner = new Int32Array(16);

  /** Records below this index are live or were. */
  limit = 0;
  live = 0;
  #free = -1;
  readonly #numbers = new NumberTable();

  /** The live record of an allocation number above 0, or -1 when it is dead. */
  find(number: number): number {
    return this.#numbers.find(number);
  }

  /** A record for the new allocation `number`; the other columns are the caller's to fill in. */
  take(number: number): number {
    let record = this.#free;
    if (record >= 0) this.#free = this.block[record];
    else {
      if (this.limit === this.number.length) this.#grow();
      record = this.limit++;
    }
    this.live++;
    this.number[record] = number;
    this.#numbers.insert(number, record);
    return record;
  }

  release(record: number): void {
    this.#numbers.remove(this.number[record]);
    this.number[record] = 0;
    this.block[record] = this.#free;
    this.#free = record;
    this.live--;
  }

  /** The distance of an address from the record's base in bytes; exact up to 2^53, and of the right sign beyond. */
  offsetOf(record: number, low: number, high: number): number {
    return (high - this.baseHigh[record]) * 0x1_0000_0000 + ((low >>> 0) - (this.baseLow[record] >>> 0));
  }

  clear(): void {
    this.#numbers.clear();
    this.limit = 0;
    this.live = 0;
    this.#free = -1;
  }

  snapshot(): RecordsSnapshot {
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, this[name].slice(0, this.limit)]));
    return {
      columns: columns as Record<Column, Int32Array>,
      limit: this.limit,
      live: this.live,
      free: this.#free,
    };
  }

  restore(snapshot: RecordsSnapshot): void {
    while (this.number.length < snapshot.limit) this.#grow();
    for (const name of COLUMNS) this[name].set(snapshot.columns[name]);
    this.limit = snapshot.limit;
    this.live = snapshot.live;
    this.#free = snapshot.free;
    this.#numbers.clear();
    for (let record = 0; record < this.limit; record++) {
      if (this.number[record] !== 0) this.#numbers.insert(this.number[record], record);
    }
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const grown = new Int32Array(this[name].length * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
