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

/** What the driver remembers of objects, as columns; a record is used again when its object is gone and no variable refers to it. */
export class ObjectGhosts {
  phase = new Uint8Array(64);
  /** The identity that stands in the object's header: 1 for the first object of an execution. */
  identity = new Int32Array(64);
  kind = new Uint8Array(64);
  size = new Int32Array(64);
  addressLow = new Int32Array(64);
  addressHigh = new Int32Array(64);
  /** The provenance of the pointer that `create` got. */
  provenance = new Int32Array(64);
  /** The bits that `create` issued. */
  bitsLow = new Int32Array(64);
  bitsHigh = new Int32Array(64);
  /** How many variables refer to the object. */
  references = new Int32Array(64);
  /** How many held pointers were resolved from it. */
  holds = new Int32Array(64);
  /** Records that were ever used stand below this. */
  limit = 0;
  /** Objects that are live now, and objects retired but not reclaimed. */
  live = 0;
  garbage = 0;
  #lastIdentity = 0;
  #free = new Int32Array(64);
  #freeCount = 0;

  get created(): number {
    return this.#lastIdentity;
  }

  /** A record for a new object, in phase `creating`. */
  take(kind: number, size: number): number {
    const object = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.limit++;
    if (object >= this.phase.length) this.#grow();
    this.phase[object] = Phase.creating;
    this.identity[object] = ++this.#lastIdentity;
    this.kind[object] = kind;
    this.size[object] = size;
    this.references[object] = 0;
    this.holds[object] = 0;
    return object;
  }

  /** Lets the record go when its object is reclaimed and nothing refers to it. */
  release(object: number): void {
    if (this.phase[object] !== Phase.reclaimed || this.references[object] !== 0 || this.holds[object] !== 0) return;
    this.phase[object] = Phase.absent;
    this.#free[this.#freeCount++] = object;
  }

  reset(): void {
    this.phase.fill(Phase.absent, 0, this.limit);
    this.limit = 0;
    this.live = 0;
    this.garbage = 0;
    this.#lastIdentity = 0;
    this.#freeCount = 0;
  }

  #grow(): void {
    const length = this.phase.length * 2;
    this.phase = grown(this.phase, new Uint8Array(length));
    this.kind = grown(this.kind, new Uint8Array(length));
    this.identity = grown(this.identity, new Int32Array(length));
    this.size = grown(this.size, new Int32Array(length));
    this.addressLow = grown(this.addressLow, new Int32Array(length));
    this.addressHigh = grown(this.addressHigh, new Int32Array(length));
    this.provenance = grown(this.provenance, new Int32Array(length));
    this.bitsLow = grown(this.bitsLow, new Int32Array(length));
    this.bitsHigh = grown(this.bitsHigh, new Int32Array(length));
    this.references = grown(this.references, new Int32Array(length));
    this.holds = grown(this.holds, new Int32Array(length));
    this.#free = grown(this.#free, new Int32Array(length));
  }
}

/** `object` of a variable whose bits no create issued, and of one whose object is forgotten (stale for certain). */
export const NEVER_ISSUED = -1;
export const DEPARTED = -2;

/** The client's reference variables: bits, and the object that they were issued for. */
export class ReferenceVariables {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly provenance: Int32Array;
  readonly object: Int32Array;
  /** 1 when the variable was ever assigned. */
  readonly isSet: Uint8Array;
  /** 1 when the bits were forged or corrupted: which object they name is asked anew at every use. */
  readonly isForged: Uint8Array;
  readonly count: number;

  constructor(count: number) {
    this.count = count;
    this.low = new Int32Array(count);
    this.high = new Int32Array(count);
    this.provenance = new Int32Array(count);
    this.object = new Int32Array(count).fill(NEVER_ISSUED);
    this.isSet = new Uint8Array(count);
    this.isForged = new Uint8Array(count);
  }

  reset(): void {
    this.isSet.fill(0);
    this.isForged.fill(0);
    this.object.fill(NEVER_ISSUED);
  }
}

/** Pointers that the client holds between `hold` and `drop`. */
export class HeldPointers {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly provenance: Int32Array;
  /** The object that was resolved, or -1 when the reference was refused. */
  readonly object: Int32Array;
  /** 1 between hold and drop. */
  readonly isHeld: Uint8Array;
  readonly count: number;

  constructor(count: number) {
    this.count = count;
    this.low = new Int32Array(count);
    this.high = new Int32Array(count);
    this.provenance = new Int32Array(count);
    this.object = new Int32Array(count).fill(-1);
    this.isHeld = new Uint8Array(count);
  }

  reset(): void {
    this.isHeld.fill(0);
    this.object.fill(-1);
  }
}

function grown<A extends Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
