import type { TargetReport } from '../fuzz/search.ts';
import type { Finding } from '../model/machine/finding.ts';
import { fails, type FailureRules, type FuzzRun } from '../report/fuzz-report.ts';
import type { Baseline } from './baseline.ts';
import type { Ignored } from './config.ts';

/** Decides what findings mean for a run: `--fail-on`, `--baseline`, and what the configuration ignores. */
export class FindingJudge {
  readonly rules: FailureRules;
  readonly baseline: Baseline | undefined;
  readonly #ignore: readonly Ignored[];

  constructor(rules: FailureRules, baseline: Baseline | undefined, ignore: readonly Ignored[]) {
    this.rules = rules;
    this.baseline = baseline;
    this.#ignore = ignore;
  }

  /** Whether a finding fails the run, all excuses considered. */
  fails(finding: Finding, mutant: string | undefined): boolean {
    if (this.#reasonOf(finding) !== undefined || this.baseline?.knows(finding, mutant) === true) return false;
    return fails(finding, this.rules);
  }

  /** The search of one representation as it is told: without what the configuration ignores, with what the baseline knows. */
  runOf({ findings, ...rest }: TargetReport): FuzzRun {
    const told = findings.map(({ finding }) => finding).filter((finding) => this.#reasonOf(finding) === undefined);
    return {
      ...rest,
      findings: told,
      known: told.filter((each) => this.baseline?.knows(each, rest.mutant)).map(({ signature }) => signature),
      ignored: findings.flatMap(({ finding }) => {
        const reason = this.#reasonOf(finding);
        const { code, signature, case: file } = finding;
        return reason === undefined ? [] : [{ code, signature, case: file, reason }];
      }),
    };
  }

  #reasonOf(finding: Finding): string | undefined {
    return this.#ignore.find(
      ({ code, representation = finding.representation }) =>
        code === finding.code && representation === finding.representation,
    )?.reason;
  }
}
