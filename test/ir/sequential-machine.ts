import { OperationFault, type Engine, type Host } from '../../src/model/ir/engine.ts';
import { componentsOf, type ValueType } from '../../src/model/ir/type.ts';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import type { Operation } from '../../src/model/ir/operation.ts';
import { linkProgram, type Program } from '../../src/model/ir/program.ts';
import type { Declaration } from '../../src/model/ir/state.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { verdictOf } from '../../src/model/vocabulary/verdicts.ts';

interface Recordable {
  name: string;
  record(): ReturnType<Operation['record']>;
}

/** A program of some operations under their names. */
export function programOf(
  declarations: readonly Declaration[],
  operations: Readonly<Record<string, Recordable>>,
): Program {
  const entries = Object.entries(operations).map(([name, each]) => {
    each.name = name;
    return [name, each.record()] as const;
  });
  return linkProgram(declarations, new Map(entries));
}

export function hostOf(changes: Partial<Host> = {}, settings: Partial<MachineSettings> = {}): Host {
  return {
    memory: new Memory({ ...DEFAULT_MACHINE, ...settings }, new Random(1)),
    reclaim: () => 0,
    callback: () => {},
    mayPanic: () => false,
    ...changes,
  };
}

export function compiled(
  declarations: readonly Declaration[],
  operations: Readonly<Record<string, Recordable>>,
  host: Host = hostOf(),
): Engine {
  return compileSequential(programOf(declarations, operations), host, { coverage: true, path: true });
}

/** The int32 components of some bits, as an engine takes them. */
export function components(type: ValueType, bits: bigint): number[] {
  const low = Number(BigInt.asIntN(32, bits));
  return componentsOf(type).length === 1 ? [low] : [low, Number(BigInt.asIntN(32, bits >> 32n))];
}

/** The bits behind two int32 halves. */
export function bitsOf(low: number | undefined, high: number | undefined = 0): bigint {
  return BigInt.asUintN(32, BigInt(low ?? 0)) | (BigInt.asUintN(32, BigInt(high)) << 32n);
}

/** Runs an entry; answers the first registers, or the verdict that ended it. */
export function run(engine: Engine, entry: string, ...given: number[]): number[] | string {
  try {
    engine.entry(entry)(...given);
  } catch (error) {
    if (error instanceof OperationFault) return verdictOf(error.fault);
    throw error;
  }
  return [...engine.registers];
}

/** The first register, or the verdict. */
export function first(answer: number[] | string): number | string | undefined {
  return typeof answer === 'string' ? answer : answer[0];
}
