import { describe, expect, test } from 'vitest';
import { fuzz, type FuzzRequest } from '../../src/fuzz/fuzz.ts';
import type { TargetReport } from '../../src/fuzz/search.ts';
import type { FuzzTarget } from '../../src/fuzz/target.ts';
import type { ParameterValue } from '../../src/model/machine/parameters.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';
import { taggedPointer } from '../../src/model/representations/tagged-pointer.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

type Rest = Partial<Omit<FuzzTarget, 'representation' | 'parameters'>>;

function tableTarget(parameters: Readonly<Record<string, ParameterValue>>, rest: Rest = {}): FuzzTarget {
  return { representation: handleTable, source: { id: handleTable.id }, parameters, machine: {}, ...rest };
}

async function search(target: FuzzTarget, runs: number, more: Partial<FuzzRequest> = {}): Promise<TargetReport> {
  let now = 0;
  const request: FuzzRequest = { targets: [target], seed: 1, budget: { runs }, jobs: 1, ...more };
  const { runs: reports } = await fuzz(request, { clock: () => now++ });
  return reports[0];
}

/** How many creates come between the one whose reference is stale and the one that re-issues it, the latter included. */
function reusesIn(text: string): number {
  const lines = text.split('\n');
  const churned = lines
    .map((line) => Number(/^churn (\d+) /.exec(line)?.[1] ?? 0))
    .reduce((sum, times) => sum + times, 0);
  return churned + lines.filter((line) => / = alloc /.test(line)).length - 1;
}

function cycle(bits: number, step: number): number {
  const length = 2 ** bits - 1;
  return length % step === 0 ? length / step : length;
}

const random = new Random(20_261_123);
const DRAWN = Array.from({ length: 4 }, () => ({
  bits: 3 + random.below(10),
  step: 1 + random.below(3),
  freeList: random.pick(['lifo', 'fifo']),
  seed: random.next(),
}));

describe('the cycle of a table', () => {
  test.each(DRAWN)(
    'is found with $bits bits, step $step, $freeList, seed $seed',
    async ({ bits, step, freeList, seed }) => {
      const parameters = { indexBits: 28, generationBits: bits, step, onWrap: 'wrap', freeList };
      const { findings } = await search(tableTarget(parameters, { client: 'any' }), 4000, { seed });
      const aba = findings.find(({ finding }) => finding.code === 'aba');
      expect(aba?.finding.status).toBe('known-hazard');
      expect(reusesIn(aba?.text ?? '')).toBe(cycle(bits, step));
    },
  );

  test('is lifted to the default width when the width is searched too', async () => {
    const { findings } = await search(tableTarget({}, { client: 'any' }), 4000);
    const aba = findings.find(({ finding }) => finding.code === 'aba');
    expect(aba?.finding.parameters.generationBits).toBe(16);
    expect(reusesIn(aba?.text ?? '')).toBe(65_535);
  });

  test('is not there when slots are retired', async () => {
    const { findings } = await search(tableTarget({ generationBits: 4, onWrap: 'retire' }, { client: 'any' }), 8000);
    expect(findings.filter(({ finding }) => finding.code === 'aba' || finding.status === 'broken-claim')).toEqual([]);
  });
});

describe('broken claims', () => {
  test('a mutant without the generation check is found at once', async () => {
    const target = tableTarget({}, { mutant: 'drop-guard:resolve/same-generation' });
    const report = await search(target, 100_000, { stopOn: ({ status }) => status === 'broken-claim' });
    expect(report.findings.some(({ finding }) => finding.status === 'broken-claim')).toBe(true);
    expect(report.executions).toBeLessThan(10_000);
  });

  test('known hazards do not hide others', async () => {
    const target: FuzzTarget = {
      representation: taggedPointer,
      source: { id: taggedPointer.id },
      parameters: {},
      machine: {},
    };
    const { findings } = await search(target, 8000);
    const codes = findings.map(({ finding }) => finding.code);
    for (const code of ['stale-handle', 'aba', 'exposed-provenance', 'truncated-address'])
      expect(codes).toContain(code);
  });
});

/** A report without what the clock says. */
function told(report: TargetReport): TargetReport {
  return { ...report, operationsPerSecond: 0 };
}

describe('a search by runs', () => {
  test('repeats exactly, whatever the clock says', async () => {
    const target = tableTarget({ generationBits: 8 });
    const first = await search(target, 1200, { seed: 7 });
    const second = await search(target, 1200, { seed: 7 });
    expect(first.executions).toBe(1200);
    expect(told(second)).toEqual(told(first));
  });

  test('does not depend on the other targets', async () => {
    const target = tableTarget({ generationBits: 8 });
    const alone = await search(target, 800);
    const { runs } = await fuzz(
      { targets: [tableTarget({ generationBits: 3 }), target], seed: 1, budget: { runs: 800 }, jobs: 1 },
      { clock: () => 0 },
    );
    expect(told(runs[1])).toEqual(told(alone));
  });

  test('shards draw from other parts of the sequence', async () => {
    const target = tableTarget({ generationBits: 8 });
    const whole = await search(target, 800);
    const part = await search(target, 800, { shard: { index: 2, count: 2 } });
    expect(part.operations).not.toBe(whole.operations);
  });
});
