import { Kind } from '../../memory/kinds.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Expression } from '../expression.ts';
import { widthOf } from '../type.ts';
import type { Steps } from './access.ts';
import type { Execution, StatementOf } from './execution.ts';
import { bitsFromHalves, bitsOf, halvesOf, pointerOf, type PointerValue } from './values.ts';

type MemoryStatement = StatementOf<
  'reclaim' | 'expose' | 'fromExposed' | 'offset' | 'allocate' | 'deallocate' | 'read' | 'write'
>;

interface Halves {
  readonly low: number;
  readonly high: number;
  readonly provenance: number;
}

/** One operation on simulated memory. A fault that the memory answers is raised at the statement. */
export function* accessMemory(run: Execution, statement: MemoryStatement): Steps<void> {
  yield* run.step('memory', statement, 'plain');
  const fault = perform(run, statement);
  if (fault !== 0) run.raise(fault, statement);
  if (!('into' in statement)) return;
  const { memory } = run.surroundings.host;
  run.locals.set(
    statement.into,
    statement.kind === 'expose'
      ? bitsFromHalves(memory.valueLow, memory.valueHigh)
      : statement.kind === 'read'
        ? readValue(memory, statement)
        : { address: bitsFromHalves(memory.low, memory.high), provenance: memory.provenance },
  );
}

/** Calls the memory; answers its fault code. */
function perform(run: Execution, statement: MemoryStatement): number {
  const { host } = run.surroundings;
  const { memory } = host;
  switch (statement.kind) {
    case 'reclaim': {
      const { low, high, provenance } = halves(run, statement.pointer);
      return host.reclaim(low, high, provenance);
    }
    case 'expose': {
      const { low, high, provenance } = halves(run, statement.pointer);
      return memory.expose(low, high, provenance);
    }
    case 'fromExposed': {
      const { low, high } = halvesOf(run.bits(statement.address));
      return memory.fromExposed(low, high);
    }
    case 'offset': {
      const { low, high, provenance } = halves(run, statement.pointer);
      const delta = halvesOf(run.bits(statement.delta));
      return memory.offsetInBounds(low, high, provenance, delta.low, delta.high);
    }
    case 'allocate':
      return memory.allocate(Number(run.bits(statement.size)), statement.alignment, Kind.heap);
    case 'deallocate': {
      const { low, high, provenance } = halves(run, statement.pointer);
      const size = Number(run.bits(statement.size));
      return memory.deallocate(low, high, provenance, Kind.heap, size, statement.alignment);
    }
    case 'read': {
      const { low, high, provenance } = halves(run, statement.pointer);
      if (statement.into.type.kind === 'pointer') return memory.readPointer(low, high, provenance, 8);
      const bytes = widthOf(statement.into.type) / 8;
      return memory.readInteger(low, high, provenance, bytes, bytes);
    }
    case 'write':
      return write(run, memory, statement);
  }
}

function write(run: Execution, memory: Memory, statement: StatementOf<'write'>): number {
  const { low, high, provenance } = halves(run, statement.pointer);
  const value = run.value(statement.value);
  const bits = halvesOf(bitsOf(value));
  if (statement.value.type.kind === 'pointer')
    return memory.writePointer(low, high, provenance, 8, bits.low, bits.high, pointerOf(value).provenance);
  const bytes = widthOf(statement.value.type) / 8;
  return memory.writeInteger(low, high, provenance, bytes, bytes, bits.low, bits.high);
}

function readValue(memory: Memory, { into }: StatementOf<'read'>): bigint | PointerValue {
  const bits = bitsFromHalves(memory.valueLow, memory.valueHigh);
  return into.type.kind === 'pointer' ? { address: bits, provenance: memory.valueProvenance } : bits;
}

function halves(run: Execution, pointer: Expression): Halves {
  const { address, provenance } = pointerOf(run.value(pointer));
  return { ...halvesOf(address), provenance };
}
