import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would put into the tarball; no scripts run, because they would build under the feet of other tests. */
function packed(): Packed {
  const words = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const text = execFileSync('npm', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return (JSON.parse(text) as readonly Packed[])[0];
}

test('the package holds what its users need and nothing else', () => {
  const { size, unpackedSize, files } = packed();
  const paths = files.map(({ path }) => path);
  const entries = ['index', 'vitest', 'fast-check'].flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`]);
  const needed = [...entries, 'bin/provsim.js', 'dist/cli/main.js', 'dist/fuzz/lane-worker.js', 'schemas/fuzz.json'];
  expect(paths).toEqual(expect.arrayContaining([...needed, 'LICENSE-MIT', 'LICENSE-APACHE', 'README.md']));
  expect([...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0]))].sort()).toEqual([
    'bin',
    'corpus',
    'dist',
    'docs',
    'schemas',
    'starter',
  ]);
  // The only test in it is that of the starter project.
  expect(paths.filter((path) => /\.(test|scratch)\./.test(path))).toEqual(['starter/test/my-table.test.mjs']);
  expect(paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
  expect(size).toBeLessThan(2_000_000);
  expect(unpackedSize).toBeLessThan(8_000_000);
});
