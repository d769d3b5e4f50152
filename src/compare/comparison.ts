import { costOf, type OperationCost } from '../model/ir/cost.ts';
import type { Representation } from '../model/machine/definition.ts';
import type { Finding } from '../model/machine/finding.ts';
import { instantiate, type Instance } from '../model/machine/instance.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import { runScenario } from '../model/scenario/run.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { footprintOf, type Footprint } from './footprint.ts';
import { judge, type JudgedClaim, type Evidence, type SourcedFinding } from './judged-claim.ts';
import { probe, type Measured } from './probe.ts';
import type { AllocationTrace } from './trace.ts';
import { replayTrace, type Workload } from './workload.ts';

/** One representation with one set of parameters, judged and measured. */
export interface RepresentationComparison {
  readonly id: string;
  readonly title: string;
  /** All of them, defaults included. */
  readonly parameters: ParameterValues;
  /** The names of those that differ from their defaults. */
  readonly changed: readonly string[];
  readonly machine: MachineSettings;
  readonly claims: readonly JudgedClaim[];
  /** What concerns no claim: hazards of clients that go behind the representation. */
  readonly hazards: readonly Evidence[];
  readonly measured: Measured;
  readonly cost: Costs;
  readonly memory: Footprint;
  /** One for each trace, in the order given. */
  readonly workloads: readonly Workload[];
  /** What the claims were judged by, beside the probes. */
  readonly searched: Searched;
}

/** Counted from the IR, all guards passed; see `OperationCost`. `enter` and `leave` are null where there are none. */
export interface Costs {
  readonly resolve: OperationCost;
  readonly create: OperationCost;
  readonly destroy: OperationCost;
  readonly enter: OperationCost | null;
  readonly leave: OperationCost | null;
}

export interface Searched {
  readonly executions: number;
  readonly operations: number;
  /** Cases of the corpus with these parameters and this machine. */
  readonly corpusCases: number;
}

/** What a search answers: how much it ran, and what it found, each with the text of its case. */
export interface SearchResult {
  readonly executions: number;
  readonly operations: number;
  readonly findings: readonly { readonly finding: Finding; readonly text: string }[];
}

export interface Alternative {
  readonly representation: Representation;
  /** Those that are not at their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface CompareRequest {
  readonly alternatives: readonly Alternative[];
  readonly machine: MachineSettings;
  /** Cases of any representation; those of other parameters or machines are left out. */
  readonly corpus?: readonly Scenario[];
  readonly traces?: readonly AllocationTrace[];
  /** Searches one representation with exactly these parameters and this machine; passed in, for a comparison does not know how. */
  readonly search?: (instance: Instance, machine: MachineSettings) => Promise<SearchResult>;
  /** Asked before each alternative; a comparison that is aborted ends with those that are done. */
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly progress?: (text: string) => void;
}

/** Compares representations, one after the other, each by the same probes and the same search. */
export async function compare(request: CompareRequest): Promise<readonly RepresentationComparison[]> {
  const instances = request.alternatives.map(({ representation, parameters }) =>
    instantiate(representation, parameters),
  );
  const compared: RepresentationComparison[] = [];
  for (const instance of instances) {
    if (request.signal?.aborted === true) break;
    compared.push(await comparisonOf(instance, request));
  }
  return compared;
}

async function comparisonOf(instance: Instance, request: CompareRequest): Promise<RepresentationComparison> {
  const { machine, corpus = [], traces = [], search, progress } = request;
  const { representation, parameters } = instance;
  progress?.(`${representation.id}: probes`);
  const { measured, cases } = probe(instance, machine);
  const fitting = corpus.filter((scenario) => fits(scenario, instance, machine));
  progress?.(`${representation.id}: search`);
  const searched = await search?.(instance, machine);
  const findings: readonly SourcedFinding[] = [
    ...fitting.flatMap((scenario) => corpusFinding(scenario)),
    ...cases.flatMap(({ finding, text }) =>
      finding === undefined ? [] : [{ finding, text, source: 'probe' as const }],
    ),
    // Nothing is written here, so that a case has a name and no file.
    ...(searched?.findings ?? []).map(({ finding, text }) => ({
      finding: { ...finding, case: finding.signature },
      text,
      source: 'search' as const,
    })),
  ];
  const executions = searched?.executions ?? 0;
  return {
    id: representation.id,
    title: representation.title,
    parameters,
    changed: Object.entries(representation.parameters)
      .filter(([name, spec]) => parameters[name] !== spec.default)
      .map(([name]) => name),
    machine,
    ...judge(instance.claims(machine), findings, measured, executions > 0),
    measured,
    cost: costsOf(instance),
    memory: footprintOf(instance),
    workloads: traces.map((trace) => {
      progress?.(`${representation.id}: ${trace.file}`);
      return replayTrace(trace, instance, machine);
    }),
    searched: { executions, operations: searched?.operations ?? 0, corpusCases: fitting.length },
  };
}

function costsOf({ program: { entries } }: Instance): Costs {
  const cost = (name: string): OperationCost | null => {
    const entry = entries.get(name);
    return entry === undefined ? null : costOf(entry);
  };
  return {
    resolve: cost('role:resolve') as OperationCost,
    create: cost('role:create') as OperationCost,
    destroy: cost('role:destroy') as OperationCost,
    enter: cost('role:enter'),
    leave: cost('role:leave'),
  };
}

function corpusFinding(scenario: Scenario): readonly SourcedFinding[] {
  const { finding } = runScenario(scenario);
  return finding === undefined ? [] : [{ finding, source: 'corpus', text: '' }];
}

/** Whether a case runs exactly what is compared: evidence from another machine or other parameters says nothing about it. */
function fits(scenario: Scenario, instance: Instance, machine: MachineSettings): boolean {
  const { representation, parameters, mutant } = instance;
  return (
    scenario.representation.id === representation.id &&
    scenario.mutant === mutant?.id &&
    Object.keys(representation.parameters).every((name) => scenario.parameters[name] === parameters[name]) &&
    (Object.keys(machine) as (keyof MachineSettings)[]).every((name) => scenario.machine[name] === machine[name]) &&
    scenario.threads.every(({ thread }) => thread === 0)
  );
}
