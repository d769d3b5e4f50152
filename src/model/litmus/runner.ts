import { Memory } from '../memory/memory.ts';
import { DEFAULT_MACHINE, withMachineSetting } from '../vocabulary/machine.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { Random } from '../vocabulary/random.ts';
import { compileLitmus } from './code.ts';
import { groupsOf, judge, namedVariables } from './expectations.ts';
import type { Execution, Missed } from './expectations.ts';
import { deadlockFinding, findingOf, leakFinding, unsupportedFinding } from './finding.ts';
import type { Finding, FindingContext } from './finding.ts';
import { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';
import { printVariable } from './expressions.ts';
import type { LitmusProgram, Variable } from './syntax.ts';

/** The result of a litmus file. */
export interface LitmusResult {
  readonly file: string;
  /** Whether everything that the file expects came out, and nothing else. */
  readonly ok: boolean;
  /** The distinct final values of the variables that the expectations name, as `a=0 b=1`, in the order in which they were found. */
  readonly outcomes: readonly string[];
  /** How many executions were run. */
  readonly executions: number;
  /** What was found, each once, whether it was expected or not. */
  readonly findings: readonly Finding[];
  /** The expectations that do not hold. */
  readonly missed: readonly Missed[];
}

export interface LitmusOptions {
  /** The seed of the first execution; each further try takes the next one. */
  readonly seed: number;
  /** The memory to run on; a test gives one with a rule changed. */
  readonly memory?: typeof Memory;
}

/** Steps of one execution, and of all executions of a file, so that a file with nested loops ends. */
const MAX_STEPS = 1_000_000;
const MAX_TOTAL_STEPS = 4_000_000;

/**
 * Runs a litmus program once, or with as many seeds as its `tries` ask for, and judges its expectations. A program with two or
 * more threads gets the verdict `unsupported`: running it means exploring its interleavings.
 */
export function runLitmus(program: LitmusProgram, options: LitmusOptions): LitmusResult {
  const code = compileLitmus(program);
  const settings = settingsOf(program);
  const variables = namedVariables(program);
  const random = new Random(options.seed);
  const memory = new (options.memory ?? Memory)(settings, random, { trackEvents: true });
  const context = { program, seed: options.seed };
  let steps = MAX_TOTAL_STEPS;
  const executions: Execution[] = [];
  const missed: Missed[] = [];
  for (const group of groupsOf(program)) {
    const found: Execution[] = [];
    for (let attempt = 0; attempt < group.tries && steps > 0; attempt++) {
      // One memory serves all executions: making one costs more than most programs do.
      random.restore(new Random(options.seed + attempt).snapshot());
      memory.reset();
      const run = new SingleRun(context, new LitmusMachine(code, memory), variables);
      found.push(run.finish(Math.min(MAX_STEPS, steps)));
      steps -= run.steps;
    }
    if (found.length < group.tries) found.push({ finding: overBudget(context), outcome: undefined, frames: [] });
    missed.push(...judge(program, code, group, found));
    executions.push(...found);
  }
  return {
    file: program.file,
    ok: missed.length === 0,
    outcomes: [...new Set(executions.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome])))],
    executions: executions.length,
    findings: distinct(executions),
    missed,
  };
}

/** The machine that a program asks for. */
export function settingsOf(program: LitmusProgram): MachineSettings {
  let settings = DEFAULT_MACHINE;
  for (const item of program.items) {
    if (item.kind !== 'machine') continue;
    for (const { name, value } of item.settings) {
      const next = withMachineSetting(settings, name, value);
      if (!('expected' in next)) settings = next;
    }
  }
  return settings;
}

/** One execution of a program with one thread. */
class SingleRun {
  steps = 0;
  readonly #context: FindingContext;
  readonly #machine: LitmusMachine;
  readonly #variables: readonly Variable[];

  constructor(context: FindingContext, machine: LitmusMachine, variables: readonly Variable[]) {
    this.#context = context;
    this.#machine = machine;
    this.#variables = variables;
  }

  finish(limit: number): Execution {
    const machine = this.#machine;
    const threads = machine.frames.length;
    const refusal = `the program has more than one thread (${threads}), and only programs of one thread are run`;
    if (threads > 1) return this.#stopped(unsupportedFinding(this.#context, 'threads', refusal));
    for (; this.steps < limit; this.steps++) {
      const instruction = machine.next(0);
      const answer = machine.step(0);
      if (answer === Step.ran) continue;
      if (answer === Step.ended) return this.#ended();
      if (answer === Step.discarded) return { finding: undefined, outcome: undefined, frames: [] };
      if (answer === Step.blocked) return this.#stopped(deadlockFinding(this.#context, instruction));
      return this.#stopped(findingOf(this.#context, machine, instruction, answer));
    }
    return this.#stopped(unsupportedFinding(this.#context, 'steps', `the program takes more than ${limit} steps`));
  }

  #ended(): Execution {
    const { frames, code } = this.#machine;
    const leak = leakFinding(this.#context, this.#machine);
    if (leak !== undefined) return this.#stopped(leak);
    const values = this.#variables.map(
      (variable) => `${printVariable(variable)}=${frames[0].get(code.locate(variable).slot).bits}`,
    );
    return { finding: undefined, outcome: values.join(' '), frames };
  }

  #stopped(finding: Finding): Execution {
    return { finding, outcome: undefined, frames: [] };
  }
}

function overBudget(context: FindingContext): Finding {
  return unsupportedFinding(context, 'steps', `all tries together take more than ${MAX_TOTAL_STEPS} steps`);
}

function distinct(executions: readonly Execution[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const { finding } of executions) {
    if (finding === undefined) continue;
    const key = `${finding.code}/${finding.detail}:${finding.line}:${finding.column}`;
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}
