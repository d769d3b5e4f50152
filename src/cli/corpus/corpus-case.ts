import { setImmediate as nextTurn } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { printScenario } from '../../model/scenario/printer.ts';
import { parseScenario } from '../../model/scenario/parser.ts';
import type { Scenario, ScenarioStatement } from '../../model/scenario/scenario.ts';
import { replayCase, type CaseReport } from '../../report/case.ts';
import { caseFiles, filesBelow, readText, shownPath } from '../case-files.ts';
import type { Context } from '../command.ts';
import type { Representations } from '../representations.ts';

/** A case of a corpus with what it shows now. */
export interface CorpusCase {
  readonly scenario: Scenario;
  readonly report: CaseReport;
  /** Statements, those of callbacks included, and all rounds of churns. */
  readonly statements: number;
  readonly rounds: number;
}

/**
 * Reads all cases that operands name, so that wrong input is told before anything runs.
 * @param emptyFolders whether a folder may have no cases
 * @throws InputError
 */
export function readCases(
  operands: readonly string[],
  { find, ids }: Representations,
  emptyFolders = false,
): readonly Scenario[] {
  const files = emptyFolders
    ? operands.flatMap((each) =>
        statSync(each).isDirectory() ? filesBelow(each, ['.scenario']).map(shownPath) : [each],
      )
    : caseFiles(operands, ['.scenario']);
  return [...new Set(files)].map((file) => parseScenario(readText(file), file, find, ids));
}

/** Replays cases one by one until all are done or somebody interrupts. */
export async function replayCases(
  scenarios: readonly Scenario[],
  { signal, terminal }: Context,
): Promise<readonly CorpusCase[]> {
  const cases: CorpusCase[] = [];
  for (const scenario of scenarios) {
    await nextTurn();
    if (signal.aborted) break;
    terminal.progress(`${cases.length + 1}/${scenarios.length} ${scenario.file}`);
    cases.push(corpusCase(scenario));
  }
  return cases;
}

export function corpusCase(scenario: Scenario): CorpusCase {
  const statements = scenario.threads.flatMap((thread) => thread.statements.flatMap(withInner));
  return {
    scenario,
    report: replayCase(scenario),
    statements: statements.length,
    rounds: statements.reduce((sum, each) => sum + (each.op === 'churn' ? each.times : 0), 0),
  };
}

function withInner(statement: ScenarioStatement): readonly ScenarioStatement[] {
  return [statement, ...(statement.during ?? []).flatMap((block) => block.statements.flatMap(withInner))];
}

/** Whether a case is the shorter one: fewer statements, then fewer rounds, then less text; equal ones have an order too. */
export function isShorter(one: CorpusCase, other: CorpusCase): boolean {
  if (one.statements !== other.statements) return one.statements < other.statements;
  if (one.rounds !== other.rounds) return one.rounds < other.rounds;
  const [text, otherText] = [one, other].map(({ scenario }) => plainText(scenario));
  return text.length === otherText.length ? text < otherText : text.length < otherText.length;
}

/** The canonical text without notes and comments: equal for cases that say the same. */
export function plainText({ comments: _comments, threads, ...rest }: Scenario): string {
  const plain = threads.map(({ thread, statements }) => ({ thread, statements: statements.map(withoutTrivia) }));
  return printScenario({ ...rest, notes: [], threads: plain });
}

function withoutTrivia({ trivia: _trivia, during, ...rest }: ScenarioStatement): ScenarioStatement {
  if (during === undefined) return rest;
  const blocks = during.map(({ callback, statements }) => ({ callback, statements: statements.map(withoutTrivia) }));
  return { ...rest, during: blocks };
}
