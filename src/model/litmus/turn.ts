import { isPrivate } from './instruction-class.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

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
    isPrivate(machine.frames[index], instruction);
    instruction = machine.next(index)
  ) {
    const answer = machine.step(index);
    if (answer !== Step.ran) return answer;
  }
  return Step.ran;
}
