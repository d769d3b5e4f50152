import type { LitmusResult } from '../model/litmus/runner.ts';
import { commandLine } from './command-line.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Litmus programs for a terminal: a line for each; one alone, or one that fails, is explained. */
export function renderLitmus(
  files: readonly LitmusResult[],
  { style, quiet }: { style: Style; quiet: boolean },
): string {
  const told = quiet ? files.filter((each) => !each.ok) : files;
  const parts = told.map((each) => litmusText(each, files.length === 1 || !each.ok, style));
  const body = parts.map(
    (text, index) => `${index > 0 && (text + parts[index - 1]).includes('\n') ? '\n' : ''}${text}`,
  );
  const failed = files.filter((each) => !each.ok).length;
  const sum =
    failed === 0
      ? `${files.length} programs: ${style.good('all as expected')}`
      : `${files.length} programs: ${files.length - failed} as expected, ${style.bad(`${failed} not`)}`;
  return [...body, ...(files.length === 1 ? [] : ['', sum])].join('\n').replace(/^\n/, '');
}

function litmusText(result: LitmusResult, explains: boolean, style: Style): string {
  const { file, ok, findings, executions, outcomes, missed } = result;
  const found =
    findings.length === 0
      ? 'clean'
      : findings.map(({ code, detail }) => (detail === code ? code : `${code}/${detail}`)).join(', ');
  const times = executions === 1 ? '' : `  (${executions} executions)`;
  const head = `${ok ? style.good('ok  ') : style.bad('FAIL')}  ${style.place(printable(file))}  ${found}${times}`;
  if (!explains) return head;
  const problems = missed.map(
    ({ line, column, message }) => `  ${style.place(`${printable(file)}:${line}:${column}`)}  ${printable(message)}`,
  );
  const shown = outcomes.filter((outcome) => outcome !== '').map((outcome) => `  outcome  ${printable(outcome)}`);
  const diagnostics = findings.map(({ diagnostic }) => renderDiagnostic(diagnostic, style, ok ? 'expected' : 'bad'));
  const replay = findings.length > 0 || ok ? [] : [`  ${style.quiet('replay   ')}${commandLine(['litmus', file])}`];
  const groups = [head, problems.join('\n'), shown.join('\n'), ...diagnostics, ...replay];
  return groups.filter((group) => group !== '').join('\n\n');
}
