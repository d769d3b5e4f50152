import { OperationFault, OperationPanic, type Host } from '../../src/model/ir/engine.ts';
import { interpretProgram, type Interpreter } from '../../src/model/ir/interpreter/interpreter.ts';
import type { Operation } from '../../src/model/ir/operation.ts';
import { linkProgram } from '../../src/model/ir/program.ts';
import type { Declaration } from '../../src/model/ir/state.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { verdictOf } from '../../src/model/vocabulary/verdicts.ts';

export function hostWith(changes: Partial<Host> = {}): Host {
  const memory = new Memory(DEFAULT_MACHINE, new Random(1));
  return { memory, reclaim: () => 0, callback: () => {}, mayPanic: () => false, ...changes };
}

/** An interpreter over some state and operations. */
export function interpreter(
  declared: { readonly declarations: readonly Declaration[] },
  operations: Readonly<Record<string, unknown>>,
  host = hostWith(),
): Interpreter {
  const recorded = Object.entries(operations).map(([name, each]) => [name, (each as Operation).record()] as const);
  return interpretProgram(linkProgram(declared.declarations, new Map(recorded)), host);
}

/** What a call answers: its first components, the verdict that stopped it, or its panic. */
export function call(engine: Interpreter, name: string, ...components: number[]): number | string {
  try {
    engine.entry(name)(...components);
    return engine.registers[0];
  } catch (error) {
    if (error instanceof OperationFault) return verdictOf(error.fault);
    if (error instanceof OperationPanic) return error.message;
    throw error;
  }
}
