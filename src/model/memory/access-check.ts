import type { MachineSettings } from '../vocabulary/machine.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { AddressIndex } from './address-index.ts';
import type { ByteStore } from './bytes.ts';
import type { FaultDetail, Intent } from './fault-detail.ts';
import { Kind } from './kinds.ts';
import { type AllocationRecords, RecordFlag } from './records.ts';

/** Intents whose range faults have one verdict of their own; the cause still tells which check failed. */
const RANGE_VERDICT: Partial<Record<Intent, VerdictCode>> = {
  arithmetic: 'pointer-arithmetic',
  difference: 'pointer-difference',
};

/** Equal to no provenance. */
const NOBODY = -2;

/**
 * The checks that every access goes through, in their order: an allocation behind the pointer, alive, the range inside it, then
 * permission, alignment and initialisation (rustc: compiler/rustc_const_eval/src/interpret/memory.rs, `check_and_deref_ptr`;
 * alignment after bounds: interpret/place.rs, `get_place_alloc`). A check answers 0 or the fault's code, whose data is in
 * the fault detail; the record and position found are left in fields.
 */
export class AccessCheck {
  /** The record that the last successful check found. */
  record = -1;
  /** Where its range starts in the byte store. */
  position = 0;
  /** The place in the program that faults are blamed on. */
  site = -1;

  /** What `locate` needs of the allocation that it found last: most accesses are to the same one again. */
  #lastNumber = NOBODY;
  #lastLow = 0;
  #lastHigh = 0;
  #lastSize = 0;
  #lastStart = 0;

  readonly #records: AllocationRecords;
  readonly #index: AddressIndex;
  readonly #bytes: ByteStore;
  readonly #fault: FaultDetail;
  readonly #symbolic: boolean;
  /** By record: the alignment promised beyond that of the allocation, and the offset it was promised at. */
  readonly #promises = new Map<number, { readonly offset: number; readonly alignment: number }>();

  constructor(
    settings: MachineSettings,
    records: AllocationRecords,
    index: AddressIndex,
    bytes: ByteStore,
    fault: FaultDetail,
  ) {
    this.#symbolic = settings.alignment === 'symbolic';
    this.#records = records;
    this.#index = index;
    this.#bytes = bytes;
    this.#fault = fault;
  }

  /**
   * The live record that a pointer refers to, or -1. A wildcard refers to the exposed allocation at its address, or at the byte
   * before when the extent is negative (miri: src/alloc_addresses/mod.rs, `alloc_id_from_addr`).
   */
  resolve(low: number, high: number, provenance: number, extent: number): number {
    if (provenance > 0) return provenance === this.#lastNumber ? this.record : this.#records.find(provenance);
    return provenance === 0 ? -1 : this.#resolveWildcard(low, high, extent);
  }

  /**
   * The position of `size` bytes, at least 1, at a pointer with an allocation's provenance, when everything about the access is easy to
   * see: alive, in bounds, aligned. Else -1, and the full check has to say what is wrong, if anything. This is the hot path; it is
   * small so that it can be compiled into its callers.
   */
  easy(low: number, high: number, provenance: number, size: number, alignment: number): number {
    if (provenance !== this.#lastNumber && !this.#focus(provenance)) return -1;
    const offset = (low - this.#lastLow) | 0;
    const isBelow = low >>> 0 < this.#lastLow >>> 0 ? 1 : 0;
    if (offset < 0 || offset > this.#lastSize - size || ((high - this.#lastHigh) | 0) !== isBelow) return -1;
    if ((low & (alignment - 1)) !== 0 || this.#symbolic) return -1;
    return (this.position = this.#lastStart + offset);
  }

  /** Checks that `size` bytes, at least 1, at the pointer are inside its live allocation. */
  locate(low: number, high: number, provenance: number, size: number, intent: Intent): number {
    const record = this.resolve(low, high, provenance, size);
    if (record < 0) return this.dangling(low, high, provenance, size, intent);
    const offset = this.#records.offsetOf(record, low, high);
    if (offset < 0 || offset > this.#records.size[record] - size) {
      return this.#outOfBounds(low, high, provenance, size, intent, record);
    }
    this.remember(record);
    this.position = this.#lastStart + offset;
    return 0;
  }

  /** Makes a live record the one that is found fastest. */
  remember(record: number): void {
    const records = this.#records;
    this.record = record;
    this.#lastNumber = records.number[record];
    this.#lastLow = records.baseLow[record];
    this.#lastHigh = records.baseHigh[record];
    this.#lastSize = records.size[record];
    this.#lastStart = records.position[record];
  }

  /** Must be called before the allocation of a record dies. */
  forget(record: number): void {
    if (this.record === record) this.#lastNumber = NOBODY;
    if (this.#promises.size > 0) this.#promises.delete(record);
  }

  /** Must be called before all allocations die. */
  forgetAll(): void {
    this.#lastNumber = NOBODY;
    this.#promises.clear();
  }

  /**
   * Checks that the range between a pointer and the one `extent` bytes away, in either direction, is inside one live allocation.
   * No range at all is always fine.
   */
  range(low: number, high: number, provenance: number, extent: number, intent: Intent): number {
    if (extent === 0) return 0;
    const record = this.resolve(low, high, provenance, extent);
    if (record < 0) return this.dangling(low, high, provenance, extent, intent);
    const offset = this.#records.offsetOf(record, low, high);
    const begin = extent < 0 ? offset + extent : offset;
    const end = extent < 0 ? offset : offset + extent;
    if (begin >= 0 && end <= this.#records.size[record]) return 0;
    return this.#outOfBounds(low, high, provenance, extent, intent, record);
  }

  /** Whether the address, with the promises of its live allocation (-1: none), is aligned. Alignments are powers of two. */
  isAligned(low: number, record: number, alignment: number): boolean {
    if ((low & (alignment - 1)) !== 0) return false;
    return !this.#symbolic || record < 0 || this.#isPromised(low, record, alignment);
  }

  /** Checks the alignment at a pointer whose record is known; -1 when there is none. */
  alignment(
    low: number,
    high: number,
    provenance: number,
    record: number,
    alignment: number,
    size: number,
    intent: Intent,
  ): number {
    return this.isAligned(low, record, alignment)
      ? 0
      : this.misaligned(low, high, provenance, record, alignment, size, intent);
  }

  /** Checks an access of no bytes: everything is fine but the alignment. */
  empty(low: number, high: number, provenance: number, alignment: number, intent: Intent): number {
    const record = this.resolve(low, high, provenance, 0);
    return this.alignment(low, high, provenance, record, alignment, 0, intent);
  }

  /** Checks a plain read of `size` bytes, all but whether they are initialised. */
  readable(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const code = this.locate(low, high, provenance, size, 'read');
    if (code !== 0) return code;
    if (this.isAligned(low, this.record, alignment)) return 0;
    return this.misaligned(low, high, provenance, this.record, alignment, size, 'read');
  }

  /** Checks a plain write of `size` bytes. */
  writable(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const isEasy = this.easy(low, high, provenance, size, alignment) >= 0;
    const code = isEasy ? 0 : this.locate(low, high, provenance, size, 'write');
    if (code !== 0) return code;
    if ((this.#records.flags[this.record] & RecordFlag.readOnly) !== 0) {
      return this.readOnly(low, high, provenance, size, 'write');
    }
    if (isEasy || this.isAligned(low, this.record, alignment)) return 0;
    return this.misaligned(low, high, provenance, this.record, alignment, size, 'write');
  }

  /**
   * Checks an atomic access of `size` bytes: aligned to its size before anything else; stores and updates, even those that would
   * fail, and loads that are not relaxed need writable memory (miri: src/concurrency/data_race.rs, `atomic_access_check`).
   */
  atomic(low: number, high: number, provenance: number, size: number, intent: Intent): number {
    const record = this.resolve(low, high, provenance, 0);
    if (!this.isAligned(low, record, size)) {
      return this.misaligned(low, high, provenance, record, size, size, intent);
    }
    const code = this.locate(low, high, provenance, size, intent);
    if (code !== 0 || intent === 'atomic-load') return code;
    if ((this.#records.flags[this.record] & RecordFlag.readOnly) === 0) return 0;
    return this.readOnly(low, high, provenance, size, intent);
  }

  /**
   * Promises that the address is aligned, for later accesses under symbolic alignment. `unsupported` when it is not. A promise
   * below what the allocation promises already changes nothing (miri: src/shims/foreign_items.rs,
   * `miri_promise_symbolic_alignment`).
   */
  promise(low: number, high: number, provenance: number, alignment: number): number {
    const record = this.resolve(low, high, provenance, 0);
    if ((low & (alignment - 1)) !== 0) {
      const code = this.#fault.raise('unsupported', 'address-alignment', 'alignment-promise', this.site);
      this.#fault.setPointer(low, high, provenance, 0);
      this.#fault.alignmentRequired = alignment;
      this.#fault.alignmentFound = low & -low;
      return code;
    }
    if (record < 0) return 0;
    const promised = this.#promises.get(record)?.alignment ?? this.#records.alignment[record];
    if (alignment > promised) {
      this.#promises.set(record, { offset: (low - this.#records.baseLow[record]) | 0, alignment });
    }
    return 0;
  }

  /** The fault of a pointer that refers to no live allocation. */
  dangling(low: number, high: number, provenance: number, extent: number, intent: Intent): number {
    const isNull = low === 0 && high === 0;
    const cause = provenance > 0 ? 'use-after-free' : isNull ? 'null-pointer' : 'no-provenance';
    const code = this.#fault.raise(RANGE_VERDICT[intent] ?? cause, cause, intent, this.site);
    this.#fault.setPointer(low, high, provenance, extent);
    return code;
  }

  misaligned(
    low: number,
    high: number,
    provenance: number,
    record: number,
    alignment: number,
    size: number,
    intent: Intent,
  ): number {
    const fault = this.#fault;
    const promised = this.#symbolic && record >= 0 && !this.#isPromised(low, record, alignment);
    const code = fault.raise('misaligned', promised ? 'promised-alignment' : 'address-alignment', intent, this.site);
    fault.setPointer(low, high, provenance, size);
    if (record >= 0) fault.setAllocation(this.#records, record);
    fault.alignmentRequired = alignment;
    fault.alignmentFound = promised ? this.#promisedAt(low, record) : low & -low;
    return code;
  }

  /** The fault of a write to a read-only allocation. */
  readOnly(low: number, high: number, provenance: number, size: number, intent: Intent): number {
    const code = this.#fault.raise('read-only-write', 'read-only', intent, this.site);
    this.#fault.setPointer(low, high, provenance, size);
    this.#fault.setAllocation(this.#records, this.record);
    return code;
  }

  /**
   * The fault of a read of `size` bytes at a position in a record, because those from `from` up to `to` of the range are not all
   * initialised.
   */
  uninitialized(
    low: number,
    high: number,
    provenance: number,
    record: number,
    position: number,
    size: number,
    from: number,
    to: number,
  ): number {
    const fault = this.#fault;
    const code = fault.raise('uninitialized-read', 'uninitialized', 'read', this.site);
    fault.setPointer(low, high, provenance, size);
    fault.setAllocation(this.#records, record);
    let start = from;
    while (this.#bytes.isInitialized(position + start, 1)) start++;
    let end = start;
    while (end < to && !this.#bytes.isInitialized(position + end, 1)) end++;
    fault.rangeStart = fault.offset + start;
    fault.rangeEnd = fault.offset + end;
    return code;
  }

  /** Remembers the promises; the answer brings them back. */
  save(): () => void {
    const promises = [...this.#promises];
    return () => {
      this.forgetAll();
      for (const [record, promise] of promises) this.#promises.set(record, promise);
    };
  }

  /** Makes the allocation of this number the one found last, if it lives. */
  #focus(number: number): boolean {
    const record = number > 0 ? this.#records.find(number) : -1;
    if (record >= 0) this.remember(record);
    return record >= 0;
  }

  #resolveWildcard(low: number, high: number, extent: number): number {
    if (extent < 0) {
      // Nothing lies before address 0.
      if (low === 0 && high === 0) return -1;
      if (low === 0) high = (high - 1) | 0;
      low = (low - 1) | 0;
    }
    const record = this.#index.find(low, high);
    return record >= 0 && (this.#records.flags[record] & RecordFlag.exposed) !== 0 ? record : -1;
  }

  #outOfBounds(low: number, high: number, provenance: number, extent: number, intent: Intent, record: number): number {
    const cause = this.#records.kind[record] === Kind.code ? 'code' : 'out-of-bounds';
    const code = this.#fault.raise(RANGE_VERDICT[intent] ?? 'out-of-bounds', cause, intent, this.site);
    this.#fault.setPointer(low, high, provenance, extent);
    this.#fault.setAllocation(this.#records, record);
    return code;
  }

  #isPromised(low: number, record: number, alignment: number): boolean {
    return this.#promisedAt(low, record) >= alignment;
  }

  /**
   * The alignment that the allocation promises at an address: the promised one at the promised offset, less at a distance from it
   * (miri: src/machine.rs, `alignment_check`).
   */
  #promisedAt(low: number, record: number): number {
    const records = this.#records;
    const promise = this.#promises.get(record);
    const promised = promise?.alignment ?? records.alignment[record];
    const distance = (low - records.baseLow[record] - (promise?.offset ?? 0)) | 0;
    const found = distance & -distance;
    return found <= 0 || found > promised ? promised : found;
  }
}
