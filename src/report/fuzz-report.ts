import type { FuzzEngine } from '../fuzz/target.ts';
import type { Contract } from '../model/machine/claims.ts';
import type { Finding } from '../model/machine/finding.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import type { CaseReport } from './case.ts';

/** What a search is told, and what came of it: the fields of `fuzz --json`. */
export interface FuzzReport {
  readonly seed: number;
  readonly budget: { readonly seconds: number } | { readonly runs: number };
  readonly shard?: { readonly index: number; readonly count: number };
  /** The cases that were replayed before the search. */
  readonly corpus: CorpusReport;
  readonly runs: readonly FuzzRun[];
  /** The earlier answer whose findings do not fail this run, and how many it has. */
  readonly baseline?: { readonly file: string; readonly findings: number };
}

export interface CorpusReport {
  /** Null when there is no corpus. */
  readonly folder: string | null;
  /** Cases of the representations searched, and how many of them were replayed before the time was up. */
  readonly cases: number;
  readonly replayed: number;
  /** Those whose verdict is not the expected one. */
  readonly failed: readonly CaseReport[];
}

/** The search of one representation. */
export interface FuzzRun {
  readonly representation: string;
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly engine: FuzzEngine;
  readonly client: Contract;
  readonly mutant?: string;
  readonly operations: number;
  readonly executions: number;
  readonly operationsPerSecond: number;
  /** `unreached` names points, where somebody asked for them. */
  readonly coverage: { readonly reached: number; readonly total: number; readonly unreached?: readonly string[] };
  readonly findings: readonly Finding[];
  /** Signatures of those findings that stand in the baseline; they fail nothing. */
  readonly known: readonly string[];
  /** Findings that the configuration ignores; they fail nothing and are not explained. */
  readonly ignored: readonly IgnoredFinding[];
}

export interface IgnoredFinding {
  readonly code: VerdictCode;
  readonly signature: string;
  readonly case: string;
  readonly reason: string;
}

/** What fails a run beside broken claims: verdict codes, or `known-hazard` for all of them. */
export interface FailureRules {
  readonly failOn: readonly string[];
}

/** What a finding means for the run: only a failure fails it. */
export type Standing = 'failure' | 'known' | 'hazard';

/** Whether nothing was found that must not be. */
export function isAcceptable({ corpus, runs }: FuzzReport, rules: FailureRules): boolean {
  return corpus.failed.length === 0 && findingsOf(runs, 'failure', rules).length === 0;
}

/** The findings of a search with one standing, in the order in which they were found. */
export function findingsOf(runs: readonly FuzzRun[], standing: Standing, rules: FailureRules): readonly Finding[] {
  return runs.flatMap((run) => run.findings.filter((finding) => standingOf(finding, run, rules) === standing));
}

export function standingOf(finding: Finding, { known }: Pick<FuzzRun, 'known'>, rules: FailureRules): Standing {
  if (known.includes(finding.signature)) return 'known';
  return fails(finding, rules) ? 'failure' : 'hazard';
}

/** Whether a finding that nothing excuses fails the run: a broken claim always does, a known hazard where `--fail-on` says so. */
export function fails({ status, code }: Finding, { failOn }: FailureRules): boolean {
  return status === 'broken-claim' || failOn.includes('known-hazard') || failOn.includes(code);
}
