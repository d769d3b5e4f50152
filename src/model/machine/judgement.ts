import type { VerdictCode } from '../vocabulary/verdicts.ts';

/** How a use stands to the life of the object that its reference was issued for (design 4). */
export type Relation =
  /** Bits that no create ever issued. */
  | 'forged'
  /** The end of create precedes the use, and no destroy has begun by its end. */
  | 'live'
  /** Anything between live and stale. */
  | 'overlapping'
  /** The end of destroy precedes the begin of the use. */
  | 'stale';

/** What stands at the address that a resolve gave back. */
export type Found =
  /** Null or NONE: the reference was refused. */
  | 'refused'
  /** The object that the reference was issued for, or its address while nothing else stands there. */
  | 'own'
  /** Another object. */
  | 'another'
  /** No object. */
  | 'nothing'
  /** Not its object's address, but that address with upper bits lost. */
  | 'truncated';

/**
 * The verdict at the end of a resolve, by the address that came back (design 4, rules 1 to 5). Refusing is a failure only for a
 * live reference: a refused stale or forged reference is what a good design does.
 */
export const RESOLVE_VERDICTS: Readonly<Record<Relation, Readonly<Record<Found, VerdictCode>>>> = {
  forged: {
    refused: 'clean',
    own: 'forged-handle',
    another: 'forged-handle',
    nothing: 'forged-handle',
    truncated: 'forged-handle',
  },
  live: {
    refused: 'lost-handle',
    own: 'clean',
    another: 'wrong-object',
    nothing: 'wrong-object',
    truncated: 'truncated-address',
  },
  overlapping: {
    refused: 'clean',
    own: 'clean',
    another: 'wrong-object',
    nothing: 'wrong-object',
    truncated: 'truncated-address',
  },
  stale: {
    refused: 'clean',
    own: 'stale-handle',
    another: 'aba',
    nothing: 'stale-handle',
    truncated: 'stale-handle',
  },
};

/** The verdict when a destroy through one reference gave back the memory of a live object that is not its own. */
export const FOREIGN_RECLAIM_VERDICTS: Readonly<Record<Relation, VerdictCode>> = {
  forged: 'forged-handle',
  live: 'wrong-object',
  overlapping: 'wrong-object',
  stale: 'aba',
};

/** Whether an address is another one that lost upper bits: equal to its low bits, extended with zeros or with the sign. Hosts have 32 bits at least. */
export function isTruncationOf(address: bigint, original: bigint): boolean {
  if (address === original) return false;
  for (let bits = 32n; bits < 64n; bits++) {
    const low = original & ((1n << bits) - 1n);
    const sign = (low >> (bits - 1n)) & 1n;
    const extended = sign === 0n ? low : low | (((1n << (64n - bits)) - 1n) << bits);
    if (address === low || address === extended) return true;
  }
  return false;
}
