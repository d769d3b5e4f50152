import type { Claims } from '../model/machine/claims.ts';
import { ClientSystem } from '../model/threads/client-system.ts';
import type { Exploration, ExploreOptions } from './exploration.ts';
import { exploreInTurns } from './explore.ts';
import type { Move } from './moves.ts';
import { MOST_SEARCHED, traceOf, type FindingContext, type VerifiedFinding } from './verified-finding.ts';

/**
 * What exploring says of the claims that are judged with one thread stalled for ever: `nonBlocking` fails where a thread keeps all
 * others that are inside an operation from going on, `boundedGarbage` where more than it promises waits to be given back.
 */
export async function stallFindings(
  { blocking, garbage }: Exploration,
  claims: Claims,
  context: FindingContext,
): Promise<readonly VerifiedFinding[]> {
  const findings: VerifiedFinding[] = [];
  const { client } = context.scope;
  if (blocking !== undefined) {
    const shortest = (await searched({ untilBlocking: true }, blocking.path, context)).blocking;
    const { thread } = shortest ?? blocking;
    const stall = { thread, text: 'stalls here: no operation of the others ends any more' };
    const { trace, ...told } = toldBy(shortest?.path, blocking.path, context);
    findings.push({
      ...told,
      code: 'deadlock',
      claim: 'nonBlocking',
      status: claims.nonBlocking ? 'broken-claim' : 'known-hazard',
      signature: `deadlock-${client}-stalled`,
      trace: [...trace, stall],
    });
  }
  const { boundedGarbage } = claims;
  const most = garbage?.most ?? 0;
  const isBroken = boundedGarbage !== false && most > boundedGarbage;
  // Without a claim it is worth telling that everything may wait.
  if (garbage !== undefined && (isBroken || (boundedGarbage === false && most >= context.scope.objects))) {
    const shortest = (await searched({ untilGarbage: most }, garbage.path, context)).garbage;
    findings.push({
      ...toldBy(shortest?.most === most ? shortest.path : undefined, garbage.path, context),
      code: 'leak',
      claim: 'boundedGarbage',
      status: isBroken ? 'broken-claim' : 'known-hazard',
      signature: `leak-${client}-stalled`,
    });
  }
  return findings;
}

/** The path that an unreduced search has found, or else the one that is known. */
function toldBy(
  shortest: readonly Move[] | undefined,
  path: readonly Move[],
  { instance, machine, scope }: FindingContext,
): Pick<VerifiedFinding, 'contract' | 'isShortest' | 'scenario' | 'trace'> {
  const system = new ClientSystem(instance, machine, scope);
  const { trace } = traceOf(system, shortest ?? path);
  return { contract: scope.client, isShortest: shortest !== undefined, scenario: undefined, trace };
}

/** Searches without fusing up to the length of a path, for a shorter one. */
function searched(
  goal: Pick<ExploreOptions, 'untilBlocking' | 'untilGarbage'>,
  path: readonly Move[],
  { instance, machine, scope, memoryBytes, isOver, nextTurn }: FindingContext,
): Promise<Exploration> {
  const options = {
    ...goal,
    fuses: false,
    memoryBytes,
    isOver: (states: number) => states > MOST_SEARCHED || isOver(states),
    depth: path.length + 1,
  };
  return exploreInTurns(new ClientSystem(instance, machine, scope), options, nextTurn);
}

/** Claims about stalled threads that the scope is too small to break. */
export function tooSmallFor(claims: Claims, { scope }: Pick<FindingContext, 'scope'>): readonly string[] {
  const { boundedGarbage } = claims;
  if (boundedGarbage === false || scope.objects > boundedGarbage) return [];
  return [`the claim boundedGarbage: at most ${boundedGarbage} objects, of ${scope.objects}`];
}
