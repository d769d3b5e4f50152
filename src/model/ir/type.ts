import type { Layout } from './layout.ts';

/** An unsigned word of 1 to 64 bits that wraps at its width; with a layout, its fields have names. */
export interface WordType {
  readonly kind: 'word';
  readonly width: number;
  readonly layout?: Layout;
}

/** A counter modulo 2^width of which programs see only equality and distance, so that an explorer can store it relative. */
export interface CyclicType {
  readonly kind: 'cyclic';
  readonly width: number;
}

/** An absolute 64-bit address with a provenance; with a layout, the address bits have named fields. */
export interface PointerType {
  readonly kind: 'pointer';
  readonly layout?: Layout;
}

export interface BooleanType {
  readonly kind: 'boolean';
}

/** A value or NONE, which is apart from 0 and from null. */
export interface OptionType {
  readonly kind: 'option';
  readonly of: ScalarType;
}

export type ScalarType = WordType | CyclicType | PointerType | BooleanType;
export type ValueType = ScalarType | OptionType;

export const BOOLEAN: BooleanType = { kind: 'boolean' };

/** Width in bits of a word or a counter; a pointer's address has 64. */
export function widthOf(type: ValueType): number {
  if (type.kind === 'word' || type.kind === 'cyclic') return type.width;
  return type.kind === 'pointer' ? 64 : 1;
}

/** Whether two types hold the same values; layouts are names only and do not count. */
export function sameType(left: ValueType, right: ValueType): boolean {
  if (left.kind === 'option' && right.kind === 'option') return sameType(left.of, right.of);
  return left.kind === right.kind && widthOf(left) === widthOf(right);
}

/** The type as the printer writes it: `word 16`, `cyclic 2`, `pointer`, `boolean`, `option word 64`. */
export function typeText(type: ValueType): string {
  if (type.kind === 'option') return `option ${typeText(type.of)}`;
  return type.kind === 'word' || type.kind === 'cyclic' ? `${type.kind} ${type.width}` : type.kind;
}

/** The int32 components that hold a value in generated code: (low[, high]), (low, high, provenance), (present, ...). */
export function componentsOf(type: ValueType): readonly string[] {
  if (type.kind === 'option') return ['present', ...componentsOf(type.of)];
  if (type.kind === 'pointer') return ['low', 'high', 'provenance'];
  return widthOf(type) > 32 ? ['low', 'high'] : ['low'];
}
