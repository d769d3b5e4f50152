import { widthOf } from '../model/ir/type.ts';
import type { Instance } from '../model/machine/instance.ts';
import type { Field } from '../model/ir/layout.ts';

/** How an extra is called: what its argument is, and for a number how many bits it has. */
export interface ExtraShape {
  readonly name: string;
  readonly argument: 'none' | 'reference' | 'number';
  readonly width: number;
}

/** All that a generator of programs knows of a representation: the fields of its references and the arguments of its extras. */
export interface ProgramShape {
  readonly fields: readonly Field[];
  readonly extras: readonly ExtraShape[];
  /** Whether resolve is told a kind, so that one that the object does not have is worth a try. */
  readonly resolvesByKind: boolean;
}

export function programShape({ blueprint, program, reference }: Instance): ProgramShape {
  return {
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
