import { describe, expect, test } from 'vitest';
import { schedulerOf, SCHEDULERS, type SchedulerName } from '../../src/model/threads/schedulers/portfolio.ts';
import { Pct } from '../../src/model/threads/schedulers/pct.ts';
import { Replay } from '../../src/model/threads/schedulers/replay.ts';
import type { Scheduler } from '../../src/model/threads/schedulers/scheduler.ts';
import { Walk, type WalkEnd } from '../../src/model/threads/schedulers/walk.ts';
import type { StepSystem } from '../../src/model/threads/step-system.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { LockedTable, LOCKED_TABLES, UNLOCKED_TABLE, WRAPPING_TABLE } from '../explore/toys/locked-table.ts';
import { Philosophers } from '../explore/toys/philosophers.ts';
import { Sequences } from '../explore/toys/sequences.ts';
import { Spinners } from '../explore/toys/spinners.ts';

const MOST_STEPS = 1_000;

/** Executions until one ends as wanted; undefined when none of so many does. */
function executionsUntil(wanted: WalkEnd, system: StepSystem, scheduler: Scheduler, most: number): number | undefined {
  const walk = new Walk(system, scheduler);
  for (let execution = 1; execution <= most; execution++) if (walk.run(MOST_STEPS) === wanted) return execution;
  return undefined;
}

const threadsOf = (walk: Walk): string =>
  walk
    .path()
    .map(({ thread }) => thread)
    .join('');

describe.each(SCHEDULERS)('%s', (name: SchedulerName) => {
  test('runs executions to their ends, each step of a thread that can move', () => {
    const walk = new Walk(new LockedTable(LOCKED_TABLES[0].size), schedulerOf(name, new Random(1)));
    for (let execution = 0; execution < 100; execution++) {
      expect(walk.run(MOST_STEPS)).toBe('finished');
      // Two writers with two rounds of 12 steps; the reader finds another generation in 3 steps, or uses the object in 7.
      expect([2 * 24 + 3, 2 * 24 + 7]).toContain(walk.steps);
    }
  });

  test('the same seed gives the same executions, and another one others', () => {
    const runs = (seed: number): readonly string[] => {
      const walk = new Walk(new LockedTable(WRAPPING_TABLE), schedulerOf(name, new Random(seed)));
      return Array.from({ length: 20 }, () => {
        walk.run(MOST_STEPS);
        return threadsOf(walk);
      });
    };
    expect(runs(1)).toEqual(runs(1));
    expect(runs(1)).not.toEqual(runs(2));
  });

  test('what it did is replayed', () => {
    const system = new LockedTable(WRAPPING_TABLE);
    const walk = new Walk(system, schedulerOf(name, new Random(3)));
    for (let execution = 0; execution < 20; execution++) {
      const end = walk.run(MOST_STEPS);
      const again = new Walk(system, new Replay(walk.path()));
      expect(again.run(MOST_STEPS)).toBe(end);
      expect(again.state).toEqual(walk.state);
    }
  });

  test('finds the use without the lock, and not with it', () => {
    expect(
      executionsUntil('violated', new LockedTable(UNLOCKED_TABLE), schedulerOf(name, new Random(1)), 300),
    ).toBeDefined();
    const locked = new LockedTable({ ...UNLOCKED_TABLE, locks: true });
    expect(executionsUntil('violated', locked, schedulerOf(name, new Random(1)), 300)).toBeUndefined();
  });
});

describe('the wrap under the lock, which takes many changes of thread', () => {
  const until = (scheduler: Scheduler, most: number): number | undefined =>
    executionsUntil('violated', new LockedTable(WRAPPING_TABLE), scheduler, most);

  test.each(['random', 'uniform-walk', 'portfolio'] as const)('%s finds it', (name) => {
    for (const seed of [1, 2, 3]) expect(until(schedulerOf(name, new Random(seed)), 2_000)).toBeDefined();
  });

  test.each([2, 3])('pct of depth %i does not', (depth) => {
    expect(until(new Pct(new Random(1), depth), 5_000)).toBeUndefined();
  });
});

test('a deadlock ends an execution, and its nearest neighbour goes on', () => {
  const random = (system: StepSystem): WalkEnd[] => {
    const walk = new Walk(system, schedulerOf('random', new Random(1)));
    return Array.from({ length: 50 }, () => walk.run(MOST_STEPS));
  };
  expect(random(new Philosophers(3, false))).toContain('deadlock');
  expect(new Set(random(new Philosophers(3, true)))).toEqual(new Set(['steps']));
});

test('threads that spin end with the steps that are allowed', () => {
  // Both raise their flags; then each waits for the other to take its own down.
  const steps = [0, 1, 0, 1].map((thread) => ({ thread, alternative: 0 }));
  const walk = new Walk(new Spinners([false, false]), new Replay(steps));
  expect([walk.run(50), walk.steps]).toEqual(['steps', 50]);
});

describe('a uniform random walk', () => {
  /** How often each interleaving of one step with three came. */
  const shares = (name: SchedulerName): readonly number[] => {
    const walk = new Walk(new Sequences([1, 3]), schedulerOf(name, new Random(1)));
    const counts = new Map<string, number>();
    for (let execution = 0; execution < 4_000; execution++) {
      walk.run(MOST_STEPS);
      counts.set(threadsOf(walk), (counts.get(threadsOf(walk)) ?? 0) + 1);
    }
    return ['0111', '1011', '1101', '1110'].map((each) => (counts.get(each) ?? 0) / 4_000);
  };

  test('gives every interleaving the same chance', () => {
    for (const share of shares('uniform-walk')) expect(share).toBeCloseTo(1 / 4, 1);
  });

  test('which choosing among threads does not', () => {
    const expected = [1 / 2, 1 / 4, 1 / 8, 1 / 8];
    shares('random').forEach((share, index) => expect(share).toBeCloseTo(expected[index], 1));
  });
});

describe('pct', () => {
  test('of depth 1 lets the highest thread run until it ends', () => {
    const walk = new Walk(new Sequences([2, 2, 2]), new Pct(new Random(1), 1));
    const seen = new Set<string>();
    for (let execution = 0; execution < 200; execution++) {
      walk.run(MOST_STEPS);
      seen.add(threadsOf(walk));
    }
    expect([...seen].sort()).toEqual(['001122', '002211', '110022', '112200', '220011', '221100']);
  });

  test('of depth 2 changes once', () => {
    const walk = new Walk(new Sequences([4, 4]), new Pct(new Random(1), 2));
    for (let execution = 0; execution < 200; execution++) {
      walk.run(MOST_STEPS);
      expect(threadsOf(walk).replace(/0+/g, 'a').replace(/1+/g, 'b').length).toBeLessThanOrEqual(3);
    }
  });
});

describe('a replay', () => {
  test('says which step cannot be', () => {
    const walk = new Walk(new Sequences([1, 1]), new Replay([0, 0].map((thread) => ({ thread, alternative: 0 }))));
    expect(() => walk.run(MOST_STEPS)).toThrow('step 2: thread 0 cannot move here');
    const wrong = new Walk(new Sequences([1, 1]), new Replay([{ thread: 0, alternative: 3 }]));
    expect(() => wrong.run(MOST_STEPS)).toThrow('expected an alternative below 1, found 3');
  });
});
