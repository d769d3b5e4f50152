/**
 * How many reuses of a slot bring its first handle back, when generations run through 1 to 2^bits - 1 and a reuse moves them by
 * `step`: P / gcd(step, P) for the cycle length P (design 7).
 */
export function reusesUntilWrap(bits: number, step: number): number {
  const cycle = 2 ** bits - 1;
  return cycle / greatestCommonDivisor(step, cycle);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
