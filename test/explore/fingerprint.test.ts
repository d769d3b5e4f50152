import { describe, expect, test } from 'vitest';
import { Fingerprint } from '../../src/explore/fingerprint.ts';

/** Rows that differ little, as states do: every pair of words of a row of so many takes every pair of small values. */
function* similarRows(words: number, values: number): Generator<Int32Array> {
  const row = new Int32Array(words);
  for (let first = 0; first < words; first++)
    for (let second = first + 1; second < words; second++)
      for (let one = 1; one <= values; one++)
        for (let other = 1; other <= values; other++) {
          row.fill(0);
          row[first] = one;
          row[second] = other;
          yield row;
        }
}

/** The expected number of pairs with the same 32 bits among so many. */
const expectedPairs = (count: number): number => (count * (count - 1)) / 2 / 2 ** 32;

describe.each([0, 1, 12_345])('fingerprints with seed %i', (seed) => {
  test.each([39, 40])('of rows of %i words that differ in two words', (words) => {
    const fingerprint = new Fingerprint(seed);
    const lows = new Set<number>();
    const highs = new Set<number>();
    const both = new Set<string>();
    let count = 0;
    for (const row of similarRows(words, 12)) {
      fingerprint.of(row, words);
      lows.add(fingerprint.low);
      highs.add(fingerprint.high);
      both.add(`${fingerprint.low} ${fingerprint.high}`);
      count++;
    }
    expect(count).toBeGreaterThan(100_000);
    expect(both.size).toBe(count);
    // Each half alone collides about as often as random numbers do: some pairs, not a hundred.
    const most = 4 * expectedPairs(count) + 10;
    expect(count - lows.size).toBeLessThan(most);
    expect(count - highs.size).toBeLessThan(most);
  });

  test('changing one bit changes half of the bits of both halves', () => {
    const fingerprint = new Fingerprint(seed);
    const row = Int32Array.from({ length: 40 }, (_, word) => word % 3);
    fingerprint.of(row, 40);
    const [low, high] = [fingerprint.low, fingerprint.high];
    let flipped = 0;
    for (let word = 0; word < 40; word++)
      for (let bit = 0; bit < 32; bit++) {
        row[word] ^= 1 << bit;
        fingerprint.of(row, 40);
        flipped += ones(low ^ fingerprint.low) + ones(high ^ fingerprint.high);
        row[word] ^= 1 << bit;
      }
    expect(flipped / (40 * 32 * 64)).toBeCloseTo(0.5, 1);
  });
});

test('another seed is another function, and neither half is ever 0', () => {
  const row = new Int32Array(8);
  const [one, other] = [new Fingerprint(0), new Fingerprint(1)];
  one.of(row, 8);
  other.of(row, 8);
  expect([one.low, one.high]).not.toEqual([other.low, other.high]);
  expect(one.low !== 0 && one.high !== 0).toBe(true);
});

function ones(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
