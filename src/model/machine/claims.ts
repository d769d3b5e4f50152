import type { VerdictCode } from '../vocabulary/verdicts.ts';
import { refutes } from './binomial.ts';
import { FEWEST_TRIALS, type TrialCount } from './trials.ts';

/** What clients may do, from strict to wild (design 4); each contract allows all that stands before it. */
export const CONTRACTS = ['exclusive', 'valid', 'any', 'bypass'] as const;
export type Contract = (typeof CONTRACTS)[number];

/** How a representation answers a stale or forged reference. */
export type Detection = 'always' | 'never' | { readonly within: number } | { readonly probability: number };

/** Everything a representation says of itself for given parameters on a given machine. Leaving one out is a type error. */
export interface Claims {
  /** No memory verdict under `exclusive`. */
  readonly memorySafe: boolean;
  /** A live reference resolves to its own object under `exclusive`. */
  readonly keepsLive: boolean;
  /** No data race under `exclusive`. */
  readonly threadSafe: boolean;
  /** Everything retired is reclaimed in the end, under `exclusive`. */
  readonly leakFree: boolean;
  readonly deadlockFree: boolean;
  /** What was resolved between enter and leave is not reclaimed under its user, under `valid`. */
  readonly safeConcurrentUse: boolean;
  /** Stale references under `any`; `within: n` promises no ABA before n reuses of one slot. */
  readonly detectsStale: Detection;
  /** Bits that were never issued, under `any`. */
  readonly detectsForged: Detection;
  /** Runs on a strict machine. */
  readonly strictProvenance: boolean;
  /** How many creates succeed in all, as long as at most `capacity` objects live at a time. */
  readonly available: number | 'unlimited';
  /** At most this many retired objects wait for reclamation while one thread is stalled for ever. */
  readonly boundedGarbage: number | false;
  /** Some operation ends although one thread is stalled for ever. */
  readonly nonBlocking: boolean;
}

export type ClaimName = keyof Claims;

/** What a run showed, as far as the choice of the claim needs it. */
export interface Evidence {
  readonly code: VerdictCode;
  /** The least contract under which the clients of this run are allowed. */
  readonly contract: Contract;
  /** Whether the run used bits that were never issued. */
  readonly forged: boolean;
  /** Reuses of the slot between the stale reference's issue and this use, when they are known. */
  readonly reuses?: number;
  /** Creates that had succeeded before. */
  readonly creates?: number;
  /** Tries of references of this sort in the run, when they are known. */
  readonly trials?: TrialCount;
}

const EXCLUSIVE_CLAIMS: Readonly<Partial<Record<VerdictCode, ClaimName>>> = {
  'lost-handle': 'keepsLive',
  'wrong-object': 'keepsLive',
  'truncated-address': 'keepsLive',
  'type-confusion': 'keepsLive',
  'stale-content': 'keepsLive',
  'data-race': 'threadSafe',
  'mixed-size-race': 'threadSafe',
  deadlock: 'deadlockFree',
  livelock: 'deadlockFree',
};

/** The claim that a verdict concerns; undefined when no claim can (a bypassing client, or a verdict outside all claims). */
export function claimOf({ code, contract, forged }: Evidence): ClaimName | undefined {
  if (code === 'exposed-provenance') return 'strictProvenance';
  if (contract === 'bypass') return undefined;
  if (code === 'exhausted') return 'available';
  if (code === 'leak') return 'leakFree';
  // Whoever waits for ever neither detects nor misses anything; freedom from it is promised to `exclusive` clients alone.
  if (contract !== 'exclusive' && (code === 'deadlock' || code === 'livelock')) return undefined;
  if (contract === 'any') return forged ? 'detectsForged' : 'detectsStale';
  if (contract === 'valid') return 'safeConcurrentUse';
  return EXCLUSIVE_CLAIMS[code] ?? 'memorySafe';
}

/** Whether a verdict breaks what is claimed; what is not broken by it is a known hazard. */
export function isBroken(claims: Claims, evidence: Evidence): boolean {
  const name = claimOf(evidence);
  if (name === undefined) return false;
  if (name === 'detectsStale' || name === 'detectsForged') return breaksDetection(claims[name], evidence);
  if (name === 'available') return claims.available === 'unlimited' || (evidence.creates ?? 0) < claims.available;
  // What clients under `any` leave behind says nothing of the promise to better ones.
  if (name === 'leakFree' && evidence.contract === 'any') return false;
  return claims[name] !== false;
}

/** `within: n` speaks of ABA alone; a probability is judged over many tries, never by one (the binomial test of binomial.ts). */
function breaksDetection(claimed: Detection, { code, reuses, trials }: Evidence): boolean {
  if (claimed === 'always') return true;
  if (claimed === 'never') return false;
  if ('probability' in claimed) return refutesProbability(claimed.probability, trials);
  return code === 'aba' ? reuses !== undefined && reuses < claimed.within : true;
}

/** Whether the tries of one run refute that each was to be refused with probability `refused`. */
export function refutesProbability(refused: number, trials: TrialCount | undefined): boolean {
  return trials !== undefined && trials.tried >= FEWEST_TRIALS && refutes(trials.accepted, trials.tried, refused);
}

/** A claim as text: `within 65,535 reuses`, `always`, `yes`, `no`. */
export function claimText(value: Claims[ClaimName]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (typeof value === 'string') return value;
  if ('within' in value) return `within ${value.within.toLocaleString('en-US')} reuses`;
  return `with probability ${value.probability}`;
}
