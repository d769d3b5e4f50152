import { IDENTITY } from '../model/machine/ghosts.ts';
import { instantiate, type Instance } from '../model/machine/instance.ts';
import type { World } from '../model/machine/world.ts';
import { hex, referenceText } from '../model/scenario/reference-text.ts';
import { printStatement } from '../model/scenario/printer.ts';
import { runScenario, type ScenarioObserver } from '../model/scenario/run.ts';
import type { Scenario, ScenarioStatement } from '../model/scenario/scenario.ts';

/** What one statement of a case did. */
export interface TraceStep {
  readonly line: number;
  readonly statement: string;
  /** In the order in which they happened; a churn tells its first rounds and how many there were. */
  readonly effects: readonly string[];
}

/** A churn has millions of effects of the same kind. */
const MOST_EFFECTS = 12;

/** Runs a case once more, and tells what every statement did. */
export function traceCase(scenario: Scenario, seed = 0): readonly TraceStep[] {
  const instance = instantiate(scenario.representation, scenario.parameters, scenario.mutant);
  const tracer = new Tracer(instance);
  runScenario(scenario, { seed, observer: tracer });
  const statements = scenario.threads.find(({ thread }) => thread === 0)?.statements ?? [];
  return statements.map((statement, operation) => ({
    line: statement.line,
    statement: printStatement(statement),
    effects: effectsOf(tracer.effects.get(operation), statement),
  }));
}

interface Effects {
  readonly told: string[];
  count: number;
}

function effectsOf(effects: Effects | undefined, statement: ScenarioStatement): readonly string[] {
  if (effects === undefined) return [];
  const more = effects.count - effects.told.length;
  if (more === 0) return effects.told;
  const rounds = statement.op === 'churn' ? ` in ${statement.times.toLocaleString('en-US')} rounds` : '';
  return [...effects.told, `… and ${more.toLocaleString('en-US')} more events${rounds}`];
}

/** Collects effects by operation, a bounded number of each. */
class Tracer implements ScenarioObserver {
  readonly effects = new Map<number, Effects>();
  readonly #instance: Instance;
  #world: World | undefined;
  #current: Effects = { told: [], count: 0 };

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  attach(world: World): void {
    this.#world = world;
  }

  operation(index: number): void {
    this.#current = { told: [], count: 0 };
    this.effects.set(index, this.#current);
  }

  phase(identity: number, phase: string): void {
    // An object is told of when its reference is issued.
    if (phase !== 'created') this.#tell(() => `object #${identity} ${phase}`);
  }

  issued(object: number): void {
    const objects = this.#world?.objects;
    if (objects === undefined) return;
    this.#tell(() => {
      const address = objects.addressOf(object);
      const bits = objects.bitsOf(object);
      const reference = referenceText(bits, this.#instance.reference);
      return `object #${objects.rows[object + IDENTITY]} created at ${hex(address)}; handle ${reference}${this.#guards()}`;
    });
  }

  resolved(_variable: number, relation: string, found: string, address: bigint, identity: number): void {
    this.#tell(() => {
      if (found === 'refused') return `${relation} reference refused${this.#guards()}`;
      const object = identity === 0 ? 'no object' : `object #${identity}`;
      return `${relation} reference resolved to ${hex(address)}, ${object}${this.#guards()}`;
    });
  }

  #tell(text: () => string): void {
    this.#current.count++;
    if (this.#current.told.length < MOST_EFFECTS) this.#current.told.push(text());
  }

  /** The guards of the call that just ended. */
  #guards(): string {
    const engine = this.#world?.engine;
    if (engine === undefined) return '';
    const points = [...engine.path.subarray(0, engine.pathLength)].map((id) => this.#instance.program.points[id]);
    const guards = points.filter(({ outcome }) => outcome === 'passed' || outcome === 'refused');
    return guards.length === 0 ? '' : `  [${guards.map(({ name, outcome }) => `${name}: ${outcome}`).join(', ')}]`;
  }
}
