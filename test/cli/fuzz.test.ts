import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, copyCorpus, provsim, workFolder, type Ended, type RunSettings } from './command.ts';

const folder = workFolder();
afterAll(() => folder.remove());
beforeEach(() => {
  for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name), { recursive: true, force: true });
});

const run = (words: readonly string[], settings: RunSettings = {}) => provsim(words, { cwd: folder.path, ...settings });

interface Finding {
  readonly code: string;
  readonly claim: string | null;
  readonly status: string;
  readonly case: string;
}

function findingsOf(ended: Ended): readonly Finding[] {
  const { runs } = answerOf('fuzz', ended) as { runs: { findings: Finding[] }[] };
  return runs.flatMap(({ findings }) => findings);
}

/** The answer without what may differ between runs with the same seed. */
function stable(ended: Ended): unknown {
  answerOf('fuzz', ended);
  return JSON.parse(ended.stdout, (key, value: unknown) => (/(Ms|PerSecond)$/.test(key) ? undefined : value));
}

const MUTANT = ['--mutant', 'drop-guard:resolve/same-generation'];

describe('fuzz', () => {
  test('a broken claim exits with 1, is explained, written, and replays', async () => {
    const { code, stdout } = await run(['fuzz', 'handle-table', ...MUTANT, '--runs', '400']);
    expect(code).toBe(1);
    expect(stdout).toContain('handle-table: breaks its claim detectsStale');
    const reproduce = /Reproduce with: +npx provsim (repro (\S+))\n/.exec(stdout);
    expect(stdout).toMatch(/Minimize with: +npx provsim repro --minimize \S+\n/);
    const file = reproduce?.[2] ?? '';
    expect(readFileSync(join(folder.path, file), 'utf8')).toContain('mutant drop-guard:resolve/same-generation');
    const again = await run(['repro', file]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('as expected');
    const smaller = await run(['repro', '--minimize', file, '--json']);
    const [{ minimized }] = answerOf('repro', smaller).cases as [{ minimized: { operations: number; before: number } }];
    // What the search writes is minimal already.
    expect(minimized.operations).toBe(minimized.before);
  });

  test('every finding of the JSON is a file that gives its verdict', async () => {
    const ended = await run(['fuzz', 'tagged-pointer', '--runs', '400', '--json']);
    expect(ended.code).toBe(0);
    const findings = findingsOf(ended);
    expect(findings.map(({ code }) => code)).toContain('aba');
    expect(findings.every(({ status }) => status === 'known-hazard')).toBe(true);
    for (const { case: file } of findings) expect(existsSync(join(folder.path, file))).toBe(true);
    expect((await run(['repro', '.provsim/findings', '--quiet'])).code).toBe(0);
    expect(
      readdirSync(join(folder.path, '.provsim/findings/tagged-pointer')).filter((name) => name.endsWith('.tmp')),
    ).toEqual([]);
  });

  test('known hazards fail the run only where --fail-on says so', async () => {
    const words = ['fuzz', 'tagged-pointer', '--runs', '100', '--quiet'];
    expect(await run(words)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run([...words, '--fail-on', 'known-hazard'])).code).toBe(1);
    expect((await run([...words, '--fail-on', 'aba', '--fail-on', 'stale-handle'])).code).toBe(1);
    expect((await run([...words, '--fail-on', 'deadlock'])).code).toBe(0);
  });

  test('the same seed and runs give the same answer, whatever the jobs are', async () => {
    const words = ['fuzz', 'handle-table', 'tagged-pointer', '--runs', '128', '--json'];
    const one = stable(await run([...words, '--jobs', '1']));
    expect(stable(await run([...words, '--jobs', '2']))).toEqual(one);
    expect(stable(await run([...words, '--seed', '1', '--jobs', '2']))).toEqual(one);
    expect(stable(await run([...words, '--seed', '2', '--jobs', '2']))).not.toEqual(one);
  });

  test('--time is the time of the whole command', async () => {
    const begin = performance.now();
    const ended = await run(['fuzz', 'handle-table', '--time', '4s', '--json']);
    const elapsed = performance.now() - begin;
    expect(ended.code).toBe(0);
    expect(elapsed).toBeGreaterThan(3000);
    // A machine that does five other things gets twice the time; a budget that counts for nothing takes 30 s.
    expect(elapsed).toBeLessThan(8000);
    expect(answerOf('fuzz', ended)).toMatchObject({ seed: 1, budget: { seconds: 4 } });
  });

  test('an interruption exits with 130 and answers what was found', async () => {
    const ended = await run(['fuzz', '--time', '40s', '--json'], { interruptAfter: 4000 });
    expect(ended.code).toBe(130);
    expect(answerOf('fuzz', ended)).toMatchObject({ interrupted: true });
  });

  test('the corpus runs first, and a case that is not as expected fails the run', async () => {
    copyCorpus(folder.path, ['handle-table', 'tagged-pointer']);
    const clean = answerOf('fuzz', await run(['fuzz', 'handle-table', '--runs', '16', '--json']));
    const cases = readdirSync(join(folder.path, 'corpus/handle-table')).length;
    expect(clean).toMatchObject({ ok: true, corpus: { folder: 'corpus', cases, replayed: cases, failed: [] } });
    const file = join(folder.path, 'corpus/handle-table/generation-wrap.scenario');
    writeFileSync(file, readFileSync(file, 'utf8').replace('expect aba', 'expect clean'));
    const ended = await run(['fuzz', 'handle-table', '--runs', '16', '--json']);
    expect(ended.code).toBe(1);
    expect(answerOf('fuzz', ended)).toMatchObject({
      ok: false,
      corpus: { failed: [{ file: 'corpus/handle-table/generation-wrap.scenario', expected: 'clean', actual: 'aba' }] },
    });
  });

  test('shards draw from disjoint sequences', async () => {
    const words = ['fuzz', 'arena-offset', '--runs', '100', '--json'];
    const [one, two] = [await run([...words, '--shard', '1/2']), await run([...words, '--shard', '2/2'])].map(
      (ended) => answerOf('fuzz', ended) as { runs: [{ operations: number }] },
    );
    expect(one.runs[0].operations).not.toBe(two.runs[0].operations);
  });
});

test('--coverage names the points that were not reached', async () => {
  const words = ['fuzz', 'handle-table', '--runs', '8', '--client', 'exclusive', '--json'];
  const { runs } = answerOf('fuzz', await run([...words, '--coverage'])) as {
    runs: [{ coverage: { reached: number; total: number; unreached: string[] } }];
  };
  const { reached, total, unreached } = runs[0].coverage;
  expect(unreached).toHaveLength(total - reached);
  // Clients that only use live references never meet another generation.
  expect(unreached).toContain('role:resolve/resolve/same generation:refused');
  expect(answerOf('fuzz', await run(words))).not.toHaveProperty('runs.0.coverage.unreached');
});
