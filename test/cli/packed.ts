import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './command.ts';

export interface PackedProvsim {
  /** A folder outside the checkout whose `node_modules` has the packed package and nothing else of the checkout but its dependencies. */
  readonly path: string;
  /** The command of the packed package. */
  readonly bin: string;
  remove(): void;
}

/** What `npm pack` would publish, unpacked as an install would, without asking a registry for anything. */
export function packedProvsim(): PackedProvsim {
  const path = mkdtempSync(join(tmpdir(), 'provsim-packed-'));
  const [{ filename }] = JSON.parse(packed(path)) as [{ filename: string }];
  const modules = join(path, 'node_modules');
  const home = join(modules, 'provsim');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['xzf', join(path, filename), '-C', home, '--strip-components', '1']);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === 'provsim' || name.startsWith('.')) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(path, '.npmrc'), 'offline=true\n');
  return { path, bin: join(home, 'bin/provsim.js'), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Packs the checkout into a folder; answers what npm says about it in JSON. */
function packed(into: string): string {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', into];
  return execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
