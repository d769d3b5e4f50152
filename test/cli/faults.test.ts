import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { answerOf, provsim, ROOT, workFolder, type Ended } from './command.ts';

const SHORT = `representation handle-table generationBits=2\nexpect aba\n\na = alloc list\nfree a\nchurn 2 list\nb = alloc dict\nuse a\n`;
const SHIM = join(ROOT, 'bin/provsim.js');
const SEARCH = ['fuzz', 'tagged-pointer', '--runs', '40'];

const folder = workFolder();
afterAll(() => folder.remove());
const path = (name: string) => join(folder.path, name);
const run = (words: readonly string[], cwd = folder.path) => provsim(words, { cwd });

/** A new folder below the test's own. */
function place(name: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  rmSync(path(name), { recursive: true, force: true });
  mkdirSync(path(name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path(name), file), text);
  return path(name);
}

/** Files below a folder, hidden ones too. */
function filesIn(folderPath: string): readonly string[] {
  if (!existsSync(folderPath)) return [];
  return readdirSync(folderPath, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function readsAsScenario(file: string): boolean {
  parseScenario(readFileSync(file, 'utf8'), file, (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]);
  return true;
}

describe('a corpus with a file that cannot be read', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['a cut file', SHORT.slice(0, -4), ':8:1: expected '],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0, 1, 2, 0x80]), ':1:1: '],
    ['an empty file', '', ":1:1: expected 'representation ID' first, found the end of the file"],
    ['NUL', SHORT.replace('use a', 'use\0a'), ':8:4: '],
    ['a number that is too large', SHORT.replace('churn 2', `churn ${'9'.repeat(400)}`), ':6:7: expected '],
    ['a line without end', SHORT.replace('list', 'l'.repeat(20_000)), ':4:'],
  ])('%s: one line with its place, exit code 2, and nothing is replayed or searched', async (_name, bytes, told) => {
    const cwd = place('corrupt', {});
    mkdirSync(join(cwd, 'corpus'));
    writeFileSync(join(cwd, 'corpus/a.scenario'), SHORT);
    writeFileSync(join(cwd, 'corpus/b.scenario'), bytes);
    for (const words of [
      ['fuzz', 'handle-table', '--time', '20s'],
      ['repro', 'corpus'],
      ['corpus', 'list'],
    ]) {
      const { code, stdout, stderr } = await run(words, cwd);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`corpus/b.scenario${told}`);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr.length).toBeLessThan(1000);
    }
  });

  test('hostile names of files reach neither the terminal nor a report as they are', async () => {
    const name = '\u001b[31m::error::"<b>&\',%0A.scenario';
    const cwd = place('hostile', { [name]: SHORT.replace('expect aba', 'expect clean') });
    const words = ['repro', '.', '--format', 'github', '--report', 'junit=o.xml', '--report', 'sarif=o.sarif'];
    const { code, stdout, stderr } = await run(words, cwd);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).not.toContain('\u001b');
    const commands = stdout.split('\n').filter((line) => line.trimStart().startsWith('::'));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toContain('file=\\u{1b}[31m%3A%3Aerror%3A%3A"<b>&\'%2C%250A.scenario,line=8');
    for (const file of ['o.xml', 'o.sarif'])
      for (const escape of ['\u001b', String.raw`\u001b`])
        expect(readFileSync(join(cwd, file), 'utf8')).not.toContain(escape);
  });

  test('JSON that is hostile is wrong input', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const cwd = place('json', {
      'deep.json': deep,
      'proto.json': '{"__proto__": {"ignore": []}, "constructor": 1}',
      'log.jsonl': `{"vectors": "x"}\n${deep}\n`,
    });
    for (const words of [
      ['list', '--config', 'deep.json'],
      ['list', '--config', 'proto.json'],
      [...SEARCH, '--baseline', 'deep.json'],
      ['replay', 'log.jsonl', '--representation', 'molt-handle-table-v1'],
    ]) {
      const { code, stderr } = await run(words, cwd);
      expect([words, code]).toEqual([words, 2]);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('folders that cannot be written', () => {
  test('findings: told before the search, not after it', async () => {
    const cwd = place('blocked', { '.provsim': 'a file where a folder should be' });
    const begin = performance.now();
    const { code, stdout, stderr } = await run(['fuzz', 'tagged-pointer', '--time', '30s'], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('.provsim: expected a directory, found a file\n');
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  test('a read-only folder', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write anywhere; a file in the way is tested above');
    const cwd = place('readonly');
    execFileSync('chmod', ['a-w', cwd]);
    try {
      const { code, stderr } = await run(SEARCH, cwd);
      expect(code).toBe(2);
      expect(stderr).toBe('provsim: permission denied\n');
    } finally {
      execFileSync('chmod', ['u+w', cwd]);
    }
  });

  test('a full disk: one line, no half-written file, and what was there stays', async (context) => {
    const disk = place('disk');
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      context.skip('mounting a small tmpfs needs root and the right to mount');
      return;
    }
    try {
      const cwd = join(disk, 'work');
      mkdirSync(cwd);
      writeFileSync(join(disk, 'old.sarif'), 'what was there');
      fill(join(disk, 'fill'));
      const ended = await run([...SEARCH, '--report', 'sarif=disk/old.sarif', '--json']);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toBe('disk/old.sarif: no space left on the device\n');
      expect(answerOf('fuzz', ended)).toMatchObject({ ok: false, error: { code: 'file', file: 'disk/old.sarif' } });
      expect(readFileSync(join(disk, 'old.sarif'), 'utf8')).toBe('what was there');
      const { code, stderr } = await run(SEARCH, cwd);
      expect(code).toBe(2);
      expect(stderr).toMatch(/\n[^\n]+: no space left on the device\n$/);
      // The case that has no place is printed instead.
      const text = stderr.trimEnd().split('\n').slice(0, -1).join('\n');
      writeFileSync(path('printed.scenario'), text);
      expect(readsAsScenario(path('printed.scenario'))).toBe(true);
      for (const file of filesIn(cwd)) expect(readsAsScenario(file)).toBe(true);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

/** Writes a file until its disk is full. */
function fill(file: string): void {
  try {
    for (;;) writeFileSync(file, 'x'.repeat(4096), { flag: 'a' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

/** Starts a process in a folder; `ended` tells how it ended. */
function started(words: readonly string[], cwd: string) {
  const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => {
      resolve({ code, stdout, stderr: '' });
    }),
  );
  return { child, ended };
}

const casesIn = (folderPath: string) => filesIn(folderPath).filter((file) => file.endsWith('.scenario'));

describe('SIGKILL', () => {
  test('a hundred times in the middle of writing: every file is whole', async () => {
    const LINES = 200_000;
    const cwd = place('writer', {
      'write.mjs': `
        import { writeAtomically } from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist/cli/atomic-file.js')).href)};
        for (let n = 0; ; n++) writeAtomically('out/' + (n % 3) + '.scenario', (n + '\\n').repeat(${LINES}));`,
    });
    let halfWritten = 0;
    let whole = 0;
    for (let round = 0; round < 100; round++) {
      rmSync(join(cwd, 'out'), { recursive: true, force: true });
      const { child, ended } = started(['write.mjs'], cwd);
      while (child.exitCode === null && casesIn(join(cwd, 'out')).length === 0) await pause(1);
      await pause(round % 7);
      child.kill('SIGKILL');
      await ended;
      for (const file of casesIn(join(cwd, 'out'))) {
        const text = readFileSync(file, 'utf8');
        expect(text === text.slice(0, text.indexOf('\n') + 1).repeat(LINES)).toBe(true);
        whole++;
      }
      halfWritten += filesIn(join(cwd, 'out')).filter((file) => file.endsWith('.tmp')).length;
    }
    expect(whole).toBeGreaterThanOrEqual(100);
    // Writing is most of what it does; what a killed write leaves behind has a name that nobody takes for a case.
    expect(halfWritten).toBeGreaterThan(0);
  }, 180_000);

  test('a merge that was cut off is ended by the next one', async () => {
    const sources = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `${index}.scenario`,
        `representation handle-table generationBits=2\n\na = alloc buffer ${64 + 16 * index}\nuse a\nfree a\n`,
      ]),
    );
    place('many', sources);
    const { child, ended } = started([SHIM, 'corpus', 'merge', 'many', 'killed'], folder.path);
    while (child.exitCode === null && casesIn(path('killed')).length < 3) await pause(1);
    child.kill('SIGKILL');
    await ended;
    for (const file of casesIn(path('killed'))) expect(readsAsScenario(file)).toBe(true);
    expect((await run(['corpus', 'merge', 'many', 'killed'])).code).toBe(0);
    expect((await run(['corpus', 'list', 'killed', '--json'])).code).toBe(0);
    expect(casesIn(path('killed'))).toHaveLength(60);
  }, 60_000);

  test.each([1, 3])(
    'a search that is killed after finding %i keeps what it had found',
    async (count) => {
      const cwd = place(`killed-search-${count}`);
      const { child, ended } = started([SHIM, 'fuzz', 'tagged-pointer', '--time', '60s', '--jobs', '1'], cwd);
      while (child.exitCode === null && casesIn(join(cwd, '.provsim')).length < count) await pause(1);
      child.kill('SIGKILL');
      // Nothing was printed yet: the files are all there is.
      expect(await ended).toEqual({ code: null, stdout: '', stderr: '' });
      const found = casesIn(join(cwd, '.provsim/findings'));
      expect(found.length).toBeGreaterThanOrEqual(count);
      const { code, stdout } = await run(['repro', '.provsim/findings', '--json'], cwd);
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as { cases: unknown[] }).cases).toHaveLength(found.length);
    },
    60_000,
  );
});

test('SIGTERM is an interruption: the answer has what was found, and the files are there', async () => {
  const cwd = place('terminated');
  const { child, ended } = started([SHIM, 'fuzz', 'tagged-pointer', '--time', '60s', '--json'], cwd);
  while (child.exitCode === null && casesIn(join(cwd, '.provsim')).length < 1) await pause(1);
  child.kill('SIGTERM');
  const answer = await ended;
  expect(answer.code).toBe(130);
  const { interrupted, runs } = answerOf('fuzz', answer) as {
    interrupted: boolean;
    runs: { findings: { case: string }[] }[];
  };
  expect(interrupted).toBe(true);
  const told = runs.flatMap(({ findings }) => findings.map((finding) => join(cwd, finding.case)));
  expect([...told].sort()).toEqual([...casesIn(join(cwd, '.provsim'))].sort());
}, 60_000);

/** A table that is as good as none, with one statement more in `resolve`. */
function config(
  resolve: string,
  claims = '({ memorySafe: true, keepsLive: true, threadSafe: false, leakFree: true, deadlockFree: true, safeConcurrentUse: false, detectsStale: "never", detectsForged: "never", strictProvenance: true, available: "unlimited", boundedGarbage: 0, nonBlocking: false })',
): string {
  return `
    import { cell, layout, operation, pointer, representation, state, unlocked } from 'provsim';
    const kept = pointer(layout({ whole: 64 }));
    export default { representations: [representation({
      id: 'own', title: 'Own', summary: 'Own.', source: ['a test'], parameters: {},
      build: () => ({
        reference: kept, state: state({}), capacity: 1000, operations: {}, slotFields: ['whole'],
        roles: {
          create: operation({ object: pointer() }, kept, ($, { object }) => $.return(object)),
          resolve: operation({ reference: kept }, pointer(), ($, { reference }) => { ${resolve} $.return(reference); }),
          destroy: operation({ reference: kept }, ($, { reference }) => $.reclaim(reference)),
        },
      }),
      claims: () => ${claims},
    })] };`;
}

describe("a user's own representation", () => {
  test('that loops for ever in a retry is a livelock', async () => {
    const cwd = place('loops', { 'provsim.config.mjs': config('$.retry(() => {});') });
    const ended = await run(['fuzz', 'own', '--runs', '20', '--json'], cwd);
    expect([ended.code, ended.stderr]).toEqual([1, '']);
    const { runs } = answerOf('fuzz', ended) as {
      runs: [{ findings: { code: string; claim: string; case: string }[] }];
    };
    const livelock = runs[0].findings.find(({ code }) => code === 'livelock');
    expect(livelock?.claim).toBe('deadlockFree');
    expect((await run(['repro', livelock?.case ?? ''], cwd)).code).toBe(0);
  });

  test.each([
    [
      'throws in an operation',
      config('throw new Error("no such slot");'),
      'the definition of "own" throws Error: no such slot',
    ],
    [
      'is wrong JavaScript',
      config('$.nothing();'),
      'the definition of "own" throws TypeError: $.nothing is not a function',
    ],
    ['throws in its claims', config('', '{ throw "nothing"; }'), 'the definition of "own" throws nothing'],
    ['breaks a rule of the builder', config('$.loop(() => {});'), 'a loop needs a bound'],
  ])('that %s is told in one line, with exit code 2', async (_name, text, told) => {
    const cwd = place('throws', { 'provsim.config.mjs': text });
    const { code, stdout, stderr } = await run(['fuzz', 'own', '--runs', '20'], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['throws', 'throw new Error("no\\nway");', 'the configuration does not load: Error: no way'],
    ['is no JavaScript', 'export default {', 'the configuration does not load: SyntaxError'],
    [
      'imports what is not there',
      'import "./nowhere.mjs"; export default {};',
      'the configuration does not load: Error: Cannot find module',
    ],
    ['rejects', 'await Promise.reject(null); export default {};', 'the configuration does not load: null'],
  ])('a configuration that %s is told in one line, with exit code 2', async (_name, text, told) => {
    const cwd = place('config', { 'provsim.config.mjs': text });
    const { code, stdout, stderr } = await run(['fuzz', '--runs', '20'], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`provsim.config.mjs: ${told}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
