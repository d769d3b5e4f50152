import { ASSIGNMENT } from './forms.ts';
import { MASK, bitsOf, highOf, integerValue, lowOf } from './evaluation.ts';
import { operand, word } from './executor.ts';
import type { Executor } from './executor.ts';

const MAX_OFFSET = 0x7fff_ffff_ffff_ffffn;

/** Arithmetic on pointers, and what turns integers into pointers and back. */
export const POINTER_EXECUTORS: Readonly<Record<string, Executor>> = {
  [ASSIGNMENT](machine, instruction, frame) {
    machine.result(instruction, frame, 0, operand(instruction, frame, 'value'));
    return 0;
  },
  offset(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const isUnsigned = instruction.statement.words.unsigned !== undefined;
    const count = operand(instruction, frame, 'by').bits;
    const total = (isUnsigned ? count : BigInt.asIntN(64, count)) * BigInt(instruction.statement.counts.of ?? 1);
    const delta = integerValue(total);
    if (total > MASK || (!isUnsigned && (total > MAX_OFFSET || total < -MAX_OFFSET - 1n)))
      return machine.fail('pointer-arithmetic', 'overflow', `an offset of ${total} bytes does not fit 64 bits`);
    const fault = isUnsigned
      ? memory.addInBounds(low, high, provenance, lowOf(delta), highOf(delta))
      : memory.offsetInBounds(low, high, provenance, lowOf(delta), highOf(delta));
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, { bits: bitsOf(memory.low, memory.high), provenance: memory.provenance });
    return 0;
  },
  diff(machine, instruction, frame) {
    const { memory } = machine;
    const left = word(instruction, frame, 'left');
    const right = word(instruction, frame, 'right');
    const isUnsigned = instruction.statement.words.unsigned !== undefined;
    const fault = memory.difference(
      left.low,
      left.high,
      left.provenance,
      right.low,
      right.high,
      right.provenance,
      isUnsigned,
    );
    if (fault !== 0) return fault;
    const distance = BigInt.asIntN(64, bitsOf(memory.valueLow, memory.valueHigh));
    const size = BigInt(instruction.statement.counts.of ?? 1);
    if (size === 0n || distance % size !== 0n)
      return machine.fail(
        'pointer-difference',
        'inexact',
        `${distance} bytes are no whole number of elements of ${size}`,
      );
    machine.result(instruction, frame, 0, integerValue(distance / size));
    return 0;
  },
  expose(machine, instruction, frame) {
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    const fault = machine.memory.expose(low, high, provenance);
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, integerValue(bitsOf(low, high)));
    return 0;
  },
  fromexposed(machine, instruction, frame) {
    const { memory } = machine;
    const { low, high } = word(instruction, frame, 'address');
    const fault = memory.fromExposed(low, high);
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, { bits: bitsOf(low, high), provenance: memory.provenance });
    return 0;
  },
  withaddr(machine, instruction, frame) {
    const { provenance } = operand(instruction, frame, 'pointer');
    machine.result(instruction, frame, 0, { bits: operand(instruction, frame, 'address').bits, provenance });
    return 0;
  },
  without(machine, instruction, frame) {
    machine.result(instruction, frame, 0, integerValue(operand(instruction, frame, 'address').bits));
    return 0;
  },
};
