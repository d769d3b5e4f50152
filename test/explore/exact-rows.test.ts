import { expect, test } from 'vitest';
import { ExactRows } from '../../src/explore/exact-rows.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

test('rows are told apart by all their words, whatever their fingerprints', () => {
  const rows = new ExactRows(3);
  const numbers = new Map<string, number>();
  const random = new Random(1);
  const row = new Int32Array(3);
  for (let step = 0; step < 20_000; step++) {
    for (let word = 0; word < 3; word++) row[word] = random.below(12) - 6;
    // Fingerprints of eight values alone: nearly every row has the one of another.
    const number = rows.numberOf(row, 1 + (row[0] & 7));
    const known = numbers.get(row.join(' '));
    expect(number).toBe(known ?? numbers.size + 1);
    numbers.set(row.join(' '), number);
  }
  expect(numbers.size).toBe(12 ** 3);
});
