import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fuzz, InputError, renderDiagnostic, repro, reproFile, type FuzzOptions } from '../../src/index.ts';
import { CYCLE, honestTable, overclaimingTable, ownTable } from './own-table.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'provsim-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

describe('fuzz', () => {
  test('finds the wrap of an own table, minimal, after as many reuses as its cycle has', async () => {
    const report = await fuzz(overclaimingTable, { runs: 3000, folder: FOLDER });
    expect(report).toMatchObject({ ok: false, seed: 1, executions: 3000, client: 'bypass' });
    const [aba] = report.findings.filter(({ status }) => status === 'broken-claim');
    expect(aba).toMatchObject({ code: 'aba', claim: 'detectsStale', contract: 'any' });
    expect(aba.summary).toContain(`after ${CYCLE} reuses`);
    expect(readFileSync(aba.case, 'utf8')).toBe(aba.scenario);
  });

  test('the same wrap breaks no claim of a table that says so', async () => {
    const report = await fuzz(honestTable, { runs: 3000 });
    expect(report.ok).toBe(true);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'aba', claim: 'detectsStale', status: 'known-hazard' }),
    );
  });

  test('a claim of one reuse more than there are is broken', async () => {
    const report = await fuzz(ownTable('my-table', { within: CYCLE + 1 }), { runs: 3000 });
    expect(report.ok).toBe(false);
  });

  test.each(['native', 'fast-check', 'jsfuzz'] as const)('the %s engine finds it too', async (engine) => {
    const report = await fuzz(overclaimingTable, { runs: 4000, client: 'any', engine });
    expect(report.engine).toBe(engine);
    const [aba] = report.findings.filter(({ status }) => status === 'broken-claim');
    expect(aba.summary).toContain(`after ${CYCLE} reuses`);
  });

  test('equal seeds give equal reports, other seeds other executions', async () => {
    const rates = { operationsPerSecond: 0 };
    const [one, same, other] = await Promise.all(
      [7, 7, 8].map(async (seed) => ({ ...(await fuzz(honestTable, { seed, runs: 500 })), ...rates })),
    );
    expect(same).toEqual(one);
    expect(other.operations).not.toBe(one.operations);
  });

  test('fixed settings stay, and clients stay inside their contract', async () => {
    const { findings, machine } = await fuzz(honestTable, {
      runs: 2000,
      client: 'valid',
      machine: { addresses: 'bump' },
    });
    expect(machine.addresses).toBe('bump');
    expect(findings.map(({ machine: each }) => each.addresses)).not.toContain('lifo');
    expect(findings.map(({ contract }) => contract)).not.toContain('any');
    expect(findings.map(({ code }) => code)).toEqual(['use-after-free']);
  });

  test('a budget in time ends in time', async () => {
    const begin = performance.now();
    const report = await fuzz(honestTable, { timeMs: 300 });
    expect(report.executions).toBeGreaterThan(0);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test.each<[FuzzOptions, string]>([
    [{ runs: 1, timeMs: 1 }, 'expected either runs or timeMs'],
    [{ parameters: { width: 4 } }, 'no parameter "width"'],
    [{ machine: { hostBits: 31 as 32 } }, 'machine.hostBits: expected 32, 47, 48, 52 or 57, found 31'],
    [
      { machine: JSON.parse('{ "speed": 1 }') as FuzzOptions['machine'] & object },
      'machine.speed: expected a machine setting',
    ],
    [{ mutant: 'drop-guard:get/nothing' }, 'no mutant'],
    [{ corpus: ['representation handle-table\n'] }, 'expected a representation (my-table)'],
  ])('refuses %j', async (options, message) => {
    const failed = fuzz(honestTable, options);
    await expect(failed).rejects.toBeInstanceOf(InputError);
    await expect(failed).rejects.toThrow(message);
  });
});

const WRAP = `representation my-table
expect aba
a = alloc list
free a
churn ${CYCLE - 1} list
b = alloc dict
use a
`;

describe('repro', () => {
  test('explains a case of an own representation', () => {
    const report = repro(WRAP, { representations: [overclaimingTable], file: 'wrap.scenario' });
    expect(report).toMatchObject({ ok: true, actual: 'aba', status: 'broken-claim', claim: 'detectsStale' });
    const { diagnostic } = report;
    if (diagnostic === null) throw new Error('a verdict has a diagnostic');
    const text = renderDiagnostic(diagnostic);
    expect(text).toContain('at wrap.scenario:7   use a');
    expect(text).toContain('handle   0x1 = generation 0 | slot 1');
    expect(text).not.toContain('\u001b');
    expect(renderDiagnostic(diagnostic, { colours: 1 })).toContain('\u001b');
  });

  test('one reuse less is clean', () => {
    const text = WRAP.replace(`churn ${CYCLE - 1}`, `churn ${CYCLE - 2}`).replace('aba', 'clean');
    expect(repro(text, { representations: [overclaimingTable] })).toMatchObject({ ok: true, diagnostic: null });
  });

  test('reads files, and names them in errors', () => {
    expect(reproFile('corpus/tagged-pointer/stale-use.scenario')).toMatchObject({ ok: true, actual: 'stale-handle' });
    expect(() => reproFile('package.json')).toThrow(InputError);
  });

  test('with seeds it counts what came out', () => {
    const report = repro(WRAP, { representations: [honestTable], manySeeds: 3 });
    expect(report.seeds).toEqual([{ verdict: 'aba', count: 3, first: 0 }]);
    expect(() => repro(WRAP, { representations: [honestTable], manySeeds: 0 })).toThrow('manySeeds');
  });
});
