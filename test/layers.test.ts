import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * The layers of docs/architecture.md: what each folder may import, beside itself. Imports go down only. A folder that is not listed
 * fails, so that a new one is placed on purpose.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/model/vocabulary': [],
  'src/model/text': ['src/model/vocabulary'],
  'src/model/memory': ['src/model/vocabulary'],
  'src/model/ir': ['src/model/memory', 'src/model/vocabulary'],
  'src/model/concurrency': ['src/model/memory', 'src/model/vocabulary'],
  'src/model/machine': ['src/model/ir', 'src/model/memory', 'src/model/text', 'src/model/vocabulary'],
  'src/model/litmus': ['src/model/concurrency', 'src/model/memory', 'src/model/text', 'src/model/vocabulary'],
  'src/model/scenario': [
    'src/model/threads',
    'src/model/machine',
    'src/model/ir',
    'src/model/memory',
    'src/model/text',
    'src/model/vocabulary',
  ],
  'src/model/threads': ['src/model/machine', 'src/model/ir', 'src/model/memory', 'src/model/vocabulary'],
  'src/model/representations': ['src/model/machine', 'src/model/ir', 'src/model/vocabulary'],
  'src/fuzz': ['src/model'],
  'src/explore': ['src/model'],
  'src/compare': ['src/model'],
  'src/report': ['src/compare', 'src/fuzz', 'src/model'],
  'src/cli': ['src/report', 'src/fuzz', 'src/explore', 'src/compare', 'src/model'],
  // What the package's entry points are made of; reading and writing files of cases is the command's too.
  'src/api': ['src/report', 'src/fuzz', 'src/model', 'src/cli/case-files.ts', 'src/cli/atomic-file.ts'],
  // The package's entry points.
  src: ['src'],
};

/** A configuration that is transpiled must see this copy of the package, which is what its entry point exports. */
const EXCEPTIONS: readonly string[] = ['src/cli/config.ts imports src/index.ts'];

const LONGEST_FILE = 400;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const SOURCES: readonly Source[] = filesBelow('src').map((path) => {
  const text = readFileSync(path, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]);
  return { path, text, imports: specifiers.map((each) => normalize(join(dirname(path), each))) };
});

/** The TypeScript files below a folder, in a fixed order. */
function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** The layer of a file: the longest listed folder that holds it. */
function layerOf(path: string): string | undefined {
  const folder = dirname(path);
  if (folder === 'src') return 'src';
  return Object.keys(MAY_IMPORT)
    .filter((layer) => layer !== 'src' && (folder === layer || folder.startsWith(`${layer}/`)))
    .sort((left, right) => right.length - left.length)[0];
}

describe('the layers', () => {
  test('every file stands in a known layer', () => {
    expect(SOURCES.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  test('imports go down only', () => {
    const upward = SOURCES.flatMap(({ path, imports }) => {
      const layer = layerOf(path) ?? '';
      const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])];
      return imports
        .filter((imported) => !allowed.some((each) => imported === each || imported.startsWith(`${each}/`)))
        .map((imported) => `${path} imports ${imported}`);
    });
    expect(upward.filter((each) => !EXCEPTIONS.includes(each))).toEqual([]);
  });

  test('fuzz and explore do not know each other', () => {
    const known = SOURCES.filter(
      ({ path, imports }) =>
        (path.startsWith('src/fuzz/') && imports.some((each) => each.startsWith('src/explore/'))) ||
        (path.startsWith('src/explore/') && imports.some((each) => each.startsWith('src/fuzz/'))),
    );
    expect(known.map(({ path }) => path)).toEqual([]);
  });

  test('only the catalogue and the entry points import single representations', () => {
    const importers = SOURCES.filter(({ imports }) =>
      imports.some((each) => each.startsWith('src/model/representations/') && !each.endsWith('/catalogue.ts')),
    ).map(({ path }) => path);
    expect(importers.filter((path) => !path.startsWith('src/model/representations/'))).toEqual([]);
  });

  test(`no file has more than ${LONGEST_FILE} lines`, () => {
    const files = [...SOURCES.map(({ path }) => path), ...['test', 'bench', 'scripts'].flatMap(filesBelow)];
    const long = files
      .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > LONGEST_FILE);
    expect(long).toEqual([]);
  });

  test('there are no cycles between files', () => {
    expect(cycles()).toEqual([]);
  });
});

/** Cycles of imports that exist when the program runs; imports of types alone make none. */
function cycles(): readonly string[] {
  const edges = new Map(SOURCES.map(({ path, text }) => [path, valueImports(path, text)]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const { path } of SOURCES) visit(path, []);
  return found;
}

function valueImports(path: string, text: string): readonly string[] {
  const statements = [...text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)from\s+'(\.[^']+)'/gm)];
  return statements.filter((match) => !onlyTypes(match[1])).map((match) => normalize(join(dirname(path), match[2])));
}

function onlyTypes(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1];
  if (names === undefined) return false;
  const listed = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return listed.length > 0 && listed.every((name) => name.startsWith('type '));
}
