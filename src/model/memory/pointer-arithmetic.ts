import type { AccessCheck } from './access-check.ts';
import type { FaultCause, FaultDetail } from './fault-detail.ts';
import type { MemoryParts } from './memory-parts.ts';
import type { PointerValue } from './pointer-value.ts';

const TWO_32 = 0x1_0000_0000;

/**
 * Arithmetic whose result is only defined inside one live allocation. The results, 64-bit words in two's complement, are in `low`
 * and `high`.
 */
export class PointerArithmetic {
  low = 0;
  high = 0;
  readonly #check: AccessCheck;
  readonly #fault: FaultDetail;

  constructor({ check, fault }: MemoryParts) {
    this.#check = check;
    this.#fault = fault;
  }

  /**
   * The address `delta` bytes on. Everything between must be inside the live allocation, whose end counts as inside; 0 bytes are
   * always fine. An unsigned delta of 2^63 or more does not fit (rustc: interpret/operator.rs, `ptr_offset_inbounds`).
   */
  offset(pointer: PointerValue, deltaLow: number, deltaHigh: number, unsigned: boolean): number {
    const { low, high, provenance } = pointer;
    if (unsigned && deltaHigh < 0) {
      const code = this.#fault.raise('pointer-arithmetic', 'overflow', 'arithmetic', this.#check.site);
      this.#fault.setPointer(low, high, provenance, (deltaHigh >>> 0) * TWO_32 + (deltaLow >>> 0));
      return code;
    }
    const code = this.#check.range(low, high, provenance, deltaHigh * TWO_32 + (deltaLow >>> 0), 'arithmetic');
    if (code !== 0) return code;
    const sum = (low >>> 0) + (deltaLow >>> 0);
    this.low = sum | 0;
    this.high = (high + deltaHigh + (sum >= TWO_32 ? 1 : 0)) | 0;
    return 0;
  }

  /**
   * The distance `first - second` in bytes. Equal addresses have distance 0 whatever they belong to; else both must be derived from
   * the same live allocation and in its bounds (rustc: interpret/intrinsics.rs, `ptr_offset_from`).
   */
  difference(first: PointerValue, second: PointerValue, unsigned: boolean): number {
    const isBehind = isBelow(first, second);
    if (isBehind && unsigned) return this.#fails('negative', first, second, 0);
    this.low = (first.low - second.low) | 0;
    this.high = (first.high - second.high - (first.low >>> 0 < second.low >>> 0 ? 1 : 0)) | 0;
    const distance = this.high * TWO_32 + (this.low >>> 0);
    const isTooFar = isBehind ? this.high >= 0 || distance === -(2 ** 63) : this.high < 0;
    if (isTooFar) return this.#fails('too-far', first, second, distance);
    if (distance === 0) return 0;
    const check = this.#check;
    if (check.range(second.low, second.high, second.provenance, distance, 'difference') !== 0) {
      const cause = this.#shareAllocation(first, second) ? 'range-between' : 'different-allocations';
      return this.#fails(cause, first, second, distance);
    }
    if (check.range(first.low, first.high, first.provenance, -distance, 'difference') !== 0) {
      return this.#fails('different-allocations', first, second, distance);
    }
    return 0;
  }

  /** The size of `count` elements (unsigned) of `elementSize` bytes; `size-overflow` above 2^63 - 1. */
  extent(countLow: number, countHigh: number, elementSize: number): number {
    const low = (countLow >>> 0) * elementSize;
    const carry = Math.floor(low / TWO_32);
    const high = (countHigh >>> 0) * elementSize + carry;
    if (high >= 2 ** 31) {
      const code = this.#fault.raise('size-overflow', 'count', 'write', this.#check.site);
      this.#fault.extent = high * TWO_32;
      return code;
    }
    this.low = (low - carry * TWO_32) | 0;
    this.high = high | 0;
    return 0;
  }

  #shareAllocation(first: PointerValue, second: PointerValue): boolean {
    if (first.provenance > 0 || second.provenance > 0) {
      if (first.provenance === second.provenance) return true;
    }
    const record = this.#check.resolve(first.low, first.high, first.provenance, 0);
    return record >= 0 && record === this.#check.resolve(second.low, second.high, second.provenance, 0);
  }

  #fails(cause: FaultCause, first: PointerValue, second: PointerValue, distance: number): number {
    const code = this.#fault.raise('pointer-difference', cause, 'difference', this.#check.site);
    this.#fault.setPointer(first.low, first.high, first.provenance, distance);
    this.#fault.setOther(second.low, second.high, second.provenance);
    return code;
  }
}

/** Whether the first address is smaller, unsigned. */
function isBelow(first: PointerValue, second: PointerValue): boolean {
  if (first.high !== second.high) return first.high >>> 0 < second.high >>> 0;
  return first.low >>> 0 < second.low >>> 0;
}
