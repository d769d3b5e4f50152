import { Memory } from '../memory/memory.ts';
import { DEFAULT_MACHINE, withMachineSetting } from '../vocabulary/machine.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { Random } from '../vocabulary/random.ts';
import { compileLitmus } from './code.ts';
import type { LitmusCode } from './code.ts';
import { groupsOf, judge, namedVariables } from './expectations.ts';
import type { Execution, Missed } from './expectations.ts';
import { findingOf, leakFinding, plainFinding } from './finding.ts';
import type { Finding } from './finding.ts';
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
const MAX_TOTAL_STEPS = 10_000_000;

/**
 * Runs a litmus program once, or with as many seeds as its `tries` ask for, and judges its expectations. A program with two or
 * more threads gets the verdict `unsupported`: running it means exploring its interleavings.
 */
export function runLitmus(program: LitmusProgram, options: LitmusOptions): LitmusResult {
  const code = compileLitmus(program);
  const settings = settingsOf(program);
  const variables = namedVariables(program);
  let steps = MAX_TOTAL_STEPS;
  const executions: Execution[] = [];
  const missed: Missed[] = [];
  for (const group of groupsOf(program)) {
    const found: Execution[] = [];
    for (let attempt = 0; attempt < group.tries; attempt++) {
      const run = new SingleRun(program, code, settings, options, options.seed + attempt, variables);
      const execution = run.finish(Math.min(MAX_STEPS, steps));
      steps -= run.steps;
      found.push(execution);
    }
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
  readonly #program: LitmusProgram;
  readonly #machine: LitmusMachine;
  readonly #variables: readonly Variable[];
  readonly #seed: number;

  constructor(
    program: LitmusProgram,
    code: LitmusCode,
    settings: MachineSettings,
    options: LitmusOptions,
    seed: number,
    variables: readonly Variable[],
  ) {
    this.#program = program;
    this.#variables = variables;
    this.#seed = seed;
    const memory = new (options.memory ?? Memory)(settings, new Random(seed), { trackEvents: true });
    this.#machine = new LitmusMachine(code, memory);
  }

  finish(limit: number): Execution {
    const machine = this.#machine;
    const threads = machine.code.threads.length;
    if (threads > 1)
      return this.#stopped(plainFinding('unsupported', 'threads', `the program has more than one thread (${threads})`));
    for (; this.steps < limit; this.steps++) {
      const before = machine.next(0);
      const answer = machine.step(0);
      if (answer === Step.ran) continue;
      if (answer === Step.ended) return this.#ended();
      if (answer === Step.discarded) return { seed: this.#seed, finding: undefined, outcome: undefined, frames: [] };
      if (answer === Step.blocked) return this.#stopped(findingOf(this.#program, machine, before, 'deadlock'));
      return this.#stopped(findingOf(this.#program, machine, before, answer));
    }
    return this.#stopped(plainFinding('unsupported', 'steps', `the program takes more than ${limit} steps`));
  }

  #ended(): Execution {
    const leak = leakFinding(this.#program, this.#machine);
    if (leak !== undefined) return this.#stopped(leak);
    const frames = this.#machine.frames;
    const outcome = this.#variables
      .map((variable) => {
        const { slot } = this.#machine.code.locate(variable);
        return `${printVariable(variable)}=${this.#machine.frames[0].get(slot).bits}`;
      })
      .join(' ');
    return { seed: this.#seed, finding: undefined, outcome, frames };
  }

  #stopped(finding: Finding): Execution {
    return { seed: this.#seed, finding: { ...finding, seed: this.#seed }, outcome: undefined, frames: [] };
  }
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
