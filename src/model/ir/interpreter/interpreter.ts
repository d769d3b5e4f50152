import { Fault } from '../../vocabulary/verdicts.ts';
import {
  OperationFault,
  OperationPanic,
  PATH_CAPACITY,
  RETRY_LIMIT,
  type Engine,
  type Entry,
  type Host,
} from '../engine.ts';
import type { Local } from '../expression.ts';
import type { RecordedOperation } from '../operation.ts';
import type { Program } from '../program.ts';
import { componentsOf } from '../type.ts';
import type { Steps } from './access.ts';
import { Execution, type Surroundings } from './execution.ts';
import { Store, type Member } from './store.ts';
import { fromComponents, toComponents, type RuntimeValue } from './values.ts';

/** How a run ended: with the int32 components of its answer (none without an answer), or by a panic. */
export type Outcome =
  | { readonly kind: 'answered'; readonly components: readonly number[] }
  | { readonly kind: 'panicked'; readonly name: string };

const REGISTERS = 8;

/** The reference engine over a program: slow, and meant to be checked against the documentation line by line. */
export function interpretProgram(program: Program, host: Host): Interpreter {
  return new Interpreter(program, host);
}

/**
 * Runs operations whole, as an {@link Engine}, or step by step. Run whole, an operation is alone: a lock that is not free and an
 * `await` whose condition is false are `deadlock`, a `retry` that does not leave is `livelock`.
 */
export class Interpreter implements Engine {
  readonly registers = new Int32Array(REGISTERS);
  readonly coverage: Uint32Array;
  readonly path = new Int32Array(PATH_CAPACITY);
  pathLength = 0;
  #thread = 0;
  /** One past the highest thread since the last reset. */
  #threads = 1;

  readonly #program: Program;
  readonly #host: Host;
  readonly #store = new Store();
  readonly #fault = new OperationFault();

  constructor(program: Program, host: Host) {
    this.#program = program;
    this.#host = host;
    this.coverage = new Uint32Array(program.points.length);
  }

  get thread(): number {
    return this.#thread;
  }

  set thread(thread: number) {
    this.#thread = thread;
    this.#threads = Math.max(this.#threads, thread + 1);
  }

  entry(name: string): Entry {
    const operation = this.#operation(name);
    return (...components) => {
      this.pathLength = 0;
      const steps = this.#steps(operation, this.thread, components, RETRY_LIMIT, (point) => {
        if (this.pathLength < PATH_CAPACITY) this.path[this.pathLength++] = point;
      });
      const outcome = this.#runAlone(steps);
      if (outcome.kind === 'panicked') throw new OperationPanic(outcome.name);
      this.registers.set(outcome.components);
    };
  }

  /**
   * One run of an entry by a thread, to be resumed step by step: yields before every shared access, and again while it is blocked.
   * Coverage counts as usual; the points reached are appended to `path`. A `retry` may go on for ever: others can make it leave.
   * @throws OperationFault from `next` when a check fails, after which the run is over and keeps the locks that it held.
   */
  step(name: string, thread: number, components: readonly number[], path: number[] = []): Steps<Outcome> {
    return this.#steps(this.#operation(name), thread, components, Infinity, (point) => path.push(point));
  }

  reset(): void {
    this.#threads = this.#thread + 1;
    this.#store.reset();
  }

  snapshot(): unknown {
    return this.#store.snapshot();
  }

  restore(image: unknown): void {
    this.#store.restore(image as ReadonlyMap<string, Member>);
  }

  #operation(name: string): RecordedOperation {
    const operation = this.#program.entries.get(name);
    if (operation === undefined) throw new RangeError(`the program has no entry "${name}"`);
    return operation;
  }

  *#steps(
    { parameters, body, result }: RecordedOperation,
    thread: number,
    components: readonly number[],
    retryLimit: number,
    record: (point: number) => void,
  ): Steps<Outcome> {
    const surroundings: Surroundings = {
      program: this.#program,
      host: this.#host,
      callback: (name) => this.#callback(name),
      store: this.#store,
      fault: this.#fault,
      retryLimit,
      reach: (point) => {
        this.coverage[point] = this.coverage[point] + 1;
        record(point);
      },
    };
    this.#threads = Math.max(this.#threads, thread + 1);
    const run = new Execution(surroundings, thread, this.#threads);
    for (const [local, value] of bind(parameters, components)) run.locals.set(local, value);
    const completion = yield* run.block(body);
    if (completion.kind === 'panic') return { kind: 'panicked', name: completion.name };
    const answer = completion.kind === 'return' ? completion.value : undefined;
    const answered = result === undefined || answer === undefined ? [] : toComponents(result, answer);
    return { kind: 'answered', components: answered };
  }

  /**
   * The operations that the driver runs use the same path; that of the outer one goes on afterwards. When a fault or panic comes out,
   * the path stays that of the operation in which it arose.
   */
  #callback(name: string): void {
    const saved = this.path.slice(0, this.pathLength);
    this.#host.callback(name);
    this.path.set(saved);
    this.pathLength = saved.length;
  }

  #runAlone(steps: Steps<Outcome>): Outcome {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      if (value.blocked) this.#fault.raise(Fault.deadlock, value.statement);
    }
  }
}

function bind(
  parameters: readonly Local[],
  components: readonly number[],
): readonly (readonly [Local, RuntimeValue])[] {
  let at = 0;
  return parameters.map((local) => {
    const value = fromComponents(local.type, components, at);
    at += componentsOf(local.type).length;
    return [local, value] as const;
  });
}
