import type { Engine } from '../ir/engine.ts';
import { componentsOf } from '../ir/type.ts';
import type { Instance } from './instance.ts';
import { adapt, type RoleEntry } from './role-calls.ts';

/** The arguments that an extra was called with, as components. */
type Call = readonly [low: number, high: number, provenance: number];

/** An extra that is running, and what its answer should have been at the moments so far. */
interface OpenCall {
  readonly truth: TruthOfExtra;
  readonly call: Call;
  readonly moments: (readonly number[])[];
}

interface TruthOfExtra {
  readonly entry: RoleEntry;
  /** Components of the answer. */
  readonly width: number;
}

/**
 * Compares what extras answer with their declared truth (`Extra.truth`, design 4): an answer is `stale-content` when it equals the
 * truth at no moment between the begin and the end of the call. Run alone, the moments are the begin, the end, and the end of every
 * client operation that ran in a callback in between.
 */
export class AnswerTruth {
  readonly #engine: Engine;
  /** By number of the extra; undefined for those that declare none. */
  readonly #truths: readonly (TruthOfExtra | undefined)[];
  readonly #open: OpenCall[] = [];

  constructor({ program, blueprint }: Instance, engine: Engine) {
    this.#engine = engine;
    this.#truths = Object.keys(blueprint.roles.extras ?? {}).map((name) => {
      const recorded = program.entries.get(`truth:${name}`);
      if (recorded?.result === undefined) return undefined;
      return { entry: adapt(engine.entry(`truth:${name}`), recorded), width: componentsOf(recorded.result).length };
    });
  }

  reset(): void {
    this.#open.length = 0;
  }

  isDeclared(extra: number): boolean {
    return this.#truths[extra] !== undefined;
  }

  /** Whether a call is running that wants to know of every moment. */
  get isWatching(): boolean {
    return this.#open.length > 0;
  }

  /** The begin of a call. */
  begin(extra: number, ...call: Call): void {
    this.#open.push({ truth: this.#truths[extra] as TruthOfExtra, call, moments: [] });
    this.moment();
  }

  /** A moment at which the content may have changed. */
  moment(): void {
    for (const { truth, call, moments } of this.#open) moments.push(this.#evaluate(truth, call));
  }

  /** The end of the innermost call: the text of what is wrong with its answer, or undefined. */
  end(): string | undefined {
    const answer = [...this.#engine.registers];
    this.moment();
    const { truth, moments } = this.#open.pop() as OpenCall;
    const isTrue = moments.some((values) => values.every((value, component) => value === answer[component]));
    if (isTrue) return undefined;
    const told = [...new Set(moments.map(numberText))].join(', then ');
    return `answered ${numberText(answer.slice(0, truth.width))}, but the truth was ${told}`;
  }

  /** The call ended in a fault or a panic, and answered nothing. */
  abandon(): void {
    this.#open.pop();
  }

  /** The path of the call that is judged stays what a diagnostic shows. */
  #evaluate({ entry, width }: TruthOfExtra, call: Call): readonly number[] {
    const engine = this.#engine;
    const path = engine.path.slice(0, engine.pathLength);
    entry(...call, 0, 0);
    const values = [...engine.registers.subarray(0, width)];
    engine.path.set(path);
    engine.pathLength = path.length;
    return values;
  }
}

/** The components of an answer as one number; an option that is absent has no value. */
function numberText(components: readonly number[]): string {
  const [low = 0, high = 0] = components;
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}
