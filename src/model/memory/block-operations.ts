import type { AccessCheck } from './access-check.ts';
import type { ByteStore } from './bytes.ts';
import type { MemoryParts } from './memory-parts.ts';
import type { PointerValue } from './pointer-value.ts';
import { RecordFlag } from './records.ts';
import type { TypedLayout } from './typed-layout.ts';

/**
 * Operations on ranges of bytes. All but the typed copy are untyped: a byte moves with its value, its initialised bit and its
 * provenance. Every check comes before the first change. A range of no bytes is always fine when its pointers are aligned.
 */
export class BlockOperations {
  /** What the last comparison found: -1, 0 or 1. */
  order = 0;
  readonly #parts: MemoryParts;
  readonly #check: AccessCheck;
  readonly #bytes: ByteStore;
  /** Where the two ranges of an operation are. */
  #sourceRecord = -1;
  #source = 0;
  #targetRecord = -1;
  #target = 0;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.#check = parts.check;
    this.#bytes = parts.bytes;
  }

  /** Writes the same 8-byte word again and again, the last one cut short; a byte is filled in as a word of eight of it. */
  fill(
    low: number,
    high: number,
    provenance: number,
    size: number,
    alignment: number,
    wordLow: number,
    wordHigh: number,
  ): number {
    const code = this.#overwrite(low, high, provenance, size, alignment);
    if (code !== 0 || size === 0) return code;
    this.#bytes.fill(this.#check.position, size, wordLow, wordHigh);
    return 0;
  }

  /** Makes bytes uninitialised, as a typed store does to padding. */
  deinitialize(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const code = this.#overwrite(low, high, provenance, size, alignment);
    if (code !== 0 || size === 0) return code;
    this.#bytes.deinitialize(this.#check.position, size);
    return 0;
  }

  /** Copies bytes; `overlap` when the ranges must be apart and are not. */
  copy(source: PointerValue, target: PointerValue, size: number, alignment: number, apart: boolean): number {
    const code = this.#locate(source, target, size, alignment);
    if (code !== 0 || size === 0) return code;
    if (apart && this.#overlaps(size)) return this.#overlapping(source, target, size);
    this.#parts.move(this.#sourceRecord, this.#source, this.#targetRecord, this.#target, size);
    return 0;
  }

  /**
   * Copies a value of a type: integers need initialised bytes and lose provenance, pointers keep theirs only when whole, raw bytes
   * keep everything, and padding becomes uninitialised. The ranges must be apart, as those of an assignment.
   */
  copyTyped(source: PointerValue, target: PointerValue, layout: TypedLayout): number {
    const { size, alignment } = layout;
    const code = this.#locate(source, target, size, alignment);
    if (code !== 0 || size === 0) return code;
    if (this.#overlaps(size)) return this.#overlapping(source, target, size);
    for (const field of layout.fields) {
      if (field.type === 'raw' || this.#bytes.isInitialized(this.#source + field.offset, field.size)) continue;
      return this.#uninitialized(source, size, field.offset, field.size);
    }
    for (const field of layout.fields) {
      const from = this.#source + field.offset;
      const to = this.#target + field.offset;
      this.#parts.move(this.#sourceRecord, from, this.#targetRecord, to, field.size);
      const isPointer = field.type === 'pointer' && this.#parts.pointerProvenance(this.#sourceRecord, from) !== 0;
      if (field.type !== 'raw' && !isPointer) this.#parts.clearProvenance(this.#targetRecord, to, field.size);
    }
    for (const { offset, size: padding } of layout.padding) {
      this.#bytes.deinitialize(this.#target + offset, padding);
      this.#parts.clearProvenance(this.#targetRecord, this.#target + offset, padding);
    }
    return 0;
  }

  /** Exchanges two ranges, which must be apart. */
  swap(first: PointerValue, second: PointerValue, size: number, alignment: number): number {
    let code = this.#locate(second, first, size, alignment);
    if (code !== 0 || size === 0) return code;
    code = this.#locate(first, second, size, alignment);
    if (code !== 0) return code;
    if (this.#overlaps(size)) return this.#overlapping(first, second, size);
    this.#bytes.swap(this.#source, this.#target, size);
    const { flags } = this.#parts.records;
    const either = flags[this.#sourceRecord] | flags[this.#targetRecord];
    if ((either & RecordFlag.holdsPointers) === 0) return 0;
    this.#parts.holdPointers(this.#sourceRecord);
    this.#parts.holdPointers(this.#targetRecord);
    this.#parts.provenance.swap(this.#source, this.#target, size);
    return 0;
  }

  /** Compares bytes as unsigned numbers, in order (C's memcmp), into `order`; all of them must be initialised. */
  compare(first: PointerValue, second: PointerValue, size: number): number {
    this.order = 0;
    if (size === 0) return 0;
    let code = this.#readInitialized(first, size);
    if (code !== 0) return code;
    const left = this.#check.position;
    code = this.#readInitialized(second, size);
    if (code !== 0) return code;
    const right = this.#check.position;
    const { bytes } = this.#bytes;
    let index = 0;
    while (index < size - 1 && bytes[left + index] === bytes[right + index]) index++;
    this.order = Math.sign(bytes[left + index] - bytes[right + index]);
    return 0;
  }

  /** Checks a write and takes the provenance from the bytes that are about to change. */
  #overwrite(low: number, high: number, provenance: number, size: number, alignment: number): number {
    if (size === 0) return this.#check.empty(low, high, provenance, alignment, 'write');
    const code = this.#check.writable(low, high, provenance, size, alignment);
    if (code === 0) this.#parts.clearProvenance(this.#check.record, this.#check.position, size);
    return code;
  }

  /** Checks a read of the source and a write of the target. */
  #locate(source: PointerValue, target: PointerValue, size: number, alignment: number): number {
    const check = this.#check;
    if (size === 0) {
      const code = check.empty(source.low, source.high, source.provenance, alignment, 'read');
      return code === 0 ? check.empty(target.low, target.high, target.provenance, alignment, 'write') : code;
    }
    let code = check.readable(source.low, source.high, source.provenance, size, alignment);
    if (code !== 0) return code;
    this.#sourceRecord = check.record;
    this.#source = check.position;
    code = check.writable(target.low, target.high, target.provenance, size, alignment);
    this.#targetRecord = check.record;
    this.#target = check.position;
    return code;
  }

  #overlaps(size: number): boolean {
    return this.#sourceRecord === this.#targetRecord && Math.abs(this.#source - this.#target) < size;
  }

  #overlapping(source: PointerValue, target: PointerValue, size: number): number {
    const { fault, records } = this.#parts;
    const code = fault.raise('overlap', 'overlap', 'write', this.#check.site);
    fault.setPointer(target.low, target.high, target.provenance, size);
    fault.setAllocation(records, this.#targetRecord);
    fault.setOther(source.low, source.high, source.provenance);
    return code;
  }

  #readInitialized(pointer: PointerValue, size: number): number {
    const code = this.#check.readable(pointer.low, pointer.high, pointer.provenance, size, 1);
    if (code !== 0 || this.#bytes.isInitialized(this.#check.position, size)) return code;
    const { low, high, provenance } = pointer;
    const { record, position } = this.#check;
    return this.#check.uninitialized(low, high, provenance, record, position, size, 0, size);
  }

  #uninitialized(source: PointerValue, size: number, offset: number, length: number): number {
    const { low, high, provenance } = source;
    const end = offset + length;
    return this.#check.uninitialized(low, high, provenance, this.#sourceRecord, this.#source, size, offset, end);
  }
}
