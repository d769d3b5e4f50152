import type { Intent } from '../../src/model/memory/fault-detail.ts';
import { type AllocationKind, Kind } from '../../src/model/memory/kinds.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import type { MemoryOptions } from '../../src/model/memory/allocator.ts';
import type { TypedLayout } from '../../src/model/memory/typed-layout.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { verdictOf } from '../../src/model/vocabulary/verdicts.ts';
import { flat, halves, wordOf } from './random-operands.ts';
import type { Pointer } from './reference-allocation.ts';

export const NULL: Pointer = { address: 0n, provenance: 0 };

/** An address that belongs to nobody. */
export function integer(address: number | bigint): Pointer {
  return { address: BigInt(address), provenance: 0 };
}

/** The pointer some bytes away, wrapping; the provenance stays. */
export function moved(pointer: Pointer, bytes: number | bigint): Pointer {
  return { ...pointer, address: BigInt.asUintN(64, pointer.address + BigInt(bytes)) };
}

/** The same provenance at another address. */
export function withAddress(pointer: Pointer, address: bigint): Pointer {
  return { ...pointer, address };
}

/** A memory whose operations take and give pointers as objects and answer in words: `clean`, or `verdict/cause`. */
export class Subject {
  readonly memory: Memory;

  constructor(settings: Partial<MachineSettings> = {}, seed = 1, options: MemoryOptions = {}) {
    this.memory = new Memory({ ...DEFAULT_MACHINE, ...settings }, new Random(seed), options);
  }

  /** The answer that a code means. */
  answer(code: number): string {
    return code === 0 ? 'clean' : `${verdictOf(code)}/${this.memory.fault.cause}`;
  }

  /** The pointer that the last operation yielded. */
  get result(): Pointer {
    return { address: wordOf(this.memory.low, this.memory.high), provenance: this.memory.provenance };
  }

  /** The word that the last operation yielded. */
  get value(): bigint {
    return wordOf(this.memory.valueLow, this.memory.valueHigh);
  }

  /** A new allocation. Throws when there is no room. */
  allocate(size: number, alignment = 8, kind: AllocationKind = 'heap'): Pointer {
    const answer = this.answer(this.memory.allocate(size, alignment, Kind[kind]));
    if (answer !== 'clean') throw new Error(answer);
    return this.result;
  }

  /** A new allocation whose bytes all are `byte`. */
  filled(size: number, byte: number, alignment = 8, kind: AllocationKind = 'heap'): Pointer {
    const pointer = this.allocate(size, alignment, kind);
    this.memory.fillBytes(...flat(pointer), size, 1, byte);
    return pointer;
  }

  free(pointer: Pointer, size = -1, alignment = -1, kind: AllocationKind = 'heap'): string {
    return this.answer(this.memory.deallocate(...flat(pointer), Kind[kind], size, alignment));
  }

  reallocate(pointer: Pointer, oldSize: number, newSize: number, kind: AllocationKind = 'heap'): string {
    return this.answer(this.memory.reallocate(...flat(pointer), Kind[kind], oldSize, -1, newSize));
  }

  read(pointer: Pointer, size: number, alignment = 1): string {
    return this.answer(this.memory.readInteger(...flat(pointer), size, alignment));
  }

  write(pointer: Pointer, size: number, value: number | bigint, alignment = 1): string {
    return this.answer(this.memory.writeInteger(...flat(pointer), size, alignment, ...halves(BigInt(value))));
  }

  writePointer(pointer: Pointer, value: Pointer, alignment = 1): string {
    return this.answer(this.memory.writePointer(...flat(pointer), alignment, ...flat(value)));
  }

  /** The pointer in memory at a pointer. Throws when the read fails. */
  pointerAt(pointer: Pointer): Pointer {
    const answer = this.answer(this.memory.readPointer(...flat(pointer), 1));
    if (answer !== 'clean') throw new Error(answer);
    return { address: this.value, provenance: this.memory.valueProvenance };
  }

  check(pointer: Pointer, extent: number, alignment = 1): string {
    return this.answer(this.memory.check(...flat(pointer), extent, alignment));
  }

  atomic(pointer: Pointer, size: number, intent: Intent): string {
    return this.answer(this.memory.checkAtomic(...flat(pointer), size, intent));
  }

  copy(source: Pointer, target: Pointer, size: number, apart = true, alignment = 1): string {
    return this.answer(this.memory.copy(...flat(source), ...flat(target), size, alignment, apart));
  }

  copyTyped(source: Pointer, target: Pointer, layout: TypedLayout): string {
    return this.answer(this.memory.copyTyped(...flat(source), ...flat(target), layout));
  }

  fillBytes(pointer: Pointer, size: number, byte: number): string {
    return this.answer(this.memory.fillBytes(...flat(pointer), size, 1, byte));
  }

  compare(first: Pointer, second: Pointer, size: number): string {
    return this.answer(this.memory.compare(...flat(first), ...flat(second), size));
  }

  offset(pointer: Pointer, delta: number | bigint): string {
    return this.answer(this.memory.offsetInBounds(...flat(pointer), ...halves(BigInt(delta))));
  }

  add(pointer: Pointer, delta: bigint): string {
    return this.answer(this.memory.addInBounds(...flat(pointer), ...halves(delta)));
  }

  difference(first: Pointer, second: Pointer, unsigned = false): string {
    return this.answer(this.memory.difference(...flat(first), ...flat(second), unsigned));
  }

  /** The integer of a pointer, exposed. */
  expose(pointer: Pointer): bigint {
    this.memory.expose(...flat(pointer));
    return this.value;
  }

  /** The wildcard of an integer. Throws under strict provenance. */
  fromExposed(address: bigint | number): Pointer {
    const answer = this.answer(this.memory.fromExposed(...halves(BigInt(address))));
    if (answer !== 'clean') throw new Error(answer);
    return this.result;
  }

  promise(pointer: Pointer, alignment: number): string {
    return this.answer(this.memory.promiseAlignment(...flat(pointer), alignment));
  }

  protect(pointer: Pointer): string {
    return this.answer(this.memory.setReadOnly(...flat(pointer)));
  }
}
