import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FAST_CHECK, MEASUREMENTS, NATIVE } from './measurements.ts';
import type { Rate } from './workload.ts';

/**
 * `npm run bench [-- --quick]`: the speed of the driver beside its alternatives, each in processes of its own that take turns, so
 * that a slow minute of the machine hurts all alike; figures are medians. `--quick` is a smoke run, whose figures mean nothing.
 * Exit code 0 whatever the figures are: they are the machine's as much as the program's.
 */
const QUICK = process.argv.includes('--quick');
const ROUNDS = QUICK ? 1 : 9;
const MILLISECONDS = QUICK ? 100 : 1000;

/** What is asked of one core, and of the ratio to fast-check's commands. */
const ASKED_RATE = 12e6;
const ASKED_RATIO = 4;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CASE = 'corpus/molt-handle-table-v1/generation-wrap.scenario';
const STARTS = [
  { title: 'provsim --help', words: ['--help'], askedMs: 150 },
  { title: 'provsim repro of one case', words: ['repro', CASE], askedMs: 400 },
];

const rates = new Map<string, Rate[]>(Object.keys(MEASUREMENTS).map((name) => [name, []]));
const starts = new Map<string, number[]>(STARTS.map(({ title }) => [title, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, measured] of rates) measured.push(rateIn(name, round + 1));
  for (const { title, words } of STARTS) starts.get(title)?.push(startOf(words));
}
printRates();
printStarts();
printVerdicts();

function rateIn(name: string, seed: number): Rate {
  const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
  return JSON.parse(output(['--import', 'tsx', worker, name, String(MILLISECONDS), String(seed)])) as Rate;
}

/** Milliseconds from spawning the command until it has ended. */
function startOf(words: readonly string[]): number {
  const start = performance.now();
  output(['bin/provsim.js', ...words]);
  return performance.now() - start;
}

function output(words: readonly string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status ?? signal}:\n${stderr}`);
  return stdout;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}

function medianOf(name: string, clock: keyof Rate): number {
  return median((rates.get(name) ?? []).map((rate) => rate[clock]));
}

function printRates(): void {
  console.log(
    `node ${process.version}, ${cpus().length} cores, medians of ${ROUNDS} processes of ${MILLISECONDS} ms each\n`,
  );
  printRow('', ['million/s', 'ns each', 'by the wall', 'ratio']);
  const reference = medianOf(FAST_CHECK, 'core');
  for (const [name, { title, isClient }] of Object.entries(MEASUREMENTS)) {
    const core = medianOf(name, 'core');
    const figures = [core / 1e6, 1e9 / core, medianOf(name, 'wall') / 1e6].map((figure) => figure.toFixed(2));
    printRow(title, [...figures, isClient ? (core / reference).toFixed(2) : '']);
  }
  console.log(`\nmillion/s, ns: by the time of a core; ratio: to ${FAST_CHECK}`);
}

function printRow(title: string, cells: readonly string[]): void {
  console.log(`${title.padEnd(64)}${cells.map((cell) => cell.padStart(12)).join('')}`.trimEnd());
}

function printStarts(): void {
  console.log('');
  for (const [title, measured] of starts)
    console.log(`${title.padEnd(64)}${median(measured).toFixed(0).padStart(9)} ms`);
}

function printVerdicts(): void {
  const rate = medianOf(NATIVE, 'core');
  const ratio = rate / medianOf(FAST_CHECK, 'core');
  console.log('');
  tell(
    `${NATIVE}: at least ${ASKED_RATE / 1e6} million a second`,
    rate >= ASKED_RATE,
    `${(rate / 1e6).toFixed(2)} million`,
  );
  tell(`${NATIVE}: at least ${ASKED_RATIO} times ${FAST_CHECK}`, ratio >= ASKED_RATIO, ratio.toFixed(2));
  for (const { title, askedMs } of STARTS) {
    const measured = median(starts.get(title) ?? []);
    tell(`${title}: under ${askedMs} ms`, measured < askedMs, `${measured.toFixed(0)} ms`);
  }
}

function tell(asked: string, isMet: boolean, found: string): void {
  console.log(`${isMet ? 'met    ' : 'NOT met'}  ${asked}: ${found}`);
}
