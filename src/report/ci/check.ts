import type { LitmusResult } from '../../model/litmus/runner.ts';
import type { Finding } from '../../model/machine/finding.ts';
import type { Diagnostic, DiagnosticPlace } from '../../model/vocabulary/diagnostic.ts';
import { VERDICTS } from '../../model/vocabulary/verdicts.ts';
import type { CaseReport } from '../case.ts';
import { standingOf, type FailureRules, type FuzzReport, type FuzzRun } from '../fuzz-report.ts';

/** One thing that a run looked at: a case or program that was replayed, or the search of one representation. */
export interface Check {
  /** What it belongs to: `corpus`, `search`, `cases`, `litmus`. */
  readonly suite: string;
  /** The file, or the id of the representation. */
  readonly name: string;
  readonly file: string | undefined;
  readonly problems: readonly Problem[];
}

/** What a run has to tell about a check. Reports for CI are made of these, whatever their format is. */
export interface Problem {
  /** Only a failure fails the run; the others say why they do not. */
  readonly standing: 'failure' | 'known' | 'ignored' | 'hazard';
  /** A verdict code, or {@link MISSED}. */
  readonly rule: string;
  /** One sentence. */
  readonly message: string;
  /** Why nobody needs to act on it; empty for a failure. */
  readonly excuse: string;
  /** Equal for equal causes, whatever the seed. */
  readonly signature: string;
  readonly place: ProblemPlace;
  readonly diagnostic: Diagnostic | undefined;
}

/** Lines and columns count from 1. */
export interface ProblemPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The column after the last one; equal to `column` when nothing is known about the statement. */
  readonly endColumn: number;
}

/** The rule for a case whose verdict is not the expected one, where no verdict can stand for it. */
export const MISSED = 'missed-expectation';

/** The checks of a search: the cases that were replayed first, then one for each representation. */
export function fuzzChecks(report: FuzzReport, replayed: readonly string[], rules: FailureRules): readonly Check[] {
  const failed = new Map(report.corpus.failed.map((each) => [each.file, each]));
  const corpus = replayed.map((file): Check => {
    const miss = failed.get(file);
    return { suite: 'corpus', name: file, file, problems: miss === undefined ? [] : [missedCase(miss)] };
  });
  return [...corpus, ...report.runs.map((run) => searchCheck(run, rules))];
}

function searchCheck(run: FuzzRun, rules: FailureRules): Check {
  const found = run.findings.map((finding) => findingProblem(finding, run, rules));
  const ignored = run.ignored.map(({ code, signature, case: file, reason }): Problem => ({
    standing: 'ignored',
    rule: code,
    message: `${run.representation}: ${titleOf(code)}`,
    excuse: reason,
    signature,
    place: { file, line: 1, column: 1, endColumn: 1 },
    diagnostic: undefined,
  }));
  const name = run.mutant === undefined ? run.representation : `${run.representation} (${run.mutant})`;
  return { suite: 'search', name, file: undefined, problems: [...found, ...ignored] };
}

const EXCUSES: Readonly<Record<Problem['standing'], string>> = {
  failure: '',
  known: 'known: it stands in the baseline',
  ignored: 'ignored by the configuration',
  hazard: 'a known hazard: no claim excludes it',
};

function findingProblem(finding: Finding, run: FuzzRun, rules: FailureRules): Problem {
  const { code, claim, status, signature, diagnostic, summary } = finding;
  const standing = standingOf(finding, run, rules);
  const broken = status === 'broken-claim' ? `; this breaks the claim ${claim ?? ''}` : '';
  return {
    standing,
    rule: code,
    message: summary + broken,
    excuse: EXCUSES[standing],
    signature,
    place: placeOf(diagnostic, finding.case),
    diagnostic,
  };
}

/** The checks of a replay: a case is a failure when its verdict is not the expected one. */
export function caseChecks(cases: readonly CaseReport[]): readonly Check[] {
  return cases.map((each) => ({
    suite: 'cases',
    name: each.file,
    file: each.file,
    problems: each.ok ? [] : [missedCase(each)],
  }));
}

function missedCase({ file, expected, actual, representation, signature, diagnostic }: CaseReport): Problem {
  const title = actual === 'clean' ? '' : `: ${titleOf(actual)}`;
  return {
    standing: 'failure',
    rule: actual === 'clean' ? MISSED : actual,
    message: `${representation}: expected ${expected}, actual ${actual}${title}`,
    excuse: '',
    signature: signature ?? `${MISSED}-${expected}`,
    place: diagnostic === null ? { file, line: 1, column: 1, endColumn: 1 } : placeOf(diagnostic, file),
    diagnostic: diagnostic ?? undefined,
  };
}

/** The checks of litmus programs: one problem for each expectation that does not hold. */
export function litmusChecks(files: readonly LitmusResult[]): readonly Check[] {
  return files.map(({ file, missed, findings }) => ({
    suite: 'litmus',
    name: file,
    file,
    problems: missed.map(({ line, column, message }) => {
      const found = findings.find((each) => each.line === line) ?? findings[0];
      return {
        standing: 'failure',
        rule: found?.code ?? MISSED,
        message,
        excuse: '',
        signature: `${MISSED}-${found === undefined ? 'none' : `${found.code}-${found.detail}`}-${line}`,
        place: { file, line: Math.max(line, 1), column: Math.max(column, 1), endColumn: Math.max(column, 1) },
        diagnostic: found?.diagnostic,
      };
    }),
  }));
}

/** A verdict at the end of a program stands at the last line that led to it. */
function placeOf({ place, events }: Diagnostic, file: string): ProblemPlace {
  if (place.line > 0) return { file, ...extentOf(place) };
  const line = Math.max(1, ...events.map((event) => event.line));
  return { file, line, column: 1, endColumn: 1 };
}

function extentOf({ line, column, statement }: DiagnosticPlace): Omit<ProblemPlace, 'file'> {
  const begin = Math.max(column, 1);
  return { line, column: begin, endColumn: begin + statement.length };
}

/** What a verdict code means, in a few words; the code itself when it is none. */
export function titleOf(rule: string): string {
  if (rule === MISSED) return 'a case gave another verdict than the one it expects';
  return VERDICTS.find(({ code }) => code === rule)?.title ?? rule;
}
