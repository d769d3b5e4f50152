import type { Intent } from '../memory/fault-detail.ts';
import type { OperationInstruction } from './code.ts';
import { bitsOf, integerValue, highOf, lowOf } from './evaluation.ts';
import type { Value } from './evaluation.ts';
import { operand, word } from './executor.ts';
import type { Executor, Word } from './executor.ts';
import type { Frame } from './frame.ts';
import type { LitmusMachine } from './machine.ts';

/** Updates of `size` bytes: the old value (already cut to the size) and the operand give the new one, which is cut when stored. */
const FETCHES: Readonly<Record<string, (old: bigint, value: bigint, bits: number) => bigint>> = {
  add: (old, value) => old + value,
  sub: (old, value) => old - value,
  and: (old, value) => old & value,
  or: (old, value) => old | value,
  xor: (old, value) => old ^ value,
  nand: (old, value) => ~(old & value),
  min: (old, value) => (value < old ? value : old),
  max: (old, value) => (value > old ? value : old),
  smin: (old, value, bits) => (BigInt.asIntN(bits, value) < BigInt.asIntN(bits, old) ? value : old),
  smax: (old, value, bits) => (BigInt.asIntN(bits, value) > BigInt.asIntN(bits, old) ? value : old),
};

/**
 * Atomic accesses as one thread sees them: every load reads the newest value, and a weak compare-exchange does not fail for
 * nothing. Orderings matter only between threads.
 */
export const ATOMIC_EXECUTORS: Readonly<Record<string, Executor>> = {
  load(machine, instruction, frame) {
    const { words, counts } = instruction.statement;
    const address = word(instruction, frame, 'pointer');
    const fault = loadInteger(machine, address, counts.size, loadIntent(words.order));
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, loaded(machine));
    return 0;
  },
  store(machine, instruction, frame) {
    const { size } = instruction.statement.counts;
    const address = word(instruction, frame, 'pointer');
    const fault = machine.memory.checkAtomic(address.low, address.high, address.provenance, size, 'atomic-store');
    return fault === 0 ? storeInteger(machine, address, size, operand(instruction, frame, 'value')) : fault;
  },
  exchange(machine, instruction, frame) {
    return update(machine, instruction, frame, () => operand(instruction, frame, 'value').bits);
  },
  fetch(machine, instruction, frame) {
    const { words, counts } = instruction.statement;
    const bits = counts.size * 8;
    const value = BigInt.asUintN(bits, operand(instruction, frame, 'value').bits);
    return update(machine, instruction, frame, (old) => FETCHES[words.fetch](old, value, bits));
  },
  cas(machine, instruction, frame) {
    const expected = BigInt.asUintN(
      instruction.statement.counts.size * 8,
      operand(instruction, frame, 'expected').bits,
    );
    const next = operand(instruction, frame, 'value').bits;
    return update(machine, instruction, frame, (old) => (old === expected ? next : undefined));
  },
  loadptr(machine, instruction, frame) {
    const address = word(instruction, frame, 'pointer');
    const fault = loadPointer(machine, address, loadIntent(instruction.statement.words.order));
    if (fault !== 0) return fault;
    machine.result(instruction, frame, 0, loaded(machine));
    return 0;
  },
  storeptr(machine, instruction, frame) {
    const address = word(instruction, frame, 'pointer');
    const fault = machine.memory.checkAtomic(address.low, address.high, address.provenance, 8, 'atomic-store');
    return fault === 0 ? storePointer(machine, address, operand(instruction, frame, 'value')) : fault;
  },
  exchangeptr(machine, instruction, frame) {
    return updatePointer(machine, instruction, frame, () => operand(instruction, frame, 'value'));
  },
  casptr(machine, instruction, frame) {
    const expected = operand(instruction, frame, 'expected').bits;
    const next = operand(instruction, frame, 'value');
    // Addresses alone are compared (miri: tests/pass/atomic.rs, `atomic_ptr`).
    return updatePointer(machine, instruction, frame, (old) => (old.bits === expected ? next : undefined));
  },
  fetchptr(machine, instruction, frame) {
    const { bits } = operand(instruction, frame, 'value');
    const apply = FETCHES[instruction.statement.words.fetch];
    return updatePointer(machine, instruction, frame, (old) => ({
      bits: integerValue(apply(old.bits, bits, 64)).bits,
      provenance: old.provenance,
    }));
  },
  fence: () => 0,
};

function loadIntent(order: string): Intent {
  return order === 'relaxed' ? 'atomic-load' : 'atomic-ordered-load';
}

/** The word that the memory read last. */
function loaded({ memory }: LitmusMachine): Value {
  return { bits: bitsOf(memory.valueLow, memory.valueHigh), provenance: memory.valueProvenance };
}

function loadInteger({ memory }: LitmusMachine, { low, high, provenance }: Word, size: number, intent: Intent): number {
  const fault = memory.checkAtomic(low, high, provenance, size, intent);
  return fault === 0 ? memory.readInteger(low, high, provenance, size, 1) : fault;
}

function storeInteger({ memory }: LitmusMachine, { low, high, provenance }: Word, size: number, value: Value): number {
  return memory.writeInteger(low, high, provenance, size, 1, lowOf(value), highOf(value));
}

function loadPointer({ memory }: LitmusMachine, { low, high, provenance }: Word, intent: Intent): number {
  const fault = memory.checkAtomic(low, high, provenance, 8, intent);
  return fault === 0 ? memory.readPointer(low, high, provenance, 1) : fault;
}

function storePointer({ memory }: LitmusMachine, { low, high, provenance }: Word, value: Value): number {
  return memory.writePointer(low, high, provenance, 1, lowOf(value), highOf(value), value.provenance);
}

/** A read-modify-write; `next` answers undefined when nothing is to be stored. Results: the old value, and whether it stored. */
function update(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  next: (old: bigint) => bigint | undefined,
): number {
  const address = word(instruction, frame, 'pointer');
  const { size } = instruction.statement.counts;
  const fault = loadInteger(machine, address, size, 'atomic-update');
  if (fault !== 0) return fault;
  const old = loaded(machine);
  const value = next(old.bits);
  machine.result(instruction, frame, 0, old);
  machine.result(instruction, frame, 1, integerValue(value === undefined ? 0n : 1n));
  return value === undefined ? 0 : storeInteger(machine, address, size, integerValue(value));
}

function updatePointer(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  next: (old: Value) => Value | undefined,
): number {
  const address = word(instruction, frame, 'pointer');
  const fault = loadPointer(machine, address, 'atomic-update');
  if (fault !== 0) return fault;
  const old = loaded(machine);
  const value = next(old);
  machine.result(instruction, frame, 0, old);
  machine.result(instruction, frame, 1, integerValue(value === undefined ? 0n : 1n));
  return value === undefined ? 0 : storePointer(machine, address, value);
}
