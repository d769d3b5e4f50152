import { describe, expect, test } from 'vitest';
import { explore } from '../../src/explore/explore.ts';
import type { Exploration, ExploreOptions } from '../../src/explore/exploration.ts';
import { Replay } from '../../src/model/threads/schedulers/replay.ts';
import { Walk } from '../../src/model/threads/schedulers/walk.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { ReferenceExplorer, type Reference } from './reference-explorer.ts';
import { RandomSystem } from './toys/random-system.ts';

const SYSTEMS = 1_000;
const OPTIONS: ExploreOptions = { fuses: false, memoryBytes: 2 ** 24, findsLivelocks: true, countsCreates: true };

const systemOf = (seed: number): RandomSystem => new RandomSystem(new Random(seed));

/** The same of an exploration as a reference says. */
function summaryOf({ counterexamples, states, transitions, cuts, depth, creates }: Exploration): Reference {
  const finite = counterexamples.filter(({ violation }) => violation.code !== 'livelock');
  return {
    states,
    transitions,
    cuts,
    depth,
    lengths: new Map(finite.map(({ violation, path }) => [violation.signature, path.length])),
    hasLivelock: finite.length < counterexamples.length,
    creates: creates ?? NaN,
  };
}

describe('systems by chance', () => {
  test('are explored as the definitions say: counts, shortest paths, deadlocks, livelocks, creates', () => {
    const seen = { livelock: 0, deadlock: 0, assertion: 0, finite: 0, infinite: 0, large: 0 };
    for (let seed = 1; seed <= SYSTEMS; seed++) {
      const reference = new ReferenceExplorer(systemOf(seed)).explore();
      expect({ seed, ...summaryOf(explore(systemOf(seed), OPTIONS)) }).toEqual({ seed, ...reference });
      if (reference.hasLivelock) seen.livelock++;
      if (reference.lengths.has('deadlock')) seen.deadlock++;
      if ([...reference.lengths.keys()].some((each) => each !== 'deadlock')) seen.assertion++;
      if (reference.creates > 0 && reference.creates < Infinity) seen.finite++;
      if (reference.creates === Infinity) seen.infinite++;
      if (reference.states > 20) seen.large++;
    }
    // Each kind came often, and so did systems without it.
    for (const count of Object.values(seen)) {
      expect(count).toBeGreaterThan(SYSTEMS / 50);
      expect(count).toBeLessThan(SYSTEMS * 0.9);
    }
  });

  test('paths to verdicts are paths', () => {
    for (let seed = 1; seed <= SYSTEMS; seed++)
      for (const { path, violation } of explore(systemOf(seed), OPTIONS).counterexamples) {
        const walk = new Walk(systemOf(seed), new Replay(path));
        const end = walk.run(path.length);
        const isState = violation.code === 'deadlock' || violation.code === 'livelock';
        expect(isState ? 'steps' : 'violated').toBe(end);
        expect(walk.steps).toBe(path.length);
      }
  });

  test('whole rows and other fingerprints see the same', () => {
    for (let seed = 1; seed <= SYSTEMS; seed += 10) {
      const plain = explore(systemOf(seed), OPTIONS);
      expect(explore(systemOf(seed), { ...OPTIONS, isExact: true })).toEqual({ ...plain, omission: 0 });
      expect(explore(systemOf(seed), { ...OPTIONS, seed: 7 })).toEqual(plain);
    }
  });
});
