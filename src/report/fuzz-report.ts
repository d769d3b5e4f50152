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
  readonly engine: 'native';
  readonly client: Contract;
  readonly mutant?: string;
  readonly operations: number;
  readonly executions: number;
  readonly operationsPerSecond: number;
  readonly coverage: { readonly reached: number; readonly total: number };
  readonly findings: readonly Finding[];
  /** Findings that the configuration ignores; they fail nothing and are not explained. */
  readonly ignored: readonly IgnoredFinding[];
}

export interface IgnoredFinding {
  readonly code: VerdictCode;
  readonly signature: string;
  readonly case: string;
  readonly reason: string;
}

/** Whether nothing was found that must not be. */
export function isAcceptable({ corpus, runs }: FuzzReport, failOn: readonly string[]): boolean {
  return corpus.failed.length === 0 && !runs.some(({ findings }) => findings.some((each) => fails(each, failOn)));
}

/** Whether a finding fails the run: a broken claim always does, a known hazard where `--fail-on` says so. */
export function fails({ status, code }: Finding, failOn: readonly string[]): boolean {
  return status === 'broken-claim' || failOn.includes('known-hazard') || failOn.includes(code);
}
