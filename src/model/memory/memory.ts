import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Random } from '../vocabulary/random.ts';
import type { AccessCheck } from './access-check.ts';
import { Allocator, type MemoryOptions } from './allocator.ts';
import { BlockOperations } from './block-operations.ts';
import type { ByteStore } from './bytes.ts';
import type { Intent } from './fault-detail.ts';
import { type ByteState, inspectRecord } from './inspection.ts';
import { Kind } from './kinds.ts';
import { leakedAllocations } from './leaks.ts';
import { PointerArithmetic } from './pointer-arithmetic.ts';
import { PointerValue } from './pointer-value.ts';
import { RecordFlag } from './records.ts';
import type { TypedLayout } from './typed-layout.ts';

/**
 * The machine's memory (Miri's model without borrow tracking). A pointer is two int32 halves of an absolute address and a
 * provenance: 0 none, -1 wildcard, N > 0 the allocation N. Methods answer 0 or the numeric code of a fault (`Fault[…]`), whose data
 * is in `fault`; they never throw for what a program does. A faulty operation changes nothing. Results are read from fields.
 * Sizes are in bytes, alignments are powers of two.
 */
export class Memory extends Allocator {
  /** The word that the last read, difference or exposure yielded; a read extends with zeros. */
  valueLow = 0;
  valueHigh = 0;
  /** The provenance of the last pointer-typed read, 0 after any other. */
  valueProvenance = 0;

  readonly #strict: boolean;
  readonly #check: AccessCheck;
  readonly #bytes: ByteStore;
  readonly #blocks: BlockOperations;
  readonly #arithmetic: PointerArithmetic;
  readonly #first = new PointerValue();
  readonly #second = new PointerValue();

  constructor(settings: MachineSettings, random: Random, options: MemoryOptions = {}) {
    super(settings, random, options);
    this.#strict = settings.provenance === 'strict';
    this.#check = this.parts.check;
    this.#bytes = this.parts.bytes;
    this.#blocks = new BlockOperations(this.parts);
    this.#arithmetic = new PointerArithmetic(this.parts);
  }

  /** Reads an integer of 1 to 8 bytes. Its provenance is lost. */
  readInteger(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const bytes = this.#bytes;
    const position = this.#check.easy(low, high, provenance, size, alignment);
    if (position < 0 || !bytes.isInitialized(position, size)) {
      const code = this.#checkRead(low, high, provenance, size, alignment);
      if (code !== 0) return code;
    }
    bytes.load(this.#check.position, size);
    this.valueLow = bytes.low;
    this.valueHigh = bytes.high;
    this.valueProvenance = 0;
    return 0;
  }

  /**
   * Reads a whole block, at least 1 byte, as one plain access. Its bytes are in `words` from index `wordOfBlock` on, until the next
   * operation, when its address is a multiple of 8.
   */
  readBlock(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const position = this.#check.easy(low, high, provenance, size, alignment);
    if (position >= 0 && this.#bytes.isInitialized(position, size)) return 0;
    return this.#checkRead(low, high, provenance, size, alignment);
  }

  get words(): Int32Array {
    return this.#bytes.words;
  }

  get wordOfBlock(): number {
    return this.#check.position >> 2;
  }

  /** Reads a pointer. It has provenance only if its 8 bytes are those of one pointer, in order. */
  readPointer(low: number, high: number, provenance: number, alignment: number): number {
    const code = this.readInteger(low, high, provenance, 8, alignment);
    if (code !== 0) return code;
    const check = this.#check;
    this.valueProvenance = this.parts.pointerProvenance(check.record, check.position);
    return 0;
  }

  /** Writes the low 1 to 8 bytes of a word. */
  writeInteger(
    low: number,
    high: number,
    provenance: number,
    size: number,
    alignment: number,
    valueLow: number,
    valueHigh: number,
  ): number {
    const check = this.#check;
    if (check.easy(low, high, provenance, size, alignment) < 0) {
      const code = check.writable(low, high, provenance, size, alignment);
      if (code !== 0) return code;
    }
    const { position } = check;
    const flags = this.parts.records.flags[check.record];
    if ((flags & RecordFlag.needCare) !== 0) {
      if ((flags & RecordFlag.readOnly) !== 0) return check.readOnly(low, high, provenance, size, 'write');
      this.parts.provenance.clear(position, size);
    }
    this.#bytes.store(position, size, valueLow, valueHigh);
    this.#bytes.initialize(position, size);
    return 0;
  }

  /** Writes a pointer with its provenance. */
  writePointer(
    low: number,
    high: number,
    provenance: number,
    alignment: number,
    valueLow: number,
    valueHigh: number,
    valueProvenance: number,
  ): number {
    const code = this.writeInteger(low, high, provenance, 8, alignment, valueLow, valueHigh);
    if (code !== 0 || valueProvenance === 0) return code;
    const check = this.#check;
    this.parts.holdPointers(check.record);
    this.parts.provenance.set(check.position, valueProvenance);
    return 0;
  }

  /**
   * Checks that an atomic access is allowed, before it is made with the plain methods at alignment 1: aligned to its own size first
   * of all; read-only memory refuses stores, updates (failing ones too) and ordered loads.
   */
  checkAtomic(low: number, high: number, provenance: number, size: number, intent: Intent): number {
    return this.parts.check.atomic(low, high, provenance, size, intent);
  }

  /**
   * Checks that `extent` bytes, negative ones before the address, are inside one live allocation, and that the address is aligned,
   * without an access: what a reference promises.
   */
  check(
    low: number,
    high: number,
    provenance: number,
    extent: number,
    alignment: number,
    intent: Intent = 'dereferenceable',
  ): number {
    const check = this.#check;
    const code = check.range(low, high, provenance, extent, intent);
    if (code !== 0) return code;
    const record = check.resolve(low, high, provenance, extent);
    return check.alignment(low, high, provenance, record, alignment, extent, intent);
  }

  /** Checks that a pointer belongs to an allocation, alive or dead, as C's library asks even for 0 bytes (C18 7.1.4). */
  requireAllocation(low: number, high: number, provenance: number): number {
    const check = this.#check;
    if (provenance > 0 || check.resolve(low, high, provenance, 0) >= 0) return 0;
    return check.dangling(low, high, provenance, 0, 'library-call');
  }

  /** Promises an alignment to later accesses under symbolic alignment; `unsupported` when the address is not so aligned. */
  promiseAlignment(low: number, high: number, provenance: number, alignment: number): number {
    return this.parts.check.promise(low, high, provenance, alignment);
  }

  /** Makes the allocation of a pointer read-only, or writable again. */
  setReadOnly(low: number, high: number, provenance: number, readOnly = true): number {
    const { check, records } = this.parts;
    const record = check.resolve(low, high, provenance, 0);
    if (record < 0) return check.dangling(low, high, provenance, 0, 'protect');
    if (readOnly) records.flags[record] |= RecordFlag.readOnly;
    else records.flags[record] &= ~RecordFlag.readOnly;
    return 0;
  }

  /** The usable size of a C heap allocation, in the value fields; `invalid-free` for any other pointer. */
  usableSize(low: number, high: number, provenance: number): number {
    const code = this.checkBase(low, high, provenance, Kind['c-heap']);
    if (code !== 0) return code;
    const { check, records } = this.parts;
    this.valueLow = records.size[check.resolve(low, high, provenance, 0)];
    this.valueHigh = this.valueProvenance = 0;
    return 0;
  }

  /**
   * The integer of a pointer, in the value fields, and its allocation marked as exposed. Nothing is marked under strict provenance,
   * for a dead allocation, or for a wildcard (miri: src/alloc_addresses/mod.rs, `expose_provenance`).
   */
  expose(low: number, high: number, provenance: number): number {
    this.valueLow = low;
    this.valueHigh = high;
    this.valueProvenance = 0;
    if (provenance <= 0 || this.#strict) return 0;
    const { records } = this.parts;
    const record = records.find(provenance);
    if (record < 0) return 0;
    records.flags[record] |= RecordFlag.exposed;
    this.noteExposed(record);
    return 0;
  }

  /** The pointer of an integer: a wildcard, also at address 0; `exposed-provenance` under strict provenance. */
  fromExposed(low: number, high: number): number {
    if (this.#strict) {
      const code = this.fault.raise('exposed-provenance', 'strict', 'from-exposed', this.site);
      this.fault.setPointer(low, high, 0, 0);
      return code;
    }
    this.low = low;
    this.high = high;
    this.provenance = -1;
    return 0;
  }

  /** Whether the allocation of this number is alive and exposed. */
  isExposed(number: number): boolean {
    const record = this.recordOf(number);
    return record >= 0 && (this.parts.records.flags[record] & RecordFlag.exposed) !== 0;
  }

  /** The pointer a signed number of bytes away, inside one live allocation: else `pointer-arithmetic`. */
  offsetInBounds(low: number, high: number, provenance: number, deltaLow: number, deltaHigh: number): number {
    return this.#offset(low, high, provenance, deltaLow, deltaHigh, false);
  }

  /** The same for an unsigned number of bytes; 2^63 and more do not fit. */
  addInBounds(low: number, high: number, provenance: number, deltaLow: number, deltaHigh: number): number {
    return this.#offset(low, high, provenance, deltaLow, deltaHigh, true);
  }

  /** The distance in bytes from the second pointer to the first, in the value fields: else `pointer-difference`. */
  difference(
    firstLow: number,
    firstHigh: number,
    firstProvenance: number,
    secondLow: number,
    secondHigh: number,
    secondProvenance: number,
    unsigned = false,
  ): number {
    const first = this.#first.set(firstLow, firstHigh, firstProvenance);
    const second = this.#second.set(secondLow, secondHigh, secondProvenance);
    return this.#yield(this.#arithmetic.difference(first, second, unsigned));
  }

  /** The bytes of `count` elements, in the value fields; `size-overflow` when no object can be so large. */
  extentOf(countLow: number, countHigh: number, elementSize: number): number {
    return this.#yield(this.#arithmetic.extent(countLow, countHigh, elementSize));
  }

  /** Writes an 8-byte word again and again; the last one may be cut short. */
  fill(
    low: number,
    high: number,
    provenance: number,
    size: number,
    alignment: number,
    wordLow: number,
    wordHigh: number,
  ): number {
    const check = this.#check;
    const position = size > 0 ? check.easy(low, high, provenance, size, alignment) : -1;
    if (position < 0 || (this.parts.records.flags[check.record] & RecordFlag.needCare) !== 0)
      return this.#blocks.fill(low, high, provenance, size, alignment, wordLow, wordHigh);
    this.#bytes.fill(position, size, wordLow, wordHigh);
    return 0;
  }

  /** Writes a byte again and again (C's memset). */
  fillBytes(low: number, high: number, provenance: number, size: number, alignment: number, byte: number): number {
    const word = Math.imul(byte & 0xff, 0x0101_0101);
    return this.#blocks.fill(low, high, provenance, size, alignment, word, word);
  }

  /** Makes bytes uninitialised and without provenance, as a typed store does to padding. */
  deinitialize(low: number, high: number, provenance: number, size: number, alignment: number): number {
    return this.#blocks.deinitialize(low, high, provenance, size, alignment);
  }

  /** Copies untyped bytes from the first pointer to the second; `overlap` when they must be apart and are not. */
  copy(
    sourceLow: number,
    sourceHigh: number,
    sourceProvenance: number,
    targetLow: number,
    targetHigh: number,
    targetProvenance: number,
    size: number,
    alignment: number,
    apart: boolean,
  ): number {
    const source = this.#first.set(sourceLow, sourceHigh, sourceProvenance);
    const target = this.#second.set(targetLow, targetHigh, targetProvenance);
    return this.#blocks.copy(source, target, size, alignment, apart);
  }

  /** Copies a value of a type; the ranges must be apart. */
  copyTyped(
    sourceLow: number,
    sourceHigh: number,
    sourceProvenance: number,
    targetLow: number,
    targetHigh: number,
    targetProvenance: number,
    layout: TypedLayout,
  ): number {
    const source = this.#first.set(sourceLow, sourceHigh, sourceProvenance);
    const target = this.#second.set(targetLow, targetHigh, targetProvenance);
    return this.#blocks.copyTyped(source, target, layout);
  }

  /** Exchanges untyped bytes; the ranges must be apart. */
  swap(
    firstLow: number,
    firstHigh: number,
    firstProvenance: number,
    secondLow: number,
    secondHigh: number,
    secondProvenance: number,
    size: number,
    alignment: number,
  ): number {
    const first = this.#first.set(firstLow, firstHigh, firstProvenance);
    const second = this.#second.set(secondLow, secondHigh, secondProvenance);
    return this.#blocks.swap(first, second, size, alignment);
  }

  /** Compares initialised bytes (C's memcmp): -1, 0 or 1 as a word in the value fields. */
  compare(
    firstLow: number,
    firstHigh: number,
    firstProvenance: number,
    secondLow: number,
    secondHigh: number,
    secondProvenance: number,
    size: number,
  ): number {
    const first = this.#first.set(firstLow, firstHigh, firstProvenance);
    const second = this.#second.set(secondLow, secondHigh, secondProvenance);
    const code = this.#blocks.compare(first, second, size);
    if (code !== 0) return code;
    this.valueLow = this.#blocks.order;
    this.valueHigh = this.#blocks.order >> 31;
    this.valueProvenance = 0;
    return 0;
  }

  /** The numbers of leaked allocations, in order; `roots` are the thread-locals of the main thread. Statics are roots always. */
  leaks(roots: Iterable<number> = []): number[] {
    return leakedAllocations(this.parts, roots);
  }

  /** The bytes of a live allocation, for diagnostics; undefined when it is dead. */
  inspect(number: number): ByteState[] | undefined {
    const record = this.recordOf(number);
    return record < 0 ? undefined : inspectRecord(this.parts, record);
  }

  /** The full check of a plain read, which says what is wrong with it. */
  #checkRead(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const check = this.#check;
    const code = check.readable(low, high, provenance, size, alignment);
    if (code !== 0) return code;
    const { record, position } = check;
    if (this.#bytes.isInitialized(position, size)) return 0;
    return check.uninitialized(low, high, provenance, record, position, size, 0, size);
  }

  #offset(
    low: number,
    high: number,
    provenance: number,
    deltaLow: number,
    deltaHigh: number,
    unsigned: boolean,
  ): number {
    const pointer = this.#first.set(low, high, provenance);
    const code = this.#arithmetic.offset(pointer, deltaLow, deltaHigh, unsigned);
    if (code !== 0) return code;
    this.low = this.#arithmetic.low;
    this.high = this.#arithmetic.high;
    this.provenance = provenance;
    return 0;
  }

  /** Hands on the result of an arithmetic operation. */
  #yield(code: number): number {
    if (code !== 0) return code;
    this.valueLow = this.#arithmetic.low;
    this.valueHigh = this.#arithmetic.high;
    this.valueProvenance = 0;
    return 0;
  }
}
