import type { Finding } from '../model/machine/finding.ts';
import { commandLine } from './command-line.ts';
import { renderCases } from './case-text.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { findingsOf, type FailureRules, type FuzzReport, type FuzzRun } from './fuzz-report.ts';
import { padded, printable } from './printable.ts';
import { rowsText } from './rows.ts';
import type { Style } from './style.ts';

/** What the text of a search depends on beside its report. */
export interface FuzzTextOptions extends FailureRules {
  readonly style: Style;
  readonly quiet: boolean;
  /** Words that the copy-paste lines need so that the same representations are known. */
  readonly configWords: readonly string[];
}

/** More diagnostics than these help nobody; the files of the others are listed. */
const MOST_DIAGNOSTICS = 10;

/** A search for a terminal: what was searched in one table, then every failure explained, then the known hazards with their files. */
export function renderFuzz(report: FuzzReport, options: FuzzTextOptions): string {
  const { style, quiet } = options;
  const [failing, hazards, known] = (['failure', 'hazard', 'known'] as const).map((standing) =>
    findingsOf(report.runs, standing, options),
  );
  const sections = [
    quiet ? '' : `${headText(report, style)}\n\n${tableText(report.runs, style)}`,
    report.corpus.failed.length === 0 ? '' : corpusText(report, options),
    ...failing.slice(0, MOST_DIAGNOSTICS).map((finding) => failureText(finding, options)),
    moreText(failing.slice(MOST_DIAGNOSTICS), style),
    quiet ? '' : filesText(HAZARDS, hazards, style),
    quiet ? '' : filesText(`Known: findings of ${printable(report.baseline?.file ?? '')}`, known, style),
    quiet ? '' : ignoredText(report.runs, style),
    quiet ? '' : unreachedText(report.runs, style),
    sumText(report, { failing, hazards, known }, style),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headText({ seed, budget, shard, corpus, runs }: FuzzReport, style: Style): string {
  const parts = [
    `seed ${seed}`,
    'seconds' in budget ? `${budget.seconds} s` : `${budget.runs.toLocaleString('en-US')} executions each`,
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.count}`]),
    `${runs.length} representation${runs.length === 1 ? '' : 's'}`,
    corpusSummary(corpus),
  ];
  return style.quiet(parts.join(' · '));
}

function corpusSummary({ folder, cases, replayed, failed }: FuzzReport['corpus']): string {
  if (folder === null) return 'no corpus';
  const count = replayed === cases ? `${cases}` : `${replayed} of ${cases} (time was up)`;
  const noun = cases === 1 ? 'case' : 'cases';
  const verdict = failed.length === 0 ? 'all as expected' : `${failed.length} not as expected`;
  return cases === 0 ? `no cases in ${printable(folder)}` : `${count} ${noun} of ${printable(folder)}, ${verdict}`;
}

const HEADINGS = ['representation', 'executions', 'operations', 'coverage', 'broken', 'known hazards, by claim'];
const NUMBERS = [1, 2, 3];

function tableText(runs: readonly FuzzRun[], style: Style): string {
  const rows = runs.map(({ representation, mutant, executions, operations, coverage, findings }) => [
    printable(representation) + (mutant === undefined ? '' : ' (mutant)'),
    compact(executions),
    compact(operations),
    coverage.total === 0 ? '–' : `${coverage.reached}/${coverage.total}`,
    codesOf(findings.filter(({ status }) => status === 'broken-claim')) || '–',
    byClaim(findings.filter(({ status }) => status === 'known-hazard')) || '–',
  ]);
  const table = [HEADINGS, ...rows];
  const aligned = table.map((row) =>
    row.map((cell, column) => {
      const width = Math.max(...table.map((each) => each[column].length));
      return NUMBERS.includes(column) ? cell.padStart(width) : cell;
    }),
  );
  const [first, ...rest] = rowsText(aligned, style.width).split('\n');
  return [style.quiet(first), ...rest].join('\n');
}

/** `950`, `12.3k`, `4.56M`: three digits tell enough. */
function compact(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 1e6 ? [count / 1e3, 'k'] : count < 1e9 ? [count / 1e6, 'M'] : [count / 1e9, 'G'];
  return `${value >= 100 ? Math.round(value) : value.toPrecision(3)}${unit}`;
}

/** Each code once, in the order in which it was found. */
function codesOf(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ code }) => code))].join(', ');
}

/** `detectsStale: aba, stale-handle`, a line for each claim; what concerns no claim stands under the contract that allows it. */
function byClaim(findings: readonly Finding[]): string {
  const names = [...new Set(findings.map(concernOf))];
  return names
    .map((name) => `${name}: ${codesOf(findings.filter((finding) => concernOf(finding) === name))}`)
    .join('\n');
}

/** The claim that a finding concerns, else the client contract that no claim covers. */
function concernOf({ claim, contract }: Finding): string {
  return claim ?? contract;
}

function corpusText({ corpus }: FuzzReport, { style }: FuzzTextOptions): string {
  return `${style.bad('Corpus')}\n\n${renderCases(corpus.failed, { style, quiet: true })}`;
}

function failureText(finding: Finding, { style, configWords }: FuzzTextOptions): string {
  const { representation, claim, status } = finding;
  const why = status === 'broken-claim' ? `breaks its claim ${claim ?? ''}` : `known hazard, which --fail-on names`;
  const lines = [
    ['Failing input', printable(finding.case)],
    ['Reproduce with', commandLine(['repro', ...configWords, finding.case])],
    ['Minimize with', commandLine(['repro', '--minimize', ...configWords, finding.case])],
  ];
  return [
    style.bad(`${printable(representation)}: ${why}`),
    renderDiagnostic(finding.diagnostic, style, 'bad'),
    lines.map(([label, text]) => `  ${style.strong(padded(`${label}:`, 16))}${text}`).join('\n'),
  ].join('\n\n');
}

function moreText(findings: readonly Finding[], style: Style): string {
  if (findings.length === 0) return '';
  const rows = findings.map((finding) => [printable(finding.representation), finding.code, printable(finding.case)]);
  return `${style.bad(`${findings.length} more`)}\n${rowsText(rows, style.width)}`;
}

const HAZARDS = 'Known hazards: what no claim excludes, or no claim covers';

/** One line each: the file, whole because it is what someone copies, then what it concerns. */
function filesText(title: string, findings: readonly Finding[], style: Style): string {
  if (findings.length === 0) return '';
  const lines = findings.map((finding) => `  ${printable(finding.case)}  ${style.quiet(concernOf(finding))}`);
  return [style.warning(title), ...lines].join('\n');
}

function unreachedText(runs: readonly FuzzRun[], style: Style): string {
  const rows = runs.flatMap(({ representation, coverage }) =>
    (coverage.unreached ?? []).map((name) => [printable(representation), printable(name)]),
  );
  return rows.length === 0 ? '' : `${style.quiet('Not reached')}\n${rowsText(rows, style.width)}`;
}

/** One line each, as of hazards; the reason is somebody's text and may be long. */
function ignoredText(runs: readonly FuzzRun[], style: Style): string {
  const lines = runs.flatMap(({ ignored }) =>
    ignored.map(({ reason, case: file }) => `  ${printable(file)}  ${style.quiet(printable(reason))}`),
  );
  return lines.length === 0 ? '' : [style.quiet('Ignored by the configuration'), ...lines].join('\n');
}

interface Told {
  readonly failing: readonly Finding[];
  readonly hazards: readonly Finding[];
  readonly known: readonly Finding[];
}

function sumText({ corpus }: FuzzReport, { failing, hazards, known }: Told, style: Style): string {
  const counts = [
    `${hazards.length} known hazard${hazards.length === 1 ? '' : 's'}`,
    ...(known.length === 0 ? [] : [`${known.length} of the baseline`]),
  ].join(', ');
  const problems = [
    ...(failing.length === 0 ? [] : [`${failing.length} finding${failing.length === 1 ? '' : 's'} that must not be`]),
    ...(corpus.failed.length === 0 ? [] : [`${corpus.failed.length} of the corpus not as expected`]),
  ];
  if (problems.length > 0) return `${style.bad(problems.join(', '))}; ${counts}.`;
  const isBroken = known.some(({ status }) => status === 'broken-claim');
  return `${style.good(isBroken ? 'No claim was broken that the baseline does not know' : 'No claim was broken')}; ${counts}.`;
}
