import { kebabCase } from '../model/ir/mutation.ts';
import { visitStatements } from '../model/ir/program.ts';
import { widthOf } from '../model/ir/type.ts';
import { Opcode } from '../model/machine/client-program.ts';
import type { Instance } from '../model/machine/instance.ts';
import type { Field } from '../model/ir/layout.ts';

/** How an extra is called: what its argument is, and for a number how many bits it has. */
export interface ExtraShape {
  readonly name: string;
  readonly argument: 'none' | 'reference' | 'number';
  readonly width: number;
}

/** A place in an operation where a client may run operations of its own, or let the operation panic. */
export interface CallbackShape {
  /** In kebab case, as scenarios write it. */
  readonly name: string;
  /** Whether operations may run there, and whether it may panic; one of them is true. */
  readonly runs: boolean;
  readonly panics: boolean;
}

/** All that a generator of programs knows of a representation: the fields of its references, the arguments of its extras, its callbacks. */
export interface ProgramShape {
  readonly fields: readonly Field[];
  readonly extras: readonly ExtraShape[];
  /** Whether resolve is told a kind, so that one that the object does not have is worth a try. */
  readonly resolvesByKind: boolean;
  readonly callbacks: readonly CallbackShape[];
  /** By entry: the numbers of the callbacks that it may come by. */
  readonly callbacksOf: ReadonlyMap<string, readonly number[]>;
}

export function programShape(instance: Instance): ProgramShape {
  const { blueprint, program, reference } = instance;
  return {
    ...callbackShapes(instance),
    fields: reference.layout?.fields ?? [],
    resolvesByKind: 'kind' in blueprint.roles.resolve.parameters,
    extras: Object.keys(blueprint.roles.extras ?? {}).map((name) => {
      const parameter = program.entries.get(`extra:${name}`)?.parameters[0];
      if (parameter === undefined) return { name, argument: 'none', width: 0 };
      if (parameter.name === 'reference') return { name, argument: 'reference', width: 0 };
      return { name, argument: 'number', width: widthOf(parameter.type) };
    }),
  };
}

/** Entries that a client's operation calls. */
const ENTRIES: Readonly<Partial<Record<number, readonly string[]>>> = {
  [Opcode.alloc]: ['role:create', 'role:allocate'],
  [Opcode.free]: ['role:destroy'],
  [Opcode.use]: ['role:resolve', 'role:enter', 'role:leave'],
  [Opcode.hold]: ['role:resolve', 'role:enter'],
  [Opcode.drop]: ['role:leave'],
};

/** The callbacks that an operation may come by; for an extra, `first` is its number. */
export function callbacksAt({ callbacksOf, extras }: ProgramShape, opcode: number, first: number): readonly number[] {
  const entries = opcode === Opcode.extra ? [`extra:${extras[first]?.name ?? ''}`] : (ENTRIES[opcode] ?? []);
  return entries.flatMap((entry) => callbacksOf.get(entry) ?? []);
}

function callbackShapes({ program }: Instance): Pick<ProgramShape, 'callbacks' | 'callbacksOf'> {
  const runs = new Set<string>();
  const panics = new Set<string>();
  const byEntry = new Map<string, ReadonlySet<string>>();
  for (const [entry, { body }] of program.entries) {
    if (!/^(role|extra):/.test(entry)) continue;
    const names = new Set<string>();
    visitStatements(body, (statement) => {
      if (statement.kind !== 'callback' && statement.kind !== 'mayPanic') return;
      const name = kebabCase(statement.name);
      names.add(name);
      (statement.kind === 'callback' ? runs : panics).add(name);
    });
    if (names.size > 0) byEntry.set(entry, names);
  }
  const all = [...new Set([...runs, ...panics])];
  return {
    callbacks: all.map((name) => ({ name, runs: runs.has(name), panics: panics.has(name) })),
    callbacksOf: new Map([...byEntry].map(([entry, names]) => [entry, [...names].map((name) => all.indexOf(name))])),
  };
}
