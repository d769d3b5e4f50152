import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Installing resolves dependencies, from the registry's cache where it has them. */
export const INSTALLATION_TIMEOUT = 180_000;

export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which a stranger works. */
export class Project {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Runs a line of a shell in the folder. */
  run(line: string): Answer {
    const { status, stdout, stderr } = spawnSync(line, {
      cwd: this.folder,
      encoding: 'utf8',
      shell: true,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    return { exitCode: status, stdout, stderr };
  }

  /** Type-checks files of the folder and the declarations that they reach, with the compiler of this checkout. */
  check(files: readonly string[]): Answer {
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: ['node'],
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, include: files }));
    return this.run(`"${process.execPath}" "${join(ROOT, 'node_modules/typescript/bin/tsc')}" -p .`);
  }
}

/** An empty folder in which the packed package is installed, once for several projects below it. */
export class Installation {
  readonly #root: Project;

  /** @param packages names of development dependencies, in the versions that this checkout has */
  constructor(packages: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), 'provsim-packed-'));
    this.#root = new Project(folder);
    // What is built is built before the tests; packing runs no scripts, for they would build under the feet of other tests.
    npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    this.#root.write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
    const versions = packages.map((name) => `${name}@${versionOf(name)}`);
    npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', `./${tarball}`, ...versions], folder);
  }

  project(name: string): Project {
    const project = new Project(join(this.#root.folder, name));
    // Commands are looked for from the nearest manifest upward.
    project.write('package.json', JSON.stringify({ name, private: true, type: 'module' }));
    return project;
  }

  remove(): void {
    rmSync(this.#root.folder, { recursive: true, force: true });
  }
}

function npm(words: readonly string[], cwd: string): void {
  execFileSync('npm', words, { cwd, stdio: 'pipe' });
}

function versionOf(name: string): string {
  const text = execFileSync(process.execPath, ['-p', `require('${name}/package.json').version`], { cwd: ROOT });
  return text.toString().trim();
}
