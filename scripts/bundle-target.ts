import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { ByteTargetOptions } from '../src/fuzz/byte-target.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a bundle is made of: a representation of the catalogue, and options that can be written down as JSON. */
export interface BundledTarget {
  readonly id: string;
  readonly options?: Omit<ByteTargetOptions, 'counters' | 'render'>;
}

/**
 * Writes one CommonJS file that exports `fuzz(data)`. Fuzzers that instrument what they load see the driver in it; what the
 * representation itself reaches, which is code made at run time, is told them as counters of a file of its own (istanbul's
 * `__coverage__`, which jsfuzz sums).
 */
export async function bundleTarget({ id, options = {} }: BundledTarget, file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  await build({
    stdin: { contents: entryOf(id, options), resolveDir: ROOT, sourcefile: 'target.ts', loader: 'ts' },
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
}

function entryOf(id: string, options: object): string {
  return `
    import { makeTarget } from './src/fuzz/byte-target.ts';
    import * as representations from './src/model/representations/${id}.ts';
    import { renderDiagnostic } from './src/report/diagnostic.ts';
    import { styleOf } from './src/report/style.ts';

    // The whole catalogue would take jsfuzz seconds to instrument.
    const representation = Object.values(representations).find((each) => each?.id === ${JSON.stringify(id)});
    if (representation === undefined) throw new Error(${JSON.stringify(`there is no representation ${id}`)});
    const counters = {};
    const coverage = (globalThis.__coverage__ ??= {});
    coverage['provsim:points'] = { s: counters, f: {}, b: {} };

    export const fuzz = makeTarget(representation, {
      ...${JSON.stringify(options)},
      counters,
      render: ({ summary, diagnostic }, text) => [summary, renderDiagnostic(diagnostic, styleOf(0, 100)), text].join('\\n\\n'),
    });
  `;
}

/** `tsx scripts/bundle-target.ts ID FILE [OPTIONS]`, the options as JSON. */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [id, file, options] = process.argv.slice(2);
  if (id === undefined || file === undefined) {
    console.error('usage: tsx scripts/bundle-target.ts ID FILE.cjs [OPTIONS AS JSON]');
    process.exit(2);
  }
  await bundleTarget({ id, options: JSON.parse(options ?? '{}') as NonNullable<BundledTarget['options']> }, file);
}
