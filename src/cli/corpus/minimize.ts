import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseScenario } from '../../model/scenario/parser.ts';
import { printScenario } from '../../model/scenario/printer.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { writeAtomically } from '../atomic-file.ts';
import type { Context } from '../command.ts';
import { minimalCase } from '../minimized-case.ts';
import type { Representations } from '../representations.ts';
import { corpusCase, readCases, type CorpusCase } from './corpus-case.ts';

/** What became of one case. */
export interface Minimized {
  readonly each: CorpusCase;
  readonly outcome: 'smaller' | 'unchanged' | 'skipped';
  /** Statements before. */
  readonly before: number;
  readonly reason?: string;
}

/** The longest that one case is made smaller. */
const LONGEST_MS = 60_000;

/**
 * Makes cases smaller in their own files: fewer operations, or as many with fewer rounds, with the same verdict under the same
 * parameters and machine. Notes and the comments of the header stay. A case is written only when it is smaller, and after what
 * will stand there has been run and gives the verdict.
 */
export async function minimizeCases(
  operands: readonly string[],
  known: Representations,
  { signal, terminal, killable }: Context,
): Promise<readonly Minimized[]> {
  if (operands.length === 0)
    throw new InputError('usage', 'corpus minimize: expected FILE… or DIR…', {}, 'FILE… or DIR…');
  const scenarios = readCases(operands, known);
  const done: Minimized[] = [];
  for (const scenario of scenarios) {
    await nextTurn();
    if (signal.aborted) break;
    terminal.progress(`${done.length + 1}/${scenarios.length} ${scenario.file}`);
    const result = killable(() => smallerCase(scenario));
    if (result.outcome === 'smaller') writeAtomically(scenario.file, printScenario(result.each.scenario));
    done.push(result);
  }
  return done;
}

function smallerCase(scenario: Scenario): Minimized {
  const each = corpusCase(scenario);
  const { ok, expected, actual } = each.report;
  const left = (outcome: 'unchanged' | 'skipped', reason: string): Minimized => ({
    each,
    outcome,
    before: each.statements,
    reason,
  });
  if (!ok) return left('skipped', `expected ${expected}, actual ${actual}`);
  if (actual === 'clean') return left('unchanged', 'a clean case shows what it shows');
  const end = performance.now() + LONGEST_MS;
  const minimal = minimalScenario(scenario, end);
  if (typeof minimal === 'string') return left('unchanged', minimal);
  const smaller = corpusCase(withWords(scenario, minimal));
  const isSmaller =
    smaller.statements < each.statements || (smaller.statements === each.statements && smaller.rounds < each.rounds);
  if (!isSmaller) return left('unchanged', 'it is minimal');
  if (!smaller.report.ok || smaller.report.actual !== actual)
    throw new Error(`a smaller form of ${scenario.file} gives ${smaller.report.actual} instead of ${actual}`);
  return { each: smaller, outcome: 'smaller', before: each.statements };
}

/** The minimal case, or why there is none. */
function minimalScenario(scenario: Scenario, end: number): Scenario | string {
  const { representation, parameters, machine } = scenario;
  try {
    const minimal = minimalCase(scenario, { parameters, machine }, () => performance.now() > end);
    if (minimal === null) return 'its verdict is what the claims promise';
    const lookup = (id: string): typeof representation | undefined =>
      id === representation.id ? representation : undefined;
    return parseScenario(minimal.text, scenario.file, lookup, [representation.id]);
  } catch (error) {
    // What the minimiser cannot hold stays as it is, and is no reason to leave the other cases alone.
    if (error instanceof InputError && error.code === 'unsupported') return error.message;
    throw error;
  }
}

/** The minimal case with what people wrote about the old one. */
function withWords({ notes, comments }: Scenario, minimal: Scenario): Scenario {
  if (comments === undefined) return { ...minimal, notes };
  const { format, header, notes: noteTrivia } = comments;
  return {
    ...minimal,
    notes,
    comments: { ...(format !== undefined && { format }), header, notes: noteTrivia, trailing: [] },
  };
}
