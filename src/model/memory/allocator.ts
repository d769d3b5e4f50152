import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Random } from '../vocabulary/random.ts';
import { addressPolicy, type AddressPolicy, type ReuseRates } from './address-policy.ts';
import { DeallocationCheck } from './deallocation-check.ts';
import { type AllocationEvents, EventHistory } from './events.ts';
import type { FaultCause, FaultDetail } from './fault-detail.ts';
import { MemoryParts } from './memory-parts.ts';
import { RecordFlag } from './records.ts';

/** A module's own constant is a number to the JIT. */
const { holdsPointers: HOLDS_POINTERS } = RecordFlag;
/** The largest size of one allocation in bytes. */
const MAXIMUM_SIZE = 0x3fff_ffff;
const MAXIMUM_NUMBER = 0x7fff_ffff;

/** What is set for one memory beside the machine's settings. */
export interface MemoryOptions {
  /** How often the `reuse` policy reuses; default {@link DEFAULT_REUSE_RATES}. */
  readonly reuseRates?: ReuseRates;
  /** Whether the history of every allocation is kept for diagnostics; default false. It grows with their number. */
  readonly trackEvents?: boolean;
}

/** Brings a memory back to an earlier state; good only for the memory that gave it out, any number of times. */
export interface MemorySnapshot {
  readonly restore: () => void;
}

/**
 * The life of allocations: numbers, addresses, bytes. {@link Memory} adds what can be done with them. Results are in fields; the
 * answer is 0 or a fault's code.
 */
export class Allocator {
  /** The pointer that the last operation yielded. */
  low = 0;
  high = 0;
  provenance = 0;
  /** The thread that runs; it matters to the `reuse` policy. */
  thread = 0;

  protected readonly parts: MemoryParts;
  readonly #deallocation: DeallocationCheck;
  readonly #policy: AddressPolicy;
  readonly #events: EventHistory | undefined;
  /** The number of the last allocation. */
  #number = 0;
  /** Its record. */
  #newest = -1;
  /** Whether an address was ever chosen by the caller, so that the policy's proposals may be occupied. */
  #placed = false;
  /**
   * The dead record that the next allocation of its size and alignment gets with its address and bytes, because the policy would
   * give it the same address; -1: none. Its `owner` is the one after it, freed earlier and alike.
   */
  #parked = -1;

  constructor(settings: MachineSettings, random: Random, options: MemoryOptions = {}) {
    this.parts = new MemoryParts(settings);
    this.#policy = addressPolicy(settings, random, options.reuseRates);
    this.#deallocation = new DeallocationCheck(this.parts.records, this.parts.check, this.parts.fault);
    this.#events = options.trackEvents === true ? new EventHistory() : undefined;
  }

  /** The data behind the last fault. */
  get fault(): FaultDetail {
    return this.parts.fault;
  }

  /** The place in the program that faults and events are noted with; the machine's user sets it, -1: unknown. */
  get site(): number {
    return this.parts.check.site;
  }

  set site(site: number) {
    this.parts.check.site = site;
  }

  /**
   * Allocates uninitialised memory where the address policy wants it. `unsupported` when there is no room: the cause says whether
   * addresses, allocation numbers or the simulator's own memory ran out.
   */
  allocate(size: number, alignment: number, kind: number): number {
    const { records, bytes, index } = this.parts;
    if (size > MAXIMUM_SIZE) return this.#noRoom('too-large', size);
    if (this.#number === MAXIMUM_NUMBER) return this.#noRoom('numbers-exhausted', size);
    const parked = this.#parked;
    if (parked >= 0 && records.size[parked] === size && records.alignment[parked] === alignment) {
      this.#parked = records.owner[parked];
      bytes.renew(records.position[parked], size);
      this.#begin(parked, kind);
      return 0;
    }
    const position = bytes.take(size);
    if (position < 0) return this.#noRoom('memory-exhausted', size);
    const policy = this.#policy;
    do {
      if (policy.take(size, alignment, kind, this.thread)) continue;
      bytes.give(position, size);
      return this.#noRoom('address-space-full', size);
    } while (this.#placed && index.overlaps(policy.low, policy.high, size));
    this.#create(policy.low, policy.high, position, size, alignment, kind);
    return 0;
  }

  /** Allocates at an address that the caller chose. `unsupported` when it is not aligned or not free. */
  allocateAt(low: number, high: number, size: number, alignment: number, kind: number): number {
    const { bytes, index, fault } = this.parts;
    if (size > MAXIMUM_SIZE) return this.#noRoom('too-large', size);
    if (this.#number === MAXIMUM_NUMBER) return this.#noRoom('numbers-exhausted', size);
    if ((low & (alignment - 1)) !== 0 || index.overlaps(low, high, size)) {
      const code = this.#noRoom('address-occupied', size);
      fault.setPointer(low, high, 0, size);
      fault.alignmentRequired = alignment;
      return code;
    }
    this.#unpark();
    const position = bytes.take(size);
    if (position < 0) return this.#noRoom('memory-exhausted', size);
    this.#placed = true;
    this.#create(low, high, position, size, alignment, kind);
    return 0;
  }

  /** Gives an allocation back. Size and alignment must be those of the allocation; -1 leaves one of them unchecked, as C's free. */
  deallocate(low: number, high: number, provenance: number, kind: number, size: number, alignment: number): number {
    const code = this.#deallocation.check(low, high, provenance, kind, size, alignment, 'free');
    if (code === 0) this.#end(this.#deallocation.record);
    return code;
  }

  /**
   * A new allocation with the old one's first bytes, and the old one given back: always a new identity, and another address unless
   * the policy's next one happens to be taken. `alignment` is checked like `oldSize`; the new allocation has the old alignment
   * unless another is given. A fault leaves the old allocation as it was.
   */
  reallocate(
    low: number,
    high: number,
    provenance: number,
    kind: number,
    oldSize: number,
    alignment: number,
    newSize: number,
    newAlignment = -1,
  ): number {
    let code = this.#deallocation.check(low, high, provenance, kind, oldSize, alignment, 'reallocate');
    if (code !== 0) return code;
    const old = this.#deallocation.record;
    const { records } = this.parts;
    code = this.allocate(newSize, newAlignment < 0 ? records.alignment[old] : newAlignment, kind);
    if (code !== 0) return code;
    const kept = Math.min(records.size[old], newSize);
    const made = this.#newest;
    if (kept > 0) this.parts.move(old, records.position[old], made, records.position[made], kept);
    this.#end(old);
    return 0;
  }

  /** Checks what C's `malloc_usable_size` needs: a live base pointer of the given kind. */
  protected checkBase(low: number, high: number, provenance: number, kind: number): number {
    return this.#deallocation.check(low, high, provenance, kind, -1, -1, 'usable-size');
  }

  isLive(number: number): boolean {
    return this.recordOf(number) >= 0;
  }

  /**
   * Names the owner of the allocation that was made last, and writes a word again and again over all of it, the last one cut short.
   * No check can fail: its creator has the base pointer, and nobody else has any.
   */
  own(owner: number, wordLow: number, wordHigh: number): void {
    const { records, bytes } = this.parts;
    const record = this.#newest;
    records.owner[record] = owner;
    const size = records.size[record];
    if (size > 0) bytes.fill(records.position[record], size, wordLow, wordHigh);
  }

  /** The owner of the live allocation that begins at an address, or -1. The pointer's own allocation is looked at first. */
  ownerAt(low: number, high: number, provenance: number): number {
    const { records, check, index } = this.parts;
    let record = provenance > 0 ? check.resolve(low, high, provenance, 1) : -1;
    if (record < 0 || records.baseLow[record] !== low || records.baseHigh[record] !== high)
      record = index.find(low, high);
    if (record < 0 || records.baseLow[record] !== low || records.baseHigh[record] !== high) return -1;
    return records.owner[record];
  }

  /**
   * Where in `words` an allocation begins, given its base pointer, when a plain read of its first `size` bytes, at least 1, is
   * allowed and it belongs to `owner`; -1 when anything of this is not so or not easy to see.
   */
  wordOfOwned(low: number, high: number, provenance: number, owner: number, size: number, alignment: number): number {
    const { records, bytes } = this.parts;
    const record = provenance > 0 ? records.find(provenance) : -1;
    if (record < 0 || records.owner[record] !== owner) return -1;
    if (records.baseLow[record] !== low || records.baseHigh[record] !== high) return -1;
    // Under symbolic alignment, too, an allocation promises its own.
    if (records.size[record] < size || records.alignment[record] < alignment) return -1;
    const position = records.position[record];
    return bytes.isInitialized(position, size) ? position >> 2 : -1;
  }

  /** The record of a live allocation by its number, or -1. */
  recordOf(number: number): number {
    return number > 0 ? this.parts.records.find(number) : -1;
  }

  /** Whether the allocation of this number is alive and read-only. */
  isReadOnly(number: number): boolean {
    const record = this.recordOf(number);
    return record >= 0 && (this.parts.records.flags[record] & RecordFlag.readOnly) !== 0;
  }

  /** The record of the live allocation that contains an address, or -1. A base matches even at size 0, one past the end never. */
  recordAt(low: number, high: number): number {
    return this.parts.index.find(low, high);
  }

  /** Records below this may be live; those with number 0 are not. */
  get recordLimit(): number {
    return this.parts.records.limit;
  }

  /** The number of live allocations. */
  get live(): number {
    return this.parts.records.live;
  }

  /** The number of the newest allocation, 0 before the first. */
  get lastNumber(): number {
    return this.#number;
  }

  /** Columns by record. They are replaced when they grow: do not keep one across an allocation. */
  get baseLow(): Int32Array {
    return this.parts.records.baseLow;
  }

  get baseHigh(): Int32Array {
    return this.parts.records.baseHigh;
  }

  get size(): Int32Array {
    return this.parts.records.size;
  }

  get alignmentOf(): Int32Array {
    return this.parts.records.alignment;
  }

  get kindOf(): Int32Array {
    return this.parts.records.kind;
  }

  get number(): Int32Array {
    return this.parts.records.number;
  }

  /** For the machine's user; -1 in a new allocation. */
  get owner(): Int32Array {
    return this.parts.records.owner;
  }

  /** The history of an allocation, dead or alive; undefined unless events are tracked. */
  eventsOf(number: number): AllocationEvents | undefined {
    return this.#events?.of(number);
  }

  /** Every allocation that ever contained an address, oldest first; empty unless events are tracked. */
  eventsAt(low: number, high: number): AllocationEvents[] {
    return this.#events?.at(low, high) ?? [];
  }

  protected noteExposed(record: number): void {
    this.#events?.exposed(this.parts.records.number[record], this.site);
  }

  /** Forgets everything: the next allocation has number 1 again, and addresses start anew. */
  reset(): void {
    this.parts.clear();
    this.#policy.reset();
    this.#events?.clear();
    this.#number = 0;
    this.#placed = false;
    this.#parked = -1;
  }

  /** Remembers the whole state but the random generator and the last fault. */
  snapshot(): MemorySnapshot {
    this.#unpark();
    const restores = [this.parts.save(), this.#policy.save(), this.#events?.save()];
    const [number, placed] = [this.#number, this.#placed];
    return {
      restore: () => {
        for (const restore of restores) restore?.();
        this.#number = number;
        this.#placed = placed;
        this.#parked = -1;
      },
    };
  }

  restore(snapshot: MemorySnapshot): void {
    snapshot.restore();
  }

  /** A new record for a free address and taken bytes. */
  #create(low: number, high: number, position: number, size: number, alignment: number, kind: number): void {
    const { records, index } = this.parts;
    const record = records.take();
    records.baseLow[record] = low;
    records.baseHigh[record] = high;
    records.size[record] = size;
    records.alignment[record] = alignment;
    records.position[record] = position;
    index.insert(record);
    this.#begin(record, kind);
  }

  /** Gives a record with its address and bytes to a new allocation. */
  #begin(record: number, kind: number): void {
    const { records } = this.parts;
    this.#newest = record;
    const number = ++this.#number;
    records.begin(record, number);
    records.kind[record] = kind;
    records.flags[record] = 0;
    records.owner[record] = -1;
    this.low = records.baseLow[record];
    this.high = records.baseHigh[record];
    this.provenance = number;
    if (this.#events !== undefined) this.#noteAllocated(record);
  }

  #noteAllocated(record: number): void {
    const { records } = this.parts;
    this.#events?.allocated({
      number: records.number[record],
      low: records.baseLow[record],
      high: records.baseHigh[record],
      size: records.size[record],
      alignment: records.alignment[record],
      kind: records.kind[record],
      allocatedAt: this.site,
    });
  }

  /** Ends an allocation. Where the policy allows, its record is kept as it is for the next one of the same size and alignment. */
  #end(record: number): void {
    const { records, provenance, check } = this.parts;
    if (this.#events !== undefined) this.#events.freed(records.number[record], this.site);
    if ((records.flags[record] & HOLDS_POINTERS) !== 0) {
      provenance.clear(records.position[record], records.size[record]);
    }
    check.forget(record);
    records.end(record);
    if (!this.#policy.reusesAtOnce || this.#placed) return this.#giveBack(record);
    if (this.#parked >= 0 && !records.areAlike(record, this.#parked)) this.#unpark();
    records.owner[record] = this.#parked;
    this.#parked = record;
  }

  /** Gives back all that was kept, oldest first, so that the policy knows the order in which it was freed. */
  #unpark(): void {
    const { owner } = this.parts.records;
    let oldest = -1;
    for (let record = this.#parked; record >= 0;) {
      const next = owner[record];
      owner[record] = oldest;
      oldest = record;
      record = next;
    }
    this.#parked = -1;
    for (let record = oldest; record >= 0;) {
      const next = owner[record];
      this.#giveBack(record);
      record = next;
    }
  }

  /** Gives back the address, the bytes and the record of a dead allocation. */
  #giveBack(record: number): void {
    const { records, bytes, index } = this.parts;
    const size = records.size[record];
    const alignment = records.alignment[record];
    bytes.give(records.position[record], size);
    index.remove(record);
    const { kind } = records;
    this.#policy.give(records.baseLow[record], records.baseHigh[record], size, alignment, kind[record], this.thread);
    records.release(record);
  }

  #noRoom(cause: FaultCause, size: number): number {
    const code = this.parts.fault.raise('unsupported', cause, 'allocate', this.site);
    this.parts.fault.setPointer(0, 0, 0, size);
    return code;
  }
}
