import { readFileSync } from 'node:fs';

/** What `provsim init` writes: paths in the new project, and the files of the package that they come from. */
const FILES: Readonly<Record<string, string>> = {
  'README.md': 'README.md',
  'my-table.mjs': 'my-table.mjs',
  'provsim.config.mjs': 'provsim.config.mjs',
  'corpus/my-table/generation-wrap.scenario': 'corpus/my-table/generation-wrap.scenario',
  'test/my-table.test.mjs': 'test/my-table.test.mjs',
  // Names that package managers and GitHub act on stand in the package under other ones.
  '.github/workflows/provsim.yml': 'workflow.yml',
  '.gitignore': 'gitignore',
};

const FOLDER = new URL('../../starter/', import.meta.url);

/** Texts by path; `package.json` asks for the versions that this copy of provsim was tested with. */
export function starterProject(): ReadonlyMap<string, string> {
  const texts = Object.entries(FILES).map(([path, source]): [string, string] => [
    path,
    readFileSync(new URL(source, FOLDER), 'utf8'),
  ]);
  return new Map([['package.json', manifest()], ...texts]);
}

interface Manifest {
  readonly version: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

function manifest(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, engines, peerDependencies } = JSON.parse(text) as Manifest;
  const own = {
    name: 'my-tables',
    version: '0.0.0',
    private: true,
    type: 'module',
    engines,
    scripts: { test: 'vitest run', fuzz: 'provsim fuzz my-table' },
    devDependencies: { provsim: `^${version}`, vitest: peerDependencies.vitest },
  };
  return `${JSON.stringify(own, null, 2)}\n`;
}
