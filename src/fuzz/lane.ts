import type { Contract } from '../model/machine/claims.ts';
import type { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import type { Violation } from '../model/machine/violation.ts';
import { Random } from '../model/vocabulary/random.ts';
import { opcodeOf } from './callback-blocks.ts';
import { ChurnPlan } from './churn-plan.ts';
import { ConfigurationSpace, configurationKey, type Configuration } from './configuration.ts';
import { CoverageMap, HarnessCoverage, type Reached } from './coverage.ts';
import { FastCheckPrograms } from './fast-check-engine.ts';
import { GeneratedPrograms } from './generated-programs.ts';
import { forges, type Harness, type HarnessCache } from './harness.ts';
import { JsfuzzPrograms } from './jsfuzz-engine.ts';
import { withKnownParts, without } from './operations.ts';
import type { ProgramSource } from './program-source.ts';
import { breaksClaim, isPromised, pathText } from './symptom.ts';
import { contractOf, engineOf, type FuzzEngine, type FuzzTarget } from './target.ts';

/** A program worth changing, or one that gave a verdict. */
export interface Sample {
  readonly configuration: Configuration;
  readonly code: Int32Array;
}

export interface CorpusEntry extends Sample {
  /** What it reached first. */
  readonly reached: Reached;
}

export interface RawFinding extends Sample {
  /** Equal for verdicts that look alike; one of each is kept. */
  readonly key: string;
  /** The part of the key that counts as one group when the search has seen enough of it. */
  readonly group: string;
}

/** What a lane does in one round. */
export interface RoundOrder {
  /** Executions at most. */
  readonly executions: number;
  /** The round ends when so many client operations are done, every round of a churn counted. */
  readonly operations: number;
  /** Rounds of a churn at most. */
  readonly longestChurn: number;
  /** What all lanes found in the last round: programs to change, and verdicts that need not be told again. */
  readonly corpus: readonly CorpusEntry[];
  readonly known: readonly string[];
}

export interface RoundResult {
  readonly executions: number;
  /** Client operations, every round of a churn counted. */
  readonly operations: number;
  readonly findings: readonly RawFinding[];
  readonly corpus: readonly CorpusEntry[];
  /** Names of all points that the harnesses used have. */
  readonly names: readonly string[];
}

/** Executions on one configuration before the next is drawn: few while there are new ones, for compiling one takes milliseconds. */
const FIRST_STINT = 48;
const LATER_STINT = 256;
/** How often, once all neighbours of the base were tried, a configuration is random. */
const RANDOM_CONFIGURATION = 0.15;
/** How often an execution whose verdict is known goes on without the operation that gave it. */
const CONTINUATIONS = 3;
/** A continuation runs the execution again, so that it is only done for short ones. */
const CONTINUED_WORK = 4096;

/** Configurations whose coverage masks, and paths whose texts, are kept; both can be made again. */
const REMEMBERED = 512;
const REMEMBERED_PATHS = 16_384;

/** One of the logical threads of a search: its own generator, and everything that it needs between two barriers. */
export class Lane {
  readonly #number: number;
  readonly #space: ConfigurationSpace;
  readonly #harnesses: HarnessCache;
  readonly #random: Random;
  readonly #source: ProgramSource;
  readonly #coverage = new CoverageMap();
  readonly #seenBy = new Map<string, HarnessCoverage>();
  readonly #plans = new Map<string, ChurnPlan>();
  readonly #known = new Set<string>();
  #stint = 0;
  #left = 0;
  #isBase = true;
  #harness: Harness;
  #seen: HarnessCoverage;
  #plan: ChurnPlan;
  #round: { findings: RawFinding[]; corpus: CorpusEntry[]; names: Set<string>; operations: number };

  /** @param number of all lanes of all shards, from 0; it selects the part of the random sequence. */
  constructor(target: FuzzTarget, harnesses: HarnessCache, seed: number, number: number) {
    this.#number = number;
    this.#space = new ConfigurationSpace(target);
    this.#harnesses = harnesses;
    this.#random = Random.lane(seed, number);
    this.#source = new SOURCES[engineOf(target)](this.#random, contractOf(target));
    this.#round = emptyRound();
    this.#harness = harnesses.get(this.#space.base);
    this.#seen = this.#seenOf(this.#harness);
    this.#plan = this.#planOf(this.#harness);
  }

  run({ executions, operations: most, longestChurn, corpus, known }: RoundOrder): RoundResult {
    // What was found before the barrier comes back from it, in one order for all lanes.
    for (const { reached } of corpus) this.#coverage.merge(reached);
    for (const { code } of corpus) this.#source.learn(code, this.#harness.shape);
    for (const key of known) this.#known.add(key);
    this.#round = emptyRound();
    let done = 0;
    for (; done < executions && this.#round.operations < most; done++) {
      if (this.#left-- <= 0) this.#nextStint();
      this.#execute(longestChurn);
    }
    const { findings, corpus: added, names, operations } = this.#round;
    return { executions: done, operations, findings, corpus: added, names: [...names] };
  }

  /** The base every other time, and in between each of its neighbours once, lane by lane; random configurations later. */
  #nextStint(): void {
    const { base, neighbours, scaled } = this.#space;
    const near = scaled.length === 0 ? neighbours : [...scaled, ...neighbours];
    const stint = this.#stint++;
    const next = (stint >> 1) * LANES + (this.#number % LANES);
    const isNew = next < near.length;
    this.#left = (isNew ? FIRST_STINT : LATER_STINT) - 1;
    let configuration = base;
    if (stint % 2 === 1) {
      const nearby = isNew ? near[next] : near[this.#random.below(Math.max(near.length, 1))];
      const isRandom = !isNew && this.#random.chance(RANDOM_CONFIGURATION);
      configuration = isRandom ? this.#space.random(this.#random) : (nearby ?? base);
    }
    // Lanes that share harnesses do not share their configurations, so that only the contents can be compared.
    this.#isBase = configurationKey(configuration) === configurationKey(base);
    this.#harness = this.#harnesses.get(configuration);
    this.#seen = this.#seenOf(this.#harness);
    this.#plan = this.#planOf(this.#harness);
  }

  #execute(longestChurn: number): void {
    const order = { harness: this.#harness, plan: this.#plan, isBase: this.#isBase, longestChurn };
    let code = withKnownParts(this.#source.next(order), this.#harness.shape);
    for (let again = 0; again <= CONTINUATIONS && code.length > 0; again++) {
      const before = this.#round.operations;
      const violation = this.#perform(code);
      if (violation === undefined || violation.event === 'end' || this.#round.operations - before > CONTINUED_WORK)
        return;
      // What the rest of the program would have shown is not lost to a verdict that everybody knows.
      const [first, end] = this.#harness.spanOf(violation.operation);
      code = without(code, first, end - first);
    }
  }

  /** Runs a program, keeps what is new of it; answers the verdict that ended it. */
  #perform(code: Int32Array): Violation | undefined {
    const harness = this.#harness;
    const violation = harness.execute(code, forges(code));
    const client = harness.client as Client;
    const round = this.#round;
    round.operations += client.operations + client.churned;
    this.#plan.earn(client.operations);
    const fresh = this.#seen.fresh(client);
    if (fresh !== undefined) {
      round.corpus.push({ configuration: harness.configuration, code: code.slice(), reached: fresh });
      this.#source.reached(code, harness.shape);
    }
    if (violation !== undefined) this.#keep(harness, client, code, violation);
    return violation;
  }

  #keep(harness: Harness, client: Client, code: Int32Array, violation: Violation): void {
    const broken = breaksClaim(harness, violation);
    if (isPromised(violation, broken)) return;
    const { engine } = client.world;
    const group = `${violation.code} ${violation.contract} ${broken ? 'broken' : 'hazard'}`;
    // A touch calls nothing; what the engine remembers is the call before it.
    const [first, end] = harness.spanOf(violation.operation);
    const isCall = code[first * STRIDE] !== Opcode.touch;
    const points = engine.path.subarray(0, isCall ? engine.pathLength : 0);
    const extras = extrasIn(code, end - 1).join();
    const key = `${group} ${violation.event} [${extras}] ${this.#pathKey(harness, points)}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#round.findings.push({ configuration: harness.configuration, code: code.slice(), key, group });
  }

  readonly #paths = new Map<string, string>();

  /** Texts of paths are long; they are made once. */
  #pathKey(harness: Harness, points: Int32Array): string {
    const key = `${configurationKey(harness.configuration)} ${points.join()}`;
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    const text = pathText(harness, points);
    if (this.#paths.size >= REMEMBERED_PATHS) this.#paths.clear();
    this.#paths.set(key, text);
    return text;
  }

  #seenOf(harness: Harness): HarnessCoverage {
    const key = configurationKey(harness.configuration);
    const seen = this.#seenBy.get(key) ?? new HarnessCoverage(harness, this.#coverage);
    if (this.#seenBy.size >= REMEMBERED) this.#seenBy.clear();
    this.#seenBy.set(key, seen);
    for (const name of seen.names) this.#round.names.add(name);
    return seen;
  }

  /** Configurations with equal fields share a plan: what one of them may spend, another one has earned. */
  #planOf({ shape }: Harness): ChurnPlan {
    const key = shape.fields.map((field) => field.width).join();
    const plan = this.#plans.get(key) ?? new ChurnPlan(shape.fields, ((this.#number % LANES) + 1) / LANES);
    this.#plans.set(key, plan);
    return plan;
  }
}

/** Logical lanes of a search, whatever the number of cores is. */
export const LANES = 8;

const SOURCES: Readonly<Record<FuzzEngine, new (random: Random, contract: Contract) => ProgramSource>> = {
  native: GeneratedPrograms,
  'fast-check': FastCheckPrograms,
  jsfuzz: JsfuzzPrograms,
};

function emptyRound() {
  return {
    findings: [] as RawFinding[],
    corpus: [] as CorpusEntry[],
    names: new Set<string>(),
    operations: 0,
  };
}

/** The extras that ran before the verdict, each once. */
function extrasIn(code: Int32Array, last: number): readonly number[] {
  const extras = new Set<number>();
  for (let at = 0; at <= last * STRIDE; at += STRIDE) if (opcodeOf(code[at]) === Opcode.extra) extras.add(code[at + 1]);
  return [...extras].sort((left, right) => left - right);
}
