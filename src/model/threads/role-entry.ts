import type { SteppedProgram } from '../ir/stepped/stepped-program.ts';
import { componentsOf } from '../ir/type.ts';

const GIVEN = { low: 0, high: 1, provenance: 2, kind: 3, size: 4 } as const;

/** One role or extra of an instance as stepped code begins it: what goes into which register, and how its answer reads. */
export class RoleEntry {
  readonly name: string;
  readonly number: number;
  /** Whether it takes a reference or an object, and whether it asks for a kind. */
  readonly takesValue: boolean;
  readonly takesKind: boolean;
  /** By register: which of the five given values it gets. */
  readonly #sources: readonly number[];
  readonly #isOption: boolean;
  readonly #first: number;
  readonly #components: number;

  constructor(program: SteppedProgram, entry: string) {
    const recorded = program.program.entries.get(entry);
    if (recorded === undefined) throw new RangeError(`the program has no entry "${entry}"`);
    this.name = entry.slice(entry.indexOf(':') + 1);
    this.number = program.entryNumber(entry);
    const sources: number[] = [];
    for (const { name, type } of recorded.parameters)
      if (name === 'kind' || name === 'size') sources.push(GIVEN[name]);
      else componentsOf(type).forEach((_component, index) => sources.push(index));
    this.#sources = sources;
    this.takesValue = sources.includes(GIVEN.low);
    this.takesKind = sources.includes(GIVEN.kind);
    const result = recorded.result ?? { kind: 'boolean' };
    this.#isOption = result.kind === 'option';
    this.#first = this.#isOption ? 1 : 0;
    this.#components = componentsOf(result).length - this.#first;
  }

  /** The entry of a name, or undefined when the program has none. */
  static find(program: SteppedProgram, entry: string): RoleEntry | undefined {
    return program.program.entries.has(entry) ? new RoleEntry(program, entry) : undefined;
  }

  /** Begins it on a thread; answers a `Status`. */
  begin(
    program: SteppedProgram,
    state: Int32Array,
    thread: number,
    low: number,
    high: number,
    provenance: number,
    kind: number,
    size: number,
  ): number {
    const { registers } = program;
    const sources = this.#sources;
    for (let register = 0; register < sources.length; register++) {
      const source = sources[register];
      registers[register] =
        source === 0 ? low : source === 1 ? high : source === 2 ? provenance : source === 3 ? kind : size;
    }
    return program.begin(state, thread, this.number);
  }

  low(registers: Int32Array): number {
    return registers[this.#first];
  }

  high(registers: Int32Array): number {
    return this.#components > 1 ? registers[this.#first + 1] : 0;
  }

  provenance(registers: Int32Array): number {
    return this.#components > 2 ? registers[this.#first + 2] : 0;
  }

  /** Whether there is an answer: not NONE, and not 0 or null. */
  isPresent(registers: Int32Array): boolean {
    if (this.#isOption && registers[0] === 0) return false;
    return (this.low(registers) | this.high(registers)) !== 0;
  }
}
