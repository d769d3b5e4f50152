import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleTarget, type BundledTarget } from './bundle-target.ts';

const COMMAND = createRequire(import.meta.url).resolve('jsfuzz/build/src/index.js');
const TARGET = 'target.cjs';
/** Runs the target once on the bytes of a file, without jsfuzz; a broken claim, and nothing else, exits with 86. */
const REPLAY = `
  const { readFileSync } = require('node:fs');
  try {
    require(process.argv[1]).fuzz(readFileSync(process.argv[2]));
  } catch (error) {
    console.log(error.message);
    process.exitCode = error.name === 'BrokenClaim' ? 86 : 1;
  }
`;
const BROKEN_CLAIM = 86;
/** What jsfuzz prints now and then: executions, then what it did. */
const PROGRESS = /^#(\d+) (?:NEW|PULSE) .*cov: (\d+)/gm;

/** The first execution is always news; a pulse comes without any. */
const FIRST_EXECUTION = /^#[1-9]\d* (?:NEW|PULSE) /m;

/** What came of one run of jsfuzz's own command. */
export interface JsfuzzRun {
  /**
   * `held`: it ran until its time was up and found nothing. `crash`: it ended itself with an input that breaks a claim, here too.
   * `failed`: everything else, such as an end that nobody asked for.
   */
  readonly outcome: 'held' | 'crash' | 'failed';
  /** Executions that it told about, at least. */
  readonly executions: number;
  /** The claim that broke, or why it failed. */
  readonly message: string;
  /** The input of a crash: jsfuzz draws from no seed, so that another run may find another one. */
  readonly input?: Uint8Array;
  /** What it printed. */
  readonly output: string;
}

/**
 * Runs jsfuzz's command on a bundle in a folder of its own, and ends it when its time is up. jsfuzz knows no limit, and answers
 * success for targets that do not load, that end the process or that reject: so an end that was not asked for is a failure,
 * unless there is an input that explains it.
 *
 * @param seconds from the first execution on
 * @param startSeconds until then, at most: jsfuzz instruments the bundle first
 */
export async function runJsfuzz(bundle: string, seconds: number, startSeconds = 60): Promise<JsfuzzRun> {
  mkdirSync('.provsim', { recursive: true });
  const folder = mkdtempSync(resolve('.provsim/jsfuzz-'));
  try {
    // jsfuzz joins the target's path to the working directory.
    copyFileSync(bundle, join(folder, TARGET));
    const { output, isEndedHere } = await runUntil(folder, seconds, startSeconds);
    const executions = Math.max(0, ...[...output.matchAll(PROGRESS)].map((match) => Number(match[1])));
    const answer = (outcome: JsfuzzRun['outcome'], message: string, input?: Uint8Array): JsfuzzRun => ({
      outcome,
      executions,
      message,
      ...(input !== undefined && { input }),
      output,
    });
    const crash = readdirSync(folder).find((name) => name.startsWith('crash-'));
    if (crash !== undefined) {
      const again = replay(folder, crash);
      if (again.status === BROKEN_CLAIM)
        return answer('crash', again.stdout.trimEnd(), readFileSync(join(folder, crash)));
      return answer('failed', `${crash} does not break a claim when it runs again: ${again.stdout}${again.stderr}`);
    }
    if (!isEndedHere) return answer('failed', 'jsfuzz ended before its time, and left no input that explains it');
    if (executions === 0) return answer('failed', 'jsfuzz ran, and executed nothing');
    return answer('held', `no claim broken in ${executions} executions`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command in a process group of its own, which is ended as a whole: a worker would live on. */
function runUntil(
  folder: string,
  seconds: number,
  startSeconds: number,
): Promise<{ readonly output: string; readonly isEndedHere: boolean }> {
  const child = spawn(process.execPath, [COMMAND, TARGET, 'inputs'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let isEndedHere = false;
  let hasBegun = false;
  const collect = (text: string): void => {
    output += text;
    if (hasBegun || !FIRST_EXECUTION.test(output)) return;
    hasBegun = true;
    clearTimeout(timer);
    timer = setTimeout(end, seconds * 1000);
  };
  const endGroup = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone.
    }
  };
  const end = (): void => {
    isEndedHere = child.exitCode === null && child.signalCode === null;
    endGroup();
  };
  let timer = setTimeout(end, startSeconds * 1000);
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((done, reject) => {
    child.on('error', reject);
    // A worker that outlives the command keeps the pipes open.
    child.on('exit', endGroup);
    child.on('close', () => {
      clearTimeout(timer);
      done({ output, isEndedHere });
    });
  });
}

function replay(folder: string, crash: string): { readonly status: number | null; stdout: string; stderr: string } {
  const words = ['-e', REPLAY, join(folder, TARGET), join(folder, crash)];
  return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
}

/** A round of instrumented code is dear, and neither target needs many. */
const rounds = 1000;
export const SOUND: BundledTarget = { id: 'handle-table', options: { parameters: { onWrap: 'retire' }, rounds } };
export const BROKEN: BundledTarget = {
  id: 'handle-table',
  options: { mutant: 'drop-guard:resolve/same-generation', rounds },
};

/** Both targets in turn, for so many seconds at most; answers whether nothing breaks where claims hold, and a mutant is found. */
export async function checkJsfuzz(seconds: number): Promise<boolean> {
  let isAsExpected = true;
  for (const [name, target, expected] of [
    ['sound', SOUND, 'held'],
    ['broken', BROKEN, 'crash'],
  ] as const) {
    const bundle = `.provsim/targets/${name}.cjs`;
    await bundleTarget(target, bundle);
    const run = await runJsfuzz(bundle, seconds);
    const isMet = run.outcome === expected;
    isAsExpected &&= isMet;
    console.log(`${isMet ? 'ok  ' : 'FAIL'}  ${name}: ${run.outcome}, ${run.executions} executions\n${run.message}\n`);
    if (!isMet) console.log(run.output);
  }
  return isAsExpected;
}

/** `tsx scripts/run-jsfuzz.ts [SECONDS]` */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = (await checkJsfuzz(Number(process.argv[2] ?? 30))) ? 0 : 1;
