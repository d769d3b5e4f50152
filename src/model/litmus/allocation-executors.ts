import { Kind, mallocAlignment } from '../memory/kinds.ts';
import type { AllocationKind } from '../memory/kinds.ts';
import type { OperationInstruction } from './code.ts';
import { bitsOf, integerValue } from './evaluation.ts';
import { hasOperand, operand, word } from './executor.ts';
import type { Executor, Word } from './executor.ts';
import type { Frame } from './frame.ts';
import type { LitmusMachine } from './machine.ts';

/** No object is larger (Rust: `isize::MAX`; C: `PTRDIFF_MAX`). */
const MAX_OBJECT = 0x7fff_ffff_ffff_ffffn;
const MAX_ALIGNMENT = 1n << 29n;
/** What the alignment of `posix_memalign` must be a multiple of (POSIX.1-2024). */
const POINTER_SIZE = 8n;
const NULL = integerValue(0n);

/** Kinds by the word of the language. */
const KINDS: Readonly<Record<string, AllocationKind>> = {
  heap: 'heap',
  'c-heap': 'c-heap',
  stack: 'stack',
  static: 'static',
  threadlocal: 'thread-local',
  mmap: 'mmap',
  code: 'code',
};

/** Kinds whose bytes are 0 at first: the loader or the system clears them. */
const ZEROED: ReadonlySet<string> = new Set(['static', 'threadlocal', 'mmap']);

/** Statements that make allocations and give them back. */
export const ALLOCATION_EXECUTORS: Readonly<Record<string, Executor>> = {
  alloc(machine, instruction, frame) {
    const { words, counts } = instruction.statement;
    // Code has an address and no data, however long it is (rustc: interpret/memory.rs, `get_alloc_info`).
    const size = words.kind === 'code' ? 0n : operand(instruction, frame, 'size').bits;
    if (size > MAX_OBJECT) return machine.fail('size-overflow', 'count', `no object has ${size} bytes`);
    const fault = allocate(machine, size, counts.align ?? 1, KINDS[words.kind]);
    if (fault !== 0) return fault;
    const { low, high, provenance } = machine.memory;
    if (words.kind === 'stack') frame.stack.push(provenance);
    if (words.kind === 'threadlocal') frame.locals.push(provenance);
    const unfilled = initialise(machine, instruction, frame, { low, high, provenance }, Number(size));
    if (unfilled !== 0) return unfilled;
    if (words.readonly !== undefined) machine.memory.setReadOnly(low, high, provenance);
    machine.result(instruction, frame, 0, { bits: bitsOf(low, high), provenance });
    return 0;
  },
  malloc(machine, instruction, frame) {
    return cAllocate(machine, instruction, frame, operand(instruction, frame, 'size').bits, 1n);
  },
  calloc(machine, instruction, frame) {
    const size = operand(instruction, frame, 'count').bits * operand(instruction, frame, 'size').bits;
    const fault = cAllocate(machine, instruction, frame, size, 1n);
    if (fault !== 0 || size > MAX_OBJECT) return fault;
    const { memory } = machine;
    return memory.fillBytes(memory.low, memory.high, memory.provenance, Number(size), 1, 0);
  },
  'aligned-alloc'(machine, instruction, frame) {
    const align = operand(instruction, frame, 'align').bits;
    const size = operand(instruction, frame, 'size').bits;
    // The size must be a multiple of the alignment (C11 7.22.3.1; miri: src/shims/alloc.rs, `aligned_alloc`).
    const isRefused = !isPowerOfTwo(align) || size % align !== 0n;
    return isRefused ? refuse(machine, instruction, frame) : cAllocate(machine, instruction, frame, size, align);
  },
  'posix-memalign'(machine, instruction, frame) {
    const align = operand(instruction, frame, 'align').bits;
    const size = operand(instruction, frame, 'size').bits;
    const isRefused = !isPowerOfTwo(align) || align % POINTER_SIZE !== 0n;
    return isRefused ? refuse(machine, instruction, frame) : cAllocate(machine, instruction, frame, size, align);
  },
  realloc(machine, instruction, frame) {
    const { memory } = machine;
    const pointer = word(instruction, frame, 'pointer');
    const size = operand(instruction, frame, 'to').bits;
    const kind = claimedKind(machine, instruction, pointer);
    if (kind === Kind['c-heap']) {
      // C11 7.22.3.5: a null pointer makes it malloc; a refused request leaves the old block alone.
      if (isNull(pointer)) return cAllocate(machine, instruction, frame, size, 1n);
      // C23 7.24.3.7 leaves it undefined (miri: src/shims/alloc.rs, `realloc`).
      if (size === 0n) return machine.fail('invalid-free', 'zero-size', 'realloc of a block to a size of zero');
      if (size > MAX_OBJECT) return refuse(machine, instruction, frame);
    }
    if (size > MAX_OBJECT) return machine.fail('size-overflow', 'count', `no object has ${size} bytes`);
    if (!machine.hasRoom(Number(size))) return tooLarge(machine, size);
    const old = sizeAt(machine, pointer);
    const claimed = sizeClaim(instruction, frame);
    const alignment = kind === Kind['c-heap'] ? mallocAlignment(Number(size)) : -1;
    const { low, high, provenance } = pointer;
    const claimedAlign = instruction.statement.counts.align ?? -1;
    const race = deallocates(machine, pointer);
    if (race !== 0) return race;
    const fault = memory.reallocate(low, high, provenance, kind, claimed, claimedAlign, Number(size), alignment);
    if (fault !== 0) return fault;
    machine.freed(old);
    machine.allocated(Number(size));
    machine.shared?.created(machine.running);
    const bits = bitsOf(memory.low, memory.high);
    machine.result(instruction, frame, 0, { bits, provenance: memory.provenance });
    return 0;
  },
  free(machine, instruction, frame) {
    const pointer = word(instruction, frame, 'pointer');
    const { low, high, provenance } = pointer;
    const kind = claimedKind(machine, instruction, pointer);
    // free(NULL) does nothing (C11 7.22.3.3).
    if (kind === Kind['c-heap'] && isNull(pointer)) return 0;
    const size = sizeAt(machine, pointer);
    const claimedAlign = instruction.statement.counts.align ?? -1;
    const claimed = sizeClaim(instruction, frame);
    const race = deallocates(machine, pointer);
    if (race !== 0) return race;
    const fault = machine.memory.deallocate(low, high, provenance, kind, claimed, claimedAlign);
    if (fault === 0) machine.freed(size);
    return fault;
  },
  usable(machine, instruction, frame) {
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const { memory } = machine;
    const fault = memory.usableSize(low, high, provenance);
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, integerValue(bitsOf(memory.valueLow, memory.valueHigh)));
    return 0;
  },
  freeze(machine, instruction, frame) {
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    return machine.memory.setReadOnly(low, high, provenance);
  },
};

function allocate(machine: LitmusMachine, size: bigint, alignment: number, kind: AllocationKind): number {
  if (!machine.hasRoom(Number(size))) return tooLarge(machine, size);
  const fault = machine.memory.allocate(Number(size), alignment, Kind[kind]);
  if (fault === 0) machine.allocated(Number(size));
  if (fault === 0) machine.shared?.created(machine.running);
  return fault;
}

function tooLarge(machine: LitmusMachine, size: bigint): number {
  return machine.fail('unsupported', 'too-large', `a litmus program has no room for ${size} more bytes`);
}

/** C's allocators: an impossible size is answered with null, and every block has at least malloc's alignment for its size. */
function cAllocate(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  size: bigint,
  align: bigint,
): number {
  if (size > MAX_OBJECT || align > MAX_ALIGNMENT) return refuse(machine, instruction, frame);
  const alignment = Math.max(Number(align), size < 16n ? mallocAlignment(Number(size)) : 16);
  const fault = allocate(machine, size, alignment, 'c-heap');
  if (fault !== 0) return fault;
  const { low, high, provenance } = machine.memory;
  machine.result(instruction, frame, 0, { bits: bitsOf(low, high), provenance });
  return 0;
}

function refuse(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame): number {
  machine.result(instruction, frame, 0, NULL);
  return 0;
}

/** Gives a new allocation its first bytes. */
function initialise(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  { low, high, provenance }: Word,
  size: number,
): number {
  const { memory } = machine;
  const isGiven = hasOperand(instruction, 'init');
  if (!isGiven && !ZEROED.has(instruction.statement.words.kind)) return 0;
  const initial = isGiven ? word(instruction, frame, 'init') : { low: 0, high: 0 };
  if (size > 0 && size <= 8) return memory.writeInteger(low, high, provenance, size, 1, initial.low, initial.high);
  if (initial.low !== 0 || initial.high !== 0)
    return machine.fail('unsupported', 'init', 'an allocation of more than 8 bytes can only begin as zeros');
  return memory.fillBytes(low, high, provenance, size, 1, 0);
}

/** The kind that a statement names, or the heap that a block is of: only C's blocks are C's. */
function claimedKind(machine: LitmusMachine, instruction: OperationInstruction, pointer: Word): number {
  const { kind } = instruction.statement.words;
  if (kind !== undefined) return Kind[KINDS[kind]];
  const record = recordOf(machine, pointer);
  return record >= 0 && machine.memory.kindOf[record] === Kind['c-heap'] ? Kind['c-heap'] : Kind.heap;
}

/** The live record that a pointer belongs to, or -1. */
export function recordOf({ memory }: LitmusMachine, { low, high, provenance }: Word): number {
  if (provenance >= 0) return memory.recordOf(provenance);
  const record = memory.recordAt(low, high);
  return record >= 0 && memory.isExposed(memory.number[record]) ? record : -1;
}

/** Looks for races of the deallocation that the memory is about to make. What the memory will refuse is left to it. */
function deallocates(machine: LitmusMachine, pointer: Word): number {
  const record = recordOf(machine, pointer);
  return record < 0 ? 0 : (machine.shared?.deallocates(machine.running, machine.memory.number[record]) ?? 0);
}

function sizeAt(machine: LitmusMachine, pointer: Word): number {
  const record = recordOf(machine, pointer);
  return record < 0 ? 0 : machine.memory.size[record];
}

/** The size that a statement claims, -1 for none. */
function sizeClaim(instruction: OperationInstruction, frame: Frame): number {
  return hasOperand(instruction, 'size') ? Number(operand(instruction, frame, 'size').bits) : -1;
}

function isNull({ low, high }: Word): boolean {
  return low === 0 && high === 0;
}

function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}
