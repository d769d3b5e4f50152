import { renderDiagnostic } from '../diagnostic.ts';
import { printable } from '../printable.ts';
import { styleOf } from '../style.ts';
import type { Check, Problem } from './check.ts';

const PLAIN = styleOf(0, 100);
/** More diagnostics than these make a page that nobody reads. */
const MOST_DIAGNOSTICS = 10;

/** A page in Markdown for a job's summary: one line that says it all, the failures explained, then what does not fail the run. */
export function jobPageText(checks: readonly Check[], command: string): string {
  const problems = checks.flatMap((check) => check.problems);
  const failures = problems.filter(({ standing }) => standing === 'failure');
  const others = problems.filter(({ standing }) => standing !== 'failure');
  const sections = [
    `## provsim ${command}: ${failures.length === 0 ? 'nothing failed' : `${failures.length} failed`}`,
    `${suitesText(checks)}.`,
    ...failures.slice(0, MOST_DIAGNOSTICS).map(failureSection),
    failures.length <= MOST_DIAGNOSTICS ? '' : `### ${failures.length - MOST_DIAGNOSTICS} more failures`,
    failures.length <= MOST_DIAGNOSTICS ? '' : tableText(failures.slice(MOST_DIAGNOSTICS)),
    others.length === 0 ? '' : `### Not failing: ${others.length}`,
    others.length === 0 ? '' : tableText(others),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  corpus: ['case of the corpus', 'cases of the corpus'],
  search: ['representation searched', 'representations searched'],
  cases: ['case', 'cases'],
  litmus: ['litmus program', 'litmus programs'],
};

function suitesText(checks: readonly Check[]): string {
  const suites = [...new Set(checks.map(({ suite }) => suite))];
  const parts = suites.map((suite) => {
    const count = checks.filter((check) => check.suite === suite).length;
    const [one, many] = NOUNS[suite] ?? ['check', 'checks'];
    return `${count} ${count === 1 ? one : many}`;
  });
  return parts.length === 0 ? 'Nothing was looked at' : parts.join(', ');
}

function failureSection({ rule, message, place, diagnostic }: Problem): string {
  const head = `### ${cell(rule)}: ${cell(message)}`;
  const at = `${place.file}:${place.line}`;
  if (diagnostic === undefined) return `${head}\n\n${fenced(printable(at))}`;
  return `${head}\n\n${fenced(renderDiagnostic(diagnostic, PLAIN))}`;
}

function tableText(problems: readonly Problem[]): string {
  const rows = problems.map(
    ({ rule, message, excuse, place }) => `| ${[rule, message, excuse, place.file].map(cell).join(' | ')} |`,
  );
  return ['| code | finding | why it does not fail | case |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** One line of text that Markdown takes as nothing else: no markup, no HTML, no mention, no end of a cell. */
function cell(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|~@&:]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Text between fences that are longer than any run of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
