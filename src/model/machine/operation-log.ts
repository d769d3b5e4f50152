import { OperationFault, OperationPanic, type Engine, type Entry } from '../ir/engine.ts';
import { componentsOf, widthOf, type ValueType } from '../ir/type.ts';
import { InputError } from '../vocabulary/input-error.ts';
import { verdictOf } from '../vocabulary/verdicts.ts';
import type { LogCall, LogRepeat } from './definition.ts';
import type { Instance } from './instance.ts';
import type { LoggedOperation, OperationLog } from './operation-log-parser.ts';

export { parseOperationLog, type LoggedOperation, type OperationLog } from './operation-log-parser.ts';

/** The first line at which the model answered otherwise than the real table. */
export interface Divergence {
  readonly line: number;
  readonly op: string;
  readonly expected: string;
  /** What the model answered; `fault CODE` or `panic NAME` when it did not answer. */
  readonly actual: string;
}

export interface ReplayOutcome {
  /** Lines that were replayed, the diverging one included; a macro counts as one. */
  readonly operations: number;
  readonly divergence: Divergence | null;
}

/** One call of an operation: its entry with its arguments as int32 components. */
interface BoundCall {
  readonly entry: Entry;
  readonly components: readonly number[];
  readonly result: ValueType | undefined;
}

interface BoundLine {
  readonly calls: readonly BoundCall[];
  readonly times: number;
  readonly answer: number;
}

/**
 * Replays a log against an engine of the instance, from the initial state to the first divergence. It calls operations, never
 * roles; pointers are plain addresses without provenance, for nothing is allocated behind them. A log belongs to every
 * representation that declares all of its operations; the header's name decides nothing.
 * @throws InputError before anything runs, when the log does not fit the representation's declaration.
 */
export function replayLog(log: OperationLog, instance: Instance, engine: Engine): ReplayOutcome {
  const binder = new LogBinder(log, instance, engine);
  const lines = log.operations.map((logged) => binder.bind(logged));
  engine.reset();
  engine.thread = 0;
  for (const [index, logged] of log.operations.entries()) {
    const actual = answerOf(lines[index], engine.registers);
    if (actual === logged.result) continue;
    const divergence = { line: logged.line, op: logged.op, expected: logged.result, actual };
    return { operations: index + 1, divergence };
  }
  return { operations: log.operations.length, divergence: null };
}

/** How an answer reads in a log: `0x…`, `none` (null, NONE), `true`, `false`, or `ok` for an operation without an answer. */
export function answerText(registers: Int32Array, result: ValueType | undefined, first = 0): string {
  if (result === undefined) return 'ok';
  if (result.kind === 'option') return registers[first] === 0 ? 'none' : answerText(registers, result.of, first + 1);
  if (result.kind === 'boolean') return registers[first] === 0 ? 'false' : 'true';
  const low = BigInt.asUintN(32, BigInt(registers[first]));
  const high = widthOf(result) > 32 ? BigInt.asUintN(32, BigInt(registers[first + 1])) : 0n;
  const bits = (high << 32n) | low;
  return result.kind === 'pointer' && bits === 0n ? 'none' : `0x${bits.toString(16)}`;
}

function answerOf({ calls, times, answer }: BoundLine, registers: Int32Array): string {
  let text = 'ok';
  try {
    for (let round = 1; round <= times; round++) {
      for (let index = 0; index < calls.length; index++) {
        const { entry, components, result } = calls[index];
        entry(...components);
        if (round === times && index === answer) text = answerText(registers, result);
      }
    }
  } catch (error) {
    if (error instanceof OperationFault) return `fault ${verdictOf(error.fault)}`;
    if (error instanceof OperationPanic) return `panic ${error.panicName}`;
    throw error;
  }
  return text;
}

/** Turns logged operations into calls, as the blueprint's `log` says. */
class LogBinder {
  readonly #log: OperationLog;
  readonly #instance: Instance;
  readonly #engine: Engine;
  readonly #known: Readonly<Record<string, LogCall | LogRepeat>>;

  constructor(log: OperationLog, instance: Instance, engine: Engine) {
    this.#log = log;
    this.#instance = instance;
    this.#engine = engine;
    const known = instance.blueprint.log;
    if (known === undefined)
      throw new InputError('no-operation-log', `${instance.representation.id} declares no operation log`, {
        file: log.file,
      });
    this.#known = known;
  }

  bind(logged: LoggedOperation): BoundLine {
    const known = Object.hasOwn(this.#known, logged.op) ? this.#known[logged.op] : undefined;
    if (known === undefined) throw this.#unknownOperation(logged);
    const repeated = 'repeat' in known;
    const calls = repeated ? known.calls : [known];
    const keys = new Set(calls.flatMap((call) => Object.values(call.arguments)));
    if (repeated) keys.add(known.repeat);
    for (const [key, { column }] of logged.arguments)
      if (!keys.has(key)) throw this.#unknownKey(logged, key, keys, column);
    return {
      calls: calls.map((call) => this.#call(logged, call)),
      times: repeated ? this.#times(logged, known.repeat) : 1,
      answer: repeated ? known.answer : 0,
    };
  }

  #call(logged: LoggedOperation, { call, arguments: sources }: LogCall): BoundCall {
    const recorded = this.#instance.program.entries.get(call);
    if (recorded === undefined)
      throw new RangeError(`the log of "${logged.op}" calls "${call}", which is not an operation`);
    const components = recorded.parameters.flatMap(({ name, type }) => {
      const key = sources[name];
      if (key === undefined)
        throw new RangeError(`the log of "${logged.op}" gives nothing to parameter "${name}" of ${call}`);
      return this.#components(logged, key, type);
    });
    return { entry: this.#engine.entry(call), components, result: recorded.result };
  }

  #components(logged: LoggedOperation, key: string, type: ValueType): readonly number[] {
    const { value, column } = this.#argument(logged, key);
    const width = widthOf(type);
    if (value >> BigInt(width) !== 0n)
      throw InputError.expected(
        `at most ${width} bits for "${key}"`,
        `0x${value.toString(16)}`,
        this.#place(logged, column),
      );
    const low = Number(BigInt.asIntN(32, value));
    const high = Number(BigInt.asIntN(32, value >> 32n));
    return [low, high, 0].slice(0, componentsOf(type).length);
  }

  #times(logged: LoggedOperation, key: string): number {
    const { value, column } = this.#argument(logged, key);
    if (value > 0n && value <= 0xffff_ffffn) return Number(value);
    throw InputError.expected(`a number from 1 to 4294967295 for "${key}"`, String(value), this.#place(logged, column));
  }

  #argument(logged: LoggedOperation, key: string): { readonly value: bigint; readonly column: number } {
    const argument = logged.arguments.get(key);
    if (argument !== undefined) return argument;
    const found = ['op', ...logged.arguments.keys(), 'result'].join(', ');
    throw InputError.expected(
      `the key "${key}" of operation "${logged.op}"`,
      found,
      this.#place(logged, logged.endColumn),
    );
  }

  #unknownOperation(logged: LoggedOperation): InputError {
    const expected = `one of ${Object.keys(this.#known).join(', ')}`;
    const message = `${this.#instance.representation.id} has no logged operation "${logged.op}"; expected ${expected}`;
    return new InputError('unknown-operation', message, this.#place(logged, logged.column), expected);
  }

  #unknownKey(logged: LoggedOperation, key: string, keys: ReadonlySet<string>, column: number): InputError {
    const expected = keys.size === 0 ? 'no arguments' : `only ${[...keys].join(', ')}`;
    return InputError.expected(`${expected} for operation "${logged.op}"`, `"${key}"`, this.#place(logged, column));
  }

  #place({ line }: LoggedOperation, column: number) {
    return { file: this.#log.file, line, column };
  }
}
