import type { Content } from '../concurrency/event.ts';
import { ORDERS } from '../concurrency/order.ts';
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
 * Atomic accesses. With one thread every load reads the newest value and a weak compare-exchange does not fail for nothing; with
 * several, the shared memory says what may be read.
 */
export const ATOMIC_EXECUTORS: Readonly<Record<string, Executor>> = {
  load: (machine, instruction, frame) => load(machine, instruction, frame, false),
  store: (machine, instruction, frame) => store(machine, instruction, frame, false),
  exchange: (machine, instruction, frame) =>
    update(machine, instruction, frame, false, () => operand(instruction, frame, 'value')),
  fetch(machine, instruction, frame) {
    const { words, counts } = instruction.statement;
    const bits = counts.size * 8;
    const value = BigInt.asUintN(bits, operand(instruction, frame, 'value').bits);
    return update(machine, instruction, frame, false, (old) =>
      integerValue(FETCHES[words.fetch](old.bits, value, bits)),
    );
  },
  cas(machine, instruction, frame) {
    const { size } = instruction.statement.counts;
    const expected = BigInt.asUintN(size * 8, operand(instruction, frame, 'expected').bits);
    const next = operand(instruction, frame, 'value');
    return update(machine, instruction, frame, false, (old) => (old.bits === expected ? next : undefined));
  },
  loadptr: (machine, instruction, frame) => load(machine, instruction, frame, true),
  storeptr: (machine, instruction, frame) => store(machine, instruction, frame, true),
  exchangeptr: (machine, instruction, frame) =>
    update(machine, instruction, frame, true, () => operand(instruction, frame, 'value')),
  casptr(machine, instruction, frame) {
    const expected = operand(instruction, frame, 'expected').bits;
    const next = operand(instruction, frame, 'value');
    // Addresses alone are compared (miri: tests/pass/atomic.rs, `atomic_ptr`).
    return update(machine, instruction, frame, true, (old) => (old.bits === expected ? next : undefined));
  },
  fetchptr(machine, instruction, frame) {
    const { bits } = operand(instruction, frame, 'value');
    const apply = FETCHES[instruction.statement.words.fetch];
    return update(machine, instruction, frame, true, (old) => ({
      bits: integerValue(apply(old.bits, bits, 64)).bits,
      provenance: old.provenance,
    }));
  },
  fence({ shared }, instruction, frame) {
    shared?.fence(frame.index, ORDERS[instruction.statement.words.order]);
    return 0;
  },
};

const POINTER_SIZE = 8;

function load(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame, isPointer: boolean): number {
  const { memory, shared } = machine;
  const address = word(instruction, frame, 'pointer');
  const size = isPointer ? POINTER_SIZE : instruction.statement.counts.size;
  const { order } = instruction.statement.words;
  const intent: Intent = order === 'relaxed' ? 'atomic-load' : 'atomic-ordered-load';
  let fault = memory.checkAtomic(address.low, address.high, address.provenance, size, intent);
  if (fault !== 0) return fault;
  fault =
    shared === undefined
      ? read(machine, address, size, isPointer)
      : shared.load(frame.index, address, size, ORDERS[order]);
  if (fault !== 0) return fault;
  const old = shared === undefined ? loaded(machine) : valueOf(shared.content);
  machine.result(instruction, frame, 0, isPointer ? old : integerValue(old.bits));
  return 0;
}

function store(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame, isPointer: boolean): number {
  const { memory, shared } = machine;
  const address = word(instruction, frame, 'pointer');
  const size = isPointer ? POINTER_SIZE : instruction.statement.counts.size;
  const fault = memory.checkAtomic(address.low, address.high, address.provenance, size, 'atomic-store');
  if (fault !== 0) return fault;
  const value = operand(instruction, frame, 'value');
  if (shared === undefined) return write(machine, address, size, value, isPointer);
  const order = ORDERS[instruction.statement.words.order];
  return shared.store(frame.index, address, size, order, contentOf(value, size, isPointer));
}

/** A read-modify-write; `next` answers undefined when nothing is to be stored. Results: the old value, and whether it stored. */
function update(
  machine: LitmusMachine,
  instruction: OperationInstruction,
  frame: Frame,
  isPointer: boolean,
  next: (old: Value) => Value | undefined,
): number {
  const { memory, shared } = machine;
  const { words, counts } = instruction.statement;
  const address = word(instruction, frame, 'pointer');
  const size = isPointer ? POINTER_SIZE : counts.size;
  let fault = memory.checkAtomic(address.low, address.high, address.provenance, size, 'atomic-update');
  if (fault !== 0) return fault;
  if (shared === undefined) {
    fault = read(machine, address, size, isPointer);
    if (fault !== 0) return fault;
    const old = loaded(machine);
    const value = next(old);
    machine.result(instruction, frame, 0, old);
    machine.result(instruction, frame, 1, integerValue(value === undefined ? 0n : 1n));
    return value === undefined ? 0 : write(machine, address, size, value, isPointer);
  }
  fault = shared.update(frame.index, address, size, {
    order: ORDERS[words.order],
    failure: ORDERS[words.failure ?? words.order],
    isWeak: words.weak !== undefined,
    next: (content) => {
      const value = next(valueOf(content));
      return value && contentOf(value, size, isPointer);
    },
  });
  if (fault !== 0) return fault;
  const old = valueOf(shared.content);
  machine.result(instruction, frame, 0, isPointer ? old : integerValue(old.bits));
  machine.result(instruction, frame, 1, integerValue(shared.stored ? 1n : 0n));
  return 0;
}

/** The word that the memory read last. */
function loaded({ memory }: LitmusMachine): Value {
  return { bits: bitsOf(memory.valueLow, memory.valueHigh), provenance: memory.valueProvenance };
}

function valueOf({ low, high, provenance }: Content): Value {
  return { bits: bitsOf(low, high), provenance };
}

function contentOf(value: Value, size: number, isPointer: boolean): Content {
  const { bits } = integerValue(BigInt.asUintN(size * 8, value.bits));
  const cut = { bits, provenance: isPointer ? value.provenance : 0 };
  return { low: lowOf(cut), high: highOf(cut), provenance: cut.provenance, isInitialized: true };
}

function read({ memory }: LitmusMachine, { low, high, provenance }: Word, size: number, isPointer: boolean): number {
  return isPointer ? memory.readPointer(low, high, provenance, 1) : memory.readInteger(low, high, provenance, size, 1);
}

function write(
  { memory }: LitmusMachine,
  { low, high, provenance }: Word,
  size: number,
  value: Value,
  isPointer: boolean,
): number {
  return isPointer
    ? memory.writePointer(low, high, provenance, 1, lowOf(value), highOf(value), value.provenance)
    : memory.writeInteger(low, high, provenance, size, 1, lowOf(value), highOf(value));
}
