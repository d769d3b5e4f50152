import type { ClaimName, Contract } from '../model/machine/claims.ts';

/** What clients may do under each contract; each allows all that stands before it. */
export const CONTRACT_MEANINGS: Readonly<Record<Contract, string>> = {
  exclusive: 'destroy a reference only while no other thread uses or holds it',
  valid: 'destroy a live reference at any time, whoever is using it',
  any: 'also use stale references, destroy twice, forge and corrupt bits',
  bypass: "also free an object's memory without destroy, as on a path that forgot to unregister",
};

/** What each claim says, and the contract under which it is judged; null where every contract counts. */
export const CLAIM_MEANINGS: Readonly<
  Record<ClaimName, { readonly contract: Contract | null; readonly meaning: string }>
> = {
  memorySafe: { contract: 'exclusive', meaning: 'no memory verdict, such as use-after-free or out-of-bounds' },
  keepsLive: { contract: 'exclusive', meaning: 'a live reference resolves to its own object' },
  threadSafe: { contract: 'exclusive', meaning: 'no data race' },
  leakFree: { contract: 'exclusive', meaning: 'everything retired is reclaimed in the end' },
  deadlockFree: { contract: 'exclusive', meaning: 'no deadlock and no livelock' },
  safeConcurrentUse: {
    contract: 'valid',
    meaning: 'what was resolved between enter and leave is not reclaimed under its user',
  },
  detectsStale: {
    contract: 'any',
    meaning:
      'a stale reference is refused: always, never, within n reuses of its slot (no aba before them), or with a probability',
  },
  detectsForged: {
    contract: 'any',
    meaning: 'bits that were never issued are refused: always, never, or with a probability',
  },
  strictProvenance: {
    contract: null,
    meaning: 'runs on a machine with strict provenance: no integer becomes a pointer',
  },
  available: {
    contract: null,
    meaning: 'how many creates succeed in all, while no more than the capacity live at a time',
  },
  boundedGarbage: {
    contract: null,
    meaning: 'the most retired objects that wait for reclamation while one thread is stalled for ever',
  },
  nonBlocking: { contract: null, meaning: 'some operation ends although one thread is stalled for ever' },
};
