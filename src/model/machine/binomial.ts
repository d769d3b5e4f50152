/** Below this chance a stated probability counts as refuted. */
export const REFUTED_BELOW = 1e-6;

/**
 * The chance of `hits` or more hits in `tries` independent tries that each hit with probability `p`: the upper tail of the binomial
 * distribution, summed term by term in logarithms.
 * @param p from 0 to 1
 */
export function chanceOfAtLeast(hits: number, tries: number, p: number): number {
  if (hits <= 0) return 1;
  if (hits > tries || p <= 0) return 0;
  if (p >= 1) return 1;
  const logOdds = Math.log(p) - Math.log1p(-p);
  let logTerm = tries * Math.log1p(-p);
  let sum = 0;
  for (let k = 0; k <= tries; k++) {
    if (k >= hits) sum += Math.exp(logTerm);
    logTerm += Math.log(tries - k) - Math.log(k + 1) + logOdds;
  }
  return Math.min(sum, 1);
}

/** Whether so many accepted tries refute that each was to be refused with probability `refused` (design 4: exact, at 10^-6). */
export function refutes(accepted: number, tried: number, refused: number): boolean {
  return tried > 0 && chanceOfAtLeast(accepted, tried, 1 - refused) < REFUTED_BELOW;
}
