import { OperationFault, OperationPanic, type Engine, type Host } from '../../src/model/ir/engine.ts';
import type { RecordedOperation } from '../../src/model/ir/operation.ts';
import type { Program } from '../../src/model/ir/program.ts';
import { componentsOf, type ValueType } from '../../src/model/ir/type.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { Fault, verdictOf } from '../../src/model/vocabulary/verdicts.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { Choices } from './choices.ts';
import { randomProgram, type RandomProgram } from './random-program.ts';

export type MakeEngine = (program: Program, host: Host) => Engine;

/** What one call showed. */
export interface Shown {
  readonly call: string;
  readonly outcome: string;
  readonly path: readonly number[];
}

/** Everything that a random program and its random calls showed on one engine. */
export interface Transcript {
  readonly calls: readonly Shown[];
  /** The answers of the observations, when the calls were made, thread by thread. */
  readonly state: readonly string[];
  readonly coverage: readonly number[];
}

const THREADS = 3;
const CALLS = 24;

/** Runs the program and the calls that the numbers stand for; the same numbers always give the same program and calls. */
export function transcribe(numbers: readonly number[], make: MakeEngine): Transcript {
  const random = programOf(numbers);
  const settings = { ...DEFAULT_MACHINE, provenance: numbers.length % 3 === 0 ? 'strict' : 'permissive' } as const;
  // The calls are drawn from numbers of their own, so that a long program leaves some for them.
  const run = new Run(random, settings, new Choices(numbers.toReversed()), make);
  return run.transcript();
}

/** The program that the numbers stand for. */
export function programOf(numbers: readonly number[]): RandomProgram {
  return randomProgram(new Choices(numbers));
}

/** The drives of one engine: its host is deterministic, and nothing in it depends on the engine. */
class Run {
  readonly #random: RandomProgram;
  readonly #choices: Choices;
  readonly #engine: Engine;
  readonly #memory: Memory;
  /** Components of pointers that operations answered, to be given back to them. */
  #pointers: (readonly number[])[] = [[0, 0, 0]];
  #panics = 0;
  #nested = false;

  constructor(random: RandomProgram, settings: MachineSettings, choices: Choices, make: MakeEngine) {
    this.#random = random;
    this.#choices = choices;
    this.#memory = new Memory(settings, new Random(1));
    const host: Host = {
      memory: this.#memory,
      reclaim: (low, high, provenance) => this.#memory.deallocate(low, high, provenance, 0, -1, -1),
      callback: (name) => this.#callback(name),
      mayPanic: (name) => (this.#panics++ + name.length) % 3 === 0,
    };
    this.#engine = make(random.program, host);
  }

  transcript(): Transcript {
    const calls: Shown[] = [];
    const state: string[] = [];
    let image = this.#engine.snapshot();
    for (let call = 0; call < CALLS; call++) {
      const shown = this.#randomCall();
      calls.push(shown);
      if (shown.outcome.startsWith('fault')) this.#reset();
      if (this.#choices.once(8)) image = this.#engine.snapshot();
      if (this.#choices.once(12)) this.#engine.restore(image);
      if (this.#choices.once(30)) this.#reset();
      if (call % 6 === 5) state.push(...this.#observe());
    }
    return { calls, state, coverage: [...this.#engine.coverage] };
  }

  #randomCall(): Shown {
    const choices = this.#choices;
    const name = choices.pick(this.#random.operations);
    this.#engine.thread = choices.below(THREADS);
    const operation = this.#operation(name);
    const components = operation.parameters.flatMap(({ type }) => this.#argument(type));
    const outcome = this.#outcome(name, components);
    const path = Array.from(this.#engine.path.subarray(0, this.#engine.pathLength));
    return { call: `${name}(${components.join(', ')}) by ${this.#engine.thread}`, outcome, path };
  }

  #outcome(name: string, components: readonly number[]): string {
    const { result } = this.#operation(name);
    try {
      this.#engine.entry(name)(...components);
    } catch (error) {
      if (error instanceof OperationPanic) return error.message;
      if (!(error instanceof OperationFault)) throw error;
      const statement = error.statement && this.#random.program.numberOf.get(error.statement);
      return `fault ${verdictOf(error.fault)} at ${String(statement)}`;
    }
    const count = result === undefined ? 0 : componentsOf(result).length;
    const answer = Array.from(this.#engine.registers.subarray(0, count));
    if (result?.kind === 'pointer') this.#pointers.push(answer);
    return `answer ${answer.join(' ')}`;
  }

  #argument(type: ValueType): readonly number[] {
    const choices = this.#choices;
    if (type.kind === 'option') {
      if (choices.once(3)) return componentsOf(type).map(() => 0);
      return [1, ...this.#argument(type.of)];
    }
    if (type.kind === 'pointer') {
      if (choices.once(5)) return [choices.below(2 ** 32) | 0, choices.below(2 ** 16), choices.below(3) - 1];
      return choices.pick(this.#pointers);
    }
    if (type.kind === 'boolean') return [choices.below(2)];
    const bits = choices.word(type.width);
    const low = Number(BigInt.asIntN(32, bits));
    return type.width > 32 ? [low, Number(BigInt.asIntN(32, bits >> 32n))] : [low];
  }

  /** Another operation with arguments of zero runs inside; what comes out of it goes on through the outer one. */
  #callback(name: string): void {
    if (this.#nested) return;
    this.#nested = true;
    try {
      const { operations } = this.#random;
      const inner = operations[Number(name.at(-1)) % operations.length];
      const { parameters } = this.#operation(inner);
      this.#engine.entry(inner)(...parameters.flatMap(({ type }) => componentsOf(type).map(() => 0)));
    } finally {
      this.#nested = false;
    }
  }

  /** Reads the state of every thread from a copy. */
  #observe(): readonly string[] {
    const image = this.#engine.snapshot();
    const seen: string[] = [];
    for (let thread = 0; thread < THREADS; thread++) {
      this.#engine.thread = thread;
      for (const { entry, components } of this.#random.observations)
        seen.push(`${thread}: ${entry}(${components.join(', ')}) = ${this.#outcome(entry, components)}`);
    }
    this.#engine.restore(image);
    return seen;
  }

  #reset(): void {
    this.#engine.reset();
    this.#memory.reset();
    this.#pointers = [[0, 0, 0]];
  }

  #operation(name: string): RecordedOperation {
    const operation = this.#random.program.entries.get(name);
    if (operation === undefined) throw new RangeError(name);
    return operation;
  }
}

/** How many calls of some transcripts ended in each way: what the generator really reaches. */
export function census(transcripts: readonly Transcript[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(Object.keys(Fault).map((code) => [code, 0]));
  const count = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
  for (const { calls } of transcripts)
    for (const { outcome } of calls) {
      const [kind, code] = outcome.split(/[ :]+/);
      count(kind === 'fault' ? code : kind);
    }
  return counts;
}
