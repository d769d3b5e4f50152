import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, provsim, ROOT, workFolder, type Ended } from './command.ts';
import { packedProvsim } from './packed.ts';

const packed = packedProvsim();
const folder = workFolder();
afterAll(() => {
  packed.remove();
  folder.remove();
});

/** Runs a script of the packed package's folder with Node. */
function node(script: string, words: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    execFile(process.execPath, [script, ...words], { cwd, env }, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

describe('init, from the packed package', () => {
  const project = join(packed.path, 'project');
  const run = (words: readonly string[]) => node(packed.bin, words, project);

  test('writes a project into an empty folder', async () => {
    mkdirSync(project);
    const ended = await run(['init', '--json']);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const { files } = answerOf('init', ended) as { files: string[] };
    for (const file of files) expect(existsSync(join(project, file))).toBe(true);
    expect(files).toContain('.github/workflows/provsim.yml');
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(manifest.devDependencies.provsim).toBe(`^${version}`);
  });

  test('its case replays, its corpus is canonical, and every line of the table is reached', async () => {
    expect((await run(['repro', 'corpus'])).code).toBe(0);
    expect((await run(['fmt', '--check', 'corpus'])).code).toBe(0);
    const ended = await run(['fuzz', 'my-table', '--runs', '600', '--json']);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const { runs, corpus } = answerOf('fuzz', ended) as {
      corpus: { replayed: number; failed: unknown[] };
      runs: [{ coverage: { reached: number; total: number }; findings: { code: string; claim: string }[] }];
    };
    expect(corpus).toMatchObject({ replayed: 1, failed: [] });
    expect(runs[0].coverage.reached).toBe(runs[0].coverage.total);
    expect(runs[0].findings).toContainEqual(expect.objectContaining({ code: 'aba', claim: 'detectsStale' }));
  });

  test('what its comments say to try is true', async () => {
    const mutant = await run(['fuzz', 'my-table', '--mutant', 'drop-guard:resolve/same-generation', '--runs', '200']);
    expect(mutant.stdout).toContain('my-table: breaks its claim detectsStale');
    const file = join(project, 'my-table.mjs');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('{ within: 2 ** generationBits - 1 }', "'always'"));
    const always = await run(['fuzz', 'my-table', '--runs', '200']);
    writeFileSync(file, text);
    expect(always.code).toBe(1);
    expect(always.stdout).toContain('my-table: breaks its claim detectsStale');
  });

  test('its test passes', async () => {
    const ended = await node(join(packed.path, 'node_modules/vitest/vitest.mjs'), ['run', '--root', '.'], project);
    expect(ended.stdout).toMatch(/Tests {2}2 passed/);
    expect(ended.code).toBe(0);
  }, 120_000);

  test('its workflow runs commands and options that exist', async () => {
    const workflow = readFileSync(join(project, '.github/workflows/provsim.yml'), 'utf8');
    const [, words = ''] = /run: npx provsim (fuzz .*)\n/.exec(workflow) ?? [];
    expect(words).toContain('--report sarif=provsim.sarif');
    const ended = await run(words.replace('--time 60s', '--runs 100').split(' '));
    expect(ended.code).toBe(0);
    expect(existsSync(join(project, 'provsim.sarif'))).toBe(true);
    expect(existsSync(join(project, 'summary.md'))).toBe(true);
  });
});

describe('init', () => {
  test('overwrites nothing, and writes nothing then', async () => {
    writeFileSync(join(folder.path, 'my-table.mjs'), 'mine');
    const { code, stdout, stderr } = await provsim(['init'], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('provsim: init overwrites nothing: found my-table.mjs; expected an empty folder\n');
    expect(readdirSync(folder.path)).toEqual(['my-table.mjs']);
    expect(readFileSync(join(folder.path, 'my-table.mjs'), 'utf8')).toBe('mine');
    expect((await provsim(['init', 'my-table.mjs'], { cwd: folder.path })).code).toBe(2);
    rmSync(join(folder.path, 'my-table.mjs'));
  });

  test('makes the folder that it is given', async () => {
    const { code, stdout } = await provsim(['init', 'new/one'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toContain('cd new/one');
    expect(readdirSync(join(folder.path, 'new/one')).sort()).toContain('provsim.config.mjs');
  });
});
