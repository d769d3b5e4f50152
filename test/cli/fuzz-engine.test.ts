import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, provsim, workFolder } from './command.ts';

const folder = workFolder();
afterAll(() => folder.remove());

const words = ['fuzz', 'handle-table', '--engine', 'jsfuzz', '--runs', '2000', '--json'];
const run = (more: readonly string[]) => provsim([...words, ...more], { cwd: folder.path });

const stable = async (jobs: string): Promise<unknown> => {
  const ended = await run(['--jobs', jobs]);
  answerOf('fuzz', ended);
  return JSON.parse(ended.stdout, (key, value: unknown) => (/(Ms|PerSecond)$/.test(key) ? undefined : value));
};

describe('fuzz --engine jsfuzz', () => {
  test('finds a broken claim, and tells its engine', async () => {
    const ended = await run(['--mutant', 'drop-guard:resolve/same-generation']);
    expect(ended.code).toBe(1);
    const { runs } = answerOf('fuzz', ended) as { runs: { engine: string; findings: { status: string }[] }[] };
    expect(runs[0].engine).toBe('jsfuzz');
    expect(runs[0].findings.some(({ status }) => status === 'broken-claim')).toBe(true);
  });

  test('gives the same answer whatever the jobs are', async () => {
    expect(await stable('2')).toEqual(await stable('1'));
  });

  test('no other engine is known', async () => {
    expect((await provsim(['fuzz', '--engine', 'afl'], { cwd: folder.path })).code).toBe(2);
  });
});
