import { describe, expect, test } from 'vitest';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { VERDICTS } from '../../src/model/vocabulary/verdicts.ts';
import { answerOf, provsim, ROOT, workFolder } from './command.ts';

const ESCAPE = '\u001b';

async function isColoured(words: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
  const { stdout } = await provsim(['list', ...words], { env });
  return stdout.includes(ESCAPE);
}

describe('usage', () => {
  test('no words: one sentence, uses, verbs, exit codes', async () => {
    const { code, stdout, stderr } = await provsim([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['fuzz', 'repro', 'replay', 'litmus', 'fmt', 'list', 'explain', 'Exit codes', '130'])
      expect(stdout).toContain(word);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('help and version are no errors', async () => {
    expect(await provsim(['--help'])).toMatchObject({ code: 0, stderr: '' });
    const help = await provsim(['repro', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('--many-seeds');
    expect((await provsim(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [['reprod', 'x'], "unknown command 'reprod' (Did you mean repro?)"],
    [['repro', 'corpus', '--trce'], "unknown option '--trce' (Did you mean --trace?)"],
    [['repro'], "missing required argument 'file|dir'"],
    [['fuzz', '--time', 'soon'], 'expected a duration such as 60s, 2m or 500ms'],
    [['fuzz', '--seed', '4294967296'], 'expected a 32-bit integer'],
    [['fuzz', '--shard', '3/2'], 'expected I/N with I from 1 to N'],
    [['fuzz', '--time', '1s', '--runs', '5'], 'expected either --time or --runs'],
    [['fuzz', '--fail-on', 'abba'], 'expected a verdict code'],
    [['fuzz', 'handle-tabel'], "did you mean 'handle-table'?"],
    [['fuzz', 'handle-table', '--set', 'generationBits=99'], 'expected a whole number from 1 to 32'],
    [['fuzz', 'handle-table', '--set', 'generatonBits=9'], "did you mean 'generationBits'?"],
    [['fuzz', 'handle-table', '--machine', 'hostBits=12'], 'expected 32, 47, 48, 52 or 57'],
    [['fuzz', 'handle-table', '--mutant', 'drop-guard:resolve/nothing'], 'has no mutant "drop-guard:resolve/nothing"'],
    [['explain', 'abba'], "did you mean 'aba'?"],
    [['repro', 'no-such-file'], 'no-such-file: no such file or directory'],
    [['replay', 'corpus', '--representation', 'molt-handle-table-v1'], 'corpus: expected a file, found a directory'],
    [['compare', '--trace', 'corpus'], 'corpus: expected a file, found a directory'],
  ])('%j is told in one line and exits with 2', async (words, told) => {
    const { code, stdout, stderr } = await provsim(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('with --json an error is one JSON object on stdout', async () => {
    const ended = await provsim(['repro', '--json']);
    expect(ended.code).toBe(2);
    expect(answerOf('repro', ended)).toMatchObject({ command: 'repro', ok: false, error: { code: 'usage' } });
    const early = await provsim(['--json', 'nothing']);
    expect(JSON.parse(early.stdout)).toMatchObject({ command: null, ok: false, error: { code: 'usage' } });
  });

  test('the first that is there decides about colours: --no-color, NO_COLOR, FORCE_COLOR, the terminal', async () => {
    expect(await isColoured([], {})).toBe(false);
    expect(await isColoured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await isColoured([], { FORCE_COLOR: '0' })).toBe(false);
    expect(await isColoured([], { FORCE_COLOR: '1', NO_COLOR: '' })).toBe(true);
    expect(await isColoured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await isColoured(['--no-color'], { FORCE_COLOR: '1' })).toBe(false);
  });

  test('a reader that goes away ends it quietly', async () => {
    const shell = promisify(execFile);
    const line = `"${process.execPath}" bin/provsim.js list | head -n 1`;
    const { stdout, stderr } = await shell('bash', ['-o', 'pipefail', '-c', line], { cwd: ROOT });
    expect({ stdout, stderr }).toEqual({ stdout: 'Representations\n', stderr: '' });
  });

  test('hostile names of files cannot move the cursor', async () => {
    const folder = workFolder({ [`a${ESCAPE}[2Jb.scenario`]: 'representation nothing\n' });
    try {
      const { code, stderr } = await provsim(['repro', '.'], { cwd: folder.path });
      expect(code).toBe(2);
      expect(stderr).toContain('a\\u{1b}[2Jb.scenario:1:16');
      expect(stderr).not.toContain(ESCAPE);
    } finally {
      folder.remove();
    }
  });
});

describe('list and explain', () => {
  test('list is held by its schema and names every verdict', async () => {
    const answer = answerOf('list', await provsim(['list', '--format', 'json']));
    expect(answer).toMatchObject({ ok: true, verdicts: VERDICTS.map(({ code }) => ({ code })) });
  });

  test.each(['aba', 'detectsStale', 'bypass', 'handle-table'])('explain %s is held by its schema', async (word) => {
    expect(answerOf('explain', await provsim(['explain', word, '--json']))).toMatchObject({ ok: true });
    const { code, stdout } = await provsim(['explain', word]);
    expect(code).toBe(0);
    expect(stdout).toContain(word);
  });

  test('explain shows the claims for given parameters', async () => {
    const { stdout } = await provsim(['explain', 'handle-table', '--set', 'generationBits=8']);
    // One step a reuse, generations 1 to 255.
    expect(stdout).toMatch(/detectsStale\s+within 255 reuses/);
  });
});
