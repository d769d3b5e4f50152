import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, provsim, workFolder, type Ended } from './command.ts';

const folder = workFolder();
afterAll(() => folder.remove());

const run = (words: readonly string[], interruptAfter?: number): Promise<Ended> =>
  provsim(['verify', ...words], { cwd: folder.path, ...(interruptAfter !== undefined && { interruptAfter }) });

/** One object and slots that retire after three generations. */
const SMALL = [
  'handle-table',
  ...['onWrap=retire', 'indexBits=1', 'generationBits=2'].flatMap((each) => ['--set', each]),
  '--objects',
  '1',
  '--references',
  '1',
];
/** A handle table that does not compare generations. */
const BROKEN = [
  'handle-table',
  ...['indexBits=1', 'generationBits=2'].flatMap((each) => ['--set', each]),
  ...'--objects 1 --references 2 --slots 1 --operations 2'.split(' '),
  '--mutant',
  'drop-guard:resolve/same-generation',
];

interface Run {
  readonly scope: { readonly client: string };
  readonly states: number;
  readonly transitions: number;
  readonly findings: readonly {
    readonly code: string;
    readonly claim: string;
    readonly status: string;
    readonly case: string;
    readonly shortest: boolean;
    readonly trace: readonly { readonly thread: number }[];
  }[];
}

const runsOf = (ended: Ended): readonly Run[] => answerOf('verify', ended).runs as readonly Run[];

describe('a table whose claims hold', () => {
  test('the sentence carries every bound', async () => {
    const { code, stdout } = await run([...SMALL, '--client', 'exclusive', '--require', 'closed']);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'explored to closure: no violation of memorySafe, keepsLive, threadSafe, leakFree, deadlockFree, strictProvenance for any ' +
        'number of operations, with exclusive clients, 2 threads, 1 object, 1 reference, 1 held pointer a thread, 2 slots, ' +
        'indexBits=1 generationBits=2 step=1 onWrap=retire freeList=lifo, addresses from 2, model sc.',
    );
    // Two slots, three generations each.
    expect(stdout).toMatch(/creates +6 at most, on any path/);
    expect(stdout).toMatch(/omission +a chance of \d\.\de-\d+/);
  });

  test('JSON is held by its schema: a run for each contract, hazards that fail nothing', async () => {
    const ended = await run([...SMALL, '--json']);
    expect(ended.code).toBe(0);
    const runs = runsOf(ended);
    expect(runs.map(({ scope }) => scope.client)).toEqual(['exclusive', 'valid', 'any']);
    expect(runs.every((each) => 'complete' in each && each.complete)).toBe(true);
    const [exclusive, valid] = runs;
    expect(exclusive.findings).toEqual([]);
    expect(valid.findings.map(({ code, status }) => `${code} ${status}`)).toContain('use-after-free known-hazard');
  });

  test('jobs, reductions, whole states and a second time change no verdict', async () => {
    const words = [...SMALL, '--client', 'valid', '--json'];
    const told = (ended: Ended): unknown =>
      runsOf(ended).map(({ findings }) =>
        findings.map(({ code, claim, status, trace }) => ({ code, claim, status, trace })),
      );
    const expected = told(await run(words));
    for (const more of [
      ['--exact', '--no-reduction', 'rename'],
      ['--jobs', '4', '--twice', '--no-reduction', 'fuse'],
    ]) {
      const ended = await run([...words, ...more]);
      expect(ended.code).toBe(0);
      expect(told(ended)).toEqual(expected);
    }
  });

  test('a bound of containers leaves it incomplete', async () => {
    const ended = await run([...SMALL, '--client', 'exclusive', '--slots', '1', '--json']);
    expect(ended.code).toBe(0);
    expect(runsOf(ended)[0]).toMatchObject({ complete: false, closed: false, stopped: null });
    const required = await run([...SMALL, '--client', 'exclusive', '--slots', '1', '--require', 'complete']);
    expect(required.code).toBe(1);
    expect(required.stdout).toContain('complete, which this is not');
  });

  test('runs at the small widths that the representation names, unless something else is set', async () => {
    const words = [
      'handle-table',
      '--set',
      'generationBits=3',
      '--objects',
      '1',
      '--references',
      '1',
      '--operations',
      '1',
    ];
    const [first] = runsOf(await run([...words, '--client', 'exclusive', '--json']));
    expect(first).toMatchObject({ parameters: { indexBits: 1, generationBits: 3 } });
  });

  test('a number of operations is complete and not closed', async () => {
    const words = [...SMALL, '--client', 'exclusive', '--operations', '1'];
    expect((await run([...words, '--require', 'complete'])).code).toBe(0);
    expect((await run([...words, '--require', 'closed'])).code).toBe(1);
  });
});

describe('a broken claim', () => {
  test('fails the run, with the shortest trace step by step and a case that replays', async () => {
    const { code, stdout } = await run([...BROKEN]);
    expect(code).toBe(1);
    expect(stdout).toContain('handle-table: breaks its claim detectsStale');
    expect(stdout).toContain('no trace is shorter');
    expect(stdout).toMatch(/1 {2}r0 = alloc at address 1/);
    const file = /repro --timeline (\S+)/.exec(stdout)?.[1] ?? '';
    expect(readFileSync(join(folder.path, file), 'utf8')).toContain('expect aba');
    const again = await provsim(['repro', file], { cwd: folder.path });
    expect(again.code).toBe(0);
  });
});

describe('wrong words', () => {
  test.each([
    [['nope'], /expected a representation/],
    [[], /missing required argument/],
    [['handle-table', '--no-reduction', 'frob'], /expected fuse or rename/],
    [['handle-table', '--operations', 'many'], /expected unbounded or a whole number/],
    [['handle-table', '--machine', 'addresses=bump'], /no closed state space/],
    [['handle-table', '--set', 'frob=1'], /frob/],
    [['arena-offset', '--operations', '1'], /not modelled with threads/],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('what ends early', () => {
  /** Wide fields: this does not end by itself. */
  const LONG = [
    'handle-table',
    '--set',
    'onWrap=wrap',
    '--set',
    'generationBits=16',
    '--client',
    'exclusive',
    '--json',
  ];

  test('an interruption prints what there is', async () => {
    const ended = await run([...LONG, '--jobs', '1'], 1_500);
    expect(ended.code).toBe(130);
    expect(answerOf('verify', ended)).toMatchObject({ interrupted: true });
    expect(runsOf(ended)[0]).toMatchObject({ complete: false, stopped: 'interrupted' });
  });

  test('the time', async () => {
    const ended = await run([...LONG, '--time', '1s', '--jobs', '2']);
    expect(ended.code).toBe(0);
    expect(runsOf(ended)[0]).toMatchObject({ complete: false, closed: false, stopped: 'time' });
  });

  test('the memory, at the same level with one job and with two', async () => {
    const told = async (jobs: string): Promise<unknown> => {
      const ended = await run([...LONG, '--memory', '24', '--jobs', jobs]);
      const [{ states, transitions }] = runsOf(ended);
      expect(runsOf(ended)[0]).toMatchObject({ complete: false, stopped: 'memory' });
      return { states, transitions };
    };
    expect(await told('2')).toEqual(await told('1'));
  });
});
