import { existsSync } from 'node:fs';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { padded, printable } from '../../report/printable.ts';
import { rowsText } from '../../report/rows.ts';
import type { CorpusRow } from '../../report/schemas/corpus.ts';
import type { Style } from '../../report/style.ts';
import type { Context, Run } from '../command.ts';
import { loadConfig, type Config } from '../config.ts';
import { readCases, replayCases, type CorpusCase } from '../corpus/corpus-case.ts';
import { mergeCases } from '../corpus/merge.ts';
import { minimizeCases } from '../corpus/minimize.ts';
import { Representations } from '../representations.ts';

type Act = (
  paths: readonly string[],
  known: Representations,
  context: Context,
  config: Config,
) => Promise<readonly CorpusRow[]>;

const ACTIONS: Readonly<Record<string, Act>> = { list: listed, merge: merged, minimize: minimized };

/** Keeps a corpus small: `list`, `merge DIR… INTO`, `minimize FILE|DIR…`. */
export const run: Run = async ([action, ...paths], options, context) => {
  const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (act === undefined)
    throw new InputError('usage', `corpus: expected list, merge or minimize, found "${printable(action)}"`);
  const config = await loadConfig(options.config as string | undefined);
  const cases = await act(paths, new Representations(config), context, config);
  return {
    ok: cases.every(({ ok }) => ok),
    interrupted: context.signal.aborted,
    report: { action, cases },
    text: textOf(action, cases, context.terminal.style),
  };
};

const DEFAULT_FOLDER = 'corpus';

async function listed(
  paths: readonly string[],
  known: Representations,
  context: Context,
  { corpus }: Config,
): Promise<readonly CorpusRow[]> {
  const folder = corpus ?? DEFAULT_FOLDER;
  if (paths.length === 0 && !existsSync(folder))
    throw new InputError('file', 'no such corpus folder', { file: folder });
  const cases = await replayCases(readCases(paths.length === 0 ? [folder] : paths, known), context);
  return cases.map((each) => rowOf(each));
}

async function merged(
  paths: readonly string[],
  known: Representations,
  context: Context,
): Promise<readonly CorpusRow[]> {
  const done = await mergeCases(paths, known, context);
  return done.map(({ each, outcome, into, reason }) => ({
    ...rowOf(each),
    outcome,
    ...(into !== undefined && { into }),
    ...(reason !== undefined && { reason }),
  }));
}

async function minimized(
  paths: readonly string[],
  known: Representations,
  context: Context,
): Promise<readonly CorpusRow[]> {
  const done = await minimizeCases(paths, known, context);
  return done.map(({ each, outcome, before, reason }) => ({
    ...rowOf(each),
    outcome,
    before,
    ...(reason !== undefined && { reason }),
  }));
}

function rowOf({ report, statements }: CorpusCase): CorpusRow {
  const { file, representation, expected, actual, ok, signature } = report;
  return { file, representation, expected, actual, ok, operations: statements, signature };
}

function textOf(action: string, cases: readonly CorpusRow[], style: Style): string {
  const failed = cases.filter(({ ok }) => !ok).length;
  const sum = `${cases.length} case${cases.length === 1 ? '' : 's'}: ${summaryOf(action, cases)}`;
  const parts = [
    ...(cases.length === 0 ? [] : [action === 'list' ? tableText(cases, style) : linesText(cases, style)]),
    failed === 0 ? sum : `${sum}, ${style.bad(`${failed} not as expected`)}`,
  ];
  return parts.join('\n\n');
}

function tableText(cases: readonly CorpusRow[], style: Style): string {
  const rows = cases.map(({ ok, representation, expected, actual, file }) =>
    [ok ? 'ok' : 'FAIL', representation, ok ? actual : `expected ${expected}, actual ${actual}`, file].map(printable),
  );
  return rowsText(rows, style.width);
}

/** One line each, never wrapped: names of files are what someone copies. */
function linesText(cases: readonly CorpusRow[], style: Style): string {
  const lines = cases.map(({ file, outcome, into, before, operations, reason }) => {
    const size = before === undefined || before === operations ? '' : `${before} to ${operations} operations`;
    const notes = [into === undefined ? '' : `to ${into}`, size, reason ?? ''].filter((note) => note !== '').join(', ');
    return `  ${padded(outcome ?? '', 9)}  ${style.place(printable(file))}  ${style.quiet(printable(notes))}`.trimEnd();
  });
  return lines.join('\n');
}

function summaryOf(action: string, cases: readonly CorpusRow[]): string {
  if (action === 'list') return `${cases.filter(({ ok }) => ok).length} as expected`;
  const outcomes = [...new Set(cases.map(({ outcome }) => outcome ?? ''))];
  if (outcomes.length === 0) return 'nothing to do';
  return outcomes.map((name) => `${cases.filter(({ outcome }) => outcome === name).length} ${name}`).join(', ');
}
