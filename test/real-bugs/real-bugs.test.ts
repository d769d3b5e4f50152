import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import { printScenario, printStatement } from '../../src/model/scenario/printer.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import type { Scenario, ScenarioStatement } from '../../src/model/scenario/scenario.ts';
import type { VerdictCode } from '../../src/model/vocabulary/verdicts.ts';
import { caseFile, caseFolders, caseOf, JUDGEMENTS, ROWS, type Judgement } from './cases.ts';
import { MODELS } from './models/catalogue.ts';

/** The verdict by which each category of bugs is told; a row with another one says why in judgements.tsv. */
const CODE_OF_CATEGORY: Readonly<Record<string, VerdictCode>> = {
  aba: 'aba',
  'generation-wrap': 'aba',
  uaf: 'use-after-free',
  'double-free': 'double-free',
  oob: 'out-of-bounds',
  leak: 'leak',
  deadlock: 'deadlock',
  'stale-cache': 'stale-content',
  'type-confusion': 'type-confusion',
  'lost-handle': 'lost-handle',
  'provenance-loss': 'no-provenance',
  'canonical-address': 'truncated-address',
};

/** Rows whose fixed form is another design, and one whose fix also is where objects may lie. */
const OTHER_DESIGN = ['molt-v1-gen-wrap-65535'];
const OTHER_MACHINE = ['v8-ept-48bit-assumption'];

const SEQUENTIAL = ROWS.filter(({ needs }) => needs === 'sequential');
const FORMS = JUDGEMENTS.flatMap(({ id }) => [[id, 'bug'] as const, [id, 'fixed'] as const]);

/** All statements, those inside callbacks too, as text. */
function stepsOf({ threads }: Scenario): readonly string[] {
  const textOf = (statements: readonly ScenarioStatement[]): readonly string[] =>
    statements.flatMap((statement) => [
      printStatement(statement),
      ...(statement.during ?? []).flatMap((block) => [`during ${block.callback}`, ...textOf(block.statements)]),
    ]);
  return threads.flatMap((thread) => textOf(thread.statements));
}

function rowOf({ id }: Judgement) {
  const row = ROWS.find((each) => each.id === id);
  if (row === undefined) throw new Error(`rows.tsv has no ${id}`);
  return row;
}

describe('sequential rows', () => {
  test('all have a case and a judgement', () => {
    const ids = SEQUENTIAL.map(({ id }) => id).sort();
    expect(caseFolders()).toEqual(ids);
    expect(JUDGEMENTS.map(({ id }) => id).sort()).toEqual(ids);
  });

  test.each(JUDGEMENTS)('$id is flagged with the code of its category, or says why not', (judgement) => {
    const usual = CODE_OF_CATEGORY[rowOf(judgement).category];
    expect(usual).toBeDefined();
    expect(judgement.code === usual).toBe(judgement.reason === '');
  });

  test.each(JUDGEMENTS)('$id: $code, $claim, $status', (judgement) => {
    const { finding } = runScenario(caseOf(judgement.id, 'bug'));
    expect(finding).toMatchObject({
      code: judgement.code,
      contract: judgement.contract,
      claim: judgement.claim,
      status: judgement.status,
    });
  });

  test.each(JUDGEMENTS)('$id: the fixed form is clean after the same steps', ({ id }) => {
    const bug = caseOf(id, 'bug');
    const fixed = caseOf(id, 'fixed');
    expect(runScenario(fixed).verdict).toBe('clean');
    expect(stepsOf(fixed)).toEqual(stepsOf(bug));
    expect(fixed.client).toBe(bug.client);
    if (!OTHER_MACHINE.includes(id)) expect(fixed.machine).toEqual(bug.machine);
    if (OTHER_DESIGN.includes(id)) return;
    expect(fixed.representation).toBe(bug.representation);
    expect(fixed.parameters).not.toEqual(bug.parameters);
  });

  test.each(JUDGEMENTS)('$id: no step of the case can be left out', ({ id, code }) => {
    const scenario = caseOf(id, 'bug');
    const [main] = scenario.threads;
    main.statements.forEach((statement, left) => {
      // A create that issues a kept reference again is the finding already; the use after it shows what it leads to.
      if (code === 'aba' && left === main.statements.length - 1) return;
      const statements = main.statements.filter((_, index) => index !== left);
      const shorter = { ...scenario, threads: [{ ...main, statements }] };
      expect([printStatement(statement), verdictOf(shorter)]).not.toEqual([printStatement(statement), code]);
    });
  });

  test.each(FORMS)('%s %s: expectation, note and canonical form', (id, form) => {
    const scenario = caseOf(id, form);
    expect(runScenario(scenario).ok).toBe(true);
    expect(scenario.notes[0]?.startsWith(`${id}: `)).toBe(true);
    expect(printScenario(scenario)).toBe(readFileSync(caseFile(id, form), 'utf8'));
  });

  test.each(FORMS.filter(([id]) => id !== 'molt-v1-gen-wrap-65535'))('%s %s: the interpreter agrees', (id, form) => {
    const scenario = caseOf(id, form);
    expect(runScenario(scenario, { makeEngine: interpretProgram })).toEqual(runScenario(scenario));
  });
});

/** The verdict of a scenario from which a statement was taken, which may leave names without a value. */
function verdictOf(scenario: Scenario): VerdictCode | 'refused' {
  try {
    return runScenario(scenario).verdict;
  } catch {
    return 'refused';
  }
}

describe('the models', () => {
  test('are all used', () => {
    const used = new Set(FORMS.map(([id, form]) => caseOf(id, form).representation.id));
    expect(MODELS.filter(({ id }) => !used.has(id))).toEqual([]);
  });

  test.each(MODELS.map((model) => [model.id, model] as const))('%s names its source', (_, { source, parameters }) => {
    expect(source.length).toBeGreaterThan(0);
    expect(Object.keys(parameters).length).toBeGreaterThan(0);
  });
});

describe('the page of limits', () => {
  const page = readFileSync('docs/limits.md', 'utf8');

  test('says how many rows wait for threads', () => {
    const waiting = ROWS.length - SEQUENTIAL.length;
    expect(page).toContain(`${waiting} of its ${ROWS.length} rows need threads`);
  });

  test('names the rows that the search cannot find', () => {
    for (const { id, search } of JUDGEMENTS) expect(page.includes(`\`${id}\``)).toBe(search !== 'found');
  });
});
