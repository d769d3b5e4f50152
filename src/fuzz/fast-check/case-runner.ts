import type { Contract } from '../../model/machine/claims.ts';
import type { Client } from '../../model/machine/client.ts';
import type { Violation } from '../../model/machine/violation.ts';
import { lowerScenario } from '../../model/scenario/lowering.ts';
import { printScenario } from '../../model/scenario/printer.ts';
import type { Operation, Scenario } from '../../model/scenario/scenario.ts';
import { caseFinding, type FuzzFinding } from '../case-finding.ts';
import { nameAt, POINTER_NAMES } from '../case-scenario.ts';
import { ConfigurationSpace, type Configuration } from '../configuration.ts';
import { programOf } from '../callback-blocks.ts';
import { forges, HarnessCache, type Harness } from '../harness.ts';
import { minimise } from '../minimise/minimise.ts';
import { observe, symptomKey } from '../observation.ts';
import type { ProgramShape } from '../program-shape.ts';
import { breaksClaim } from '../symptom.ts';
import { contractOf, type FuzzTarget } from '../target.ts';

/** A configuration and operations on it, by name. */
export interface NamedCase extends Configuration {
  readonly operations: readonly Operation[];
}

/** What one execution gave: its verdict, if any, and what looks alike has the same key. */
export interface Outcome {
  readonly harness: Harness;
  readonly code: Int32Array;
  readonly violation: Violation | undefined;
}

/** After so many diagnoses of verdicts of one key that counted enough reuses, the others are taken to have them too. */
const MOST_COUNTED = 8;

/** Runs cases of one target on the driver that every search uses, and makes findings of those that fail. */
export class CaseRunner {
  readonly target: FuzzTarget;
  readonly client: Contract;
  readonly shape: ProgramShape;
  readonly #space: ConfigurationSpace;
  readonly #harnesses: HarnessCache;
  readonly #folder: string;
  readonly #findings = new Map<string, FuzzFinding | undefined>();
  readonly #counted = new Map<string, number>();

  /** @param folder where findings are said to stand */
  constructor(target: FuzzTarget, folder: string) {
    this.target = target;
    this.client = contractOf(target);
    this.#space = new ConfigurationSpace(target);
    this.#harnesses = new HarnessCache(target);
    this.#folder = folder;
    this.shape = this.#harnesses.get(this.#space.base).shape;
  }

  get base(): Configuration {
    return this.#space.base;
  }

  harness({ parameters, machine }: Configuration): Harness {
    return this.#harnesses.get({ parameters, machine });
  }

  /** Runs a case up to its first verdict. */
  execute(given: NamedCase): Outcome {
    const harness = this.harness(given);
    const { code } = this.#lowered(given, harness);
    return { harness, code, violation: harness.execute(code, forges(code)) };
  }

  /**
   * Whether a verdict breaks a claim. Reuses that only a diagnosis can count are counted for a few verdicts that look alike, which keeps
   * honest claims about wide fields cheap.
   */
  breaksClaim({ harness, code, violation }: Outcome): boolean {
    if (violation === undefined) return false;
    if (breaksClaim(harness, violation)) return true;
    const { detectsStale } = harness.claims;
    if (violation.code !== 'aba' || typeof detectsStale !== 'object' || !('within' in detectsStale)) return false;
    const observed = observe(harness, code);
    if (observed === undefined) return false;
    const key = symptomKey(observed.symptom);
    const counted = this.#counted.get(key) ?? 0;
    if (counted >= MOST_COUNTED) return false;
    const found = { configuration: harness.configuration, ...observed };
    const { status } = caseFinding(this.target, harness.shape, found, this.#folder).finding;
    if (status === 'known-hazard') this.#counted.set(key, counted + 1);
    return status === 'broken-claim';
  }

  /** A key that verdicts which look alike share; undefined when there is none worth telling. */
  keyOf({ harness, code }: Outcome): string | undefined {
    const observed = observe(harness, code);
    return observed && symptomKey(observed.symptom);
  }

  /** The minimal finding behind a verdict, the same one for all verdicts of a key; undefined for those not worth telling. */
  finding(outcome: Outcome, expired: () => boolean = () => false): FuzzFinding | undefined {
    const key = this.keyOf(outcome);
    if (key === undefined) return undefined;
    if (!this.#findings.has(key)) this.#findings.set(key, this.#minimal(outcome, expired));
    return this.#findings.get(key);
  }

  /** The text of a case without what the driver leaves out, expecting the verdict that it gives. */
  text(given: NamedCase): string {
    const harness = this.harness(given);
    const { code, operations } = this.#lowered(given, harness);
    const client = harness.restart(forges(code));
    client.stopAtFirst = false;
    const performed = operations.filter((_, number) => isPerformed(client, code, number));
    client.finish();
    const expect = client.world.violations[0]?.code ?? 'clean';
    return printScenario({ ...this.#scenario(given, withOwnPointers(performed)), expect });
  }

  #minimal({ harness, code }: Outcome, expired: () => boolean): FuzzFinding | undefined {
    const { configuration } = harness;
    const minimal = minimise(this.#harnesses, this.#space, { configuration, code }, expired);
    if (minimal === undefined) return undefined;
    return caseFinding(this.target, this.#harnesses.get(minimal.configuration).shape, minimal, this.#folder);
  }

  /** Which extras there are depends on the parameters; operations that do not exist are left out. */
  #lowered(given: NamedCase, { instance, shape }: Harness) {
    const operations = given.operations.filter(
      (operation) => operation.op !== 'extra' || shape.extras.some(({ name }) => name === operation.extra),
    );
    const { program } = lowerScenario(this.#scenario(given, operations), instance);
    return { code: program.code, operations };
  }

  #scenario({ parameters, machine }: Configuration, operations: readonly Operation[]): Scenario {
    const { representation, mutant } = this.target;
    return {
      file: 'case',
      representation,
      parameters,
      machine,
      client: this.client,
      ...(mutant !== undefined && { mutant }),
      expect: 'clean',
      notes: [],
      threads: [{ thread: 0, statements: operations.map((each) => ({ ...each, line: 0, column: 0 })) }],
      schedule: [],
    };
  }
}

function isPerformed(client: Client, code: Int32Array, operation: number): boolean {
  client.step(programOf(code), operation);
  return client.refusal === undefined;
}

/** The same operations with a pointer of its own for every hold: a name that was held, even in vain, is not free in a text. */
function withOwnPointers(operations: readonly Operation[]): readonly Operation[] {
  const names = new Map<string, string>();
  let holds = 0;
  return operations.map((operation) => {
    if (operation.op === 'hold') names.set(operation.pointer, nameAt(holds++, POINTER_NAMES));
    return 'pointer' in operation
      ? { ...operation, pointer: names.get(operation.pointer) ?? operation.pointer }
      : operation;
  });
}
