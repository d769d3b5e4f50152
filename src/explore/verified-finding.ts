import {
  claimOf,
  isBroken,
  type ClaimName,
  type Claims,
  type Contract,
  type Evidence,
} from '../model/machine/claims.ts';
import type { Instance } from '../model/machine/instance.ts';
import { scenarioOfPath } from '../model/scenario/path-scenario.ts';
import { runScenario } from '../model/scenario/run.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { ClientSystem, type Scope } from '../model/threads/client-system.ts';
import { Transition } from '../model/threads/step-system.ts';
import type { ThreadVerdict } from '../model/threads/thread-verdict.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import type { Counterexample } from './exploration.ts';
import { exploreInTurns } from './explore.ts';
import type { Move } from './moves.ts';

/** One step of a counterexample, for people. */
export interface TraceStep {
  readonly thread: number;
  readonly text: string;
}

/** A verdict that exploring found. */
export interface VerifiedFinding {
  readonly code: VerdictCode;
  readonly claim: ClaimName | null;
  readonly status: 'broken-claim' | 'known-hazard';
  readonly contract: Contract;
  readonly signature: string;
  readonly trace: readonly TraceStep[];
  /** Whether no shorter trace exists. */
  readonly isShortest: boolean;
  /** The case that `repro` replays; undefined when there is none that gives the same verdict. */
  readonly scenario: Scenario | undefined;
}

/** What a path is told with; the scope is the one that was explored, renaming included. */
export interface FindingContext {
  readonly instance: Instance;
  readonly machine: MachineSettings;
  readonly scope: Scope;
  readonly memoryBytes: number;
  readonly isOver: (states: number) => boolean;
  readonly nextTurn: () => Promise<unknown>;
}

/** States that the search for the shortest traces may take before it is given up. */
export const MOST_SEARCHED = 1_000_000;

/** A verdict with the path that is told, and the system whose path it is. */
interface Shortest {
  readonly violation: ThreadVerdict;
  readonly system: ClientSystem;
  readonly path: readonly Move[];
  readonly isShortest: boolean;
}

/** The verdicts of an exploration, judged by the claims, each with its shortest trace and with a case, where there is one. */
export async function verifiedFindings(
  found: readonly Counterexample<ThreadVerdict>[],
  context: FindingContext,
): Promise<readonly VerifiedFinding[]> {
  const claims = context.instance.claims(context.machine);
  return (await shortestPaths(found, context)).map((shortest) => findingOf(shortest, claims));
}

function findingOf({ violation, system, path, isShortest }: Shortest, claims: Claims): VerifiedFinding {
  const { code, contract, event, relation, signature } = violation;
  const { trace, creates } = traceOf(system, path);
  const evidence: Evidence = {
    code,
    // A pointer that was held before its object ended is the concern of `safeConcurrentUse`, whatever else clients may do.
    contract: event === 'touch' && contract === 'any' ? 'valid' : contract,
    forged: relation === 'forged',
    creates,
    // No slot was used again more often than there were creates after the first.
    reuses: Math.max(creates - 1, 0),
  };
  return {
    code,
    claim: claimOf(evidence) ?? null,
    status: isBroken(claims, evidence) ? 'broken-claim' : 'known-hazard',
    contract,
    signature,
    trace,
    isShortest,
    scenario: code === 'livelock' ? undefined : replayable(scenarioOfPath(system, path, code)),
  };
}

/**
 * Searches again without any reduction up to the length of the longest path that was found: what comes out has the fewest steps, ties
 * by thread. Where that takes too much, invisible steps stay fused; objects keep the names that they get in either. A livelock is no
 * path, and keeps the one to its first state.
 */
async function shortestPaths(
  found: readonly Counterexample<ThreadVerdict>[],
  { instance, machine, scope, memoryBytes, isOver, nextTurn }: FindingContext,
): Promise<readonly Shortest[]> {
  const told = new Map<string, Shortest>();
  const finite = found.filter(({ violation }) => violation.code !== 'livelock');
  for (const fuses of [false, true]) {
    const left = finite.filter(({ violation }) => !told.has(violation.signature));
    if (left.length === 0) break;
    const system = new ClientSystem(instance, machine, { ...scope, renames: false });
    const options = {
      fuses,
      memoryBytes,
      isOver: (states: number) => states > MOST_SEARCHED || isOver(states),
      depth: Math.max(...left.map(({ path }) => path.length)) + 1,
      until: left.map(({ violation }) => violation.signature),
    };
    const { counterexamples } = await exploreInTurns(system, options, nextTurn);
    for (const { violation, path } of counterexamples as unknown as readonly Counterexample<ThreadVerdict>[])
      if (!told.has(violation.signature))
        told.set(violation.signature, { violation, system, path, isShortest: !fuses });
  }
  const explored = new ClientSystem(instance, machine, scope);
  return found.map((each) => told.get(each.violation.signature) ?? { ...each, system: explored });
}

/** The scenario, when replaying it gives the verdict that it expects. */
function replayable(scenario: Scenario | undefined): Scenario | undefined {
  return scenario !== undefined && runScenario(scenario).ok ? scenario : undefined;
}

/** The steps of a path in words, and the creates that end on it. */
export function traceOf(
  system: ClientSystem,
  path: readonly Move[],
): { readonly trace: readonly TraceStep[]; readonly creates: number } {
  const state = new Int32Array(system.words);
  system.initial(state);
  let creates = 0;
  const trace = path.map(({ thread, alternative }) => {
    const text = system.describe(state, thread, alternative);
    if (system.take(state, thread, alternative) === Transition.taken) system.canonicalize(state);
    creates += system.createsOfStep;
    return { thread, text };
  });
  return { trace, creates };
}
