import { runScenario, type ScenarioRun } from '../model/scenario/run.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import type { TimelineStep } from '../model/scenario/thread-recorder.ts';
import type { Finding } from '../model/machine/finding.ts';
import type { Diagnostic } from '../model/vocabulary/diagnostic.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import type { TraceStep } from './trace.ts';

/** What a replay of one case shows. */
export interface CaseReport {
  readonly file: string;
  readonly representation: string;
  readonly expected: VerdictCode;
  readonly actual: VerdictCode;
  readonly ok: boolean;
  /** Client operations that ran, churn rounds counted one by one. */
  readonly steps: number;
  /** What the verdict means for the claims; null when the case is clean. */
  readonly claim: Finding['claim'];
  readonly status: Finding['status'] | null;
  readonly signature: string | null;
  readonly diagnostic: Diagnostic | null;
  /** With several seeds: how many gave which verdict, in the order in which they came. */
  readonly seeds?: readonly SeedCount[];
  readonly trace?: readonly TraceStep[];
  /** With `--timeline`: the steps of all threads, in order. */
  readonly timeline?: readonly TimelineStep[];
  /** When it was asked for: the smallest case with the same verdict; null when there is no verdict. */
  readonly minimized?: MinimizedCase | null;
}

export interface MinimizedCase {
  readonly file: string;
  /** Operations that are left, and those of the case itself. */
  readonly operations: number;
  readonly before: number;
  readonly text: string;
}

export interface SeedCount {
  readonly verdict: VerdictCode;
  readonly count: number;
  /** The first seed that gave it. */
  readonly first: number;
}

/** Replays a case once, with the seed that every replay has. */
export function replayCase(scenario: Scenario, timeline = false): CaseReport {
  return reportOf(scenario, runScenario(scenario, { timeline }));
}

/**
 * Replays a case with the seeds 0 to `count` - 1. As with the seeds of a litmus program, a verdict has to come out of one of
 * them, and clean out of all; what is shown is the first seed that says most: an expected verdict, or one that was not expected.
 */
export function replayWithSeeds(scenario: Scenario, count: number, timeline = false): CaseReport {
  const seeds = new Map<VerdictCode, { count: number; first: number }>();
  for (let seed = 0; seed < count; seed++) {
    const { verdict } = runScenario(scenario, { seed });
    const known = seeds.get(verdict);
    if (known === undefined) seeds.set(verdict, { count: 1, first: seed });
    else known.count++;
  }
  const verdicts = [...seeds.keys()];
  const shown = seeds.has(scenario.expect)
    ? (scenario.expect === 'clean' && verdicts.find((verdict) => verdict !== 'clean')) || scenario.expect
    : verdicts[0];
  const run = runScenario(scenario, { seed: seeds.get(shown)?.first ?? 0, timeline });
  const counts = [...seeds].map(([verdict, each]) => ({ verdict, ...each }));
  return { ...reportOf(scenario, run), seeds: counts };
}

function reportOf(scenario: Scenario, { verdict, ok, steps, finding, timeline }: ScenarioRun): CaseReport {
  return {
    file: scenario.file,
    representation: scenario.representation.id,
    expected: scenario.expect,
    actual: verdict,
    ok,
    steps,
    claim: finding?.claim ?? null,
    status: finding?.status ?? null,
    signature: finding?.signature ?? null,
    diagnostic: finding?.diagnostic ?? null,
    ...(timeline !== undefined && { timeline }),
  };
}
