import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import type { LitmusProgram } from '../../src/model/litmus/syntax.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { litmusFiles } from './files.ts';
import { MUTANTS } from './mutants.ts';
import type { Mutant } from './mutant.ts';

const FOLDER = join(import.meta.dirname, '../../src/model/memory');

/** Cheap programs first: most mutants die of one of them. Programs with threads are about other rules. */
const programs: readonly LitmusProgram[] = litmusFiles()
  .map((file) => parseLitmus(readFileSync(file, 'utf8'), file))
  .filter(({ items }) => items.every(({ kind }) => kind !== 'thread'))
  .toSorted((one, other) => costOf(one) - costOf(other));

function costOf(program: LitmusProgram): number {
  return Math.max(1, ...program.items.map((item) => ('count' in item ? item.count : 1)));
}

function mutatedSource(mutant: Mutant): string {
  const source = readFileSync(join(FOLDER, mutant.file), 'utf8');
  if (source.split(mutant.find).length !== 2)
    throw new Error(`${mutant.file}: the text of the mutant '${mutant.rule}' does not stand there exactly once`);
  return source.replace(mutant.find, () => mutant.replace);
}

/** The memory with one rule broken, bundled without touching a file. */
async function mutatedMemory(mutant: Mutant): Promise<typeof Memory> {
  const contents = mutatedSource(mutant);
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, 'memory.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(FOLDER, mutant.file) ? { contents, loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  const module = (await import(/* @vite-ignore */ url)) as { readonly Memory: typeof Memory };
  return module.Memory;
}

/** The first file whose expectations no longer hold; undefined when the mutant survives. */
function killerOf(memory: typeof Memory): string | undefined {
  return programs.find((program) => {
    try {
      return !runLitmus(program, { seed: 1, memory }).ok;
    } catch {
      // A broken memory may break the simulator itself; that is a death, too.
      return true;
    }
  })?.file;
}

describe('mutants of the memory', () => {
  it('are at least 40, each of another rule', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(MUTANTS.map(({ rule }) => rule)).size).toBe(MUTANTS.length);
  });

  it('are compared with a memory that passes', () => {
    expect(killerOf(Memory)).toBeUndefined();
  });

  it.each(MUTANTS)('$file: $rule', async (mutant) => {
    expect(killerOf(await mutatedMemory(mutant))).toBeDefined();
  });
});
