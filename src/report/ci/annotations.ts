import { printable } from '../printable.ts';
import type { Check, Problem } from './check.ts';

/** What GitHub shows of a kind in one step; the rest is dropped silently. */
const MOST_OF_A_KIND = 10;

/**
 * Workflow commands of GitHub Actions, one a line: `::error file=…,line=…,title=…::message` for what fails the run, `::notice` for new
 * hazards. When there are more than GitHub shows, the last one says how many.
 */
export function annotationLines(checks: readonly Check[]): readonly string[] {
  const problems = checks.flatMap((check) => check.problems);
  return [
    ...linesOf(
      'error',
      problems.filter(({ standing }) => standing === 'failure'),
    ),
    ...linesOf(
      'notice',
      problems.filter(({ standing }) => standing === 'hazard'),
    ),
  ];
}

function linesOf(kind: 'error' | 'notice', problems: readonly Problem[]): readonly string[] {
  const lines = problems.map((problem) => lineOf(kind, problem));
  if (lines.length <= MOST_OF_A_KIND) return lines;
  const shown = lines.slice(0, MOST_OF_A_KIND - 1);
  const left = lines.length - shown.length;
  return [...shown, `::${kind} title=provsim::${left} more of this kind; the log and the reports have all of them`];
}

function lineOf(kind: string, { rule, message, place }: Problem): string {
  const { file, line, column, endColumn } = place;
  const properties = [
    `file=${property(file)}`,
    `line=${line}`,
    `col=${column}`,
    ...(endColumn > column ? [`endColumn=${endColumn}`] : []),
    `title=${property(`provsim: ${rule}`)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(message)}`;
}

/** Text as it may stand after the second `::` (actions/toolkit: `escapeData`). */
function data(text: string): string {
  return printable(text).replaceAll('%', '%25');
}

/** Text as a property's value (actions/toolkit: `escapeProperty`). */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Text for a log that GitHub must not take for commands, whatever names of files and notes say. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, String.raw`$1\u{3a}`).replaceAll('##[', String.raw`#\u{23}[`);
}
