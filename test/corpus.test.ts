import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { interpretProgram } from '../src/model/ir/interpreter/interpreter.ts';
import { CATALOGUE } from '../src/model/representations/catalogue.ts';
import { parseScenario } from '../src/model/scenario/parser.ts';
import { printScenario } from '../src/model/scenario/printer.ts';
import { runScenario } from '../src/model/scenario/run.ts';
import type { Scenario } from '../src/model/scenario/scenario.ts';
import { renderDiagnostic } from '../src/report/diagnostic.ts';
import { styleOf } from '../src/report/style.ts';

const FILES = readdirSync('corpus', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scenario'))
  .sort()
  .map((name) => `corpus/${name}`);

/** More churn than this takes the interpreter too long. */
const SHORT = 1000;

function load(file: string): Scenario {
  return parseScenario(readFileSync(file, 'utf8'), file, (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]);
}

function churns({ threads }: Scenario): number {
  const statements = threads.flatMap((thread) => thread.statements);
  return statements.reduce((sum, statement) => sum + (statement.op === 'churn' ? statement.times : 0), 0);
}

describe('the committed corpus', () => {
  test.each(FILES)('%s gives what it expects', (file) => {
    const scenario = load(file);
    const run = runScenario(scenario);
    expect(run.verdict).toBe(scenario.expect);
  });

  test.each(FILES)('%s stands in its canonical form', (file) => {
    expect(printScenario(load(file))).toBe(readFileSync(file, 'utf8'));
  });

  test.each(FILES.filter((file) => churns(load(file)) < SHORT))('%s gives the same in the interpreter', (file) => {
    const scenario = load(file);
    const compiled = runScenario(scenario);
    const interpreted = runScenario(scenario, { makeEngine: interpretProgram });
    expect(interpreted).toEqual(compiled);
  });

  test.each([...CATALOGUE.keys()])('%s has flagged cases and sound neighbours', (id) => {
    const own = FILES.filter((file) => file.startsWith(`corpus/${id}/`)).map((file) => load(file).expect);
    expect(own.filter((code) => code === 'clean').length).toBeGreaterThan(0);
    expect(own.filter((code) => code !== 'clean').length).toBeGreaterThan(0);
  });
});

describe('diagnostics', () => {
  const flagged = FILES.filter((file) => load(file).expect !== 'clean');
  // `npm test -- -u` blesses what changed; read it in the diff.
  test.each(flagged)('of %s', async (file) => {
    const { finding } = runScenario(load(file));
    if (finding === undefined) throw new Error(`${file} expects a verdict and gives none`);
    const golden = `golden/diagnostics/${file.replace(/^corpus\//, '').replace(/\.scenario$/, '.txt')}`;
    await expect(`${renderDiagnostic(finding.diagnostic, styleOf(0, 100))}\n`).toMatchFileSnapshot(golden);
  });
});
