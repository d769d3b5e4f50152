import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';
import { takeTurn } from './turn.ts';

/**
 * Whether no thread will ever go on: each that has not ended is blocked, or stands before a loop none of whose passes succeeds or
 * leaves anything behind when it reads what is newest. A system does let every store be seen in the end, and a weak
 * compare-exchange succeed. The machine is left as it was.
 */
export function isStuck(machine: LitmusMachine): boolean {
  const running = machine.threads.flatMap(({ state }, index) => (state === 'running' ? [index] : []));
  const restore = machine.save();
  return running.every((index) => {
    const answer = newestPass(machine, index);
    restore();
    return answer === Step.blocked || answer === Step.idle;
  });
}

/** What comes of a thread's next turn, or of its next whole pass of a loop when it stands before one or in one. */
function newestPass(machine: LitmusMachine, index: number): number {
  const { shared } = machine;
  const frame = machine.frames[index];
  if (shared === undefined) return takeTurn(machine, index);
  const { choose } = shared;
  shared.choose = (count) => count - 1;
  let answer: number = frame.isInPass ? restOfPass(machine, index) : Step.idle;
  if (answer === Step.idle) answer = restOfPass(machine, index);
  shared.choose = choose;
  return answer;
}

function restOfPass(machine: LitmusMachine, index: number): number {
  let answer: number;
  do answer = takeTurn(machine, index);
  while (answer === Step.ran && machine.frames[index].isInPass);
  return answer;
}
