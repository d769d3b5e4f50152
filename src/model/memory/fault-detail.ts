import { Fault, verdictOf, type VerdictCode } from '../vocabulary/verdicts.ts';
import { describeFault } from './fault-text.ts';
import type { AllocationRecords } from './records.ts';

/**
 * What an operation wants from a range of memory. `dereferenceable` only promises it; `arithmetic` and `difference` have verdicts
 * of their own; an `ordered` atomic load is one that is not relaxed.
 */
export type Intent =
  | 'read'
  | 'write'
  | 'atomic-load'
  | 'atomic-ordered-load'
  | 'atomic-store'
  | 'atomic-update'
  | 'dereferenceable'
  | 'arithmetic'
  | 'difference'
  | 'alignment-promise'
  | 'free'
  | 'reallocate'
  | 'usable-size'
  | 'library-call'
  | 'protect'
  | 'allocate'
  | 'expose'
  | 'from-exposed';

/**
 * Why an operation failed: stable words, which a litmus program may name as the detail of its expectation
 * (`expect pointer-arithmetic/use-after-free`).
 */
export type FaultCause =
  | 'none'
  | 'use-after-free'
  | 'double-free'
  | 'null-pointer'
  | 'no-provenance'
  | 'strict'
  | 'out-of-bounds'
  | 'code'
  | 'interior'
  | 'never-freed'
  | 'read-only'
  | 'kind'
  | 'layout'
  | 'address-alignment'
  | 'promised-alignment'
  | 'uninitialized'
  | 'overlap'
  | 'overflow'
  | 'different-allocations'
  | 'range-between'
  | 'negative'
  | 'too-far'
  | 'count'
  | 'address-space-full'
  | 'address-occupied'
  | 'memory-exhausted'
  | 'too-large'
  | 'numbers-exhausted';

/**
 * The data behind the last fault, overwritten in place by the next one. Addresses are int32 halves; numbers of allocations are 0
 * when there is none. {@link FaultDetail.message} says it in words.
 */
export class FaultDetail {
  /** The numeric fault code (`Fault[…]`), 0 as long as nothing failed. */
  code = 0;
  cause: FaultCause = 'none';
  intent: Intent = 'read';
  /** The place in the program, as the machine's user last set it in `memory.site`. */
  site = -1;

  /** The pointer that was used. */
  low = 0;
  high = 0;
  provenance = 0;
  /** The number of bytes that were wanted, negative before the address. */
  extent = 0;

  /** The allocation that the pointer belongs or belonged to, and what is known of it: all 0 unless it is live. */
  allocation = 0;
  allocationSize = 0;
  allocationAlignment = 0;
  allocationKind = -1;
  /** The pointer's distance from the allocation's base in bytes, exact up to 2^53. */
  offset = 0;

  /** `misaligned`: what was needed and what there was. */
  alignmentRequired = 0;
  alignmentFound = 0;
  /** `uninitialized-read`: the first run of uninitialised bytes in the range, as offsets in the allocation. */
  rangeStart = 0;
  rangeEnd = 0;
  /** `invalid-free`: what the caller said; -1 when it said nothing. */
  givenKind = -1;
  givenSize = -1;
  givenAlignment = -1;
  /** `overlap`, `pointer-difference`: the second pointer. */
  otherLow = 0;
  otherHigh = 0;
  otherProvenance = 0;

  /** The verdict, `clean` as long as nothing failed. */
  get verdict(): VerdictCode {
    return verdictOf(this.code);
  }

  /** One sentence that says what happened, in Miri's manner, without the verdict's code. */
  message(): string {
    return describeFault(this);
  }

  /** Starts a new fault; what the following calls do not fill in is empty. Returns the code. */
  raise(verdict: VerdictCode, cause: FaultCause, intent: Intent, site: number): number {
    this.clear();
    this.code = Fault[verdict];
    this.cause = cause;
    this.intent = intent;
    this.site = site;
    return this.code;
  }

  clear(): void {
    this.code = 0;
    this.cause = 'none';
    this.intent = 'read';
    this.site = -1;
    this.low = this.high = this.provenance = this.extent = 0;
    this.allocation = this.allocationSize = this.allocationAlignment = this.offset = 0;
    this.allocationKind = this.givenKind = this.givenSize = this.givenAlignment = -1;
    this.alignmentRequired = this.alignmentFound = this.rangeStart = this.rangeEnd = 0;
    this.otherLow = this.otherHigh = this.otherProvenance = 0;
  }

  /** Fills in the pointer and how many bytes were wanted there. */
  setPointer(low: number, high: number, provenance: number, extent: number): void {
    this.low = low;
    this.high = high;
    this.provenance = provenance;
    this.extent = extent;
    if (provenance > 0) this.allocation = provenance;
  }

  /** Fills in the live allocation that the pointer, set before, belongs to. */
  setAllocation(records: AllocationRecords, record: number): void {
    this.allocation = records.number[record];
    this.allocationSize = records.size[record];
    this.allocationAlignment = records.alignment[record];
    this.allocationKind = records.kind[record];
    this.offset = records.offsetOf(record, this.low, this.high);
  }

  /** Fills in the second pointer of an operation on two. */
  setOther(low: number, high: number, provenance: number): void {
    this.otherLow = low;
    this.otherHigh = high;
    this.otherProvenance = provenance;
  }
}
