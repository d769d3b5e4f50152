import { claimText, type ClaimName, type Claims, type Contract, type Detection } from '../model/machine/claims.ts';
import type { Finding } from '../model/machine/finding.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { refutes } from '../model/machine/binomial.ts';
import type { Tries } from './forgery-probe.ts';
import type { Measured } from './probe.ts';

/** How a claim stands. */
export interface JudgedClaim {
  readonly claim: ClaimName;
  /** As the representation states it. */
  readonly claimed: string;
  /**
   * `held`: claimed, and nothing that ran speaks against it. `broken`: a case refutes it. `not-claimed`: the representation does not
   * promise it. `not-judged`: nothing that ran could have refuted it; `reason` says why.
   */
  readonly verdict: 'held' | 'broken' | 'not-claimed' | 'not-judged';
  readonly reason: 'threads' | 'no search' | null;
  /** What concerns it, known hazards included: of every code, contract and status the first case. */
  readonly evidence: readonly Evidence[];
}

/** A case that gave a verdict. */
export interface Evidence {
  readonly code: VerdictCode;
  readonly status: Finding['status'];
  readonly contract: Contract;
  /** Where the case comes from: a file of the corpus, the search, or the probes of the comparison. */
  readonly source: 'corpus' | 'search' | 'probe';
  /** The case's file; a name for those of the probes and the search, which are not written. */
  readonly case: string;
  /** The whole scenario, to be saved and replayed; empty for a file of the corpus. */
  readonly text: string;
}

/** A finding and where it came from. */
export interface SourcedFinding {
  readonly finding: Finding;
  readonly source: Evidence['source'];
  readonly text: string;
}

/** All claims, those about one thread first; the same order for every representation. */
export const CLAIM_NAMES = [
  'memorySafe',
  'keepsLive',
  'leakFree',
  'strictProvenance',
  'detectsStale',
  'detectsForged',
  'available',
  'safeConcurrentUse',
  'threadSafe',
  'deadlockFree',
  'boundedGarbage',
  'nonBlocking',
] as const satisfies readonly ClaimName[];

/** Claims that speak of several threads; the search and the probes run one, so that they can break them and never confirm them. */
const THREADED: readonly ClaimName[] = [
  'threadSafe',
  'deadlockFree',
  'safeConcurrentUse',
  'boundedGarbage',
  'nonBlocking',
];

export interface Judgement {
  readonly claims: readonly JudgedClaim[];
  /** What concerns no claim: hazards of clients that go behind the representation. */
  readonly hazards: readonly Evidence[];
}

/** @param searched whether any search ran; without one, probes and corpus alone confirm nothing beyond themselves */
export function judge(
  claims: Claims,
  findings: readonly SourcedFinding[],
  measured: Measured,
  searched: boolean,
): Judgement {
  return {
    claims: CLAIM_NAMES.map((claim) => {
      const evidence = evidenceOf(findings.filter(({ finding }) => finding.claim === claim));
      const isBroken = evidence.some(({ status }) => status === 'broken-claim') || isRefuted(claims, claim, measured);
      return {
        claim,
        claimed: claimText(claims[claim]),
        ...verdictOf(claims, claim, isBroken, searched, measured),
        evidence,
      };
    }),
    hazards: evidenceOf(findings.filter(({ finding }) => finding.claim === null)),
  };
}

function verdictOf(
  claims: Claims,
  claim: ClaimName,
  isBroken: boolean,
  searched: boolean,
  { strictProvenance }: Measured,
): Pick<JudgedClaim, 'verdict' | 'reason'> {
  if (isBroken) return { verdict: 'broken', reason: null };
  if (claims[claim] === false || claims[claim] === 'never') return { verdict: 'not-claimed', reason: null };
  if (THREADED.includes(claim)) return { verdict: 'not-judged', reason: 'threads' };
  // The machine that is searched may be permissive; the probe runs on a strict one always.
  if (claim === 'strictProvenance' && strictProvenance === 'clean') return { verdict: 'held', reason: null };
  return searched ? { verdict: 'held', reason: null } : { verdict: 'not-judged', reason: 'no search' };
}

/** Whether the tries of the probes refute a stated probability. */
function isRefuted(claims: Claims, claim: ClaimName, { staleUses, forgeries }: Measured): boolean {
  if (claim === 'detectsStale') return refutedBy(claims.detectsStale, staleUses);
  if (claim === 'detectsForged') return refutedBy(claims.detectsForged, forgeries.wrongTenants ?? forgeries.random);
  return false;
}

function refutedBy(claimed: Detection, { tried, accepted }: Tries): boolean {
  return typeof claimed === 'object' && 'probability' in claimed && refutes(accepted, tried, claimed.probability);
}

function evidenceOf(findings: readonly SourcedFinding[]): readonly Evidence[] {
  const first = new Map<string, Evidence>();
  for (const { finding, source, text } of findings) {
    const { code, status, contract } = finding;
    const key = `${code} ${status} ${contract}`;
    if (!first.has(key)) first.set(key, { code, status, contract, source, case: finding.case, text });
  }
  return [...first.values()];
}
