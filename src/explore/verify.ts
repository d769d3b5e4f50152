import { CONTRACTS, type ClaimName, type Claims, type Contract } from '../model/machine/claims.ts';
import type { Instance } from '../model/machine/instance.ts';
import { ClientSystem, type Scope } from '../model/threads/client-system.ts';
import type { ThreadVerdict } from '../model/threads/thread-verdict.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { clientSource, type RepresentationOrigin } from './client-source.ts';
import type { Counterexample, Exploration } from './exploration.ts';
import { exploreInTurns } from './explore.ts';
import { exploreParallel } from './parallel/explore-parallel.ts';
import { WorkerTeam } from './parallel/worker-team.ts';
import { stallFindings, tooSmallFor } from './stall-findings.ts';
import { verifiedFindings, type VerifiedFinding } from './verified-finding.ts';

export interface VerifyOptions {
  readonly fuses: boolean;
  readonly renames: boolean;
  readonly isExact: boolean;
  /** Explores a second time with other fingerprints, which must see the same. */
  readonly isTwice: boolean;
  readonly memoryBytes: number;
  /** Threads that explore; one where whole states are compared. */
  readonly jobs: number;
  /** URL of a module that exports `resolveRepresentation`, and what it is asked for: how other threads find the representation. */
  readonly resolver: string;
  readonly origin: RepresentationOrigin;
  readonly isOver: (states: number) => boolean;
  /** Milliseconds of the one clock. */
  readonly clock: () => number;
  /** Lets the event loop have a turn. */
  readonly nextTurn: () => Promise<unknown>;
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
  /** Claims that this contract judges. */
  readonly judged: readonly ClaimName[];
  /** Guards and client operations that never occurred, and claims that were not judged. */
  readonly vacuous: readonly string[];
  readonly findings: readonly VerifiedFinding[];
}

/** Claims that an exploration under a contract judges. */
const JUDGED: Readonly<Record<Contract, readonly ClaimName[]>> = {
  exclusive: [
    'memorySafe',
    'keepsLive',
    'threadSafe',
    'leakFree',
    'deadlockFree',
    'strictProvenance',
    'boundedGarbage',
    'nonBlocking',
  ],
  valid: ['safeConcurrentUse', 'strictProvenance'],
  any: ['detectsStale', 'strictProvenance'],
  bypass: ['strictProvenance'],
};

/** Fewer states than these are explored before other threads have started. */
const FEW_STATES = 40_000;

/**
 * Explores an instance under a contract and every stricter one, so that each verdict is told under the strictest that allows it.
 * @throws InputError for representations that threads do not support
 */
export async function verify(
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  options: VerifyOptions,
): Promise<readonly Verification[]> {
  const known = new Set<string>();
  const verifications: Verification[] = [];
  for (const contract of CONTRACTS.slice(0, CONTRACTS.indexOf(scope.client) + 1)) {
    verifications.push(await verifyContract(instance, machine, { ...scope, client: contract }, options, known));
    if (options.isOver(0)) break;
  }
  return verifications;
}

async function verifyContract(
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  options: VerifyOptions,
  known: Set<string>,
): Promise<Verification> {
  const { memoryBytes, isOver, clock, nextTurn } = options;
  const claims = instance.claims(machine);
  const start = clock();
  const explored = { ...scope, renames: options.renames };
  const { exploration, coverage } = await exploreClients(instance, machine, explored, options, 0);
  const seconds = (clock() - start) / 1000;
  const again = options.isTwice ? await exploreClients(instance, machine, explored, options, 1) : undefined;
  const isTooSmall = (name: ClaimName): boolean =>
    name === 'boundedGarbage' && tooSmallFor(claims, { scope }).length > 0;
  const isComplete = exploration.isExhausted && exploration.cuts === 0;
  const found = exploration.counterexamples as unknown as readonly Counterexample<ThreadVerdict>[];
  const isFresh = (signature: string): boolean => {
    const cause = signature.replace(`-${scope.client}-`, '-');
    return !known.has(cause) && known.add(cause).has(cause);
  };
  const context = { instance, machine, scope: explored, memoryBytes, isOver, nextTurn };
  const fresh = found.filter(({ violation }) => isFresh(violation.signature));
  // Clients that destroy twice, or under a user, leave things behind that no claim about stalled threads is about.
  const judgesStalls = scope.client === 'exclusive';
  const stalled = judgesStalls ? await stallFindings(exploration, claims, context) : [];
  return {
    contract: scope.client,
    scope,
    exploration,
    seconds,
    complete: isComplete,
    closed: isComplete && scope.operations === 'unbounded',
    agrees: again && sawTheSame(exploration, again.exploration),
    judged: JUDGED[scope.client].filter((name) => isClaimed(claims, name) && !isTooSmall(name)),
    vacuous: [...unreachedPoints(instance, coverage), ...unjudgedClaims(claims, scope)],
    findings: [...(await verifiedFindings(fresh, context)), ...stalled.filter(({ signature }) => isFresh(signature))],
  };
}

interface Explored {
  readonly exploration: Exploration;
  readonly coverage: Uint32Array;
}

/** On one thread; and again on several, when it turns out to be long. */
async function exploreClients(
  instance: Instance,
  machine: MachineSettings,
  scope: Scope,
  options: VerifyOptions,
  seed: number,
): Promise<Explored> {
  const { fuses, isExact, memoryBytes, isOver, nextTurn, jobs, resolver, origin } = options;
  const system = new ClientSystem(instance, machine, scope);
  const shared = {
    fuses,
    memoryBytes,
    isOver,
    seed,
    // Operations without a loop that waits for others always end. An await of several loads goes round as a retry does.
    findsLivelocks: seed === 0 && instance.program.statements.some(({ kind }) => kind === 'retry' || kind === 'await'),
    countsCreates: seed === 0 && scope.operations === 'unbounded',
  };
  const isShared = jobs > 1 && !isExact && WorkerTeam.available;
  const most = isShared ? FEW_STATES : Infinity;
  let isLong = false;
  const hasEnough = (states: number): boolean => (isLong = states > most) || isOver(states);
  const alone = await exploreInTurns(system, { ...shared, isExact, isOver: hasEnough }, nextTurn);
  if (!isLong) return { exploration: alone, coverage: system.coverage };
  const { parameters, mutant } = instance;
  const source = clientSource({ resolver, origin, parameters, mutant: mutant?.id, machine, scope });
  const { exploration, coverage } = await exploreParallel(system, { ...shared, jobs, source });
  return { exploration, coverage: coverage ?? system.coverage };
}

function sawTheSame(one: Exploration, other: Exploration): boolean {
  return (
    one.states === other.states && one.transitions === other.transitions && signaturesOf(one) === signaturesOf(other)
  );
}

/** Livelocks are left out: only the first exploration looks for them. */
function signaturesOf({ counterexamples }: Exploration): string {
  return counterexamples
    .flatMap(({ violation: { code, signature } }) => (code === 'livelock' ? [] : [signature]))
    .sort()
    .join(' ');
}

function isClaimed(claims: Claims, name: ClaimName): boolean {
  return claims[name] !== false && claims[name] !== 'never';
}

function unreachedPoints({ program }: Instance, coverage: Uint32Array): readonly string[] {
  const texts = program.points
    .filter(({ id, entry }) => coverage[id] === 0 && /^(role|extra):/.test(entry))
    .map(({ entry, owner, name, outcome }) => `${entry.replace(/^\w+:/, '')}/${owner}/${name}: ${outcome}`);
  return [...new Set(texts)];
}

/** Claims that no exploration judges: clients forge nothing here, and nobody counts creates against a capacity. */
const NOT_JUDGED: readonly ClaimName[] = ['detectsForged', 'available'];

function unjudgedClaims(claims: Claims, scope: Scope): readonly string[] {
  const names = scope.client === 'any' || scope.client === 'bypass' ? NOT_JUDGED : [];
  const unjudged = names.filter((name) => isClaimed(claims, name)).map((name) => `the claim ${name}`);
  return [...unjudged, ...tooSmallFor(claims, { scope })];
}
