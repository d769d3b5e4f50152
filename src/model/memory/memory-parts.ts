import type { MachineSettings } from '../vocabulary/machine.ts';
import { AccessCheck } from './access-check.ts';
import { AddressIndex } from './address-index.ts';
import { ByteStore } from './bytes.ts';
import { FaultDetail } from './fault-detail.ts';
import { ProvenanceWords } from './provenance-words.ts';
import { AllocationRecords, RecordFlag } from './records.ts';

/** What one memory consists of; the operations on it share these. */
export class MemoryParts {
  readonly fault = new FaultDetail();
  readonly records = new AllocationRecords();
  readonly index = new AddressIndex(this.records);
  readonly bytes = new ByteStore();
  readonly provenance = new ProvenanceWords();
  readonly check: AccessCheck;

  constructor(settings: MachineSettings) {
    this.check = new AccessCheck(settings, this.records, this.index, this.bytes, this.fault);
  }

  /** Copies bytes with all that belongs to them between checked ranges, which may overlap, of two records or one. */
  move(sourceRecord: number, source: number, targetRecord: number, target: number, size: number): void {
    const { flags } = this.records;
    this.bytes.move(source, target, size);
    if ((flags[sourceRecord] & RecordFlag.holdsPointers) === 0) {
      this.clearProvenance(targetRecord, target, size);
      return;
    }
    this.holdPointers(targetRecord);
    this.provenance.move(source, target, size);
  }

  /** Must be called before provenance is stored into an allocation. */
  holdPointers(record: number): void {
    this.records.flags[record] |= RecordFlag.holdsPointers;
    this.provenance.ensure(this.bytes.bytes.length);
  }

  /** Takes all provenance from the bytes of a range in a record. */
  clearProvenance(record: number, position: number, size: number): void {
    if ((this.records.flags[record] & RecordFlag.holdsPointers) !== 0) this.provenance.clear(position, size);
  }

  /** The provenance of a pointer-typed read of 8 bytes. */
  pointerProvenance(record: number, position: number): number {
    return (this.records.flags[record] & RecordFlag.holdsPointers) === 0 ? 0 : this.provenance.at(position);
  }

  /** Forgets every allocation. */
  clear(): void {
    const { number, position, size, limit } = this.records;
    for (let record = 0; record < limit; record++) {
      if (number[record] !== 0) this.clearProvenance(record, position[record], size[record]);
    }
    this.check.forgetAll();
    this.records.clear();
    this.index.clear();
    this.bytes.clear();
    this.fault.clear();
  }

  /** Remembers all of it but the last fault; the answer brings it back. */
  save(): () => void {
    const restores = [this.records.save(), this.bytes.save(), this.provenance.save(), this.check.save()];
    return () => {
      for (const restore of restores) restore();
      this.index.rebuild();
    };
  }
}
