import { componentsOf, widthOf, type ScalarType } from '../model/ir/type.ts';
import type { MemberShape, Shape } from '../model/ir/state.ts';
import type { Instance } from '../model/machine/instance.ts';

/** What a representation keeps for one object, counted from its declared state and never measured. Bytes. */
export interface Footprint {
  /** One record of its growing containers or arrays, each field at the smallest of 1, 2, 4 or 8 bytes that holds it. */
  readonly slotBytes: number;
  /** One key and one value of each of its maps, without the spare room of a hash table. */
  readonly mapBytes: number;
  /** One entry of each of its free lists, paid for by every freed slot. */
  readonly freeListBytes: number;
  /** Bits of a reference that are used. */
  readonly referenceBits: number;
}

export function footprintOf({ program, reference }: Instance): Footprint {
  const shapes = program.declarations.flatMap(({ shape }) => membersOf(shape));
  const sum = (bytes: (shape: MemberShape) => number): number =>
    shapes.reduce((total, shape) => total + bytes(shape), 0);
  return {
    slotBytes: sum((shape) => (shape.kind === 'growing' ? recordBytes(shape.record) : 0)),
    mapBytes: sum((shape) => (shape.kind === 'map' ? bytesOf(shape.key) + bytesOf(shape.value) : 0)),
    freeListBytes: sum((shape) => (shape.kind === 'list' ? bytesOf(shape.element) : 0)),
    referenceBits: reference.layout?.width ?? widthOf(reference),
  };
}

/** The members of an array stand once for each of its records, and an object uses one record. */
function membersOf(shape: Shape): readonly MemberShape[] {
  return shape.kind === 'array' ? Object.values(shape.record) : [shape];
}

function recordBytes(record: Readonly<Record<string, { readonly type: ScalarType }>>): number {
  return Object.values(record).reduce((total, { type }) => total + bytesOf(type), 0);
}

/** A pointer is 8 bytes in the real table: provenance is the machine's, not the program's. */
function bytesOf(type: ScalarType): number {
  if (type.kind === 'pointer' || componentsOf(type).length > 1) return 8;
  const bits = widthOf(type);
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}
