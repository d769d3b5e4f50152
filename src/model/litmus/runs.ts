import { Memory } from '../memory/memory.ts';
import { Random } from '../vocabulary/random.ts';
import { compileLitmus } from './code.ts';
import type { LitmusCode } from './code.ts';
import { namedVariables } from './expectations.ts';
import type { Execution, Group } from './expectations.ts';
import { Exploration, MAX_EVENTS } from './exploration.ts';
import type { Ending } from './exploration.ts';
import { printVariable } from './expressions.ts';
import { findingOf, leakFinding, stuckFinding, unsupportedFinding } from './finding.ts';
import type { Finding, FindingContext } from './finding.ts';
import { LitmusMachine } from './machine.ts';
import type { LitmusOptions } from './runner.ts';
import { settingsOf } from './settings.ts';
import { SingleRun } from './single-run.ts';
import { ScheduledRun } from './scheduled-run.ts';
import type { LitmusProgram, SchedulePolicy, Variable } from './syntax.ts';

/** Turns that an exploration takes at most, unless something else is said. */
const MAX_TURNS = 1_000_000;

/** Executions that differ in what they came to, and how many there were in all. */
export interface FoundExecutions {
  readonly executions: readonly Execution[];
  readonly count: number;
}

/** Steps of one execution, and of all executions of a file, so that a file with nested loops ends. */
const MAX_STEPS = 1_000_000;
const MAX_TOTAL_STEPS = 4_000_000;
/** Turns of one execution by a schedule: every access of it is remembered. */
const MAX_SCHEDULED_TURNS = 20_000;

/** The executions of one program. */
export class LitmusRuns {
  readonly code: LitmusCode;
  readonly #seed: number;
  readonly #context: FindingContext;
  readonly #variables: readonly Variable[];
  readonly #random: Random;
  readonly #memory: Memory;
  readonly #model: 'sc' | 'rc11';
  readonly #turns: number;
  readonly #policy: SchedulePolicy | undefined;
  #steps = MAX_TOTAL_STEPS;

  constructor(program: LitmusProgram, options: LitmusOptions) {
    const settings = settingsOf(program);
    this.code = compileLitmus(program);
    this.#seed = options.seed;
    this.#context = { program, seed: options.seed };
    this.#variables = namedVariables(program);
    this.#random = new Random(options.seed);
    this.#memory = new (options.memory ?? Memory)(settings, this.#random, { trackEvents: true });
    this.#model = settings.model;
    this.#turns = options.turns ?? MAX_TURNS;
    this.#policy = program.items.find((item) => item.kind === 'schedule')?.policy;
  }

  /** The executions that a group of expectations is about. */
  of(group: Group): FoundExecutions {
    if (this.code.threads.length > 1 && group.tries === undefined && this.#policy === undefined) return this.#explore();
    const { tries = 1 } = group;
    const executions: Execution[] = [];
    for (let attempt = 0; attempt < tries && this.#steps > 0; attempt++) {
      const machine = this.#begin(this.#seed + attempt);
      executions.push(machine.sharedMemory === undefined ? this.#single(machine) : this.#scheduled(machine, group));
    }
    if (executions.length < tries) executions.push(stopped(this.#overBudget()));
    return { executions, count: executions.length };
  }

  /** One execution of a program with threads. A single one reads the newest values; of several, each chooses by its seed. */
  #scheduled(machine: LitmusMachine, { tries }: Group): Execution {
    const run = new ScheduledRun(machine, this.#policy ?? 'random', this.#random, tries !== undefined);
    const ending = run.finish(Math.min(MAX_SCHEDULED_TURNS, this.#steps));
    this.#steps -= run.turns;
    if (ending === 'discarded') return { finding: undefined, outcome: undefined, frames: [] };
    if (ending !== undefined) return this.#come(machine, ending);
    const text = `an execution takes more than ${MAX_SCHEDULED_TURNS} turns`;
    return stopped(unsupportedFinding(this.#context, 'steps', text));
  }

  #single(machine: LitmusMachine): Execution {
    const run = new SingleRun(this.#context, machine);
    const finding = run.finish(Math.min(MAX_STEPS, this.#steps));
    this.#steps -= run.steps;
    if (finding === 'discarded') return { finding: undefined, outcome: undefined, frames: [] };
    return finding === undefined ? this.#ended(machine) : stopped(finding);
  }

  #explore(): FoundExecutions {
    const machine = this.#begin(this.#seed);
    const found = new Map<string, Execution>();
    let count = 0;
    const exploration = new Exploration(machine, this.#turns, (ending) => {
      count++;
      const execution = this.#come(machine, ending);
      const { finding } = execution;
      const key =
        finding === undefined
          ? `outcome ${execution.outcome}`
          : `${finding.code}/${finding.detail}:${finding.line}:${finding.column}:${finding.summary}`;
      if (!found.has(key)) found.set(key, execution);
    });
    exploration.run();
    const executions = [...found.values()];
    if (!exploration.isComplete) executions.push(stopped(this.#overBudget()));
    // An execution that is dropped comes to nothing; where all are, that is said.
    if (executions.length === 0) executions.push({ finding: undefined, outcome: undefined, frames: [] });
    return { executions, count };
  }

  #come(machine: LitmusMachine, ending: Ending): Execution {
    if (ending.kind === 'complete') return this.#ended(machine);
    if (ending.kind === 'stuck') {
      const stuck = ending.threads.map((index) => ({ index, instruction: machine.next(index) }));
      return stopped(stuckFinding(this.#context, machine, stuck));
    }
    const { index, fault } = ending;
    return stopped(findingOf(this.#context, machine, machine.next(index), fault, index));
  }

  /** One memory serves all executions: making one costs more than most programs do. */
  #begin(seed: number): LitmusMachine {
    this.#random.restore(new Random(seed).snapshot());
    this.#memory.reset();
    return new LitmusMachine(this.code, this.#memory, this.#model);
  }

  #ended(machine: LitmusMachine): Execution {
    const leak = leakFinding(this.#context, machine);
    if (leak !== undefined) return stopped(leak);
    const values = this.#variables.map((variable) => {
      const { thread, slot } = this.code.locate(variable);
      const frame = machine.frames[this.code.positions.get(thread) ?? 0];
      return `${printVariable(variable)}=${frame.get(slot).bits}`;
    });
    return { finding: undefined, outcome: values.join(' '), frames: machine.frames.map((frame) => frame.copy()) };
  }

  #overBudget(): Finding {
    const text =
      this.code.threads.length > 1
        ? `not all executions were seen: together they take more than ${this.#turns} turns, or one has more than ${MAX_EVENTS} events`
        : `all tries together take more than ${MAX_TOTAL_STEPS} steps`;
    return unsupportedFinding(this.#context, 'steps', text);
  }
}

function stopped(finding: Finding): Execution {
  return { finding, outcome: undefined, frames: [] };
}
