import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes a file so that no reader ever sees half of it: into a temporary file beside it, which is then renamed. A link is
 * followed, a file that exists keeps its mode, and missing folders are made. The temporary name is drawn, because process ids repeat:
 * in containers that share a folder, and after one was killed while it wrote.
 * @throws the error of the file system, which always names a path
 */
export function writeAtomically(path: string, text: string): void {
  const exists = existsSync(path);
  const target = exists ? realpathSync(path) : path;
  const temporary = join(dirname(target), `.provsim-${randomUUID()}.tmp`);
  try {
    if (!exists) mkdirSync(dirname(target), { recursive: true });
    writeFileSync(temporary, text, { mode: exists ? statSync(target).mode : 0o644, flag: 'wx' });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    // A write that fails half-way, as on a full disk, has no path of its own; and nobody knows the temporary file's name.
    if (error instanceof Error && 'code' in error) Object.assign(error, { path });
    throw error;
  }
}
