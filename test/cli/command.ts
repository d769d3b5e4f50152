import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { ANSWER_SCHEMAS } from '../../src/cli/schema-texts.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHIM = join(ROOT, 'bin/provsim.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends SIGINT so many milliseconds after the start. */
  readonly interruptAfter?: number;
}

/** Runs the built command as a process, with nothing of this process's environment that decides about colours. */
export function provsim(
  words: readonly string[],
  { cwd = ROOT, env = {}, interruptAfter }: RunSettings = {},
): Promise<Ended> {
  const { NO_COLOR: _none, FORCE_COLOR: _force, ...clean } = process.env;
  const child = spawn(process.execPath, [SHIM, ...words], {
    cwd,
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = interruptAfter === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), interruptAfter);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** The one JSON object on stdout, held against the schema of its verb. */
export function answerOf(verb: keyof typeof ANSWER_SCHEMAS, { stdout }: Ended): Record<string, unknown> {
  const answer: unknown = JSON.parse(stdout);
  const result = (
    ANSWER_SCHEMAS[verb] as { safeParse(value: unknown): { success: boolean; error?: unknown } }
  ).safeParse(answer);
  expect(result.error).toBeUndefined();
  return answer as Record<string, unknown>;
}

/** A folder of its own inside the checkout, so that `provsim` can be imported from it; removed by `remove`. */
export function workFolder(files: Readonly<Record<string, string>> = {}): { readonly path: string; remove(): void } {
  mkdirSync(join(ROOT, '.provsim'), { recursive: true });
  const path = mkdtempSync(join(ROOT, '.provsim/test-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Copies the committed corpus of some representations into a folder. */
export function copyCorpus(folder: string, ids: readonly string[]): void {
  for (const id of ids) cpSync(join(ROOT, 'corpus', id), join(folder, 'corpus', id), { recursive: true });
}
