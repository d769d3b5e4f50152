import { expect, test } from 'vitest';
import { expectClaims } from 'provsim/vitest';
import { myTable } from '../my-table.mjs';

test('my table holds its claims', async () => {
  // Replays the cases, then searches with a fixed seed: the same result on every machine.
  const { knownHazards } = await expectClaims(myTable, { corpus: 'corpus', runs: 4000 });
  // Nobody promised that a handle never comes back; the day this changes, somebody should know.
  expect(knownHazards.map(({ code }) => code)).toContain('aba');
});

test('the generation check is load-bearing', async () => {
  await expect(
    expectClaims(myTable, { mutant: 'drop-guard:resolve/same-generation', runs: 2000, folder: false }),
  ).rejects.toThrow('detectsStale');
});
