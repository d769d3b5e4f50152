import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, copyCorpus, provsim, workFolder } from './command.ts';

const WRAP = `# Two-bit generations count 1, 2, 3 and then 1 again.
representation handle-table generationBits=2
expect aba

a = alloc list
free a
churn 2 list  # generations 2 and 3
b = alloc dict
use a
`;

const folder = workFolder({
  'wrap.scenario': WRAP,
  'missed.scenario': WRAP.replace('expect aba', 'expect clean'),
  'typo.scenario': WRAP.replace('use a', 'usr a'),
  'refused.scenario': 'representation handle-table\nclient exclusive\n\na = alloc list\nfree a\nuse a\n',
  'reuse.scenario':
    'representation tagged-pointer\nmachine addresses=reuse\nexpect aba\n\na = alloc list\nfree a\nb = alloc list\nuse a\n',
  'uaf.litmus': 'a = alloc heap 8 align 8\nfree a\nread 8 a expect use-after-free\n',
  'missed.litmus': 'a = alloc heap 8 align 8\nwrite 8 a 1 expect use-after-free\nfree a\n',
});
afterAll(() => folder.remove());

const run = (words: readonly string[]) => provsim(words, { cwd: folder.path });

describe('repro', () => {
  test('explains a case, and replays what it prints last', async () => {
    const { code, stdout } = await run(['repro', 'wrap.scenario']);
    expect(code).toBe(0);
    expect(stdout).toBe(`ok    wrap.scenario  aba, as expected

aba: a stale handle resolved to another live object
  at wrap.scenario:9   use a   (main thread; guard "same generation" passed)

  5  a = alloc list    object #1 (list) created at 0x1000; handle 0x10000000 issued
  6  free a            object #1 freed; slot 0 moves from generation 1 to 2
  7  churn 2 list      slot 0 reused 2 times; generations issued: 2 … 3
  8  b = alloc dict    object #4 (dict) created at 0x1000; handle 0x10000000 issued again
  9  use a             resolved to 0x1000, object #4; a refusal was expected

  handle   0x10000000 = generation 1 | index 0
  slot     0: generation 1, pointer 0x1000, object #4 (dict), live
  claim    detectsStale within 3 reuses: a known hazard. At 1,000,000 reuses of one slot a second:
           3.00 µs
  help     retire a slot when its generations are used up (onWrap=retire), or widen the generation
  replay   npx provsim repro wrap.scenario
`);
  });

  test('JSON is held by its schema', async () => {
    const answer = answerOf('repro', await run(['repro', 'wrap.scenario', '--json']));
    expect(answer).toMatchObject({
      ok: true,
      schemaVersion: 1,
      cases: [
        {
          file: 'wrap.scenario',
          expected: 'aba',
          actual: 'aba',
          ok: true,
          claim: 'detectsStale',
          status: 'known-hazard',
        },
      ],
    });
  });

  test('a missed expectation exits with 1 and is explained among others', async () => {
    const ended = await run(['repro', 'wrap.scenario', 'missed.scenario']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('FAIL  missed.scenario  expected clean, actual aba');
    expect(ended.stdout).toContain('npx provsim repro missed.scenario');
    expect(ended.stdout).toContain('2 cases: 1 as expected, 1 not');
    const json = await run(['repro', 'missed.scenario', '--json']);
    expect(json.code).toBe(1);
    expect(answerOf('repro', json)).toMatchObject({
      ok: false,
      cases: [{ ok: false, expected: 'clean', actual: 'aba' }],
    });
  });

  test.each([
    ['typo.scenario', 'typo.scenario:9:1: expected ', 9],
    ['refused.scenario', 'refused.scenario:6:1: expected ', 6],
  ])('%s is wrong input', async (file, told, line) => {
    const { code, stdout, stderr } = await run(['repro', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(told)).toBe(true);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const json = answerOf('repro', await run(['repro', file, '--json']));
    expect(json).toMatchObject({ ok: false, error: { file, line, column: 1 } });
  });

  test('--many-seeds counts verdicts: a pool reuses an address for some seeds only', async () => {
    const answer = answerOf('repro', await run(['repro', 'reuse.scenario', '--many-seeds', '64', '--json']));
    const [{ seeds, ok }] = answer.cases as [{ ok: boolean; seeds: { verdict: string; count: number }[] }];
    expect(ok).toBe(true);
    expect(seeds.map(({ verdict }) => verdict).sort()).toEqual(['aba', 'stale-handle']);
    expect(seeds.reduce((sum, { count }) => sum + count, 0)).toBe(64);
  });

  test('--trace tells what every statement did', async () => {
    const answer = answerOf('repro', await run(['repro', 'wrap.scenario', '--trace', '--json']));
    const [{ trace }] = answer.cases as [{ trace: { line: number; effects: string[] }[] }];
    expect(trace.map(({ line }) => line)).toEqual([5, 6, 7, 8, 9]);
    expect(trace[4]?.effects[0]).toContain('stale reference resolved to 0x1000, object #4');
  });

  test('a folder is replayed in full', async () => {
    copyCorpus(folder.path, ['handle-table', 'arena-offset']);
    const { code, stdout } = await run(['repro', 'corpus']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\d+ cases: all as expected/);
    expect((await run(['repro', 'corpus', '--quiet'])).stdout).toBe('');
  });
});

describe('litmus', () => {
  test('programs with expectations', async () => {
    const ended = await run(['litmus', 'uaf.litmus', '--json']);
    expect(ended.code).toBe(0);
    expect(answerOf('litmus', ended)).toMatchObject({
      seed: 0,
      files: [{ ok: true, findings: [{ code: 'use-after-free' }] }],
    });
    const missed = await run(['litmus', 'missed.litmus']);
    expect(missed.code).toBe(1);
    expect(missed.stdout).toContain('missed.litmus:2:1');
    expect(answerOf('litmus', await run(['litmus', 'missed.litmus', '--json']))).toMatchObject({ ok: false });
  });
});

describe('fmt', () => {
  test('--check writes nothing, fmt writes the canonical form once', async () => {
    const file = join(folder.path, 'wrap.scenario');
    const check = await run(['fmt', '--check', 'wrap.scenario', '--json']);
    expect(check.code).toBe(1);
    expect(answerOf('fmt', check)).toMatchObject({ ok: false, files: [{ file: 'wrap.scenario', changed: true }] });
    expect(readFileSync(file, 'utf8')).toBe(WRAP);
    expect((await run(['fmt', 'wrap.scenario'])).code).toBe(0);
    const canonical = readFileSync(file, 'utf8');
    expect(canonical).toContain('machine addresses=lifo hostBits=48');
    expect(canonical).toContain('churn 2 list  # generations 2 and 3');
    expect((await run(['fmt', '--check', 'wrap.scenario'])).code).toBe(0);
    writeFileSync(file, WRAP);
  });

  test('nothing is written when one file is wrong', async () => {
    const { code } = await run(['fmt', 'wrap.scenario', 'typo.scenario']);
    expect(code).toBe(2);
    expect(readFileSync(join(folder.path, 'wrap.scenario'), 'utf8')).toBe(WRAP);
    expect(existsSync(join(folder.path, '.wrap.scenario.tmp'))).toBe(false);
  });
});

describe('replay', () => {
  const LOG = new URL('../vectors/molt-handle-table-v1-small.jsonl', import.meta.url);

  test('the model answers as the real table; another width of generations does not', async () => {
    writeFileSync(join(folder.path, 'table.jsonl'), readFileSync(LOG));
    const words = ['replay', 'table.jsonl', '--representation', 'molt-handle-table-v1'];
    const same = await run([...words, '--json']);
    expect(same.code).toBe(0);
    expect(answerOf('replay', same)).toMatchObject({ ok: true, operations: 1200, divergence: null });
    const other = await run([...words, '--set', 'generationBits=8', '--json']);
    expect(other.code).toBe(1);
    expect(answerOf('replay', other)).toMatchObject({ ok: false, divergence: { op: 'register' } });
    expect((await run(['replay', 'table.jsonl', '--representation', 'handle-table'])).code).toBe(2);
  });
});
