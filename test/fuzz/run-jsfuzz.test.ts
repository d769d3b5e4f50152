import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleTarget } from '../../scripts/bundle-target.ts';
import { BROKEN, runJsfuzz, SOUND } from '../../scripts/run-jsfuzz.ts';

mkdirSync('.provsim', { recursive: true });
const folder = mkdtempSync('.provsim/test-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECONDS = 6;

function targetOf(name: string, text: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, text);
  return file;
}

describe("jsfuzz's own command", { timeout: 120_000 }, () => {
  test('finds nothing where the claims hold', async () => {
    const bundle = join(folder, 'sound.cjs');
    await bundleTarget(SOUND, bundle);
    const run = await runJsfuzz(bundle, SECONDS);
    expect(run).toMatchObject({ outcome: 'held' });
    expect(run.executions).toBeGreaterThan(20);
  });

  test('finds a broken claim, which the input shows by itself', async () => {
    const bundle = join(folder, 'broken.cjs');
    await bundleTarget(BROKEN, bundle);
    const run = await runJsfuzz(bundle, 60);
    expect(run).toMatchObject({ outcome: 'crash' });
    // jsfuzz draws from no seed: without the guard both claims are broken, and either may be found first.
    expect(run.message).toMatch(/(detectsStale within 65,535 reuses|detectsForged always): BROKEN/);
  });

  test.each([
    ['does not load', "throw new Error('no');"],
    ['exports nothing', ''],
    ['ends the process with success', 'exports.fuzz = () => process.exit(0);'],
    ['rejects', 'exports.fuzz = () => { Promise.reject(new Error("no")); };'],
    ['throws something else than a broken claim', "exports.fuzz = () => { throw new TypeError('no'); };"],
    ['never ends', 'exports.fuzz = () => { for (;;); };'],
  ])('fails on a target that %s', async (name, text) => {
    const run = await runJsfuzz(targetOf(name.replaceAll(' ', '-'), text), SECONDS, SECONDS);
    expect(run).toMatchObject({ outcome: 'failed' });
  });
});
