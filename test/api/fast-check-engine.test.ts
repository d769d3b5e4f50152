import { describe, expect, test } from 'vitest';
import { targetOf } from '../../src/api/fuzz.ts';
import { ChurnPlan } from '../../src/fuzz/churn-plan.ts';
import { ConfigurationSpace } from '../../src/fuzz/configuration.ts';
import { FastCheckPrograms } from '../../src/fuzz/fast-check-engine.ts';
import { forges, HarnessCache } from '../../src/fuzz/harness.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { overclaimingTable } from './own-table.ts';

const TARGET = targetOf(overclaimingTable, { client: 'any' });
const HARNESS = new HarnessCache(TARGET).get(new ConfigurationSpace(TARGET).base);

/** Some programs of a lane, each with the verdict that ended it. */
function drawn(seed: number, runs: number): readonly { readonly code: string; readonly verdict: string | undefined }[] {
  const source = new FastCheckPrograms(new Random(seed), 'any');
  const plan = new ChurnPlan(HARNESS.shape.fields, 1);
  return Array.from({ length: runs }, () => {
    const code = source.next({ harness: HARNESS, plan, isBase: true, longestChurn: Infinity });
    plan.earn(code.length);
    return { code: code.join(), verdict: HARNESS.execute(code, forges(code))?.code };
  });
}

describe('the fast-check engine', () => {
  test('draws programs that fail in the way that the table fails', () => {
    const verdicts = drawn(1, 1500).map(({ verdict }) => verdict);
    expect(verdicts).toContain('aba');
    expect(verdicts).toContain('use-after-free');
    expect(verdicts).toContain(undefined);
  });

  test('draws from its lane alone', () => {
    expect(drawn(2, 100)).toEqual(drawn(2, 100));
    expect(drawn(2, 100)).not.toEqual(drawn(3, 100));
  });
});
