import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that no reader ever sees half of it: into a temporary file beside it, which is then renamed. A link is
 * followed, a file that exists keeps its mode, and missing folders are made.
 */
export function writeAtomically(path: string, text: string): void {
  const exists = existsSync(path);
  const target = exists ? realpathSync(path) : path;
  if (!exists) mkdirSync(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { mode: exists ? statSync(target).mode : 0o644, flag: 'wx' });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
