import type { FaultCause, Intent } from '../../src/model/memory/fault-detail.ts';
import { ALLOCATION_KINDS, type AllocationKind } from '../../src/model/memory/kinds.ts';
import type { TypedLayout } from '../../src/model/memory/typed-layout.ts';
import type { MachineSettings } from '../../src/model/vocabulary/machine.ts';
import type { VerdictCode } from '../../src/model/vocabulary/verdicts.ts';
import { type Allocation, blank, type Byte, type Pointer, unwritten } from './reference-allocation.ts';

/** What an operation answers: a verdict with its cause, or results. */
export interface Answer {
  readonly code: VerdictCode;
  readonly cause?: FaultCause;
  readonly value?: bigint;
  readonly provenance?: number;
}

const CLEAN: Answer = { code: 'clean' };

/** What an access of no bytes reaches. */
const EMPTY: Allocation = {
  number: 0,
  base: 0n,
  size: 0,
  alignment: 1,
  kind: 'heap',
  bytes: [],
  isLive: false,
  isExposed: false,
  isReadOnly: false,
  promise: { offset: 0n, alignment: 1 },
};

/** Part of an allocation: what a checked pointer means. */
interface Place {
  readonly allocation: Allocation;
  readonly offset: number;
}

type Checked = Answer | Place;

function isFault(checked: Checked): checked is Answer {
  return 'code' in checked;
}

function fault(code: VerdictCode, cause: FaultCause): Answer {
  return { code, cause };
}

/**
 * The memory of design section 3.1 in the most obvious way: a list of all allocations ever made, each with an array of byte objects,
 * searched from end to end. Addresses are BigInts modulo 2^64. The caller says at which address an allocation goes.
 */
export class ReferenceMemory {
  readonly allocations: Allocation[] = [];
  readonly #settings: MachineSettings;

  constructor(settings: MachineSettings) {
    this.#settings = settings;
  }

  allocate(address: bigint, size: number, alignment: number, kind: AllocationKind): Answer {
    this.allocations.push({
      number: this.allocations.length + 1,
      base: address,
      size,
      alignment,
      kind,
      bytes: Array.from({ length: size }, unwritten),
      isLive: true,
      isExposed: false,
      isReadOnly: false,
      promise: { offset: 0n, alignment },
    });
    return { code: 'clean', value: address, provenance: this.allocations.length };
  }

  /** Whether an allocation may be given back through this pointer; the live allocation if so. */
  releasable(pointer: Pointer, kind: AllocationKind, size: number, alignment: number, intent: Intent): Checked {
    const allocation = this.resolve(pointer, 0);
    if (allocation === undefined) {
      if (pointer.provenance > 0 && intent === 'free') return fault('double-free', 'double-free');
      return this.#dangling(pointer, intent);
    }
    if (pointer.address !== allocation.base) return fault('invalid-free', 'interior');
    const { freedBy } = ALLOCATION_KINDS.find((each) => each.name === allocation.kind) ?? ALLOCATION_KINDS[0];
    if (freedBy === 'nobody') return fault('invalid-free', 'never-freed');
    if (allocation.isReadOnly) return fault('invalid-free', 'read-only');
    if (kind !== allocation.kind) return fault('invalid-free', 'kind');
    if (size >= 0 && size !== allocation.size) return fault('invalid-free', 'layout');
    if (alignment >= 0 && alignment !== allocation.alignment) return fault('invalid-free', 'layout');
    return { allocation, offset: 0 };
  }

  read(pointer: Pointer, size: number, alignment: number, asPointer: boolean): Answer {
    const place = this.#access(pointer, size, alignment, 'read');
    if (isFault(place)) return place;
    const bytes = bytesOf(place, size);
    if (bytes.some((byte) => !byte.isInitialized)) return fault('uninitialized-read', 'uninitialized');
    let value = 0n;
    for (const byte of bytes.toReversed()) value = value * 256n + BigInt(byte.value);
    return { code: 'clean', value, provenance: asPointer ? wholeProvenance(bytes) : 0 };
  }

  write(pointer: Pointer, size: number, alignment: number, value: bigint, provenance: number): Answer {
    const place = this.#access(pointer, size, alignment, 'write');
    if (isFault(place)) return place;
    bytesOf(place, size).forEach((byte, index) => {
      byte.value = Number((value >> BigInt(8 * index)) & 0xffn);
      byte.isInitialized = true;
      byte.provenance = provenance;
      byte.fragment = provenance === 0 ? 0 : index;
    });
    return CLEAN;
  }

  fill(pointer: Pointer, size: number, alignment: number, word: bigint): Answer {
    const place = this.#access(pointer, size, alignment, 'write');
    if (isFault(place)) return place;
    bytesOf(place, size).forEach((byte, index) => {
      byte.value = Number((word >> BigInt(8 * (index % 8))) & 0xffn);
      byte.isInitialized = true;
      byte.provenance = 0;
      byte.fragment = 0;
    });
    return CLEAN;
  }

  deinitialize(pointer: Pointer, size: number, alignment: number): Answer {
    const place = this.#access(pointer, size, alignment, 'write');
    if (isFault(place)) return place;
    bytesOf(place, size).forEach(blank);
    return CLEAN;
  }

  copy(source: Pointer, target: Pointer, size: number, alignment: number, apart: boolean): Answer {
    const from = this.#access(source, size, alignment, 'read');
    if (isFault(from)) return from;
    const to = this.#access(target, size, alignment, 'write');
    if (isFault(to)) return to;
    if (apart && overlap(from, to, size)) return fault('overlap', 'overlap');
    const copied = bytesOf(from, size).map((byte) => ({ ...byte }));
    bytesOf(to, size).forEach((byte, index) => Object.assign(byte, copied[index]));
    return CLEAN;
  }

  swap(first: Pointer, second: Pointer, size: number, alignment: number): Answer {
    for (const [source, target] of [
      [second, first],
      [first, second],
    ]) {
      const from = this.#access(source, size, alignment, 'read');
      if (isFault(from)) return from;
      const to = this.#access(target, size, alignment, 'write');
      if (isFault(to)) return to;
      if (source === first && overlap(from, to, size)) return fault('overlap', 'overlap');
      if (source === second) continue;
      const left = bytesOf(from, size).map((byte) => ({ ...byte }));
      const right = bytesOf(to, size).map((byte) => ({ ...byte }));
      bytesOf(from, size).forEach((byte, index) => Object.assign(byte, right[index]));
      bytesOf(to, size).forEach((byte, index) => Object.assign(byte, left[index]));
    }
    return CLEAN;
  }

  copyTyped(source: Pointer, target: Pointer, layout: TypedLayout): Answer {
    const from = this.#access(source, layout.size, layout.alignment, 'read');
    if (isFault(from)) return from;
    const to = this.#access(target, layout.size, layout.alignment, 'write');
    if (isFault(to)) return to;
    if (overlap(from, to, layout.size)) return fault('overlap', 'overlap');
    const part = (place: Place, offset: number, size: number) =>
      bytesOf({ ...place, offset: place.offset + offset }, size);
    for (const { offset, size, type } of layout.fields) {
      const isDefined = part(from, offset, size).every((byte) => byte.isInitialized);
      if (type !== 'raw' && !isDefined) return fault('uninitialized-read', 'uninitialized');
    }
    bytesOf(to, layout.size).forEach(blank);
    for (const { offset, size, type } of layout.fields) {
      const read = part(from, offset, size);
      const provenance = type === 'pointer' ? wholeProvenance(read) : 0;
      part(to, offset, size).forEach((byte, index) => {
        Object.assign(byte, read[index]);
        if (type === 'raw') return;
        byte.provenance = provenance;
        byte.fragment = provenance === 0 ? 0 : index;
      });
    }
    return CLEAN;
  }

  compare(first: Pointer, second: Pointer, size: number): Answer {
    if (size === 0) return { code: 'clean', value: 0n };
    const left = this.read(first, size, 1, false);
    if (left.code !== 'clean') return left;
    const right = this.read(second, size, 1, false);
    if (right.code !== 'clean') return right;
    const [before, after] = [first, second].map((pointer) => {
      const place = this.#access(pointer, size, 1, 'read');
      return isFault(place) ? [] : bytesOf(place, size).map((byte) => byte.value);
    });
    const index = before.findIndex((value, at) => value !== after[at]);
    if (index < 0) return { code: 'clean', value: 0n };
    return { code: 'clean', value: before[index] < after[index] ? 2n ** 64n - 1n : 1n };
  }

  /** A promise that |extent| bytes at or before the pointer are there, and that it is aligned. */
  check(pointer: Pointer, extent: number, alignment: number): Answer {
    const inside = this.#inside(pointer, BigInt(extent), 'dereferenceable');
    if (inside !== undefined) return inside;
    return this.#misaligned(pointer, this.resolve(pointer, extent), alignment) ?? CLEAN;
  }

  checkAtomic(pointer: Pointer, size: number, intent: Intent): Answer {
    const misaligned = this.#misaligned(pointer, this.resolve(pointer, 0), size);
    if (misaligned !== undefined) return misaligned;
    const outside = this.#inside(pointer, BigInt(size), intent);
    if (outside !== undefined) return outside;
    const isReadOnly = this.resolve(pointer, size)?.isReadOnly === true;
    return isReadOnly && intent !== 'atomic-load' ? fault('read-only-write', 'read-only') : CLEAN;
  }

  promise(pointer: Pointer, alignment: number): Answer {
    if (pointer.address % BigInt(alignment) !== 0n) return fault('unsupported', 'address-alignment');
    const allocation = this.resolve(pointer, 0);
    if (allocation === undefined || alignment <= allocation.promise.alignment) return CLEAN;
    allocation.promise = { offset: pointer.address - allocation.base, alignment };
    return CLEAN;
  }

  protect(pointer: Pointer, isReadOnly: boolean): Answer {
    const allocation = this.resolve(pointer, 0);
    if (allocation === undefined) return this.#dangling(pointer, 'protect');
    allocation.isReadOnly = isReadOnly;
    return CLEAN;
  }

  requireAllocation(pointer: Pointer): Answer {
    if (pointer.provenance > 0 || this.resolve(pointer, 0) !== undefined) return CLEAN;
    return this.#dangling(pointer, 'library-call');
  }

  expose(pointer: Pointer): Answer {
    const allocation = pointer.provenance > 0 ? this.resolve(pointer, 0) : undefined;
    if (allocation !== undefined && this.#settings.provenance === 'permissive') allocation.isExposed = true;
    return { code: 'clean', value: pointer.address };
  }

  fromExposed(address: bigint): Answer {
    if (this.#settings.provenance === 'strict') return fault('exposed-provenance', 'strict');
    return { code: 'clean', value: address, provenance: -1 };
  }

  offset(pointer: Pointer, delta: bigint, unsigned: boolean): Answer {
    if (unsigned && delta >= 2n ** 63n) return fault('pointer-arithmetic', 'overflow');
    const outside = this.#inside(pointer, delta, 'arithmetic');
    if (outside !== undefined) return outside;
    return { code: 'clean', value: BigInt.asUintN(64, pointer.address + delta), provenance: pointer.provenance };
  }

  difference(first: Pointer, second: Pointer, unsigned: boolean): Answer {
    const distance = first.address - second.address;
    if (unsigned && distance < 0n) return fault('pointer-difference', 'negative');
    if (distance >= 2n ** 63n || distance <= -(2n ** 63n)) return fault('pointer-difference', 'too-far');
    if (distance === 0n) return { code: 'clean', value: 0n };
    if (this.#inside(second, distance, 'difference') !== undefined) {
      const isOfOne =
        (first.provenance > 0 && first.provenance === second.provenance) ||
        (this.resolve(first, 0) !== undefined && this.resolve(first, 0) === this.resolve(second, 0));
      return fault('pointer-difference', isOfOne ? 'range-between' : 'different-allocations');
    }
    if (this.#inside(first, -distance, 'difference') !== undefined) {
      return fault('pointer-difference', 'different-allocations');
    }
    return { code: 'clean', value: BigInt.asUintN(64, distance) };
  }

  /** The live allocation that contains an address. */
  at(address: bigint): Allocation | undefined {
    return this.allocations.find(
      ({ isLive, base, size }) => isLive && (address === base || (address > base && address < base + BigInt(size))),
    );
  }

  leaks(roots: readonly number[]): number[] {
    const reachable = new Set<number>(roots);
    for (const each of this.allocations) if (each.isLive && each.kind === 'static') reachable.add(each.number);
    for (let before = -1; before !== reachable.size;) {
      before = reachable.size;
      for (const { number, isLive, bytes } of this.allocations) {
        if (!isLive || !reachable.has(number)) continue;
        for (const byte of bytes) if (byte.provenance > 0) reachable.add(byte.provenance);
      }
    }
    const mustBeFreed = this.allocations.filter(({ isLive, kind }) => isLive && (kind === 'heap' || kind === 'c-heap'));
    return mustBeFreed.map(({ number }) => number).filter((number) => !reachable.has(number));
  }

  /** The live allocation that a pointer refers to for an extent. */
  resolve(pointer: Pointer, extent: number | bigint): Allocation | undefined {
    if (pointer.provenance > 0) {
      const allocation = this.allocations[pointer.provenance - 1];
      return allocation.isLive ? allocation : undefined;
    }
    if (pointer.provenance === 0) return undefined;
    const allocation = this.at(extent < 0 ? pointer.address - 1n : pointer.address);
    return allocation?.isExposed === true ? allocation : undefined;
  }

  #dangling(pointer: Pointer, intent: Intent): Answer {
    let cause: 'use-after-free' | 'null-pointer' | 'no-provenance' = 'no-provenance';
    if (pointer.provenance > 0) cause = 'use-after-free';
    else if (pointer.address === 0n) cause = 'null-pointer';
    if (intent === 'arithmetic') return fault('pointer-arithmetic', cause);
    return fault(cause, cause);
  }

  /** The fault of a range that is not inside one live allocation; undefined when it is, or is empty. */
  #inside(pointer: Pointer, extent: bigint, intent: Intent): Answer | undefined {
    if (extent === 0n) return undefined;
    const allocation = this.resolve(pointer, extent);
    if (allocation === undefined) return this.#dangling(pointer, intent);
    const begin = extent < 0n ? pointer.address + extent : pointer.address;
    const end = extent < 0n ? pointer.address : pointer.address + extent;
    if (begin >= allocation.base && end <= allocation.base + BigInt(allocation.size)) return undefined;
    const cause = allocation.kind === 'code' ? 'code' : 'out-of-bounds';
    return fault(intent === 'arithmetic' ? 'pointer-arithmetic' : 'out-of-bounds', cause);
  }

  #misaligned(pointer: Pointer, allocation: Allocation | undefined, alignment: number): Answer | undefined {
    const unit = BigInt(alignment);
    if (this.#settings.alignment === 'symbolic' && allocation !== undefined) {
      const { promise, base } = allocation;
      const distance = pointer.address - base - promise.offset;
      if (promise.alignment < alignment || distance % unit !== 0n) return fault('misaligned', 'promised-alignment');
    }
    return pointer.address % unit === 0n ? undefined : fault('misaligned', 'address-alignment');
  }

  /** All checks of a plain access but initialisation. */
  #access(pointer: Pointer, size: number, alignment: number, intent: 'read' | 'write'): Checked {
    const outside = this.#inside(pointer, BigInt(size), intent);
    if (outside !== undefined) return outside;
    const allocation = this.resolve(pointer, size);
    if (size > 0 && intent === 'write' && allocation?.isReadOnly === true) {
      return fault('read-only-write', 'read-only');
    }
    const misaligned = this.#misaligned(pointer, allocation, alignment);
    if (misaligned !== undefined) return misaligned;
    if (size === 0 || allocation === undefined) return { allocation: EMPTY, offset: 0 };
    return { allocation, offset: Number(pointer.address - allocation.base) };
  }
}

function bytesOf({ allocation, offset }: Place, size: number): Byte[] {
  return allocation.bytes.slice(offset, offset + size);
}

function overlap(first: Place, second: Place, size: number): boolean {
  return first.allocation === second.allocation && Math.abs(first.offset - second.offset) < size;
}

/** The provenance of a pointer made of these bytes, in order and of one allocation; a wildcard's bytes go with any. */
function wholeProvenance(bytes: readonly Byte[]): number {
  if (bytes.some((byte, index) => byte.provenance === 0 || byte.fragment !== index)) return 0;
  const known = new Set(bytes.map((byte) => byte.provenance).filter((provenance) => provenance !== -1));
  if (known.size > 1) return 0;
  const [provenance = -1] = known;
  return provenance;
}
