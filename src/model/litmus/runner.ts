import type { Memory } from '../memory/memory.ts';
import { groupsOf, judge } from './expectations.ts';
import type { Execution, Missed } from './expectations.ts';
import type { Finding } from './finding.ts';
import { LitmusRuns } from './runs.ts';
import type { LitmusProgram } from './syntax.ts';

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
  /** Turns that an exploration takes at most; default 1,000,000. */
  readonly turns?: number;
}

/**
 * Runs a litmus program and judges its expectations. With one thread it is run once, with several every execution is explored; a
 * `tries` runs it with as many seeds, and where the program has a schedule it is run by that.
 */
export function runLitmus(program: LitmusProgram, options: LitmusOptions): LitmusResult {
  const runs = new LitmusRuns(program, options);
  const executions: Execution[] = [];
  const missed: Missed[] = [];
  let count = 0;
  for (const group of groupsOf(program)) {
    const found = runs.of(group);
    missed.push(...judge(program, runs.code, group, found.executions));
    executions.push(...found.executions);
    count += found.count;
  }
  return {
    file: program.file,
    ok: missed.length === 0,
    outcomes: [...new Set(executions.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome])))],
    executions: count,
    findings: distinct(executions),
    missed,
  };
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
