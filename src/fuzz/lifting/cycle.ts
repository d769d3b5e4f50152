/**
 * How the numbers that tell the tenants of a slot apart go round: of the 2^w values of a field of w bits some never occur (0, say),
 * and a reuse of the slot goes so many steps on. The first comes back after P / gcd(step, P) reuses, P the values that occur.
 */
export interface Cycle {
  readonly skipped: number;
  readonly step: number;
}

/** What was observed at one width of the field. */
export interface CycleSample {
  readonly width: number;
  /** Reuses of the slot until its first reference came back. */
  readonly reuses: number;
}

/** Tables skip no value, 0, or 0 and the largest; more would be seen, not guessed. */
const MOST_SKIPPED = 3;
const LONGEST_STEP = 64;
/** Reuses of wider fields are no exact doubles; nobody waits for them either. */
export const WIDEST_FIELD = 52;

/** Reuses until the first reference comes back; 0 when there is no value at all. */
export function reusesOf({ skipped, step }: Cycle, width: number): number {
  const period = 2n ** BigInt(width) - BigInt(skipped);
  return period <= 0n ? 0 : Number(period / gcd(BigInt(step), period));
}

/**
 * The simplest cycle that explains all samples, and whether every other one that does gives the same number of reuses at the width
 * in question. Undefined when none does: what comes back there does not go by the width alone.
 */
export function fittedCycle(
  samples: readonly CycleSample[],
  width: number,
): { readonly cycle: Cycle; readonly isCertain: boolean } | undefined {
  const fitting: Cycle[] = [];
  for (let step = 1; step <= LONGEST_STEP; step++)
    for (let skipped = 0; skipped <= MOST_SKIPPED; skipped++) {
      const cycle = { skipped, step };
      if (samples.every((sample) => reusesOf(cycle, sample.width) === sample.reuses)) fitting.push(cycle);
    }
  const [cycle] = fitting;
  if (cycle === undefined) return undefined;
  const reuses = reusesOf(cycle, width);
  return { cycle, isCertain: fitting.every((other) => reusesOf(other, width) === reuses) };
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
