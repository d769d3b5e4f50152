import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, copyCorpus, provsim, workFolder } from './command.ts';

const HEAD = 'representation handle-table generationBits=2\n';
/** The same cause twice: the first handle is back after three reuses of its slot. */
const SHORT = `${HEAD}expect aba\n\na = alloc list\nfree a\nchurn 2 list\nb = alloc dict\nuse a\n`;
const LONG = `# What somebody wrote about it.\n${HEAD}expect aba\nnote from production\n\na = alloc list\nx = alloc string\nuse a\nfree a\nuse x\nchurn 2 list\nb = alloc dict\nuse b\nuse a\n`;
const CLEAN = `${HEAD}\na = alloc list\nfree a\nchurn 1 list\nb = alloc dict\nuse a\n`;
const MISSED = SHORT.replace('expect aba', 'expect clean');

interface Row {
  readonly file: string;
  readonly ok: boolean;
  readonly outcome?: string;
  readonly into?: string;
  readonly operations: number;
  readonly before?: number;
  readonly signature: string | null;
}

const folder = workFolder();
afterAll(() => folder.remove());

/** A new folder below, with files. */
function place(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder.path, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return name;
}

const run = (words: readonly string[]) => provsim(['corpus', ...words], { cwd: folder.path });
const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');

async function rows(words: readonly string[], code = 0): Promise<readonly Row[]> {
  const ended = await run([...words, '--json']);
  expect([ended.code, ended.stderr]).toEqual([code, '']);
  return answerOf('corpus', ended).cases as readonly Row[];
}

describe('corpus list', () => {
  test('every case with what it expects and gives; a missed expectation exits with 1', async () => {
    copyCorpus(folder.path, ['handle-table']);
    const listed = await rows(['list']);
    expect(listed.map(({ file }) => file)).toEqual(
      readdirSync(join(folder.path, 'corpus/handle-table')).map((name) => `corpus/handle-table/${name}`),
    );
    expect(listed.every(({ ok, outcome }) => ok && outcome === undefined)).toBe(true);
    place('some', { 'missed.scenario': MISSED, 'clean.scenario': CLEAN });
    expect((await rows(['list', 'some'], 1)).map(({ ok, signature }) => [ok, signature === null])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect((await run(['list', 'some'])).stdout).toContain('FAIL  handle-table  expected clean, actual aba');
  });

  test.each([
    [['lst'], 'corpus: expected list, merge or minimize, found "lst"'],
    [['list', 'nowhere'], 'nowhere: no such file or directory'],
    [['merge', 'corpus'], 'corpus merge: expected DIR… and the folder to merge into'],
    [['minimize'], 'corpus minimize: expected FILE… or DIR…'],
  ])('%j is wrong usage', async (words, told) => {
    const { code, stdout, stderr } = await run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told);
  });
});

describe('corpus merge', () => {
  test('keeps the shortest of each signature under its name, whatever the order is; sources stay', async () => {
    for (const [name, sources] of [
      ['one', ['first', 'second']],
      ['two', ['second', 'first']],
    ] as const) {
      place('first', { 'a.scenario': LONG, 'clean.scenario': CLEAN });
      place('second', { 'b.scenario': SHORT, 'again.scenario': `# the same\n${CLEAN}` });
      place('none', {});
      const merged = await rows(['merge', ...sources, 'none', name]);
      expect(merged.map(({ outcome }) => outcome ?? '').sort()).toEqual(['added', 'added', 'kept', 'kept']);
      const files = readdirSync(join(folder.path, name, 'handle-table'));
      expect(files.map((file) => file.replace(/[0-9a-f]{8}/, '#'))).toEqual([
        'aba-any-resolve-#.scenario',
        'clean-#.scenario',
      ]);
      const aba = merged.find(({ into }) => into?.includes('aba'));
      expect(files[0]).toBe(`${aba?.signature}.scenario`);
      expect(read(`${name}/handle-table/${files[0]}`)).toContain('free a\nchurn 2 list\n');
      expect([read('first/a.scenario'), read('second/b.scenario')]).toEqual([LONG, SHORT]);
      expect((await rows(['list', name])).every(({ ok }) => ok)).toBe(true);
    }
  });

  test('a second merge changes nothing; a shorter case replaces a longer one', async () => {
    place('long', { 'a.scenario': LONG });
    place('short', { 'b.scenario': SHORT });
    const [{ into = '' }] = await rows(['merge', 'long', 'grows']);
    const first = read(into);
    expect((await rows(['merge', 'long', 'grows'])).map(({ outcome }) => outcome)).toEqual(['kept']);
    expect(read(into)).toBe(first);
    expect(await rows(['merge', 'short', 'grows'])).toMatchObject([{ outcome: 'replaced', into }]);
    expect(read(into)).not.toBe(first);
    expect((await rows(['merge', 'long', 'grows'])).map(({ outcome }) => outcome)).toEqual(['kept']);
    expect(readdirSync(join(folder.path, 'grows/handle-table'))).toHaveLength(1);
  });

  test('files with names that people chose stay, also when a shorter case comes', async () => {
    place('hand', { 'my-wrap.scenario': LONG });
    place('short', { 'b.scenario': SHORT });
    await rows(['merge', 'short', 'hand']);
    expect(read('hand/my-wrap.scenario')).toBe(LONG);
    expect(readdirSync(join(folder.path, 'hand/handle-table'))).toHaveLength(1);
    place('better', { 'my-wrap.scenario': SHORT });
    expect((await rows(['merge', 'hand', 'better'])).map(({ outcome }) => outcome)).toEqual(['kept', 'kept']);
  });

  test('a mutant is something else, and a case that misses its expectation is left alone', async () => {
    const mutant = `representation handle-table\nmutant drop-guard:resolve/same-generation\nexpect aba\n\na = alloc list\nfree a\nb = alloc dict\nuse a\n`;
    place('mixed', { 'm.scenario': mutant, 'missed.scenario': MISSED, 's.scenario': SHORT });
    const merged = await rows(['merge', 'mixed', 'mixed-into'], 1);
    expect(merged.map(({ outcome }) => outcome)).toEqual(['added', 'skipped', 'added']);
    expect(merged[0]?.into).toContain('.drop-guard-resolve-same-generation.scenario');
    expect(readdirSync(join(folder.path, 'mixed-into/handle-table'))).toHaveLength(2);
  });

  test('a file that shows something else by now is not overwritten', async () => {
    place('short', { 'b.scenario': SHORT });
    const [{ into = '' }] = await rows(['merge', 'short', 'edited']);
    writeFileSync(join(folder.path, into), CLEAN);
    const [{ into: beside = '' }] = await rows(['merge', 'short', 'edited']);
    expect(beside).toBe(into.replace('.scenario', '-2.scenario'));
    expect(read(into)).toBe(CLEAN);
  });

  test('one broken file, and nothing is written', async () => {
    place('broken', { 'a.scenario': SHORT, 'b.scenario': SHORT.replace('use a', 'usr a') });
    const { code, stderr } = await run(['merge', 'broken', 'broken-into']);
    expect(code).toBe(2);
    expect(stderr).toContain('broken/b.scenario:8:1: expected ');
    expect(existsSync(join(folder.path, 'broken-into'))).toBe(false);
  });
});

describe('corpus minimize', () => {
  test('writes only what is smaller, with the same verdict and what people wrote', async () => {
    place('big', { 'a.scenario': LONG, 'clean.scenario': CLEAN, 'missed.scenario': MISSED, 'short.scenario': SHORT });
    const done = await rows(['minimize', 'big'], 1);
    expect(done.map(({ outcome }) => outcome)).toEqual(['smaller', 'unchanged', 'skipped', 'unchanged']);
    const [{ before, operations, signature }] = done;
    expect([before, operations]).toEqual([9, 5]);
    const text = read('big/a.scenario');
    expect(text).toContain('# What somebody wrote about it.');
    expect(text).toContain('note from production');
    expect(text).toContain('generationBits=2');
    expect([read('big/clean.scenario'), read('big/missed.scenario'), read('big/short.scenario')]).toEqual([
      CLEAN,
      MISSED,
      SHORT,
    ]);
    const [again] = await rows(['minimize', 'big/a.scenario']);
    expect(again).toMatchObject({ outcome: 'unchanged', ok: true, signature });
    expect((await provsim(['repro', 'big/a.scenario'], { cwd: folder.path })).code).toBe(0);
  });
});
