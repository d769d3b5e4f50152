import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import type { Exploration } from '../../src/explore/exploration.ts';
import { explore } from '../../src/explore/explore.ts';
import type { exploreParallel } from '../../src/explore/parallel/explore-parallel.ts';
import { Offer, SharedVisited } from '../../src/explore/parallel/shared-visited.ts';
import type { StepSystem } from '../../src/model/threads/step-system.ts';
import { ROOT, workFolder } from '../cli/command.ts';
import { counter, lockedTable, peterson, philosophers, spinners } from './toys/index.ts';
import { LOCKED_TABLES, WRAPPING_TABLE } from './toys/locked-table.ts';

/** Worker threads run what is built; the toys are built for them. */
const folder = workFolder();
afterAll(() => folder.remove());
const module = pathToFileURL(join(folder.path, 'toys.mjs')).href;
buildSync({
  entryPoints: [join(ROOT, 'test/explore/toys/index.ts')],
  outfile: join(folder.path, 'toys.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
});
const built = (await import(pathToFileURL(join(ROOT, 'dist/explore/parallel/explore-parallel.js')).href)) as {
  readonly exploreParallel: typeof exploreParallel;
};

const TOYS = { lockedTable, philosophers, peterson, spinners, counter };

interface Case {
  readonly name: keyof typeof TOYS;
  readonly given: readonly unknown[];
}

const CASES: readonly Case[] = [
  { name: 'lockedTable', given: [LOCKED_TABLES[1].size] },
  { name: 'lockedTable', given: [WRAPPING_TABLE] },
  { name: 'philosophers', given: [5, false] },
  { name: 'philosophers', given: [5, true] },
  { name: 'peterson', given: [false] },
  { name: 'peterson', given: [true] },
  { name: 'spinners', given: [true, true] },
  { name: 'counter', given: [3, 50, false] },
];

const OPTIONS = { memoryBytes: 2 ** 30, findsLivelocks: true, countsCreates: true };

function systemOf({ name, given }: Case): StepSystem {
  return (TOYS[name] as (...all: readonly unknown[]) => StepSystem)(...given);
}

async function together(
  each: Case,
  jobs: number,
  options: { readonly fuses: boolean; readonly memoryBytes: number },
): Promise<Exploration> {
  const source = { module, export: each.name, arguments: each.given };
  const system = systemOf(each);
  return (await built.exploreParallel(system, { ...OPTIONS, ...options, jobs, source })).exploration;
}

describe.each(CASES)('$name $given', (each) => {
  test.each(each.name === 'lockedTable' ? [1, 2, 4] : [2])(
    'with %i jobs everything is the same, every step of every trace included',
    async (jobs) => {
      for (const fuses of [false, true]) {
        const alone = explore(systemOf(each), { ...OPTIONS, fuses });
        expect(await together(each, jobs, { fuses, memoryBytes: OPTIONS.memoryBytes })).toEqual(alone);
      }
    },
  );
});

test('the memory bound is reached at the same level', async () => {
  const options = { fuses: false, memoryBytes: 2 ** 21 };
  const alone = explore(systemOf(CASES[0]), { ...OPTIONS, ...options });
  expect(alone.stopped).toBe('memory');
  expect(await together(CASES[0], 2, options)).toEqual(alone);
});

test('an error on a worker is an error', async () => {
  const source = { module, export: 'nothing', arguments: [] };
  const run = built.exploreParallel(systemOf(CASES[0]), { ...OPTIONS, fuses: false, jobs: 2, source });
  await expect(run).rejects.toThrow();
});

describe('the shared table', () => {
  test('keeps the least parent of those that offer a state', () => {
    const table = SharedVisited.ofSlots(16);
    expect(table.offer(5, 7, 30)).toBe(Offer.claimed);
    expect(table.offer(5, 7, 31)).toBe(Offer.seen);
    expect(table.offer(5, 7, 20)).toBe(Offer.improved);
    expect(table.offer(5, 7, 20)).toBe(Offer.seen);
    expect(table.parentAt(table.find(5, 7))).toBe(20);
  });

  test('tells fingerprints apart that differ in one half, and goes round its end', () => {
    const table = SharedVisited.ofSlots(16);
    for (const low of [15, 31, 47]) for (const high of [1, 2]) expect(table.offer(low, high, low)).toBe(Offer.claimed);
    for (const low of [15, 31, 47]) for (const high of [1, 2]) expect(table.parentAt(table.find(low, high))).toBe(low);
    expect(() => table.find(15, 3)).toThrow();
  });

  test('a larger one takes all of it', () => {
    const small = SharedVisited.ofSlots(16);
    for (let low = 1; low <= 12; low++) small.offer(low * 0x1111, -low, low);
    const large = SharedVisited.ofSlots(32);
    large.take(small, 0, 7);
    large.take(small, 7, 16);
    for (let low = 1; low <= 12; low++) expect(large.parentAt(large.find(low * 0x1111, -low))).toBe(low);
  });
});
