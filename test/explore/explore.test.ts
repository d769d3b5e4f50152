import { describe, expect, test } from 'vitest';
import type { Exploration, ExploreOptions } from '../../src/explore/exploration.ts';
import { explore } from '../../src/explore/explore.ts';
import { Transition, type StepSystem } from '../../src/model/threads/step-system.ts';
import { Counter } from './toys/counter.ts';
import { LockedTable, LOCKED_TABLES, UNLOCKED_TABLE, WRAPPING_TABLE } from './toys/locked-table.ts';
import { Peterson } from './toys/peterson.ts';
import { Philosophers } from './toys/philosophers.ts';
import { Garbage } from './toys/garbage.ts';
import { Sequences } from './toys/sequences.ts';
import { Spinners } from './toys/spinners.ts';
import { Waiting } from './toys/waiting.ts';

const PLAIN: ExploreOptions = { fuses: false, memoryBytes: 2 ** 30 };
const FUSED: ExploreOptions = { ...PLAIN, fuses: true };

const codesOf = ({ counterexamples }: Exploration): readonly string[] =>
  counterexamples.map(({ violation }) => violation.code).sort();

/** Walks a path from the first state, and answers how its last step ended. */
function walk(system: StepSystem, path: Exploration['counterexamples'][number]['path']): number {
  const state = new Int32Array(system.words);
  system.initial(state);
  let taken: number = Transition.taken;
  for (const { thread, alternative } of path) {
    expect(taken).toBe(Transition.taken);
    expect(alternative).toBeLessThan(system.alternatives(state, thread));
    taken = system.take(state, thread, alternative);
  }
  return taken;
}

describe('the locked table', () => {
  test.each(LOCKED_TABLES.slice(0, 3))('$name has the states that Murphi counts', ({ size, states }) => {
    const seen = explore(new LockedTable(size), PLAIN);
    expect(seen).toMatchObject({ states, isExhausted: true, cuts: 0, stopped: undefined, counterexamples: [] });
  });

  test('fused, it has fewer states and the same verdicts', () => {
    for (const { size, states } of LOCKED_TABLES.slice(0, 3)) {
      const seen = explore(new LockedTable(size), FUSED);
      expect(seen.states).toBeLessThan(states / 2);
      expect(seen.isExhausted && codesOf(seen)).toEqual([]);
    }
  });

  test('whole states instead of fingerprints, and other fingerprints, see the same', () => {
    const [{ size, states }] = LOCKED_TABLES.slice(1);
    const seen = explore(new LockedTable(size), PLAIN);
    expect(explore(new LockedTable(size), { ...PLAIN, seed: 1 })).toEqual(seen);
    expect(explore(new LockedTable(size), { ...PLAIN, isExact: true })).toEqual({ ...seen, omission: 0 });
    expect(seen.omission).toBe(states ** 2 / 2 ** 65);
  });

  test.each([PLAIN, FUSED])('generations that wrap are found, with and without fusing', (options) => {
    const system = new LockedTable(WRAPPING_TABLE);
    const seen = explore(system, options);
    expect(codesOf(seen)).toEqual(['aba', 'use-after-free']);
    for (const { path } of seen.counterexamples) expect(walk(system, path)).toBe(Transition.violated);
  });

  test('the shortest way to the wrap', () => {
    // Generation 0 comes back with the fourth free of slot 0. Freeing takes 6 steps, and so does allocating: 4 frees and the 3 allocs
    // between them. A writer has three rounds, so that the other one has to free its own slot first: 6 steps. The reader touches the
    // dead object with its fifth step; with a sixth it sees another object, when that was allocated before.
    const seen = explore(new LockedTable(WRAPPING_TABLE), PLAIN);
    const lengths = new Map(seen.counterexamples.map(({ violation, path }) => [violation.code, path.length]));
    expect(lengths).toEqual(
      new Map([
        ['use-after-free', (4 + 3 + 1) * 6 + 5],
        ['aba', (4 + 4 + 1) * 6 + 6],
      ]),
    );
  });

  test('without the lock the reader uses a dead object: free it before the reader does', () => {
    const [found] = explore(new LockedTable(UNLOCKED_TABLE), PLAIN).counterexamples;
    expect(found.violation.code).toBe('use-after-free');
    // Lock, read the pointer, kill the object: three steps of writer 0. The reader's fifth step is the first use.
    expect(found.path.map(({ thread }) => thread)).toEqual([0, 0, 0, 2, 2, 2, 2, 2]);
  });
});

describe('deadlocks', () => {
  test.each([2, 3, 5])('%i philosophers who begin with the left fork', (count) => {
    const seen = explore(new Philosophers(count, false), PLAIN);
    expect(codesOf(seen)).toEqual(['deadlock']);
    expect(seen.counterexamples[0].path).toHaveLength(count);
  });

  test.each([2, 3, 5])('of %i philosophers one begins with the right fork', (count) => {
    const seen = explore(new Philosophers(count, true), PLAIN);
    expect(seen.isExhausted && codesOf(seen)).toEqual([]);
  });

  test('threads that are in no operation need not move', () => {
    const seen = explore(new Counter(2, 3, false), PLAIN);
    expect(seen).toMatchObject({ states: 4, counterexamples: [] });
  });
});

describe("Peterson's algorithm", () => {
  test('keeps one of them out, and nobody waits for ever', () => {
    const seen = explore(new Peterson(), { ...PLAIN, findsLivelocks: true });
    expect(seen.isExhausted && codesOf(seen)).toEqual([]);
  });

  test('with the flag raised too late both get in', () => {
    const system = new Peterson(true);
    const [found] = explore(system, PLAIN).counterexamples;
    expect(found.violation.signature).toBe('both are in');
    expect(walk(system, found.path)).toBe(Transition.violated);
    expect(found.path).toHaveLength(6);
  });
});

describe('livelocks', () => {
  const find = (one: boolean, other: boolean): readonly string[] =>
    codesOf(explore(new Spinners([one, other]), { ...PLAIN, findsLivelocks: true }));

  test('two that give way to each other', () => {
    expect(find(true, true)).toEqual(['livelock']);
  });

  test('two that insist', () => {
    expect(find(false, false)).toEqual(['livelock']);
  });

  test('one gives way to one that insists: both come to an end', () => {
    expect(find(true, false)).toEqual([]);
    expect(find(false, true)).toEqual([]);
  });

  test('are looked for when they are asked for', () => {
    expect(codesOf(explore(new Spinners([true, true]), PLAIN))).toEqual([]);
  });
});

describe('a thread that stalls', () => {
  const LIVE = { ...PLAIN, findsLivelocks: true };

  test('with a fork in its hand keeps its neighbour from eating', () => {
    const { blocking } = explore(new Philosophers(3, true), PLAIN);
    expect(blocking?.path).toHaveLength(2);
  });

  test('under a lock keeps others from it', () => {
    const { blocking } = explore(new LockedTable(LOCKED_TABLES[0].size), PLAIN);
    expect(blocking).toBeDefined();
  });

  test('with its flag up keeps the other one spinning: told where livelocks are looked for', () => {
    expect(explore(new Peterson(), LIVE).blocking).toBeDefined();
    expect(explore(new Peterson(), PLAIN).blocking).toBeUndefined();
    expect(explore(new Spinners([true, false]), LIVE).blocking).toBeDefined();
  });

  test('keeps nobody from anything where nobody waits', () => {
    expect(explore(new Sequences([3, 3]), LIVE).blocking).toBeUndefined();
    expect(explore(new Counter(2, 5, true), LIVE).blocking).toBeUndefined();
  });
});

test('a thread whose next step is a verdict is not stuck, nor are those that wait for it', () => {
  const waits = (isViolated: boolean): readonly string[] =>
    codesOf(explore(new Waiting(isViolated), { ...PLAIN, findsLivelocks: true }));
  expect(waits(true)).toEqual(['assertion']);
  expect(waits(false)).toEqual([]);
});

describe('garbage', () => {
  test('is the most that waits while at most one thread is inside an operation', () => {
    const seen = explore(new Garbage(3), PLAIN).garbage;
    expect(seen?.most).toBe(2);
    expect(seen?.path).toHaveLength(2);
    expect(explore(new Garbage(1), PLAIN).garbage?.most).toBe(0);
    expect(explore(new Sequences([1]), PLAIN).garbage).toBeUndefined();
  });
});

describe('creates', () => {
  const creates = (system: StepSystem): number | undefined =>
    explore(system, { ...PLAIN, countsCreates: true }).creates;

  test('the most on any path', () => {
    expect(creates(new Counter(2, 7, false))).toBe(7);
    expect(creates(new Philosophers(3, true))).toBe(0);
  });

  test('a cycle that creates has no end', () => {
    expect(creates(new Counter(2, 7, true))).toBe(Infinity);
  });

  test('nothing is said of what was not explored to the end', () => {
    expect(explore(new Counter(2, 7, false), { ...PLAIN, countsCreates: true, depth: 3 }).creates).toBeUndefined();
  });
});

describe('bounds', () => {
  const [, { size }] = LOCKED_TABLES;

  test('of memory: what is told is of the levels before it was reached', () => {
    const whole = explore(new LockedTable(size), PLAIN);
    const seen = explore(new LockedTable(size), { ...PLAIN, memoryBytes: 2 ** 21 });
    expect(seen).toMatchObject({ stopped: 'memory', isExhausted: false });
    expect(seen.states).toBeLessThan(whole.states);
    expect(explore(new LockedTable(size), { ...PLAIN, depth: seen.depth + 1 }).states).toBe(seen.states);
  });

  test('a verdict of a level that was not finished is not told', () => {
    const depth = explore(new LockedTable(WRAPPING_TABLE), PLAIN).counterexamples[0].path.length - 1;
    const at = (levels: number): readonly string[] =>
      codesOf(explore(new LockedTable(WRAPPING_TABLE), { ...PLAIN, depth: levels }));
    expect(at(depth)).toEqual([]);
    expect(at(depth + 1)).toEqual(['use-after-free']);
  });

  test('of time', () => {
    const seen = explore(new LockedTable(size), { ...PLAIN, isOver: () => true });
    expect(seen).toMatchObject({ stopped: 'interrupted', isExhausted: false });
    expect(seen.states).toBeLessThan(10_000);
  });

  test('the search for one signature ends with it', () => {
    const seen = explore(new LockedTable(WRAPPING_TABLE), { ...PLAIN, until: ['reader sees a dead object'] });
    expect(seen).toMatchObject({ stopped: 'found', isExhausted: false });
    expect(seen.states).toBeLessThan(4_000);
  });
});
