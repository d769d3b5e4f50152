import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { answerOf, provsim, workFolder } from './command.ts';

interface Compared {
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly measured: { readonly churn: { readonly reusesToAba: number | null } };
  readonly claims: readonly { readonly claim: string; readonly verdict: string }[];
  readonly workloads: readonly { readonly trace: string; readonly creates: number }[];
  readonly searched: { readonly executions: number; readonly corpusCases: number };
}

function representationsOf(answer: Readonly<Record<string, unknown>>): readonly Compared[] {
  return answer.representations as readonly Compared[];
}

test('all as text: plain, within 100 columns', async () => {
  const ended = await provsim(['compare', '--runs', '64']);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  const lines = ended.stdout.split('\n');
  expect(lines.filter((line) => line.length > 100 && !line.includes('corpus/'))).toEqual([]);
  expect(ended.stdout).not.toContain('\u001b');
  expect(lines.find((line) => /^ +5 +molt-handle-table-v1 .*65,535/.test(line))).toBeDefined();
  expect(ended.stdout).toContain('not judged (threads)');
});

test('all in less than 30 s, and no claim is broken', async () => {
  const answer = answerOf('compare', await provsim(['compare', '--json']));
  expect(answer.elapsedMs).toBeLessThan(30_000);
  const compared = representationsOf(answer);
  expect(compared).toHaveLength(CATALOGUE.size);
  expect(compared.flatMap(({ claims }) => claims).filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  expect(compared.every(({ searched }) => searched.executions === 8192 && searched.corpusCases > 0)).toBe(true);
}, 90_000);

test('alternatives of one representation, the same answer every time', async () => {
  const words = ['compare', 'handle-table', 'handle-table:onWrap=retire', 'handle-table:onWrap=wrap', '--set'];
  const once = async (): Promise<Readonly<Record<string, unknown>>> => {
    const ended = await provsim([...words, 'generationBits=6', '--runs', '500', '--seed', '7', '--json']);
    expect(ended.code).toBe(0);
    const { elapsedMs, ...answer } = answerOf('compare', ended);
    expect(elapsedMs).toBeGreaterThan(0);
    return answer;
  };
  const [answer, again] = await Promise.all([once(), once()]);
  expect(again).toEqual(answer);
  const compared = representationsOf(answer);
  // `wrap` is the default: the third operand is the first again.
  expect(compared.map(({ parameters }) => [parameters.generationBits, parameters.onWrap])).toEqual([
    [6, 'wrap'],
    [6, 'retire'],
  ]);
  expect(compared.map(({ measured }) => measured.churn.reusesToAba)).toEqual([63, null]);
});

test('a trace is a workload', async () => {
  const file = 'test/traces/git_log.valgrind.log.gz';
  const answer = answerOf(
    'compare',
    await provsim(['compare', 'handle-table', '--trace', file, '--runs', '8', '--json']),
  );
  expect(representationsOf(answer)[0].workloads).toMatchObject([{ trace: file, creates: 1107 }]);
});

test("a false claim of the user's own module fails the run", async () => {
  const folder = workFolder({
    'provsim.config.mjs': `
      import { operation, pointer, layout, representation, state } from 'provsim';
      const kept = pointer(layout({ whole: 64 }));
      const own = representation({
        id: 'bare-pointer', title: 'A pointer', summary: 'A pointer.', source: ['a test'], parameters: {},
        build: () => ({
          reference: kept, state: state({}), capacity: 1000, operations: {}, slotFields: ['whole'],
          roles: {
            create: operation({ object: pointer() }, kept, ($, { object }) => $.return(object)),
            resolve: operation({ reference: kept }, pointer(), ($, { reference }) => $.return(reference)),
            destroy: operation({ reference: kept }, ($, { reference }) => $.reclaim(reference)),
          },
        }),
        claims: () => ({
          memorySafe: true, keepsLive: true, threadSafe: true, leakFree: true, deadlockFree: true, safeConcurrentUse: false,
          detectsStale: 'always', detectsForged: 'never', strictProvenance: true, available: 'unlimited', boundedGarbage: 0,
          nonBlocking: true,
        }),
      });
      export default { representations: [own] };
    `,
  });
  try {
    const ended = await provsim(['compare', 'bare-pointer', '--runs', '50'], { cwd: folder.path });
    expect([ended.code, ended.stderr]).toEqual([1, '']);
    expect(ended.stdout).toMatch(/detectsStale +BROKEN/);
    expect(ended.stdout).toContain('probe: a = alloc list; free a; use a');
  } finally {
    folder.remove();
  }
});

test.each([
  [['nope'], /expected a representation/],
  [['handle-tabel'], /did you mean 'handle-table'/],
  [['handle-table:onWrap'], /expected ID:name=value/],
  [['handle-table:onWrap=never'], /expected wrap or retire, found 'never'/],
  [['handle-table:wrap=retire'], /no parameter 'wrap'/],
  [['handle-table', '--machine', 'provenance=loose'], /permissive or strict/],
  [['handle-table', '--trace', 'no-such.trace'], /no such file/],
  [['handle-table', '--trace', 'package.json'], /package\.json: expected lines of glibc mtrace/],
  [['handle-table', '--runs', '0'], /whole number/],
])('refused: compare %j', async (words, message) => {
  const ended = await provsim(['compare', ...words]);
  expect([ended.code, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});
