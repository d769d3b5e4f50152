import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Random } from '../vocabulary/random.ts';
import { AccessCheck } from './access-check.ts';
import { AddressIndex } from './address-index.ts';
import { addressPolicy, type AddressPolicy, type ReuseRates } from './address-policy.ts';
import { ByteStore } from './bytes.ts';
import { DeallocationCheck } from './deallocation-check.ts';
import { FaultDetail, type FaultCause } from './fault-detail.ts';
import { ProvenanceWords } from './provenance-words.ts';
import { AllocationRecords, RecordFlag } from './records.ts';

/** The largest size of one allocation in bytes. */
const MAXIMUM_SIZE = 0x3fff_ffff;
const MAXIMUM_NUMBER = 0x7fff_ffff;

/** What is set for one memory beside the machine's settings. */
export interface MemoryOptions {
  /** How often the `reuse` policy reuses; default {@link DEFAULT_REUSE_RATES}. */
  readonly reuseRates?: ReuseRates;
}

/**
 * The machine's memory (Miri's model without borrow tracking). A pointer is two int32 halves of an absolute address and a
 * provenance: 0 none, -1 wildcard, N > 0 the allocation N. Methods answer 0 or the numeric code of a fault (`Fault[…]`), whose data
 * is in `fault`; they never throw for what a program does. Results are read from fields. Alignments are powers of two.
 */
export class Memory {
  /** The pointer that the last operation yielded. */
  low = 0;
  high = 0;
  provenance = 0;
  /** The word that the last read yielded, extended with zeros, and the provenance of a pointer-typed one. */
  valueLow = 0;
  valueHigh = 0;
  valueProvenance = 0;
  /** The data behind the last fault. */
  readonly fault = new FaultDetail();
  /** The thread that runs; it matters to the `reuse` policy. */
  thread = 0;

  readonly #records = new AllocationRecords();
  readonly #index = new AddressIndex(this.#records);
  readonly #bytes = new ByteStore();
  readonly #provenance = new ProvenanceWords();
  readonly #check: AccessCheck;
  readonly #deallocation: DeallocationCheck;
  readonly #policy: AddressPolicy;
  readonly #strict: boolean;
  /** The number of the last allocation. */
  #number = 0;
  /** Whether an address was ever chosen by the caller, so that the policy's proposals may be occupied. */
  #placed = false;
  /** A dead record that still has its address and bytes, because the next allocation like it gets both; -1: none. */
  #parked = -1;

  constructor(settings: MachineSettings, random: Random, options: MemoryOptions = {}) {
    this.#strict = settings.provenance === 'strict';
    this.#policy = addressPolicy(settings, random, options.reuseRates);
    this.#check = new AccessCheck(settings, this.#records, this.#index, this.#bytes, this.fault);
    this.#deallocation = new DeallocationCheck(this.#records, this.#check, this.fault);
  }

  /** The place in the program that faults are blamed on; the machine's user sets it when it wants to know. */
  get site(): number {
    return this.#check.site;
  }

  set site(site: number) {
    this.#check.site = site;
  }

  /** Allocates uninitialised memory where the address policy wants it. `unsupported` when there is no room. */
  allocate(size: number, alignment: number, kind: number): number {
    const parked = this.#parked;
    if (parked >= 0 && this.#records.size[parked] === size && this.#records.alignment[parked] === alignment) {
      this.#parked = -1;
      this.#bytes.renew(this.#records.position[parked], size);
      return this.#begin(parked, kind);
    }
    if (size > MAXIMUM_SIZE) return this.#noRoom('too-large', size);
    const policy = this.#policy;
    do {
      if (!policy.take(size, alignment, kind, this.thread)) return this.#noRoom('address-space-full', size);
    } while (this.#placed && this.#index.overlaps(policy.low, policy.high, size));
    return this.#create(policy.low, policy.high, size, alignment, kind);
  }

  /** Allocates at an address that the caller chose. `unsupported` when it is not aligned or not free. */
  allocateAt(low: number, high: number, size: number, alignment: number, kind: number): number {
    if (size > MAXIMUM_SIZE) return this.#noRoom('too-large', size);
    if ((low & (alignment - 1)) !== 0 || this.#index.overlaps(low, high, size)) {
      const code = this.#noRoom('address-occupied', size);
      this.fault.setPointer(low, high, 0, size);
      this.fault.alignmentRequired = alignment;
      return code;
    }
    if (this.#parked >= 0) this.#unpark();
    this.#placed = true;
    return this.#create(low, high, size, alignment, kind);
  }

  /** Gives an allocation back. Size and alignment must be those of the allocation; -1 leaves one of them unchecked, as C's free. */
  deallocate(low: number, high: number, provenance: number, kind: number, size: number, alignment: number): number {
    const code = this.#deallocation.check(low, high, provenance, kind, size, alignment, 'free');
    if (code !== 0) return code;
    this.#end(this.#deallocation.record);
    return 0;
  }

  /** Reads an integer of 1 to 8 bytes. Its provenance is lost. */
  readInteger(low: number, high: number, provenance: number, size: number, alignment: number): number {
    const check = this.#check;
    const code = check.locate(low, high, provenance, size, 'read');
    if (code !== 0) return code;
    if (!check.isAligned(low, check.record, alignment)) {
      return check.misaligned(low, high, provenance, check.record, alignment, size, 'read');
    }
    const position = check.position;
    if (!this.#bytes.isInitialized(position, size)) return check.uninitialized(low, high, provenance, size);
    this.valueProvenance = 0;
    this.#load(position, size);
    return 0;
  }

  /** Reads a pointer. It has provenance only if its 8 bytes are those of one pointer, in order. */
  readPointer(low: number, high: number, provenance: number, alignment: number): number {
    const code = this.readInteger(low, high, provenance, 8, alignment);
    if (code !== 0) return code;
    const { record, position } = this.#check;
    if ((this.#records.flags[record] & RecordFlag.holdsPointers) !== 0) {
      this.valueProvenance = this.#provenance.at(position);
    }
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
    const code = check.locate(low, high, provenance, size, 'write');
    if (code !== 0) return code;
    const flags = this.#records.flags[check.record];
    if ((flags & RecordFlag.readOnly) !== 0) return check.readOnly(low, high, provenance, size, 'write');
    if (!check.isAligned(low, check.record, alignment)) {
      return check.misaligned(low, high, provenance, check.record, alignment, size, 'write');
    }
    const position = check.position;
    if ((flags & RecordFlag.holdsPointers) !== 0) this.#provenance.clear(position, size);
    this.#store(position, size, valueLow, valueHigh);
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
    this.#records.flags[this.#check.record] |= RecordFlag.holdsPointers;
    this.#provenance.ensure(this.#bytes.bytes.length);
    this.#provenance.set(this.#check.position, valueProvenance);
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
    const record = this.#records.find(provenance);
    if (record >= 0) this.#records.flags[record] |= RecordFlag.exposed;
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

  isLive(number: number): boolean {
    return number > 0 && this.#records.find(number) >= 0;
  }

  /** The record of a live allocation by its number, or -1. */
  recordOf(number: number): number {
    return number > 0 ? this.#records.find(number) : -1;
  }

  /** The record of the live allocation that contains an address, or -1. A base matches even at size 0, one past the end never. */
  recordAt(low: number, high: number): number {
    return this.#index.find(low, high);
  }

  /** The number of live allocations. */
  get live(): number {
    return this.#records.live;
  }

  /** The number of the newest allocation, 0 before the first. */
  get lastNumber(): number {
    return this.#number;
  }

  /** Columns by record. They are replaced when they grow: do not keep one across an allocation. */
  get baseLow(): Int32Array {
    return this.#records.baseLow;
  }

  get baseHigh(): Int32Array {
    return this.#records.baseHigh;
  }

  get size(): Int32Array {
    return this.#records.size;
  }

  get alignmentOf(): Int32Array {
    return this.#records.alignment;
  }

  get kindOf(): Int32Array {
    return this.#records.kind;
  }

  get number(): Int32Array {
    return this.#records.number;
  }

  /** For the machine's user; -1 in a new allocation. */
  get owner(): Int32Array {
    return this.#records.owner;
  }

  /** Forgets everything: the next allocation has number 1 again, and addresses start anew. */
  reset(): void {
    const { number, flags, size, position, limit } = this.#records;
    for (let record = 0; record < limit; record++) {
      if (number[record] === 0 || (flags[record] & RecordFlag.holdsPointers) === 0) continue;
      this.#provenance.clear(position[record], size[record]);
    }
    this.#check.forgetAll();
    this.#records.clear();
    this.#index.clear();
    this.#bytes.clear();
    this.#policy.reset();
    this.fault.clear();
    this.#number = 0;
    this.#placed = false;
    this.#parked = -1;
  }

  /** A new allocation at an address that is free. */
  #create(low: number, high: number, size: number, alignment: number, kind: number): number {
    const records = this.#records;
    const position = this.#bytes.take(size);
    if (position < 0) return this.#noRoom('memory-exhausted', size);
    const record = records.take();
    records.baseLow[record] = low;
    records.baseHigh[record] = high;
    records.size[record] = size;
    records.alignment[record] = alignment;
    records.position[record] = position;
    this.#index.insert(record);
    return this.#begin(record, kind);
  }

  /** Gives a record with its address and bytes to a new allocation. */
  #begin(record: number, kind: number): number {
    const records = this.#records;
    if (this.#number === MAXIMUM_NUMBER) return this.#noRoom('numbers-exhausted', records.size[record]);
    const number = ++this.#number;
    records.begin(record, number);
    records.kind[record] = kind;
    records.flags[record] = 0;
    records.owner[record] = -1;
    this.#check.remember(record);
    this.low = records.baseLow[record];
    this.high = records.baseHigh[record];
    this.provenance = number;
    return 0;
  }

  /** Ends an allocation. Where the policy allows, its record is kept as it is for the next one of the same size and alignment. */
  #end(record: number): void {
    const records = this.#records;
    if ((records.flags[record] & RecordFlag.holdsPointers) !== 0) {
      this.#provenance.clear(records.position[record], records.size[record]);
    }
    this.#check.forget(record);
    records.end(record);
    if (this.#parked >= 0) this.#unpark();
    this.#parked = record;
    if (!this.#policy.reusesAtOnce || this.#placed) this.#unpark();
  }

  /** Gives back the address, the bytes and the record of the dead allocation that was kept. */
  #unpark(): void {
    const records = this.#records;
    const record = this.#parked;
    const size = records.size[record];
    this.#parked = -1;
    this.#bytes.give(records.position[record], size);
    this.#index.remove(record);
    this.#policy.give(
      records.baseLow[record],
      records.baseHigh[record],
      size,
      records.alignment[record],
      records.kind[record],
      this.thread,
    );
    records.release(record);
  }

  #load(position: number, size: number): void {
    if (size === 8 && (position & 3) === 0) {
      this.valueLow = this.#bytes.words[position >> 2];
      this.valueHigh = this.#bytes.words[(position >> 2) + 1];
      return;
    }
    const bytes = this.#bytes.bytes;
    let low = 0;
    let high = 0;
    for (let index = size - 1; index >= 4; index--) high = (high << 8) | bytes[position + index];
    for (let index = Math.min(size, 4) - 1; index >= 0; index--) low = (low << 8) | bytes[position + index];
    this.valueLow = low;
    this.valueHigh = high;
  }

  #store(position: number, size: number, low: number, high: number): void {
    if (size === 8 && (position & 3) === 0) {
      this.#bytes.words[position >> 2] = low;
      this.#bytes.words[(position >> 2) + 1] = high;
      return;
    }
    const bytes = this.#bytes.bytes;
    for (let index = 0; index < size; index++) {
      bytes[position + index] = index < 4 ? low >>> (index * 8) : high >>> ((index - 4) * 8);
    }
  }

  #noRoom(cause: FaultCause, size: number): number {
    const code = this.fault.raise('unsupported', cause, 'allocate', this.site);
    this.fault.setPointer(0, 0, 0, size);
    return code;
  }
}
