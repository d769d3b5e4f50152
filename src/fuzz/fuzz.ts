import type { Finding } from '../model/machine/finding.ts';
import type { FuzzFinding } from './case-finding.ts';
import { HarnessCache } from './harness.ts';
import { LANES } from './lane.ts';
import { LocalLanes, type LanePool } from './lane-pool.ts';
import { Search, type RoundBudget, type TargetReport } from './search.ts';
import type { FuzzTarget } from './target.ts';
import { WorkerLanes } from './worker-lanes.ts';

/** Either a number of executions for every target, or a moment of the environment's clock, in milliseconds, at which to be done. */
export type FuzzBudget = { readonly runs: number } | { readonly deadline: number };

export interface FuzzRequest {
  readonly targets: readonly FuzzTarget[];
  /** Any 32-bit integer. */
  readonly seed: number;
  readonly budget: FuzzBudget;
  /** Threads to place the lanes on; it changes nothing but the time. */
  readonly jobs: number;
  /** This part of a search that runs on several machines, counted from 1: parts draw from disjoint sequences. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Ends the search after the round that finds something like this. */
  readonly stopOn?: (finding: Finding) => boolean;
  /** Whether what is lifted to a real width is confirmed by running there however long it takes; only where it takes seconds unless given. */
  readonly confirm?: boolean;
  /** Where the caller writes cases; `.provsim/findings` unless given. */
  readonly folder?: string;
}

export interface FuzzProgress {
  readonly representation: string;
  readonly executions: number;
  readonly findings: number;
}

/** The world outside, as far as the search may see it. */
export interface FuzzEnvironment {
  /** Milliseconds that only grow, such as `performance.now`. In a search by runs it is read for rates alone. */
  readonly clock: () => number;
  /** Ends the search after the running round. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FuzzProgress) => void;
  /**
   * Called with a finding as soon as it is known, minimal and seen twice, and again when a case that fails for a graver reason takes its
   * place under the same signature. A caller that writes the case here loses nothing when the process is killed later.
   */
  readonly onFinding?: (found: FuzzFinding) => void;
  /**
   * URL of a module that exports `resolveRepresentation`, which finds the targets' representations again on other threads. Without
   * it, and where this is not built code, all lanes run in this thread.
   */
  readonly resolver?: string;
}

export interface FuzzReport {
  readonly runs: readonly TargetReport[];
  /** Whether the signal ended it. */
  readonly interrupted: boolean;
}

/** Operations of a lane in its first round and in later ones: the first findings come at once, later barriers cost little. */
const FIRST_ROUND = 2 ** 12;
const FULL_ROUND = 2 ** 17;
/** Executions of a target in one round of a search by runs; part of what a seed means. */
const ROUND_EXECUTIONS = 2 ** 14;
/** The part of the time that is kept for making the last findings small, and how much of it at most, in milliseconds. */
const RESERVE = 0.05;
const LONGEST_RESERVE = 1500;
/** What is kept of that for running the smallest cases again. */
const LAST_RUNS = 0.3;

/**
 * Searches operation mixes, parameters and machine settings of all targets in turn for verdicts, and answers each of them once,
 * minimal and run a second time.
 * @throws IrreproducibleFinding when a second run disagrees: a fault of provsim
 * @throws InputError when a target's fixed parameters are wrong
 */
export async function fuzz(request: FuzzRequest, environment: FuzzEnvironment): Promise<FuzzReport> {
  const workers = workersFor(request, environment);
  try {
    const { budget } = request;
    const searches = request.targets.map((target) => searchOf(target, request, environment, workers));
    if ('runs' in budget) await searchByRuns(searches, budget.runs, request, environment);
    else await searchByTime(searches, budget.deadline, request, environment);
    return { runs: searches.map((search) => search.report()), interrupted: environment.signal?.aborted ?? false };
  } finally {
    await workers?.close();
  }
}

function workersFor({ jobs }: FuzzRequest, { resolver }: FuzzEnvironment): WorkerLanes | undefined {
  if (jobs <= 1 || resolver === undefined || !WorkerLanes.available) return undefined;
  return new WorkerLanes(Math.min(jobs, LANES), resolver);
}

function searchOf(
  target: FuzzTarget,
  { seed, shard, folder = '.provsim/findings', confirm = false }: FuzzRequest,
  { onFinding }: FuzzEnvironment,
  workers: WorkerLanes | undefined,
): Search {
  const firstLane = ((shard?.index ?? 1) - 1) * LANES;
  const harnesses = new HarnessCache(target);
  const lanes: LanePool = workers?.lanes(target, seed, firstLane) ?? new LocalLanes(target, harnesses, seed, firstLane);
  return new Search(target, lanes, harnesses, { folder, confirm, ...(onFinding !== undefined && { tell: onFinding }) });
}

/** Whether a round is the last one of its search. */
function isDone(search: Search, { stopOn }: FuzzRequest): boolean {
  if (stopOn === undefined) return false;
  return search.findings.some(({ finding }) => stopOn(finding));
}

async function playRound(
  search: Search,
  budget: RoundBudget,
  expired: () => boolean,
  { clock, onProgress }: FuzzEnvironment,
): Promise<void> {
  const begin = clock();
  await search.round(budget, expired);
  search.elapsedMs += clock() - begin;
  const { executions, findings } = search;
  onProgress?.({ representation: search.target.representation.id, executions, findings: findings.length });
}

/** Every target in full, one after the other, so that its result does not depend on the others. */
async function searchByRuns(
  searches: readonly Search[],
  runs: number,
  request: FuzzRequest,
  environment: FuzzEnvironment,
): Promise<void> {
  for (const search of searches)
    for (let round = 0; search.executions < runs && !isDone(search, request); round++) {
      if (environment.signal?.aborted === true) return;
      const left = runs - search.executions;
      const budget = {
        executions: Math.min(left, ROUND_EXECUTIONS),
        operations: operationsOf(round),
        longestChurn: Infinity,
      };
      await playRound(search, budget, () => false, environment);
    }
}

/** A round of each target in turn, until the time is up. */
async function searchByTime(
  searches: readonly Search[],
  deadline: number,
  request: FuzzRequest,
  environment: FuzzEnvironment,
): Promise<void> {
  const { clock } = environment;
  const begin = clock();
  const reserve = Math.min((deadline - begin) * RESERVE, LONGEST_RESERVE);
  const end = deadline - reserve;
  const expired = (): boolean => clock() >= deadline - reserve * LAST_RUNS;
  const isOver = (): boolean => clock() >= end || environment.signal?.aborted === true;
  for (let round = 0; !isOver(); round++)
    for (const search of searches) {
      if (isOver()) return;
      // What one lane does in the time that is left bounds a round, so that the last one ends in time too.
      const done = searches.reduce((sum, { operations }) => sum + operations, 0);
      const pace = done === 0 ? Infinity : (done / (clock() - begin)) * (end - clock());
      const mine = Math.max(1, Math.floor(pace / LANES));
      const budget = { executions: Infinity, operations: Math.min(operationsOf(round), mine), longestChurn: mine };
      await playRound(search, budget, expired, environment);
      if (isDone(search, request)) return;
    }
}

function operationsOf(round: number): number {
  return Math.min(FULL_ROUND, FIRST_ROUND * 2 ** Math.min(round, 20));
}
