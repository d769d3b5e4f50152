import Table from 'cli-table3';
import type { RepresentationComparison } from '../compare/comparison.ts';
import type { Evidence } from '../compare/judged-claim.ts';
import type { Cell, ComparisonTable } from './comparison-cell.ts';
import { HEADER_LINES } from '../model/scenario/scenario.ts';
import { comparisonTables } from './comparison-tables.ts';
import { columnsOf, padded, printable, wrapped } from './printable.ts';
import { rowsText } from './rows.ts';
import type { Style } from './style.ts';
import { workloadTables } from './workload-table.ts';

/** A comparison for a terminal: what was compared, a table for each question, and the cases behind the verdicts. */
export function renderComparison(compared: readonly RepresentationComparison[], style: Style): string {
  if (compared.length === 0) return '';
  const names = compared.map(nameOf);
  const sections = [
    headText(compared, style),
    ...[...comparisonTables(compared, style.width), ...workloadTables(compared)].map((table) =>
      tableText(table, names, style),
    ),
    evidenceText(compared, style),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** `handle-table onWrap=retire`: the id and what is not at its default. */
function nameOf({ id, changed, parameters }: RepresentationComparison): string {
  return printable([id, ...changed.map((name) => `${name}=${String(parameters[name])}`)].join(' '));
}

function headText(compared: readonly RepresentationComparison[], style: Style): string {
  const machine = Object.entries(compared[0]?.machine ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const rows = compared.map((each, index) => [`${index + 1}`, nameOf(each), printable(each.title)]);
  const lines = [
    ...wrapped(`Compared on machine ${machine.join(' ')}`, style.width),
    ...wrapped(`Judged on one thread by ${judgesText(compared)}`, style.width),
  ];
  return [...lines, '', rowsText(rows, style.width, [style.quiet])].join('\n');
}

function judgesText(compared: readonly RepresentationComparison[]): string {
  const sum = (of: (each: RepresentationComparison) => number): string =>
    compared.reduce((total, each) => total + of(each), 0).toLocaleString('en-US');
  const cases = `the probes and ${sum(({ searched }) => searched.corpusCases)} cases of the corpus`;
  if (compared.every(({ searched }) => searched.executions === 0)) return `${cases}; nothing was searched`;
  return `${cases}, and a search of ${sum(({ searched }) => searched.executions)} executions`;
}

/** Rows are the representations by number and name; by number alone where the names do not fit. */
function tableText(table: ComparisonTable, names: readonly string[], style: Style): string {
  const named = gridText(table, names, style);
  const fits = named.split('\n').every((line) => columnsOf(line.replaceAll(ANSI, '')) <= style.width);
  const grid = fits ? named : gridText(table, [], style);
  const legend = table.legend.flatMap((line) => {
    const [first, ...rest] = wrapped(line, style.width - 4);
    return [`  ${first}`, ...rest.map((each) => `    ${each}`)].map((each) => style.quiet(each));
  });
  return [style.strong(table.title), grid, ...legend].join('\n');
}

// oxlint-disable-next-line no-control-regex -- the colours that `style` adds
const ANSI = /\u001b\[[0-9;]*m/g;

const NO_BORDER = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '',
  'bottom-right': '', left: ' ', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
} as const; // prettier-ignore

function gridText({ columns, rows, transposed }: ComparisonTable, names: readonly string[], style: Style): string {
  const numbers = rows.map((_, index) => String(index + 1));
  const body = rows.map((cells, index) => [
    ...(transposed === true ? [] : [numbers[index]]),
    ...(names.length > 0 && transposed !== true ? [names[index]] : []),
    ...cells.map((cell) => painted(cell, style)),
  ]);
  const lead = transposed === true ? [] : names.length > 0 ? ['', ''] : [''];
  const table = new Table({
    head: [...lead, ...columns.map((column) => style.strong(column))],
    colAligns: [...lead.map(() => 'left' as const), ...columns.map(() => 'left' as const)],
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1, compact: true },
  });
  table.push(...body);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function painted({ text, tone }: Cell, style: Style): string {
  return tone === undefined ? text : style[tone](text);
}

/** The cases behind the verdicts: broken claims first, then known hazards, those that concern no claim last. */
function evidenceText(compared: readonly RepresentationComparison[], style: Style): string {
  const blocks = compared.flatMap((each, index) => {
    const found = [
      ...each.claims.flatMap(({ claim, evidence }) => evidence.map((one) => ({ claim: claim as string, ...one }))),
      ...each.hazards.map((one) => ({ claim: 'no claim', ...one })),
    ].toSorted((one, other) => Number(isBroken(other)) - Number(isBroken(one)));
    return found.length === 0 ? [] : [`  ${index + 1}  ${nameOf(each)}`, ...evidenceLines(found, style)];
  });
  if (blocks.length === 0) return '';
  const legend =
    'Verdict, the least contract of clients that get there, the claim that it concerns, and the case: a file of the corpus, or ' +
    'the statements of a case that the probes or the search made (whole in the JSON, field text).';
  return [
    style.strong('What was found'),
    ...blocks,
    ...wrapped(legend, style.width - 2).map((line) => style.quiet(`  ${line}`)),
  ].join('\n');
}

type Found = Evidence & { readonly claim: string };

function isBroken({ status }: Evidence): boolean {
  return status === 'broken-claim';
}

/** The case stands behind the verdict where it fits, else below it: a file name is never cut. */
function evidenceLines(found: readonly Found[], style: Style): readonly string[] {
  const cells = found.map((each) => [isBroken(each) ? 'BROKEN' : 'hazard', each.code, each.contract, each.claim]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return found.map((each, index) => {
    const [mark, code, ...rest] = cells[index].map((text, column) => padded(text, widths[column]));
    const paint = isBroken(each) ? style.bad : style.warning;
    const head = `     ${paint(`${mark}  ${code}`)}  ${rest.join('  ')}`;
    const headColumns = 5 + widths.reduce((sum, width) => sum + width + 2, 0);
    const shown = each.source === 'corpus' ? printable(each.case) : `${each.source}: ${printable(statementsOf(each))}`;
    if (headColumns + columnsOf(shown) <= style.width) return `${head}  ${shown}`;
    const lines = each.source === 'corpus' ? [shown] : wrapped(shown, style.width - CASE_INDENT);
    return [head.trimEnd(), ...lines.map((line) => ' '.repeat(CASE_INDENT) + line)].join('\n');
  });
}

const CASE_INDENT = 13;

/** A case on one line: its statements without the header. */
function statementsOf({ text }: Evidence): string {
  const header: readonly string[] = [...HEADER_LINES, 'note', 'format'];
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !header.includes(line.split(' ')[0])).join('; ');
}
