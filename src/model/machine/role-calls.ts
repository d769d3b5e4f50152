import type { Engine, Entry } from '../ir/engine.ts';
import type { RecordedOperation } from '../ir/operation.ts';
import { componentsOf, type ValueType } from '../ir/type.ts';
import type { Instance } from './instance.ts';

/** Calls an entry with all that a role may want; the adapter passes on what its parameters name. */
export type RoleEntry = (low: number, high: number, provenance: number, kind: number, size: number) => void;

/** Reads an answer that stands for a reference or a pointer out of the engine's registers. */
export class AnswerReader {
  readonly #registers: Int32Array;
  readonly #isOption: boolean;
  readonly #first: number;
  readonly #components: number;

  constructor(registers: Int32Array, type: ValueType) {
    this.#registers = registers;
    this.#isOption = type.kind === 'option';
    this.#first = this.#isOption ? 1 : 0;
    this.#components = componentsOf(type).length - this.#first;
  }

  get low(): number {
    return this.#registers[this.#first];
  }

  get high(): number {
    return this.#components > 1 ? this.#registers[this.#first + 1] : 0;
  }

  get provenance(): number {
    return this.#components > 2 ? this.#registers[this.#first + 2] : 0;
  }

  /** Whether there is an answer: not NONE, and not 0 or null. */
  get present(): boolean {
    if (this.#isOption && this.#registers[0] === 0) return false;
    return (this.low | this.high) !== 0;
  }
}

/** The roles of an instance, callable in one uniform way whatever parameters their operations have. */
export class RoleCalls {
  readonly create: RoleEntry;
  readonly created: AnswerReader;
  readonly resolve: RoleEntry;
  readonly resolved: AnswerReader;
  /** Whether resolve is told which kind its caller expects. */
  readonly resolvesByKind: boolean;
  readonly destroy: RoleEntry;
  readonly allocate: RoleEntry | undefined;
  readonly allocated: AnswerReader | undefined;
  readonly enter: RoleEntry | undefined;
  readonly leave: RoleEntry | undefined;
  /** Extras in the order of the blueprint; the argument is a reference, or a word in `low` and `high`. */
  readonly extras: readonly { readonly name: string; readonly call: RoleEntry }[];

  constructor(instance: Instance, engine: Engine) {
    const { program, blueprint } = instance;
    const role = (name: string): RoleEntry => adapt(engine.entry(name), program.entries.get(name) as RecordedOperation);
    const optional = (name: string): RoleEntry | undefined => (program.entries.has(name) ? role(name) : undefined);
    const reader = (name: string): AnswerReader =>
      new AnswerReader(engine.registers, program.entries.get(name)?.result ?? { kind: 'boolean' });
    this.create = role('role:create');
    this.created = reader('role:create');
    this.resolve = role('role:resolve');
    this.resolved = reader('role:resolve');
    this.resolvesByKind = 'kind' in blueprint.roles.resolve.parameters;
    this.destroy = role('role:destroy');
    this.allocate = optional('role:allocate');
    this.allocated = this.allocate && reader('role:allocate');
    this.enter = optional('role:enter');
    this.leave = optional('role:leave');
    this.extras = Object.keys(blueprint.roles.extras ?? {}).map((name) => ({ name, call: role(`extra:${name}`) }));
  }
}

/**
 * Most roles take a prefix of (low, high, provenance): then the entry itself serves, for JavaScript drops arguments that a
 * function does not declare. The others get a closure by the shape of their parameters.
 */
export function adapt(entry: Entry, { parameters }: RecordedOperation): RoleEntry {
  const shape = parameters
    .map(({ name, type }) => (name === 'kind' || name === 'size' ? name : componentsOf(type).length))
    .join(' ');
  switch (shape) {
    case '':
    case '1':
    case '2':
    case '3':
      return entry;
    case '1 kind':
      return (low, _high, _provenance, kind) => entry(low, kind);
    case '2 kind':
      return (low, high, _provenance, kind) => entry(low, high, kind);
    case '3 kind':
      return (low, high, provenance, kind) => entry(low, high, provenance, kind);
    case '3 size':
      return (low, high, provenance, _kind, size) => entry(low, high, provenance, size);
    case '3 kind size':
      return entry;
    case 'size':
      return (_low, _high, _provenance, _kind, size) => entry(size);
    case 'kind size':
      return (_low, _high, _provenance, kind, size) => entry(kind, size);
    case 'size kind':
      return (_low, _high, _provenance, kind, size) => entry(size, kind);
    default:
      throw new RangeError(`a role takes (object or reference), kind and size, in this order; it has ${shape}`);
  }
}
