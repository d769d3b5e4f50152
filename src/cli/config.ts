import { existsSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Representation } from '../model/machine/definition.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { readText } from './case-files.ts';
import type { ConfigFile } from './config-schema.ts';

/** A configuration with its paths resolved; without a file, the defaults. */
export interface Config {
  /** Relative to the working directory; undefined when there is none. */
  readonly file: string | undefined;
  readonly representations: readonly Representation[];
  /** The corpus folder, relative to the working directory; undefined when none is configured. */
  readonly corpus: string | undefined;
  readonly ignore: readonly Ignored[];
  readonly fuzz: NonNullable<ConfigFile['fuzz']>;
}

export interface Ignored {
  readonly code: VerdictCode;
  readonly representation?: string | undefined;
  readonly reason: string;
}

const NAMES = ['provsim.config.ts', 'provsim.config.mjs', 'provsim.config.json'];
const EXTENSIONS = ['.ts', '.mts', '.mjs', '.js', '.json'];

/**
 * Loads the configuration: the given file, or the first of {@link NAMES} in the working directory, or none.
 * @throws InputError that names the file, the path in it and what was expected
 */
export async function loadConfig(given: string | undefined): Promise<Config> {
  const file = given ?? NAMES.find((name) => existsSync(name));
  if (file === undefined) return { file, representations: [], corpus: undefined, ignore: [], fuzz: {} };
  if (!existsSync(file)) throw new InputError('file', 'no such configuration', { file });
  if (!EXTENSIONS.includes(extname(file)))
    throw InputError.expected(`a configuration that ends in ${EXTENSIONS.join(', ')}`, extname(file) || 'no ending', {
      file,
    });
  const value = extname(file) === '.json' ? readJson(file) : await importDefault(file);
  const { configFile, jsonConfigFile } = await import('./config-schema.ts');
  const result = (extname(file) === '.json' ? jsonConfigFile : configFile).safeParse(value);
  if (!result.success) throw invalid(file, result.error.issues[0]);
  const data: ConfigFile = result.data;
  return {
    file: relative(process.cwd(), resolve(file)),
    representations: data.representations ?? [],
    corpus: data.corpus === undefined ? undefined : relative(process.cwd(), resolve(dirname(file), data.corpus)) || '.',
    ignore: data.ignore ?? [],
    fuzz: data.fuzz ?? {},
  };
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** `provsim.config.ts: fuzz.time: expected a duration …`. */
function invalid(file: string, { path, message, code, keys }: Issue): InputError {
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const shown = where === '' ? '' : `${where.replace(/^\./, '')}: `;
  if (code === 'unrecognized_keys') {
    const names = KNOWN_KEYS[path.filter((part) => typeof part === 'string').join('.')] ?? '';
    return new InputError(
      'config',
      `${shown}unknown key ${keys?.map((key) => `"${key}"`).join(', ')}`,
      { file },
      names,
    );
  }
  const text = message.replace(/^Invalid input: /, '').replace(/^Invalid option: expected one of/, 'expected one of');
  return new InputError('config', `${shown}${text}`, { file });
}

const KNOWN_KEYS: Readonly<Record<string, string>> = {
  '': 'representations, corpus, ignore or fuzz',
  ignore: 'code, representation or reason',
  fuzz: 'time, runs or seed',
};

function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
    throw new InputError(
      'config',
      'expected JSON',
      { file, line: before.length, column: (before.at(-1) as string).length + 1 },
      'JSON',
    );
  }
}

/** The default export of a module. TypeScript goes through Node where Node strips types, else through jiti. */
async function importDefault(file: string): Promise<unknown> {
  const url = pathToFileURL(resolve(file)).href;
  const isNative = !/\.m?ts$/.test(file) || 'typescript' in process.features;
  try {
    const loaded = isNative ? ((await import(url)) as object) : await importThroughJiti(file);
    if ('default' in loaded) return loaded.default;
  } catch (error) {
    // The author's mistake in a definition names its own place.
    if (error instanceof Error && error.name === 'BuildError') throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new InputError('config', `the configuration does not load: ${message}`, { file });
  }
  throw new InputError('config', 'expected a default export, found none', { file }, 'export default { … }');
}

async function importThroughJiti(file: string): Promise<object> {
  const { createJiti } = await import('jiti');
  // The configuration has to use this copy of provsim: a transpiled second copy would have other classes.
  const provsim = await import('../index.ts');
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, virtualModules: { provsim } });
  return jiti.import<object>(resolve(file));
}
