import type { OperationInstruction } from './code.ts';
import { operand } from './executor.ts';
import type { Executor } from './executor.ts';
import { printExpression } from './expressions.ts';
import { FUTEX_EXECUTORS } from './futex-executors.ts';
import { LOCK_EXECUTORS } from './lock-executors.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

/** Assertions, locks and threads. */
export const CONTROL_EXECUTORS: Readonly<Record<string, Executor>> = {
  ...LOCK_EXECUTORS,
  ...FUTEX_EXECUTORS,
  assert(machine, instruction, frame) {
    if (operand(instruction, frame, 'condition').bits !== 0n) return Step.ran;
    const text = printExpression(instruction.statement.operands.condition);
    return machine.fail('assertion', 'false', `${text} does not hold`);
  },
  assume(_machine, instruction, frame) {
    return operand(instruction, frame, 'condition').bits === 0n ? Step.discarded : Step.ran;
  },
  yield: () => Step.ran,
  spawn(machine, instruction, frame) {
    const index = threadOf(machine, instruction);
    if (machine.threads[index].state !== 'new')
      return machine.fail('thread-misuse', 'spawned-twice', 'a thread is spawned that runs or has run already');
    machine.spawn(frame, index);
    return Step.ran;
  },
  join(machine, instruction, frame) {
    const index = threadOf(machine, instruction);
    const life = machine.threads[index];
    if (index === frame.index) return machine.fail('thread-misuse', 'join-self', 'a thread joins itself');
    if (life.isJoined) return machine.fail('thread-misuse', 'joined-twice', 'a thread is joined a second time');
    if (life.isDetached) return machine.fail('thread-misuse', 'detached', 'a thread is joined that was detached');
    if (life.state !== 'ended') return Step.blocked;
    machine.threads[index] = { ...life, isJoined: true };
    machine.sync(frame, life.clock);
    return Step.ran;
  },
  detach(machine, instruction) {
    const index = threadOf(machine, instruction);
    const life = machine.threads[index];
    if (life.isJoined || life.isDetached)
      return machine.fail('thread-misuse', 'detached', 'a thread is detached that was joined or detached already');
    machine.threads[index] = { ...life, isDetached: true };
    return Step.ran;
  },
};

/** The position of the thread that a statement names. */
function threadOf({ code }: LitmusMachine, { statement }: OperationInstruction): number {
  return code.positions.get(statement.counts.thread) ?? 0;
}
