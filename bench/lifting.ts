import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * How long `provsim fuzz` takes to find that a generation comes round, and to confirm it at the width that was fixed: the whole
 * command, its start included, medians over some seeds.
 *
 *   npm run bench:lifting
 */

const SEEDS = [1, 2, 3];
const SHIM = fileURLToPath(new URL('../bin/provsim.js', import.meta.url));
const ROWS: readonly (readonly [words: string, limitSeconds: number])[] = [
  ['handle-table --set generationBits=13 --set step=3', 1],
  ['handle-table --set generationBits=16', 1],
  ['molt-handle-table-v1', 1],
  ['handle-table --set generationBits=24', 3],
  ['handle-table --set generationBits=24 --set step=3', 3],
  ['handle-table --set generationBits=32', 5],
  ['handle-table --set generationBits=32 --set step=3', 5],
];

interface Answer {
  readonly elapsedMs: number;
  readonly runs: readonly [{ readonly findings: readonly Found[] }];
}

interface Found {
  readonly code: string;
  readonly summary: string;
  readonly lifted?: { readonly confirmed: boolean };
}

function hunted(words: string, seed: number, folder: string): Answer {
  const stop = ['--client', 'any', '--fail-on', 'aba', '--stop-on-finding', '--time', '60s', '--json'];
  try {
    const all = [SHIM, 'fuzz', ...words.split(' '), ...stop, '--seed', String(seed)];
    return JSON.parse(execFileSync(process.execPath, all, { cwd: folder, encoding: 'utf8' })) as Answer;
  } catch (error) {
    // A finding is what it is for, and exits with 1.
    return JSON.parse((error as { readonly stdout: string }).stdout) as Answer;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'provsim-lifting-'));
let isGood = true;
for (const [words, limit] of ROWS) {
  const answers = SEEDS.map((seed) => hunted(words, seed, folder));
  const times = answers.map(({ elapsedMs }) => elapsedMs).sort((left, right) => left - right);
  const [found] = answers.map(({ runs }) => runs[0].findings.find(({ code }) => code === 'aba'));
  const median = times[Math.floor(times.length / 2)] / 1000;
  const how = found?.lifted === undefined ? 'at its width' : found.lifted.confirmed ? 'lifted, confirmed' : 'lifted';
  isGood &&= found !== undefined && median < limit;
  const [, reuses = 'not found'] = /after ([0-9,]+ reuses)/.exec(found?.summary ?? '') ?? [];
  process.stdout.write(
    `${words.padEnd(52)}${reuses.padStart(22)}  ${how.padEnd(18)}${median.toFixed(2)} s of ${limit} s\n`,
  );
}
rmSync(folder, { recursive: true });
if (!isGood) process.exitCode = 1;
