import { NumberTable } from './number-table.ts';

/** Bits of the `flags` column; a write has to look closer at an allocation with one of `needCare`. */
export const RecordFlag = { exposed: 1, readOnly: 2, holdsPointers: 4, needCare: 6 } as const;

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
  readonly #numbers = new NumberTable();

  /** The live record of an allocation number above 0, or -1 when it is dead. */
  find(number: number): number {
    return this.#numbers.find(number);
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
    this.number[record] = number;
    this.#numbers.insert(number, record);
  }

  /** Ends the allocation of a record; its columns stay. */
  end(record: number): void {
    this.live--;
    this.#numbers.remove(this.number[record]);
    this.number[record] = 0;
  }

  /** Takes back a record that is not live. */
  release(record: number): void {
    this.position[record] = this.#free;
    this.#free = record;
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

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const columns = COLUMNS.map((name) => this[name].slice(0, this.limit));
    const { limit, live } = this;
    const free = this.#free;
    return () => {
      while (this.number.length < limit) this.#grow();
      COLUMNS.forEach((name, index) => this[name].set(columns[index]));
      this.limit = limit;
      this.live = live;
      this.#free = free;
      this.#numbers.clear();
      for (let record = 0; record < limit; record++) {
        if (this.number[record] !== 0) this.#numbers.insert(this.number[record], record);
      }
    };
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const grown = new Int32Array(this[name].length * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
