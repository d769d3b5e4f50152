import { describe, expect, test } from 'vitest';
import { JUDGEMENTS } from './cases.ts';
import { isUnwanted, isWanted, searchForm } from './search.ts';

/** Enough for all of these; `npm run bench:finding` prints how many each row takes. */
const RUNS = 256;

/** Rows that a few executions find, of different kinds of bugs; the bench has them all. */
const QUICK = [
  'bevy-sparse-set-ignores-generation',
  'cheri-provenance-loss',
  'crossbeam-segqueue-double-drop',
  'gen-arena-drain-freelist',
  // These need something to happen in a callback, and a panic.
  'idmap-clonefrom-panic',
  'molt-weakref-registry-reentrant-lock',
];

describe('a seeded search without hints', () => {
  const quick = JUDGEMENTS.filter(({ id }) => QUICK.includes(id));

  test.each(quick)('finds $id and is silent on its fixed form', async (judgement) => {
    const bug = await searchForm(judgement, 'bug', { seed: 1, runs: RUNS });
    expect(bug.findings.filter((finding) => isWanted(finding, judgement))).not.toEqual([]);
    const fixed = await searchForm(judgement, 'fixed', { seed: 1, runs: RUNS });
    expect(fixed.findings.filter((finding) => isUnwanted(finding, judgement))).toEqual([]);
  });
});
