import type { AccessCheck } from './access-check.ts';
import type { FaultCause, FaultDetail, Intent } from './fault-detail.ts';
import { ALLOCATION_KINDS, kindOf } from './kinds.ts';
import { type AllocationRecords, RecordFlag } from './records.ts';

/** A module's own constant is a number to the JIT. */
const { readOnly: READ_ONLY } = RecordFlag;
/** For each kind, 1 when it is ever freed. */
const FREED = Uint8Array.from(ALLOCATION_KINDS, (kind) => (kind.freedBy === 'nobody' ? 0 : 1));

/**
 * Whether an allocation may be given back, or asked for its usable size, through a pointer: its base, alive, of a kind that is ever
 * freed, writable, of the same kind, and of exactly the size and alignment that the caller states (rustc:
 * compiler/rustc_const_eval/src/interpret/memory.rs, `deallocate_ptr`).
 */
export class DeallocationCheck {
  /** The record that the last successful check found. */
  record = -1;
  readonly #records: AllocationRecords;
  readonly #access: AccessCheck;
  readonly #fault: FaultDetail;

  constructor(records: AllocationRecords, access: AccessCheck, fault: FaultDetail) {
    this.#records = records;
    this.#access = access;
    this.#fault = fault;
  }

  /**
   * Answers 0 or a fault: freeing what is dead is `double-free`, through an interior pointer too because nothing is kept of the base
   * of a dead allocation; any other operation on it is `use-after-free`. A size or alignment of
   * -1 is not checked.
   */
  check(
    low: number,
    high: number,
    provenance: number,
    kind: number,
    size: number,
    alignment: number,
    intent: Intent,
  ): number {
    const records = this.#records;
    const record = this.#access.resolve(low, high, provenance, 0);
    if (record < 0) return this.#dead(low, high, provenance, intent);
    const matches =
      low === records.baseLow[record] &&
      high === records.baseHigh[record] &&
      kind === records.kind[record] &&
      (size < 0 || size === records.size[record]) &&
      (alignment < 0 || alignment === records.alignment[record]) &&
      (records.flags[record] & READ_ONLY) === 0 &&
      FREED[kind] === 1;
    if (!matches) return this.#invalid(low, high, provenance, kind, size, alignment, intent, record);
    this.record = record;
    return 0;
  }

  #dead(low: number, high: number, provenance: number, intent: Intent): number {
    const code = this.#access.dangling(low, high, provenance, 0, intent);
    if (provenance <= 0 || intent !== 'free') return code;
    const doubled = this.#fault.raise('double-free', 'double-free', intent, this.#access.site);
    this.#fault.setPointer(low, high, provenance, 0);
    return doubled;
  }

  #invalid(
    low: number,
    high: number,
    provenance: number,
    kind: number,
    size: number,
    alignment: number,
    intent: Intent,
    record: number,
  ): number {
    const fault = this.#fault;
    const code = fault.raise('invalid-free', this.#causeFor(record, low, high, kind), intent, this.#access.site);
    fault.setPointer(low, high, provenance, 0);
    fault.setAllocation(this.#records, record);
    fault.givenKind = kind;
    fault.givenSize = size;
    fault.givenAlignment = alignment;
    return code;
  }

  /** The first check that fails, in the order of the source. */
  #causeFor(record: number, low: number, high: number, kind: number): FaultCause {
    const records = this.#records;
    if (low !== records.baseLow[record] || high !== records.baseHigh[record]) return 'interior';
    if (kindOf(records.kind[record]).freedBy === 'nobody') return 'never-freed';
    if ((records.flags[record] & RecordFlag.readOnly) !== 0) return 'read-only';
    return kind === records.kind[record] ? 'layout' : 'kind';
  }
}
