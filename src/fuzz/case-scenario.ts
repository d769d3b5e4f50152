import { CONTRACTS } from '../model/machine/claims.ts';
import { Opcode, OPCODE_NAMES, STRIDE } from '../model/machine/client-program.ts';
import { kindOfNumber, type ObjectKind } from '../model/machine/object-kinds.ts';
import type { ExtraArgument, Operation, Scenario, ScenarioStatement } from '../model/scenario/scenario.ts';
import { nestingOf, opcodeOf } from './callback-blocks.ts';
import type { FailingCase } from './observation.ts';
import { churnTimes } from './operations.ts';
import type { ExtraShape, ProgramShape } from './program-shape.ts';
import type { FuzzTarget } from './target.ts';

/** A minimal case as a scenario, with variables named a, b, c … and held pointers p, q, r … in the order in which they appear. */
export function caseScenario(target: FuzzTarget, shape: ProgramShape, found: FailingCase): Scenario {
  const { configuration, code, symptom } = found;
  const names = new Names();
  const statements: ScenarioStatement[] = [];
  const { first, program, blocks } = nestingOf(code, shape.callbacks);
  first.forEach((number, outer) => {
    const statement = placed(statementOf(code, number * STRIDE, names, shape.extras));
    const during = [...(program.callbacks.get(outer) ?? [])].map(([callback, block]) => ({
      callback,
      statements: (blocks.get(block) ?? []).map((inner) =>
        placed(statementOf(code, inner * STRIDE, names, shape.extras)),
      ),
    }));
    statements.push(during.length === 0 ? statement : { ...statement, during });
  });
  return {
    file: '',
    representation: target.representation,
    parameters: configuration.parameters,
    machine: configuration.machine,
    client: CONTRACTS[symptom.contract] ?? 'bypass',
    ...(target.mutant !== undefined && { mutant: target.mutant }),
    expect: symptom.code,
    notes: [],
    threads: [{ thread: 0, statements }],
    schedule: [],
  };
}

function placed(operation: Operation): ScenarioStatement {
  return { ...operation, line: 0, column: 0 };
}

export const REFERENCE_NAMES = 'abcdefghijklmno';
export const POINTER_NAMES = 'pqrstuvw';

class Names {
  readonly #references = new Map<number, string>();
  readonly #pointers = new Map<number, string>();
  #holds = 0;

  reference(variable: number): string {
    return named(this.#references, variable, REFERENCE_NAMES);
  }

  pointer(variable: number): string {
    return named(this.#pointers, variable, POINTER_NAMES);
  }

  /** A name of its own for every hold: one that was refused leaves its name behind, which a second hold may not take. */
  held(variable: number): string {
    const name = nameAt(this.#holds++, POINTER_NAMES);
    this.#pointers.set(variable, name);
    return name;
  }
}

function named(names: Map<number, string>, variable: number, letters: string): string {
  const known = names.get(variable);
  if (known !== undefined) return known;
  const name = nameAt(names.size, letters);
  names.set(variable, name);
  return name;
}

/** The letters in order; past the last one they carry a number. */
export function nameAt(position: number, letters: string): string {
  const round = Math.floor(position / letters.length);
  return `${letters[position % letters.length]}${round === 0 ? '' : round}`;
}

function statementOf(code: Int32Array, at: number, names: Names, extras: readonly ExtraShape[]): Operation {
  const opcode = opcodeOf(code[at]);
  const a = code[at + 1];
  const b = code[at + 2];
  const c = code[at + 3];
  switch (opcode) {
    case Opcode.alloc:
      return { op: 'alloc', target: names.reference(a), kind: kindOf(b), size: c };
    case Opcode.free:
      return { op: 'free', name: names.reference(a) };
    case Opcode.use:
      return { op: 'use', name: names.reference(a), ...(b > 0 && { as: kindOf(b) }) };
    case Opcode.hold:
      return { op: 'hold', pointer: names.held(a), name: names.reference(b) };
    case Opcode.touch:
      return { op: 'touch', pointer: names.pointer(a) };
    case Opcode.drop:
      return { op: 'drop', pointer: names.pointer(a) };
    case Opcode.copy:
      return { op: 'copy', target: names.reference(a), name: names.reference(b) };
    case Opcode.forge:
      return { op: 'forge', target: names.reference(a), bits: wordOf(b, c) };
    case Opcode.corrupt:
      return { op: 'corrupt', target: names.reference(a), name: names.reference(b), bit: c };
    case Opcode.abandon:
      return { op: 'abandon', name: names.reference(a) };
    case Opcode.churn:
      return { op: 'churn', times: churnTimes(code, at), kind: kindOf(c) };
    case Opcode.extra:
      return { op: 'extra', extra: extras[a]?.name ?? '', arguments: argumentsOf(extras[a], b, c, names) };
    case Opcode.panic:
      return { op: 'panic' };
    default:
      throw new RangeError(`a case of one thread has no operation ${OPCODE_NAMES[opcode] ?? opcode}`);
  }
}

function argumentsOf(extra: ExtraShape | undefined, b: number, c: number, names: Names): readonly ExtraArgument[] {
  if (extra === undefined || extra.argument === 'none') return [];
  return extra.argument === 'reference' ? [{ reference: names.reference(b) }] : [{ number: wordOf(b, c) }];
}

function kindOf(number: number): ObjectKind {
  return kindOfNumber(number) ?? 'object';
}

function wordOf(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
