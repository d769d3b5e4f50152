import { CONTRACTS, type Contract } from '../model/machine/claims.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import { lowerScenario } from '../model/scenario/lowering.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { caseFinding, type FuzzFinding } from './case-finding.ts';
import { flattened } from './callback-blocks.ts';
import { ConfigurationSpace } from './configuration.ts';
import { CoverageMap, type CoverageSummary } from './coverage.ts';
import { HarnessCache } from './harness.ts';
import { LANES, type CorpusEntry, type RawFinding, type RoundOrder } from './lane.ts';
import type { LanePool } from './lane-pool.ts';
import { confirmed } from './lifting/confirmation.ts';
import { liftedFinding, liftText } from './lifting/lifted-finding.ts';
import { minimise, type MinimalCase } from './minimise/minimise.ts';
import { refutingCases } from './probability-cases.ts';
import { contractOf, engineOf, type FuzzEngine, type FuzzTarget } from './target.ts';

/** What the search of one representation did. */
export interface TargetReport {
  readonly representation: string;
  /** The base of what was searched: fixed values where they were given, defaults elsewhere. */
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly engine: FuzzEngine;
  /** The widest contract that clients could use. */
  readonly client: Contract;
  readonly mutant?: string;
  /** Client operations, every round of a churn counted, and executions. */
  readonly operations: number;
  readonly executions: number;
  readonly operationsPerSecond: number;
  readonly coverage: CoverageSummary;
  readonly findings: readonly FuzzFinding[];
}

/** What bounds one round of a search. */
export interface RoundBudget {
  /** Executions of all lanes together at most. */
  readonly executions: number;
  /** Client operations of one lane, every round of a churn counted. */
  readonly operations: number;
  readonly longestChurn: number;
}

export interface SearchOptions {
  /** Where findings are said to stand. */
  readonly folder: string;
  /** Whether every lift is confirmed by running. */
  readonly confirm: boolean;
  /** Called with each finding at the moment when it is kept. */
  readonly tell?: (found: FuzzFinding) => void;
}

/** Verdicts that look different and turn out to be known: after so many of a group, only every second, fourth, … is looked at. */
const PATIENCE = 4;

/** The search of one target: rounds of its lanes, and between them everything that needs all lanes. */
export class Search {
  readonly target: FuzzTarget;
  readonly #pool: LanePool;
  readonly #space: ConfigurationSpace;
  readonly #harnesses: HarnessCache;
  readonly #folder: string;
  readonly #confirm: boolean;
  readonly #tell: (found: FuzzFinding) => void;
  readonly #coverage = new CoverageMap();
  readonly #findings = new Map<string, FuzzFinding>();
  readonly #known = new Set<string>();
  readonly #groups = new Map<string, { seen: number; wasted: number }>();
  #news: { corpus: CorpusEntry[]; known: string[] };
  #operations = 0;
  #executions = 0;
  /** Wall time of the rounds, for the rate. */
  elapsedMs = 0;

  constructor(
    target: FuzzTarget,
    pool: LanePool,
    harnesses: HarnessCache,
    { folder, confirm, tell = () => {} }: SearchOptions,
  ) {
    this.target = target;
    this.#pool = pool;
    this.#harnesses = harnesses;
    this.#folder = folder;
    this.#confirm = confirm;
    this.#tell = tell;
    this.#space = new ConfigurationSpace(target);
    // Fixed values that do not go together are told before anything runs.
    harnesses.get(this.#space.base);
    this.#news = { corpus: startingCorpus(target, harnesses), known: [] };
  }

  get operations(): number {
    return this.#operations;
  }

  get executions(): number {
    return this.#executions;
  }

  get findings(): readonly FuzzFinding[] {
    return [...this.#findings.values()];
  }

  /**
   * One round and the barrier after it.
   * @param expired whether there is no time left for making findings smaller
   * @throws IrreproducibleFinding
   */
  async round(budget: RoundBudget, expired: () => boolean): Promise<void> {
    const { corpus, known } = this.#news;
    const orders = Array.from({ length: LANES }, (_, lane): RoundOrder => ({
      executions: Math.floor(budget.executions / LANES) + (lane < budget.executions % LANES ? 1 : 0),
      operations: budget.operations,
      longestChurn: budget.longestChurn,
      corpus,
      known,
    }));
    if (this.#executions === 0) this.#judgeProbabilities();
    const results = await this.#pool.round(orders);
    this.#news = { corpus: [], known: [] };
    for (const result of results) {
      this.#operations += result.operations;
      this.#executions += result.executions;
      this.#coverage.merge(new Map(result.names.map((name) => [name, 0])));
      for (const entry of result.corpus) if (this.#coverage.merge(entry.reached)) this.#news.corpus.push(entry);
    }
    for (const { findings } of results) for (const raw of findings) this.#consider(raw, expired);
  }

  report(): TargetReport {
    const { base } = this.#space;
    const { target } = this;
    return {
      representation: target.representation.id,
      parameters: base.parameters,
      machine: base.machine,
      engine: engineOf(target),
      client: contractOf(target),
      ...(target.mutant !== undefined && { mutant: target.mutant }),
      operations: this.#operations,
      executions: this.#executions,
      operationsPerSecond: this.elapsedMs > 0 ? Math.round((this.#operations / this.elapsedMs) * 1000) : 0,
      coverage: this.#coverage.summary,
      findings: this.findings,
    };
  }

  /** Makes a verdict small and keeps it when its signature is new; a broken claim takes the place of a known hazard. */
  #consider({ configuration, code, key, group }: RawFinding, expired: () => boolean): void {
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#news.known.push(key);
    const counts = this.#groups.get(group) ?? { seen: 0, wasted: 0 };
    this.#groups.set(group, counts);
    counts.seen++;
    if (counts.wasted > PATIENCE && counts.seen % 2 ** Math.min(counts.wasted - PATIENCE, 10) !== 0) return;
    const minimal = minimise(this.#harnesses, this.#space, { configuration, code }, expired);
    if (minimal === undefined) return;
    // What could not be made small in time has a signature of its own, and is most often known by another one; only a broken
    // claim is worth telling at any size.
    if (expired() && !minimal.symptom.broken) return;
    const found = this.#findingOf(minimal, expired);
    if (found === undefined) return;
    const { signature, status } = found.finding;
    const old = this.#findings.get(signature);
    if (old !== undefined && (old.finding.status === status || status === 'known-hazard')) {
      counts.wasted++;
      return;
    }
    this.#findings.set(signature, found);
    this.#tell(found);
  }

  /** What is stated as a probability is judged once, over many tries: no single case can break it. */
  #judgeProbabilities(): void {
    const harness = this.#harnesses.get(this.#space.base);
    if (CONTRACTS.indexOf(contractOf(this.target)) < CONTRACTS.indexOf('any')) return;
    for (const refuting of refutingCases(harness)) {
      const found = caseFinding(this.target, harness.shape, refuting, this.#folder);
      this.#findings.set(found.finding.signature, found);
      this.#tell(found);
    }
  }

  /**
   * The finding that a minimal case is, about the real widths; undefined when it says nothing of them, or nothing new: running a wide
   * field through takes seconds, and one cause comes by many ways.
   */
  #findingOf(minimal: MinimalCase, expired: () => boolean): FuzzFinding | undefined {
    const { forecast, configuration } = minimal;
    const harness = this.#harnesses.get(configuration);
    if (forecast === undefined) {
      if (!this.#space.isAllowed(configuration)) return undefined;
      return caseFinding(this.target, harness.shape, minimal, this.#folder);
    }
    const narrow = caseFinding(this.target, harness.shape, minimal, this.#folder);
    if (this.#findings.has(narrow.finding.signature)) return undefined;
    const options = { expired, always: this.#confirm };
    const confirmation = confirmed(
      this.#harnesses.get(forecast.real),
      this.target,
      minimal.code,
      forecast.rounds,
      options,
    );
    if (confirmation === 'refuted') return this.#space.isAllowed(configuration) ? narrow : undefined;
    const isConfirmed = confirmation === 'confirmed';
    const notes = [`lifted ${liftText(forecast, isConfirmed)}`];
    const noted = caseFinding(this.target, harness.shape, minimal, this.#folder, notes);
    return liftedFinding(this.#harnesses.get(forecast.real), noted, forecast, isConfirmed);
  }
}

/** Cases of the target as programs to change. */
function startingCorpus(target: FuzzTarget, harnesses: HarnessCache): CorpusEntry[] {
  return (target.corpus ?? []).flatMap((scenario) => {
    const configuration = { parameters: scenario.parameters, machine: scenario.machine };
    const { instance, shape } = harnesses.get(configuration);
    const code = flattened(lowerScenario(scenario, instance).program, shape.callbacks);
    return code === undefined ? [] : [{ configuration, code, reached: new Map<string, number>() }];
  });
}
