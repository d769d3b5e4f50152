import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Before any test: builds the command when a source is newer than what is built. Types are another check's business. */
export default function build(): void {
  const newest = newestIn(`${ROOT}src`);
  const built = statSync(`${ROOT}dist/cli/main.js`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newest) return;
  try {
    execFileSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
      stdio: 'pipe',
    });
  } catch (error) {
    process.stderr.write(`The build has type errors; tests go on with what it wrote.\n${String(error)}\n`);
  }
}

function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) newest = Math.max(newest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs);
  return newest;
}
