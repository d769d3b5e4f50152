import { expect, test } from 'vitest';
import { explore } from '../../src/explore/explore.ts';
import type { Exploration } from '../../src/explore/exploration.ts';
import { Replay } from '../../src/model/threads/schedulers/replay.ts';
import { Walk } from '../../src/model/threads/schedulers/walk.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { RandomLocks } from './toys/random-locks.ts';

const SYSTEMS = 400;

const systemOf = (seed: number): RandomLocks => new RandomLocks(new Random(seed));

const exploredWith = (fuses: boolean, seed: number): Exploration =>
  explore(systemOf(seed), { fuses, memoryBytes: 2 ** 24, findsLivelocks: true });

/** What fusing must not change: which verdicts there are, and whether a stalled thread blocks the other one. */
function verdictsOf({ counterexamples, blocking, isExhausted }: Exploration): object {
  const signatures = counterexamples.map(({ violation }) => violation.signature).sort();
  return { signatures, blocks: blocking !== undefined, isExhausted };
}

test('fused or not, programs by chance under locks have the same verdicts', () => {
  const seen = { deadlock: 0, livelock: 0, assertion: 0, clean: 0, fewer: 0 };
  for (let seed = 1; seed <= SYSTEMS; seed++) {
    const [plain, fused] = [exploredWith(false, seed), exploredWith(true, seed)];
    expect({ seed, ...verdictsOf(fused) }).toEqual({ seed, ...verdictsOf(plain) });
    const codes = new Set(plain.counterexamples.map(({ violation }) => violation.code));
    for (const code of ['deadlock', 'livelock', 'assertion'] as const) if (codes.has(code)) seen[code]++;
    if (codes.size === 0) seen.clean++;
    if (fused.states < plain.states) seen.fewer++;
  }
  for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(SYSTEMS / 50);
});

test('paths that were fused are paths of single steps, and none is shorter than the shortest', () => {
  for (let seed = 1; seed <= SYSTEMS; seed++) {
    const shortest = new Map(
      exploredWith(false, seed).counterexamples.map(({ violation, path }) => [violation.signature, path.length]),
    );
    for (const { violation, path } of exploredWith(true, seed).counterexamples) {
      if (violation.code !== 'assertion') continue;
      const walk = new Walk(systemOf(seed), new Replay(path));
      expect(walk.run(path.length + 1)).toBe('violated');
      expect(walk.steps).toBe(path.length);
      expect(path.length).toBeGreaterThanOrEqual(shortest.get(violation.signature) ?? Infinity);
    }
  }
});
