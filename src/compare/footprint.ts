import { componentsOf, widthOf, type ScalarType } from '../model/ir/type.ts';
import { shapeAt, type ArrayShape, type MemberShape, type Path, type ScalarShape } from '../model/ir/state.ts';
import type { RecordedOperation } from '../model/ir/operation.ts';
import { visitStatements } from '../model/ir/program.ts';
import type { Instance } from '../model/machine/instance.ts';

/**
 * What a representation keeps for one object, counted from the state that its `create` touches, and never measured. Bytes, without
 * what an allocator or a hash table adds.
 */
export interface Footprint {
  /** One slot as C lays a struct out: fields in order, each aligned to its own size, the whole to its largest field. */
  readonly slotBytes: number;
  /** The same fields without padding, as a table of columns keeps them. */
  readonly packedSlotBytes: number;
  /** One key and one value of each map that `create` writes; as long as the object lives. */
  readonly mapBytes: number;
  /** One entry of each free list that `create` takes from; as long as the slot is free. */
  readonly freeListBytes: number;
  /** What is there before the first object: cells, and the scalars of arrays that are no slot table. Locks count nothing. */
  readonly fixedBytes: number;
  /** Bits of a reference that are used. */
  readonly referenceBits: number;
}

export function footprintOf(instance: Instance): Footprint {
  const { program, reference } = instance;
  const records = slotRecords(instance);
  const touched = containersOf(program.entries.get('role:create') as RecordedOperation);
  const sum = (bytes: (shape: MemberShape) => number): number =>
    touched.reduce((total, shape) => total + bytes(shape), 0);
  return {
    slotBytes: records.reduce((total, types) => total + structBytes(types), 0),
    packedSlotBytes: records.flat().reduce((total, type) => total + bytesOf(type), 0),
    mapBytes: sum((shape) => (shape.kind === 'map' ? bytesOf(shape.key) + bytesOf(shape.value) : 0)),
    freeListBytes: sum((shape) => (shape.kind === 'list' ? bytesOf(shape.element) : 0)),
    fixedBytes: fixedBytes(instance),
    referenceBits: reference.layout?.width ?? widthOf(reference),
  };
}

/** The records that hold one object each: of growing containers that `create` appends to, and of arrays as large as the capacity. */
function slotRecords(instance: Instance): readonly (readonly ScalarType[])[] {
  const touched = containersOf(instance.program.entries.get('role:create') as RecordedOperation);
  const grown = touched.flatMap((shape) => (shape.kind === 'growing' ? [Object.values(shape.record)] : []));
  const arrays = instance.program.declarations.flatMap(({ shape }) =>
    shape.kind === 'array' && isSlotTable(shape, instance) ? [scalarsOf(shape)] : [],
  );
  return [...grown, ...arrays].map((fields) => fields.map(({ type }) => type));
}

function isSlotTable(shape: ArrayShape, { blueprint }: Instance): boolean {
  return shape.count >= blueprint.capacity;
}

function scalarsOf({ record }: ArrayShape): readonly ScalarShape[] {
  return Object.values(record).filter((member) => member.kind === 'scalar');
}

/** The containers that an operation uses, each once, whichever shard they are in. */
function containersOf({ body }: RecordedOperation): readonly MemberShape[] {
  const paths = new Map<string, Path>();
  visitStatements(body, (statement) => {
    if (statement.kind !== 'container') return;
    paths.set(`${statement.path.root.name} ${statement.path.member ?? ''}`, statement.path);
  });
  return [...paths.values()].map(shapeAt);
}

function fixedBytes(instance: Instance): number {
  return instance.program.declarations.reduce((total, { shape }) => {
    if (shape.kind === 'scalar') return total + bytesOf(shape.type);
    if (shape.kind !== 'array' || isSlotTable(shape, instance)) return total;
    return total + shape.count * scalarsOf(shape).reduce((sum, { type }) => sum + bytesOf(type), 0);
  }, 0);
}

function structBytes(types: readonly ScalarType[]): number {
  let end = 0;
  let alignment = 1;
  for (const type of types) {
    const bytes = bytesOf(type);
    alignment = Math.max(alignment, bytes);
    end = alignedUp(end, bytes) + bytes;
  }
  return alignedUp(end, alignment);
}

function alignedUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** A pointer is 8 bytes in the real table: provenance is the machine's, not the program's. */
function bytesOf(type: ScalarType): number {
  if (type.kind === 'pointer' || componentsOf(type).length > 1) return 8;
  const bits = widthOf(type);
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}
