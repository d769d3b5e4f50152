import { costOf, type OperationCost } from '../model/ir/cost.ts';
import type { RecordedOperation } from '../model/ir/operation.ts';
import { claimText, type ClaimName, type Claims } from '../model/machine/claims.ts';
import type { Finding } from '../model/machine/finding.ts';
import { instantiate, type Instance } from '../model/machine/instance.ts';
import type { Representation } from '../model/machine/definition.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { footprintOf, type Footprint } from './footprint.ts';
import { probe, type Measured } from './probe.ts';

/** How a claim stands after a search. */
export interface JudgedClaim {
  readonly claim: ClaimName;
  /** As the representation states it. */
  readonly claimed: string;
  /**
   * `held`: claimed, and the search found nothing against it. `broken`: the search found a case. `not-claimed`: the representation
   * does not promise it. `not-judged`: it speaks of threads, and the search ran one.
   */
  readonly verdict: 'held' | 'broken' | 'not-claimed' | 'not-judged';
  /** Codes of the findings that concern it, known hazards included. */
  readonly found: readonly string[];
}

export interface RepresentationComparison {
  readonly id: string;
  readonly title: string;
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly claims: readonly JudgedClaim[];
  readonly measured: Measured;
  /** Counted from the IR, all guards passed; see `OperationCost`. */
  readonly cost: { readonly resolve: OperationCost; readonly create: OperationCost; readonly destroy: OperationCost };
  readonly memory: Footprint;
  /** What replayed traces cost; empty without `--trace`. */
  readonly workloads: readonly never[];
  /** What the claims were judged by. */
  readonly searched: { readonly executions: number; readonly operations: number };
}

export interface Searched {
  readonly executions: number;
  readonly operations: number;
  readonly findings: readonly Finding[];
}

export interface CompareRequest {
  readonly representations: readonly {
    readonly representation: Representation;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
  readonly machine: MachineSettings;
  /** Searches one representation with exactly these parameters and this machine; passed in, for a comparison does not know how. */
  search(instance: Instance, machine: MachineSettings): Promise<Searched>;
}

/** Claims that only an execution with several threads can break. */
const THREADED: readonly ClaimName[] = ['threadSafe', 'deadlockFree', 'boundedGarbage', 'nonBlocking'];

/** Compares representations, one after the other, each by the same probes and the same search. */
export async function compare(request: CompareRequest): Promise<readonly RepresentationComparison[]> {
  const compared: RepresentationComparison[] = [];
  for (const { representation, parameters } of request.representations) {
    const instance = instantiate(representation, parameters);
    const searched = await request.search(instance, request.machine);
    compared.push(comparisonOf(instance, request.machine, searched));
  }
  return compared;
}

function comparisonOf(instance: Instance, machine: MachineSettings, searched: Searched): RepresentationComparison {
  const { representation, parameters } = instance;
  const cost = (entry: string): OperationCost => costOf(instance.program.entries.get(entry) as RecordedOperation);
  return {
    id: representation.id,
    title: representation.title,
    parameters,
    machine,
    claims: judgedClaims(instance.claims(machine), searched.findings),
    measured: probe(instance, machine),
    cost: { resolve: cost('role:resolve'), create: cost('role:create'), destroy: cost('role:destroy') },
    memory: footprintOf(instance),
    workloads: [],
    searched: { executions: searched.executions, operations: searched.operations },
  };
}

function judgedClaims(claims: Claims, findings: readonly Finding[]): readonly JudgedClaim[] {
  return (Object.keys(claims) as ClaimName[]).map((claim) => {
    const concerning = findings.filter((finding) => finding.claim === claim);
    return {
      claim,
      claimed: claimText(claims[claim]),
      verdict: verdictOf(claims, claim, concerning),
      found: [...new Set(concerning.map(({ code }) => code))].sort(),
    };
  });
}

function verdictOf(claims: Claims, claim: ClaimName, concerning: readonly Finding[]): JudgedClaim['verdict'] {
  if (concerning.some(({ status }) => status === 'broken-claim')) return 'broken';
  if (claims[claim] === false || claims[claim] === 'never') return 'not-claimed';
  return THREADED.includes(claim) ? 'not-judged' : 'held';
}
