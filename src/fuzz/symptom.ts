import { isBroken } from '../model/machine/claims.ts';
import { isAboutForged, judgedContract, type Violation } from '../model/machine/violation.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import type { Harness } from './harness.ts';

/** What can be seen of a verdict without explaining it. Equal symptoms are taken for one cause; the signature has the last word. */
export interface Symptom {
  readonly code: VerdictCode;
  /** The least contract that allows the execution, as a position in `CONTRACTS`. */
  readonly contract: number;
  readonly broken: boolean;
  /** Coverage points of the operation that gave the verdict, as text, so that they compare across configurations. */
  readonly path: string;
}

/**
 * Whether a verdict breaks a claim, as far as it is known without a second run: a slot was reused at most once for every create
 * after the first.
 */
export function breaksClaim(harness: Harness, violation: Violation): boolean {
  const { code, creates } = violation;
  const contract = judgedContract(violation);
  const forged = isAboutForged(violation);
  return isBroken(harness.claims, { code, contract, forged, reuses: Math.max(creates - 1, 0), creates });
}

/**
 * Whether a verdict is what was promised, and nothing to tell: an `exhausted` that comes after as many creates as are claimed
 * breaks no claim, and it concerns no other (design 4).
 */
export function isPromised({ code }: Violation, broken: boolean): boolean {
  return code === 'exhausted' && !broken;
}

/** Coverage points as text, for comparing across instances whose numbering differs. */
export function pathText(harness: Harness, points: Iterable<number>): string {
  const { program } = harness.instance;
  const texts: string[] = [];
  for (const id of points) {
    const point = program.points[id];
    if (point !== undefined) texts.push(`${point.entry}/${point.owner}/${point.name}:${point.outcome}`);
  }
  return texts.join(' ');
}
