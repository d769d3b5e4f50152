import {
  Opcode,
  STRIDE,
  type CallbackPrograms,
  type ClientProgram,
  type OpcodeName,
} from '../machine/client-program.ts';
import type { Instance } from '../machine/instance.ts';
import { kindNumber } from '../machine/object-kinds.ts';
import { InputError } from '../vocabulary/input-error.ts';
import type { ExtraArgument, Scenario, ScenarioStatement } from './scenario.ts';

/** A scenario as numbers, with the tables that lead back to its text. */
export interface LoweredScenario {
  readonly program: ClientProgram;
  /** The statement of every operation of the program, by its number. */
  readonly statements: readonly ScenarioStatement[];
  /** Names of reference and pointer variables, by number. */
  readonly references: readonly string[];
  readonly pointers: readonly string[];
  /** Whether any statement makes bits that were not issued. */
  readonly forges: boolean;
}

type Operands = readonly [name: OpcodeName, ...operands: number[]];

/**
 * Turns the statements of the main thread into a client program.
 * @throws InputError for scenarios with a second thread, which the sequential driver does not run.
 */
export function lowerScenario(scenario: Scenario, instance: Instance): LoweredScenario {
  const other = scenario.threads.find(({ thread, statements }) => thread !== 0 && statements.length > 0);
  if (other !== undefined)
    throw new InputError(
      'unsupported',
      'expected a case of one thread, found a block of another thread',
      { file: scenario.file, line: other.statements[0]?.line ?? 1, column: 1 },
      'a case of one thread',
    );
  const lowering = new Lowering(Object.keys(instance.blueprint.roles.extras ?? {}), scenario.file);
  const statements = scenario.threads.find(({ thread }) => thread === 0)?.statements ?? [];
  const program = lowering.program(statements);
  return {
    program,
    statements,
    references: [...lowering.references.keys()],
    pointers: [...lowering.pointers.keys()],
    forges: lowering.forges,
  };
}

/** Numbers the variables of statements in the order in which they appear, over all programs that it lowers. */
export class Lowering {
  readonly references = new Map<string, number>();
  readonly pointers = new Map<string, number>();
  forges = false;
  readonly #extras: readonly string[];
  readonly #file: string;

  constructor(extras: readonly string[], file: string) {
    this.#extras = extras;
    this.#file = file;
  }

  program(statements: readonly ScenarioStatement[]): ClientProgram {
    const code = new Int32Array(statements.length * STRIDE);
    const callbacks = new Map<number, CallbackPrograms>();
    statements.forEach((statement, number) => {
      const [name, ...operands] = this.#operands(statement);
      code.set([Opcode[name], ...operands], number * STRIDE);
      if (statement.during === undefined) return;
      callbacks.set(number, new Map(statement.during.map((block) => [block.callback, this.program(block.statements)])));
    });
    return { code, callbacks };
  }

  #operands(statement: ScenarioStatement): Operands {
    switch (statement.op) {
      case 'alloc':
        return ['alloc', this.#reference(statement.target), kindNumber(statement.kind), statement.size];
      case 'free':
      case 'abandon':
        return [statement.op, this.#reference(statement.name)];
      case 'use':
        return ['use', this.#reference(statement.name), statement.as === undefined ? 0 : kindNumber(statement.as)];
      case 'hold':
        return ['hold', this.#pointer(statement.pointer), this.#reference(statement.name)];
      case 'touch':
      case 'drop':
        return [statement.op, this.#pointer(statement.pointer)];
      case 'copy':
        return ['copy', this.#reference(statement.target), this.#reference(statement.name)];
      case 'forge':
        this.forges = true;
        return ['forge', this.#reference(statement.target), ...halves(statement.bits)];
      case 'corrupt':
        this.forges = true;
        return ['corrupt', this.#reference(statement.target), this.#reference(statement.name), statement.bit];
      case 'send':
        return ['send', this.#reference(statement.name), statement.thread];
      case 'churn':
        return ['churn', ...halves(BigInt(statement.times)), kindNumber(statement.kind)];
      case 'extra':
        return ['extra', this.#extras.indexOf(statement.extra), ...this.#argument(statement)];
      case 'stall':
      case 'panic':
        return [statement.op];
    }
  }

  #argument(statement: ScenarioStatement & { readonly op: 'extra' }): readonly number[] {
    const [first, second] = statement.arguments as readonly (ExtraArgument | undefined)[];
    if (second !== undefined || (first !== undefined && 'pointer' in first))
      throw new InputError(
        'extra-arguments',
        `expected one reference or one number, found more: ${statement.extra}`,
        { file: this.#file, line: statement.line, column: statement.column },
        'one reference or one number',
      );
    if (first === undefined) return [];
    return 'reference' in first ? [this.#reference(first.reference)] : halves((first as { number: bigint }).number);
  }

  #reference(name: string): number {
    return numbered(this.references, name);
  }

  #pointer(name: string): number {
    return numbered(this.pointers, name);
  }
}

function numbered(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, names.size);
  return names.size - 1;
}

function halves(bits: bigint): readonly [number, number] {
  return [Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n))];
}
