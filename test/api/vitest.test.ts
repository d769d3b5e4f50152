import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { repro } from '../../src/index.ts';
import { expectClaims } from '../../src/vitest.ts';
import { CYCLE, honestTable, overclaimingTable } from './own-table.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'provsim-'));
const CORPUS = join(FOLDER, 'corpus');
const CASES = { folder: join(FOLDER, 'findings'), runs: 2000 };
afterAll(() => rmSync(FOLDER, { recursive: true }));

const wrap = (rounds: number, expected: string): string =>
  `representation my-table\nexpect ${expected}\na = alloc list\nfree a\nchurn ${rounds} list\nb = alloc dict\nuse a\n`;

mkdirSync(CORPUS);
writeFileSync(join(CORPUS, 'wrap.scenario'), wrap(CYCLE - 1, 'aba'));
writeFileSync(join(CORPUS, 'of-another.scenario'), 'representation another\na = alloc list\n');

/** The message of what an assertion throws. */
async function messageOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

describe('toHoldItsClaims', () => {
  test('passes where every verdict is a known hazard', async () => {
    await expect(honestTable).toHoldItsClaims({ ...CASES, corpus: CORPUS });
  });

  test('fails with the diagnostic, the case and the command that replays it', async () => {
    const message = await messageOf(expect(overclaimingTable).toHoldItsClaims(CASES));
    expect(message).toContain('broken claim: detectsStale: always');
    expect(message).toContain('aba: a stale handle resolved to another live object');
    const file = /Reproduce with: npx provsim repro (\S+)$/m.exec(message)?.[1] ?? '';
    const text = readFileSync(file, 'utf8');
    expect(message).toContain(text.trimEnd().replace(/^/gm, '    '));
    expect(repro(text, { representations: [overclaimingTable] })).toMatchObject({ ok: true, actual: 'aba' });
  });

  test('can be turned round', async () => {
    await expect(overclaimingTable).not.toHoldItsClaims(CASES);
    expect(await messageOf(expect(honestTable).not.toHoldItsClaims(CASES))).toContain('not to hold its claims');
  });

  test('refuses what is no representation', async () => {
    expect(await messageOf(expect({ id: 'x' }).toHoldItsClaims())).toContain('expected what representation() gives');
  });
});

describe('expectClaims', () => {
  test('answers the known hazards, and lists them on request', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const quiet = await expectClaims(honestTable, CASES);
    expect(write).not.toHaveBeenCalled();
    await expectClaims(honestTable, { ...CASES, listHazards: true });
    const listed = write.mock.calls.flat().join('');
    write.mockRestore();
    expect(quiet.knownHazards.map(({ code }) => code)).toContain('aba');
    expect(listed).toContain(
      `aba (detectsStale): a stale handle resolved to another live object, after ${CYCLE} reuses`,
    );
  });

  test('fails with the same words as the matcher', async () => {
    const message = await messageOf(expectClaims(overclaimingTable, CASES));
    expect(message).toBe(await messageOf(expect(overclaimingTable).toHoldItsClaims(CASES)));
  });

  test('a hazard fails where the test says so', async () => {
    const message = await messageOf(expectClaims(honestTable, { ...CASES, failOn: ['aba'] }));
    expect(message).toContain('known hazard: aba');
    expect(message).not.toContain('known hazard: use-after-free');
  });

  test('a case that gives another verdict fails without a search', async () => {
    const file = join(FOLDER, 'too-short.scenario');
    writeFileSync(file, wrap(CYCLE - 2, 'aba'));
    const message = await messageOf(expectClaims(honestTable, { ...CASES, corpus: file, runs: 0 }));
    expect(message).toContain('too-short.scenario  expected aba, actual clean');
  });

  test('cases of other representations are left alone, but none at all is a mistake', async () => {
    const { cases } = await expectClaims(honestTable, { ...CASES, corpus: [CORPUS], runs: 0 });
    expect(cases.map(({ file }) => file.replace(/.*\//, ''))).toEqual(['wrap.scenario']);
    const other = join(CORPUS, 'of-another.scenario');
    expect(await messageOf(expectClaims(honestTable, { ...CASES, corpus: other }))).toContain(
      'expected cases of my-table',
    );
  });
});
