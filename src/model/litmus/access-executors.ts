import { Kind } from '../memory/kinds.ts';
import { typedLayout } from '../memory/typed-layout.ts';
import { recordOf } from './allocation-executors.ts';
import type { OperationInstruction } from './code.ts';
import { bitsOf, integerValue } from './evaluation.ts';
import { operand, word } from './executor.ts';
import type { Executor } from './executor.ts';
import type { Frame } from './frame.ts';
import type { LitmusMachine } from './machine.ts';
import type { Field } from './syntax.ts';

const FIELD_TYPES = { int: 'integer', ptr: 'pointer', bytes: 'raw' } as const;

/** Plain accesses, copies, and promises about pointers. */
export const ACCESS_EXECUTORS: Readonly<Record<string, Executor>> = {
  read(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const { size } = instruction.statement.counts;
    const align = alignmentOf(instruction);
    if (size === 0) {
      machine.result(instruction, frame, 0, integerValue(0n));
      return memory.check(low, high, provenance, 0, align, 'read');
    }
    let fault = machine.touch(frame, { low, high, provenance }, size, 'read');
    if (fault === 0) fault = memory.readInteger(low, high, provenance, size, align);
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, integerValue(bitsOf(memory.valueLow, memory.valueHigh)));
    return 0;
  },
  write(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const { size } = instruction.statement.counts;
    const align = alignmentOf(instruction);
    if (size === 0) return memory.check(low, high, provenance, 0, align, 'write');
    const value = word(instruction, frame, 'value');
    const fault = machine.touch(frame, { low, high, provenance }, size, 'write');
    if (fault !== 0) return fault;
    return memory.writeInteger(low, high, provenance, size, align, value.low, value.high);
  },
  readptr(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    let fault = machine.touch(frame, { low, high, provenance }, 8, 'read');
    if (fault === 0) fault = memory.readPointer(low, high, provenance, instruction.statement.counts.align ?? 8);
    if (fault !== 0) return fault;
    const bits = bitsOf(memory.valueLow, memory.valueHigh);
    machine.result(instruction, frame, 0, { bits, provenance: memory.valueProvenance });
    return 0;
  },
  writeptr(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const value = word(instruction, frame, 'value');
    const align = instruction.statement.counts.align ?? 8;
    const fault = machine.touch(frame, { low, high, provenance }, 8, 'write');
    if (fault !== 0) return fault;
    return memory.writePointer(low, high, provenance, align, value.low, value.high, value.provenance);
  },
  memset(machine, instruction, frame) {
    const fault = measure(machine, instruction, frame) || touched(machine, instruction, frame, 'pointer', 'write');
    if (fault !== 0) return fault;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const byte = word(instruction, frame, 'value').low & 0xff;
    return machine.memory.fillBytes(
      low,
      high,
      provenance,
      measured(machine),
      instruction.statement.counts.align ?? 1,
      byte,
    );
  },
  copy(machine, instruction, frame) {
    const fault = measure(machine, instruction, frame);
    if (fault !== 0) return fault;
    return copy(machine, instruction, frame, instruction.statement.words.nonoverlapping !== undefined);
  },
  memcpy(machine, instruction, frame) {
    const { memory } = machine;
    for (const name of ['from', 'to']) {
      const { low, high, provenance } = word(instruction, frame, name);
      const fault = memory.requireAllocation(low, high, provenance);
      if (fault !== 0) return fault;
    }
    const fault = measure(machine, instruction, frame);
    return fault === 0 ? copy(machine, instruction, frame, true) : fault;
  },
  copytyped(machine, instruction, frame) {
    const { memory } = machine;
    const from = word(instruction, frame, 'from');
    const to = word(instruction, frame, 'to');
    const { counts, fields } = instruction.statement;
    const layout = typedLayout(counts.size, counts.align ?? 1, fields.map(typedField));
    const race = machine.touch(frame, from, counts.size, 'read') || machine.touch(frame, to, counts.size, 'write');
    if (race !== 0) return race;
    return memory.copyTyped(from.low, from.high, from.provenance, to.low, to.high, to.provenance, layout);
  },
  deinit(machine, instruction, frame) {
    const fault = measure(machine, instruction, frame) || touched(machine, instruction, frame, 'pointer', 'write');
    if (fault !== 0) return fault;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    return machine.memory.deinitialize(low, high, provenance, measured(machine), 1);
  },
  swap(machine, instruction, frame) {
    const fault =
      measure(machine, instruction, frame) ||
      touched(machine, instruction, frame, 'left', 'write') ||
      touched(machine, instruction, frame, 'right', 'write');
    if (fault !== 0) return fault;
    const left = word(instruction, frame, 'left');
    const right = word(instruction, frame, 'right');
    const size = measured(machine);
    return machine.memory.swap(left.low, left.high, left.provenance, right.low, right.high, right.provenance, size, 1);
  },
  memcmp(machine, instruction, frame) {
    const { memory } = machine;
    const unmeasured =
      measure(machine, instruction, frame) ||
      touched(machine, instruction, frame, 'left', 'read') ||
      touched(machine, instruction, frame, 'right', 'read');
    if (unmeasured !== 0) return unmeasured;
    const left = word(instruction, frame, 'left');
    const right = word(instruction, frame, 'right');
    const size = measured(machine);
    const fault = memory.compare(left.low, left.high, left.provenance, right.low, right.high, right.provenance, size);
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, integerValue(bitsOf(memory.valueLow, memory.valueHigh)));
    return 0;
  },
  deref({ memory }, instruction, frame) {
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const extent = Number(BigInt.asIntN(64, operand(instruction, frame, 'size').bits));
    return memory.check(low, high, provenance, extent, instruction.statement.counts.align ?? 1);
  },
  promise({ memory }, instruction, frame) {
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    return memory.promiseAlignment(low, high, provenance, instruction.statement.counts.align);
  },
  call(machine, instruction, frame) {
    const { memory } = machine;
    const pointer = word(instruction, frame, 'pointer');
    const { low, high, provenance } = pointer;
    const record = recordOf(machine, pointer);
    // Nothing is behind the pointer: the check of an access says why.
    if (record < 0) return memory.check(low, high, provenance, 1, 1, 'read');
    const isEntry =
      memory.kindOf[record] === Kind.code && memory.baseLow[record] === low && memory.baseHigh[record] === high;
    if (isEntry) return 0;
    return machine.fail('out-of-bounds', 'data', 'the pointer that is called does not point to the beginning of code');
  },
};

/** A size that is no power of two has the alignment of its bytes. */
function alignmentOf(instruction: OperationInstruction): number {
  const { size, align } = instruction.statement.counts;
  if (align !== undefined) return align;
  return size > 0 && (size & (size - 1)) === 0 ? size : 1;
}

/** Finds the size in bytes of so many elements: `size-overflow` when no object can have it. */
function measure({ memory }: LitmusMachine, instruction: OperationInstruction, frame: Frame): number {
  const { low, high } = word(instruction, frame, 'size');
  return memory.extentOf(low, high, instruction.statement.counts.of ?? 1);
}

/** Looks at the threads' side of a plain access of the measured size. */
function touched(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  name: string,
  kind: 'read' | 'write',
): number {
  return machine.touch(frame, word(instruction, frame, name), measured(machine), kind);
}

/** The size that `measure` found. */
function measured({ memory }: LitmusMachine): number {
  return Number(bitsOf(memory.valueLow, memory.valueHigh));
}

function copy(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame, apart: boolean): number {
  const from = word(instruction, frame, 'from');
  const to = word(instruction, frame, 'to');
  const size = measured(machine);
  const align = instruction.statement.counts.align ?? 1;
  const { memory } = machine;
  const race = machine.touch(frame, from, size, 'read') || machine.touch(frame, to, size, 'write');
  if (race !== 0) return race;
  return memory.copy(from.low, from.high, from.provenance, to.low, to.high, to.provenance, size, align, apart);
}

function typedField({ type, size, offset }: Field): {
  readonly offset: number;
  readonly size: number;
  readonly type: 'integer' | 'pointer' | 'raw';
} {
  return { offset, size, type: FIELD_TYPES[type] };
}
