import type { Diagnostic, DiagnosticEvent } from '../model/vocabulary/diagnostic.ts';
import { columnsOf, padded, printable, wrapped } from './printable.ts';
import type { Style } from './style.ts';

/** How bad the verdict is for whoever reads it: the colour of its title. */
export type Severity = 'bad' | 'warning' | 'expected';

/** Longer statements stand on a line of their own, so that one of them does not push every explanation aside. */
const WIDEST_STATEMENT = 36;
const LABEL_COLUMNS = 9;

/**
 * A diagnostic as text, without a line feed at its end: the verdict, where it was given, what led to it in causal order, facts,
 * help, and the command that shows it again. This is the only place that renders diagnostics.
 */
export function renderDiagnostic(diagnostic: Diagnostic, style: Style, severity: Severity = 'bad'): string {
  const { code, title, events, facts, help, replay } = diagnostic;
  const paint = severity === 'bad' ? style.bad : severity === 'warning' ? style.warning : style.strong;
  const labelled = [...facts, ...(help === undefined ? [] : [{ label: 'help', text: help }])];
  const sections = [
    [...block(`${code}: ${title}`, style.width, '  ').map((line) => paint(line)), ...placeLines(diagnostic, style)],
    eventLines(events, style),
    [
      ...labelled.flatMap(({ label, text }) => factLines(label, text, style)),
      // Whoever copies this line wants it whole: it is never wrapped.
      `  ${style.quiet(padded('replay', LABEL_COLUMNS))}${printable(replay)}`,
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** As many parts in a line as fit. A file name is never cut, because terminals make links of it. */
function placeLines({ place }: Diagnostic, style: Style): readonly string[] {
  const at = printable(`at ${place.file}${place.line > 0 ? `:${place.line}` : ''}`);
  const where = [place.thread, place.inside].filter((part) => part !== '').join('; ');
  const parts = [place.statement, where === '' ? '' : `(${where})`].filter((part) => part !== '').map(printable);
  const lines = [style.place(at)];
  let columns = 2 + columnsOf(at);
  for (const part of parts) {
    if (columns + 3 + columnsOf(part) <= style.width) {
      lines.push(`${lines.pop()}   ${part}`);
      columns += 3 + columnsOf(part);
      continue;
    }
    const cut = wrapped(part, style.width - 5);
    lines.push(...cut.map((line) => `   ${line}`));
    columns = 5 + columnsOf(cut.at(-1) as string);
  }
  return lines.map((line) => `  ${line}`);
}

function eventLines(events: readonly DiagnosticEvent[], style: Style): readonly string[] {
  const numbers = events.map(({ line }) => (line > 0 ? String(line) : ''));
  const numberColumns = Math.max(0, ...numbers.map((number) => number.length));
  const threads = new Set(events.map(({ thread }) => thread)).size > 1;
  const statements = events.map(({ statement, thread }) => {
    const owner = threads ? (thread === 0 ? 'main  ' : `T${thread}  `.padEnd(6)) : '';
    return owner + printable(statement);
  });
  const limit = Math.min(WIDEST_STATEMENT, Math.floor(style.width * 0.36));
  const fitting = statements.map(columnsOf).filter((columns) => columns <= limit);
  const statementColumns = Math.max(0, ...fitting) + 4;
  const indent = 2 + numberColumns + 2;
  return events.flatMap(({ text }, index) => {
    const isLast = index === events.length - 1;
    const number = style.quiet(numbers[index].padStart(numberColumns));
    const statement = statements[index];
    const textAt = indent + statementColumns;
    const [first, ...rest] = wrapped(printable(text), style.width - textAt);
    const continued = rest.map((line) => `${' '.repeat(textAt)}${isLast ? style.strong(line) : line}`);
    const shown = isLast ? style.strong(first) : first;
    if (columnsOf(statement) <= statementColumns - 2)
      return [`  ${number}  ${padded(statement, statementColumns)}${shown}`, ...continued];
    const cut = wrapped(statement, style.width - indent);
    return [
      `  ${number}  ${cut[0]}`,
      ...cut.slice(1).map((line) => `${' '.repeat(indent)}${line}`),
      `${' '.repeat(textAt)}${shown}`,
      ...continued,
    ];
  });
}

function factLines(label: string, text: string, style: Style): readonly string[] {
  const indent = 2 + LABEL_COLUMNS;
  const [first, ...rest] = wrapped(printable(text), style.width - indent);
  const name = style.quiet(padded(printable(label), LABEL_COLUMNS));
  return [`  ${name}${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}

function block(text: string, width: number, indent: string): readonly string[] {
  const [first, ...rest] = wrapped(printable(text), width - indent.length);
  return [first, ...rest.map((line) => indent + line)];
}
