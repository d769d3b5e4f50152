import type { Instruction } from './code.ts';
import { ASSIGNMENT } from './forms.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

/** Statements that neither see nor change anything but registers of their own thread. */
const PRIVATE: ReadonlySet<string> = new Set([ASSIGNMENT, 'withaddr', 'without', 'yield', 'assert', 'assume']);

/**
 * Lets a thread do one instruction that others may see or that may see others, with the private ones before and after it. A pass of
 * a loop begins with its own turn, and an assertion or assumption that fails is a turn as well: what others do before it comes first.
 * @returns the answer of the last step
 */
export function takeTurn(machine: LitmusMachine, index: number): number {
  let answer = privateSteps(machine, index);
  if (answer !== Step.ran) return answer;
  answer = machine.step(index);
  if (answer !== Step.ran) return answer;
  return privateSteps(machine, index);
}

function privateSteps(machine: LitmusMachine, index: number): number {
  for (
    let instruction = machine.next(index);
    isPrivate(machine, index, instruction);
    instruction = machine.next(index)
  ) {
    const answer = machine.step(index);
    if (answer !== Step.ran) return answer;
  }
  return Step.ran;
}

function isPrivate(machine: LitmusMachine, index: number, instruction: Instruction | undefined): boolean {
  const frame = machine.frames[index];
  if (instruction === undefined) return frame.stack.length + frame.locals.length === 0;
  if (instruction.kind === 'operation') {
    const { name } = instruction.statement;
    if (name === 'assert' || name === 'assume') return instruction.operands.condition(frame).bits !== 0n;
    return PRIVATE.has(name);
  }
  return !['loop', 'leave', 'start', 'finish'].includes(instruction.kind);
}
