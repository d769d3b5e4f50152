import type { CaseReport } from './case.ts';
import { commandLine } from './command-line.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { printable, wrapped } from './printable.ts';
import type { Style } from './style.ts';
import { timelineText } from './timeline-text.ts';

/** Cases for a terminal: a line for each, the diagnostic of each that is not clean, and a sum when there are several. */
export function renderCases(cases: readonly CaseReport[], { style, quiet }: { style: Style; quiet: boolean }): string {
  const told = quiet ? cases.filter((each) => !each.ok) : cases;
  // Many cases that are as expected are a list; one case, and what is not as expected, is explained.
  const explains = (each: CaseReport): boolean =>
    cases.length === 1 ||
    !each.ok ||
    each.trace !== undefined ||
    each.timeline !== undefined ||
    each.minimized !== undefined;
  const parts = told.map((each) => ({ text: caseText(each, explains(each), style), isLong: explains(each) }));
  const body = parts.map(
    ({ text, isLong }, index) => `${index > 0 && (isLong || parts[index - 1].isLong) ? '\n' : ''}${text}`,
  );
  const failed = cases.filter((each) => !each.ok);
  const sum = cases.length === 1 ? [] : ['', sumOf(cases.length, failed.length, style)];
  return [...body, ...sum].join('\n').replace(/^\n/, '');
}

function caseText(report: CaseReport, explains: boolean, style: Style): string {
  const { file, expected, actual, ok, diagnostic, status } = report;
  const mark = ok ? style.good('ok  ') : style.bad('FAIL');
  const verdict = ok ? `${actual}, as expected` : `expected ${expected}, actual ${actual}`;
  const head = `${mark}  ${style.place(printable(file))}  ${verdict}`;
  if (!explains) return head;
  const sections = [head, seedLines(report), traceText(report, style), timelineText(report.timeline, style)];
  if (diagnostic !== null)
    sections.push(renderDiagnostic(diagnostic, style, status === 'broken-claim' || !ok ? 'bad' : 'warning'));
  else if (!ok) sections.push(`  ${style.quiet('replay   ')}${commandLine(['repro', file])}`);
  sections.push(minimizedText(report, style));
  return sections.filter((section) => section !== '').join('\n\n');
}

function minimizedText({ minimized }: CaseReport, style: Style): string {
  if (minimized === undefined) return '';
  if (minimized === null) return '  There is nothing to minimize: no verdict, or one that the claims promise.';
  const { file, operations, before, text } = minimized;
  const lines = text.trimEnd().split('\n');
  return [
    `  Minimized from ${before} to ${operations} operations: ${style.place(printable(file))}`,
    '',
    ...lines.map((line) => `    ${printable(line)}`.trimEnd()),
  ].join('\n');
}

function seedLines({ seeds }: CaseReport): string {
  if (seeds === undefined) return '';
  const all = seeds.reduce((sum, { count }) => sum + count, 0);
  const counts = seeds.map(({ verdict, count, first }) => `${verdict} ${count} (first: seed ${first})`);
  return `  ${all} seeds: ${counts.join(', ')}`;
}

function traceText({ trace }: CaseReport, style: Style): string {
  if (trace === undefined) return '';
  const numberColumns = String(trace.at(-1)?.line ?? 0).length;
  const indent = ' '.repeat(numberColumns + 6);
  const effectLines = (effect: string): readonly string[] => {
    const [first, ...rest] = wrapped(printable(effect), style.width - indent.length);
    return [first, ...rest.map((line) => `  ${line}`)].map((line) => indent + style.quiet(line));
  };
  return trace
    .flatMap(({ line, statement, effects }) => {
      const number = style.quiet(String(line).padStart(numberColumns));
      return [`  ${number}  ${printable(statement)}`, ...effects.flatMap(effectLines)];
    })
    .join('\n');
}

function sumOf(count: number, failed: number, style: Style): string {
  const cases = `${count} cases`;
  return failed === 0
    ? `${cases}: ${style.good('all as expected')}`
    : `${cases}: ${count - failed} as expected, ${style.bad(`${failed} not`)}`;
}
