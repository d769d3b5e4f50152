import { operand } from './executor.ts';
import type { Executor } from './executor.ts';
import { printExpression } from './expressions.ts';
import { LOCK_EXECUTORS } from './lock-executors.ts';
import { Step } from './step.ts';

/** Assertions, locks and threads. */
export const CONTROL_EXECUTORS: Readonly<Record<string, Executor>> = {
  ...LOCK_EXECUTORS,
  assert(machine, instruction, frame) {
    if (operand(instruction, frame, 'condition').bits !== 0n) return Step.ran;
    const text = printExpression(instruction.statement.operands.condition);
    return machine.fail('assertion', 'false', `${text} does not hold`);
  },
  assume(_machine, instruction, frame) {
    return operand(instruction, frame, 'condition').bits === 0n ? Step.discarded : Step.ran;
  },
  yield: () => Step.ran,
  spawn: threads,
  join: threads,
  detach: threads,
};

/** Who steps several threads does these himself; with one thread they cannot come up, for threads must exist. */
function threads(machine: Parameters<Executor>[0]): number {
  return machine.fail('unsupported', 'threads', 'the program has more than one thread');
}
