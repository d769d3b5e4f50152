import { deadlockFinding, findingOf, unsupportedFinding } from './finding.ts';
import type { Finding, FindingContext } from './finding.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

/** One execution of a program with one thread. */
export class SingleRun {
  /** Steps done. */
  steps = 0;
  readonly #context: FindingContext;
  readonly #machine: LitmusMachine;

  constructor(context: FindingContext, machine: LitmusMachine) {
    this.#context = context;
    this.#machine = machine;
  }

  /** Runs to the end; undefined when nothing was found on the way. */
  finish(limit: number): Finding | 'discarded' | undefined {
    const machine = this.#machine;
    for (; this.steps < limit; this.steps++) {
      const instruction = machine.next(0);
      const answer = machine.step(0);
      if (answer === Step.ran) continue;
      if (answer === Step.ended) return undefined;
      if (answer === Step.discarded) return 'discarded';
      if (answer === Step.blocked) return deadlockFinding(this.#context, instruction);
      return findingOf(this.#context, machine, instruction, answer);
    }
    return unsupportedFinding(this.#context, 'steps', `the program takes more than ${limit} steps`);
  }
}
