import {
  claimOf,
  CONTRACTS,
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
import type { Counterexample, Exploration } from './exploration.ts';
import { explore } from './explore.ts';
import type { Move } from './moves.ts';

export interface VerifyOptions {
  readonly fuses: boolean;
  readonly renames: boolean;
  readonly isExact: boolean;
  /** Explores a second time with other fingerprints, which must see the same. */
  readonly isTwice: boolean;
  readonly memoryBytes: number;
  readonly isOver: (states: number) => boolean;
  /** Milliseconds of the one clock. */
  readonly clock: () => number;
}

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

/** What was explored under one contract. */
export interface Verification {
  readonly contract: Contract;
  readonly scope: Scope;
  readonly exploration: Exploration;
  /** Seconds that the first exploration took. */
  readonly seconds: number;
  /** Every behaviour within the scope was seen, and no bound of its containers or messages cut one off. */
  readonly complete: boolean;
  /** Complete, for any number of operations. */
  readonly closed: boolean;
  /** With two explorations: whether they saw the same. */
  readonly agrees: boolean | undefined;
  /** Claims that this contract judges, and those that exploring cannot judge. */
  readonly judged: readonly ClaimName[];
  readonly vacuous: readonly string[];
  readonly findings: readonly VerifiedFinding[];
}

/** Claims that an exploration under a contract judges. */
const JUDGED: Readonly<Record<Contract, readonly ClaimName[]>> = {
  exclusive: ['memorySafe', 'keepsLive', 'threadSafe', 'leakFree', 'deadlockFree', 'strictProvenance'],
  valid: ['safeConcurrentUse', 'strictProvenance'],
  any: ['detectsStale', 'strictProvenance'],
  bypass: [],
};

/** States that the search for the shortest traces may take before it is given up. */
const MOST_SEARCHED = 1_000_000;

/**
 * Explores an instance under a contract and every stricter one, so that each verdict is told under the strictest that allows it.
 * @throws InputError for representations that threads do not support
 */
export function verify(
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  options: VerifyOptions,
): readonly Verification[] {
  const known = new Set<string>();
  return CONTRACTS.slice(0, CONTRACTS.indexOf(scope.client) + 1).map((contract) =>
    verifyContract(instance, machine, { ...scope, client: contract }, options, known),
  );
}

function verifyContract(
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  options: VerifyOptions,
  known: Set<string>,
): Verification {
  const system = new ClientSystem(instance, machine, { ...scope, renames: options.renames });
  const { fuses, isExact, memoryBytes, isOver, clock } = options;
  const start = clock();
  const exploration = explore(system, { fuses, isExact, memoryBytes, isOver, keepsGraph: true });
  const seconds = (clock() - start) / 1000;
  const unreached = unreachedPoints(system);
  const again = options.isTwice
    ? explore(system, { fuses, isExact, memoryBytes, isOver, seed: 1, keepsGraph: false })
    : undefined;
  const isComplete = exploration.isExhausted && exploration.cuts === 0;
  const claims = instance.claims(machine);
  const fresh = exploration.counterexamples.filter(({ violation }) => {
    const cause = violation.signature.replace(`-${scope.client}-`, '-');
    if (known.has(cause)) return false;
    known.add(cause);
    return true;
  });
  return {
    contract: scope.client,
    scope,
    exploration,
    seconds,
    complete: isComplete,
    closed: isComplete && scope.operations === 'unbounded',
    agrees: again && again.states === exploration.states && again.transitions === exploration.transitions,
    judged: JUDGED[scope.client],
    vacuous: [...unreached, ...unjudged(scope.client)],
    findings: shortestPaths(
      fresh as unknown as readonly Counterexample<ThreadVerdict>[],
      instance,
      machine,
      scope,
      options,
    ).map((shortest) => findingOf(shortest, claims)),
  };
}

function unreachedPoints({ client: { stepped } }: ClientSystem): readonly string[] {
  return stepped.program.points
    .filter(({ id, entry }) => stepped.coverage[id] === 0 && /^(role|extra):/.test(entry))
    .map(({ entry, owner, name, outcome }) => `${entry.replace(/^\w+:/, '')}/${owner}/${name}: ${outcome}`)
    .filter((text, index, all) => all.indexOf(text) === index);
}

/** What the last contract that is explored leaves without a judgement. */
function unjudged(contract: Contract): readonly string[] {
  if (contract === 'exclusive') return [];
  return contract === 'any' ? ['claim detectsForged: clients forge nothing here'] : [];
}

/** A verdict with the path that is told, and the system whose path it is. */
interface Shortest {
  readonly violation: ThreadVerdict;
  readonly system: ClientSystem;
  readonly path: readonly Move[];
  readonly isShortest: boolean;
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
 * by thread. Where that takes too much, invisible steps stay fused; objects keep the names that they get in either.
 */
function shortestPaths(
  found: readonly Counterexample<ThreadVerdict>[],
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  { isOver, memoryBytes }: VerifyOptions,
): readonly Shortest[] {
  const told = new Map<string, Shortest>();
  for (const fuses of [false, true]) {
    const left = found.filter(({ violation }) => !told.has(violation.signature));
    if (left.length === 0) break;
    const system = new ClientSystem(instance, machine, { ...scope, renames: false });
    const { counterexamples } = explore(system, {
      fuses,
      memoryBytes,
      isOver: (states) => states > MOST_SEARCHED || isOver(states),
      depth: Math.max(...left.map(({ path }) => path.length)) + 1,
      until: left.map(({ violation }) => violation.signature),
    });
    for (const { violation, path } of counterexamples as unknown as readonly Counterexample<ThreadVerdict>[])
      if (!told.has(violation.signature))
        told.set(violation.signature, { violation, system, path, isShortest: !fuses });
  }
  const renaming = new ClientSystem(instance, machine, scope);
  return found.map((each) => told.get(each.violation.signature) ?? { ...each, system: renaming });
}

/** The scenario, when replaying it gives the verdict that it expects. */
function replayable(scenario: Scenario | undefined): Scenario | undefined {
  return scenario !== undefined && runScenario(scenario).ok ? scenario : undefined;
}

/** The steps of a path in words, and the creates that end on it. */
function traceOf(
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
