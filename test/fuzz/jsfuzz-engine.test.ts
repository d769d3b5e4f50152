import { describe, expect, test } from 'vitest';
import { fuzz } from '../../src/fuzz/fuzz.ts';
import type { TargetReport } from '../../src/fuzz/search.ts';
import type { FuzzTarget } from '../../src/fuzz/target.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';

async function search(id: string, runs: number, rest: Partial<FuzzTarget> = {}, seed = 1): Promise<TargetReport> {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(id);
  const target: FuzzTarget = {
    representation,
    source: { id },
    parameters: {},
    machine: {},
    engine: 'jsfuzz',
    ...rest,
  };
  const { runs: reports } = await fuzz({ targets: [target], seed, budget: { runs }, jobs: 1 }, { clock: () => 0 });
  return reports[0];
}

const codesOf = ({ findings }: TargetReport) => findings.map(({ finding }) => finding.code);

describe('the jsfuzz engine', () => {
  test('repeats exactly, and leaves Math.random alone', async () => {
    const { random } = Math;
    const parameters = { generationBits: 8 };
    const first = await search('handle-table', 1500, { parameters }, 7);
    expect(Math.random).toBe(random);
    expect(await search('handle-table', 1500, { parameters }, 7)).toEqual(first);
    expect((await search('handle-table', 1500, { parameters }, 8)).operations).not.toBe(first.operations);
    expect(first).toMatchObject({ engine: 'jsfuzz', executions: 1500 });
  });

  test('finds a broken claim', async () => {
    const { findings } = await search('handle-table', 3000, { mutant: 'drop-guard:resolve/same-generation' });
    expect(findings.some(({ finding }) => finding.status === 'broken-claim')).toBe(true);
  });

  test('finds the hazards of tagged pointers', async () => {
    const codes = codesOf(await search('tagged-pointer', 6000));
    for (const code of ['stale-handle', 'aba', 'exposed-provenance', 'truncated-address'])
      expect(codes).toContain(code);
  });

  test('wraps a generation when the width is fixed', async () => {
    const parameters = { generationBits: 11, indexBits: 28, step: 1, onWrap: 'wrap', freeList: 'lifo' };
    const { findings } = await search('handle-table', 8000, { parameters, client: 'any' });
    const aba = findings.find(({ finding }) => finding.code === 'aba');
    expect(aba?.finding.status).toBe('known-hazard');
    expect(aba?.finding.summary).toContain('2,047 reuses');
  });

  test('is silent where the claims hold', async () => {
    const parameters = { generationBits: 4, onWrap: 'retire' };
    const { findings } = await search('handle-table', 6000, { parameters, client: 'any' });
    expect(findings.filter(({ finding }) => finding.code === 'aba' || finding.status === 'broken-claim')).toEqual([]);
  });
});
