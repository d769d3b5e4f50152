import { CONTRACTS, refutesProbability } from '../model/machine/claims.ts';
import type { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import { HIGH, LOW } from '../model/machine/ghosts.ts';
import { OBJECT_SIZE } from '../model/machine/object-kinds.ts';
import { tenantMaskOf } from '../model/machine/slot-mask.ts';
import { FEWEST_TRIALS } from '../model/machine/trials.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { Random } from '../model/vocabulary/random.ts';
import { programOf } from './callback-blocks.ts';
import type { Harness } from './harness.ts';
import { joined, single } from './operations.ts';
import type { FailingCase } from './observation.ts';

/**
 * Tries of one sort. How many is fixed beforehand and not by what comes out: a test that is looked at after every try refutes
 * everything in the end.
 */
const TRIES = 4096;
/** The verdicts of a reference that was to be refused and was not. */
const ACCEPTED: readonly VerdictCode[] = ['aba', 'stale-handle', 'forged-handle'];
const KEPT = 0;
const NEXT = 1;

/** One sort of tries: what happens before the first of them, and each of them. */
interface Sampling {
  readonly claim: 'detectsStale' | 'detectsForged';
  readonly kind: 'stale' | 'forged';
  readonly before: Int32Array;
  /** The operations of a try. */
  next(client: Client): Int32Array;
}

const create = (variable: number): Int32Array => single(Opcode.alloc, variable, 1, OBJECT_SIZE);
const destroy = (variable: number): Int32Array => single(Opcode.free, variable);
const use = (variable: number): Int32Array => single(Opcode.use, variable);

/**
 * Cases that refute what a representation states as a probability: the shortest beginnings of fixed samples, each of which is
 * judged as a whole first (design 4: an exact binomial test at 10^-6). None where nothing is stated, or where it holds.
 */
export function refutingCases(harness: Harness): readonly FailingCase[] {
  return samplings(harness).flatMap((sampling) => {
    const stated = harness.claims[sampling.claim];
    if (typeof stated !== 'object' || !('probability' in stated)) return [];
    const refuting = refutation(harness, sampling, stated.probability);
    return refuting === undefined ? [] : [refuting];
  });
}

function samplings(harness: Harness): readonly Sampling[] {
  return [
    {
      claim: 'detectsStale',
      kind: 'stale',
      before: joined([create(KEPT), destroy(KEPT)]),
      next: () => joined([create(NEXT), use(KEPT), destroy(NEXT)]),
    },
    {
      claim: 'detectsStale',
      kind: 'stale',
      before: new Int32Array(0),
      next: () => joined([create(KEPT), destroy(KEPT), use(KEPT)]),
    },
    forging(harness),
  ];
}

/** Whoever knows a slot guesses the rest: a live reference with its other fields drawn anew; all bits where no slot is named. */
function forging({ instance }: Harness): Sampling {
  const mask = tenantMaskOf(instance) ?? { low: -1, high: -1 };
  const random = new Random(0);
  return {
    claim: 'detectsForged',
    kind: 'forged',
    before: create(KEPT),
    next: ({ world: { references } }) => {
      const row = references.at(KEPT);
      const low = (references.rows[row + LOW] & ~mask.low) | (random.next() & mask.low);
      const high = (references.rows[row + HIGH] & ~mask.high) | (random.next() & mask.high);
      return joined([single(Opcode.forge, NEXT, low, high), use(NEXT)]);
    },
  };
}

function refutation(harness: Harness, sampling: Sampling, stated: number): FailingCase | undefined {
  const client = harness.restart(sampling.kind === 'forged');
  client.stopAtFirst = false;
  const { trials, violations } = client.world;
  const pieces: Int32Array[] = [];
  let enough: number | undefined;
  const run = (code: Int32Array): void => {
    for (let operation = 0; operation * STRIDE < code.length; operation++) client.step(programOf(code), operation);
    pieces.push(code);
  };
  run(sampling.before);
  for (let tries = 0; tries < TRIES; tries++) {
    run(sampling.next(client));
    const { tried } = trials.of(sampling.kind);
    if (enough === undefined && tried >= FEWEST_TRIALS && refutesProbability(stated, trials.of(sampling.kind)))
      enough = pieces.length;
  }
  if (!refutesProbability(stated, trials.of(sampling.kind)) || enough === undefined) return undefined;
  const [first] = violations;
  // What stopped a sample for another reason is for the search to find.
  if (!ACCEPTED.includes(first.code)) return undefined;
  const symptom = { code: first.code, contract: CONTRACTS.indexOf('any'), broken: true, path: '' };
  return { configuration: harness.configuration, code: joined(pieces.slice(0, enough)), symptom };
}
