/**
 * The life of an object as the driver knows it.
 *
 * - `absent`: the record is free.
 * - `creating`: between the begin and the end of `create`; uses overlap.
 * - `live`: issued; a use must reach it.
 * - `retiring`: `destroy` has begun and not ended; uses overlap.
 * - `retired`: `destroy` has ended, its memory is not given back yet; uses are stale.
 * - `reclaimed`: its memory is given back; uses are stale. The record stays while a variable refers to it.
 */
export const Phase = { absent: 0, creating: 1, live: 2, retiring: 3, retired: 4, reclaimed: 5 } as const;

/*
 * Ghosts are rows of int32s: what one operation needs of an object or a variable stands in one cache line, behind one array. The
 * fields of an object's row; an object is named by the index of its row's first field.
 */
export const PHASE = 0;
/** The identity that stands in the object's header: 1 for the first object of an execution. */
export const IDENTITY = 1;
export const KIND = 2;
export const SIZE = 3;
export const ADDRESS_LOW = 4;
export const ADDRESS_HIGH = 5;
/** The provenance of the pointer that `create` got. */
export const PROVENANCE = 6;
/** The bits that `create` issued. */
export const BITS_LOW = 7;
export const BITS_HIGH = 8;
/** How many variables refer to the object, and how many held pointers were resolved to it. */
export const REFERENCES = 9;
export const HOLDS = 10;
export const OBJECT_ROW = 16;

/** What the driver remembers of objects; a row is used again when its object is gone and nothing refers to it. */
export class ObjectGhosts {
  rows = new Int32Array(64 * OBJECT_ROW);
  /** Rows that were ever used stand below this index. */
  limit = 0;
  /** Objects that are live now, and objects retired but not reclaimed. */
  live = 0;
  garbage = 0;
  #lastIdentity = 0;
  /** The first free row, which holds the next one in its identity; -1 for none. */
  #free = -1;

  /** A row for a new object, in phase `creating`; bits and address are the caller's to fill in. */
  take(kind: number, size: number): number {
    let object = this.#free;
    if (object >= 0) this.#free = this.rows[object + IDENTITY];
    else {
      object = this.limit;
      this.limit += OBJECT_ROW;
      if (this.limit > this.rows.length) this.#grow();
    }
    const { rows } = this;
    rows[object] = Phase.creating;
    rows[object + IDENTITY] = ++this.#lastIdentity;
    rows[object + KIND] = kind;
    rows[object + SIZE] = size;
    rows[object + REFERENCES] = 0;
    rows[object + HOLDS] = 0;
    return object;
  }

  /** Lets the row go when its object is reclaimed and nothing refers to it. */
  release(object: number): void {
    const { rows } = this;
    if (rows[object] !== Phase.reclaimed || (rows[object + REFERENCES] | rows[object + HOLDS]) !== 0) return;
    rows[object] = Phase.absent;
    rows[object + IDENTITY] = this.#free;
    this.#free = object;
  }

  /** The object's address and issued bits, for whoever is in no hurry. */
  addressOf(object: number): bigint {
    return joined(this.rows[object + ADDRESS_LOW], this.rows[object + ADDRESS_HIGH]);
  }

  bitsOf(object: number): bigint {
    return joined(this.rows[object + BITS_LOW], this.rows[object + BITS_HIGH]);
  }

  reset(): void {
    this.limit = 0;
    this.live = 0;
    this.garbage = 0;
    this.#lastIdentity = 0;
    this.#free = -1;
  }

  #grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }
}

/** `object` of a variable whose bits no create issued, and of one whose object is forgotten (stale for certain). */
export const NEVER_ISSUED = -1;
export const DEPARTED = -2;

/* The fields of a variable's row: the pointer or bits, the object, and flags. */
export const LOW = 0;
export const HIGH = 1;
export const VARIABLE_PROVENANCE = 2;
/** The object that the bits were issued for, or that the held pointer led to. */
export const OBJECT = 3;
export const FLAGS = 4;
/** A variable's row begins at its number shifted by this. */
export const VARIABLE_SHIFT = 3;

/** Flags of a variable: whether it holds anything, and whether its bits were forged, so that what they name is asked anew. */
export const IS_SET = 1;
export const IS_FORGED = 2;

/** The client's variables of one sort: references, or pointers held between `hold` and `drop`. */
export class Variables {
  readonly rows: Int32Array;
  readonly count: number;

  constructor(count: number) {
    this.count = count;
    this.rows = new Int32Array(count << VARIABLE_SHIFT);
    this.reset();
  }

  /** The row of a variable. */
  at(variable: number): number {
    return variable << VARIABLE_SHIFT;
  }

  reset(): void {
    this.rows.fill(0);
    for (let row = 0; row < this.rows.length; row += 1 << VARIABLE_SHIFT) this.rows[row + OBJECT] = NEVER_ISSUED;
  }

  bitsOf(variable: number): bigint {
    const row = this.at(variable);
    return joined(this.rows[row + LOW], this.rows[row + HIGH]);
  }

  /** The first variable that names an object, or -1. */
  naming(object: number): number {
    for (let variable = 0; variable < this.count; variable++) {
      const row = this.at(variable);
      if (this.rows[row + OBJECT] === object && (this.rows[row + FLAGS] & IS_SET) !== 0) return variable;
    }
    return -1;
  }
}

/** Two int32 halves as one unsigned 64-bit number. */
export function joined(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
