import { expect, test } from 'vitest';
import { chanceOfAtLeast, refutes } from '../../src/model/machine/binomial.ts';

/** The same tail in whole numbers, for p = a / b. */
function exact(hits: number, tries: number, a: number, b: number): number {
  let sum = 0n;
  let choose = 1n;
  for (let k = 0; k <= tries; k++) {
    if (k >= hits) sum += choose * BigInt(a) ** BigInt(k) * BigInt(b - a) ** BigInt(tries - k);
    choose = (choose * BigInt(tries - k)) / BigInt(k + 1);
  }
  const whole = BigInt(b) ** BigInt(tries);
  return Number((sum * 10n ** 30n) / whole) / 1e30;
}

test.each([
  [1, 10, 1, 2],
  [8, 10, 1, 2],
  [10, 10, 1, 2],
  [3, 40, 1, 16],
  [12, 40, 1, 16],
  [300, 4096, 1, 16],
  [260, 4096, 1, 16],
])('at least %i of %i with p = %i/%i', (hits, tries, a, b) => {
  const expected = exact(hits, tries, a, b);
  expect(Math.abs(chanceOfAtLeast(hits, tries, a / b) - expected)).toBeLessThan(1e-9 * expected + 1e-15);
});

test('the ends', () => {
  expect(chanceOfAtLeast(0, 10, 0.1)).toBe(1);
  expect(chanceOfAtLeast(11, 10, 0.9)).toBe(0);
  expect(chanceOfAtLeast(1, 10, 0)).toBe(0);
  expect(chanceOfAtLeast(10, 10, 1)).toBe(1);
});

test('a probability is refuted by what has a chance below 10^-6', () => {
  // 4,096 tags of four bits: 256 are expected, and 15 standard deviations are far too many.
  expect(refutes(256, 4096, 15 / 16)).toBe(false);
  expect(refutes(500, 4096, 15 / 16)).toBe(true);
  expect(refutes(0, 4096, 15 / 16)).toBe(false);
  expect(refutes(0, 0, 1)).toBe(false);
  expect(refutes(1, 4096, 1)).toBe(true);
});
