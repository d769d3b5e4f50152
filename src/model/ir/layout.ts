import { BuildError, Site } from './site.ts';

/** One named bit field of a reference. */
export interface Field {
  readonly name: string;
  readonly low: number;
  readonly width: number;
}

/** Named bit fields from bit 0 upward. Bits above the last field are spare: ignored by a decoder, or required to be 0. */
export interface Layout<Names extends string = string> {
  readonly fields: readonly Field[];
  readonly names: readonly Names[];
  /** Bits used by the fields. */
  readonly width: number;
  readonly spare: 'ignored' | 'mustBeZero';
}

/** Names that a word already uses for its methods; a field of that name would be unreachable. */
export const RESERVED_FIELD_NAMES = [
  'add', 'sub', 'mul', 'div', 'rem', 'and', 'or', 'xor', 'not', 'shl', 'shr', 'eq', 'ne', 'lt', 'le', 'gt', 'ge',
  'min', 'max', 'resize', 'bits', 'with', 'signed', 'type', 'expression', 'address', 'withAddress', 'mapAddress',
  'isNull', 'wrappingOffset', 'isSome', 'isNone', 'value',
] as const; // prettier-ignore

export type ReservedFieldName = (typeof RESERVED_FIELD_NAMES)[number];

type FieldWidths<Names extends string> = { readonly [Name in Names]: Name extends ReservedFieldName ? never : number };

/**
 * A layout of named fields, listed from bit 0 upward; widths in bits. A field named like a method of a word is a type error.
 * @throws BuildError when a width is not 1 to 64 or the fields need more than 64 bits.
 */
export function layout<Names extends string>(
  widths: FieldWidths<Names>,
  options: { readonly spare?: 'ignored' | 'mustBeZero' } = {},
): Layout<Names> {
  const fields: Field[] = [];
  let low = 0;
  for (const [name, width] of Object.entries<number>(widths)) {
    if ((RESERVED_FIELD_NAMES as readonly string[]).includes(name))
      throw new BuildError(`a field may not be named like the method "${name}" of a word`, new Site(layout));
    if (!Number.isInteger(width) || width < 1 || width > 64)
      throw new BuildError(`field "${name}" needs a width of 1 to 64 bits, not ${String(width)}`, new Site(layout));
    fields.push({ name, low, width });
    low += width;
  }
  if (low > 64) throw new BuildError(`the fields need ${low} bits; a reference has 64`, new Site(layout));
  return { fields, names: fields.map((field) => field.name as Names), width: low, spare: options.spare ?? 'ignored' };
}

/** The fields' values in some bits, from the highest field down, as a diagnostic prints them. */
export function decodeFields(layoutOf: Layout, bits: bigint): { readonly name: string; readonly value: bigint }[] {
  return [...layoutOf.fields]
    .reverse()
    .map(({ name, low, width }) => ({ name, value: (bits >> BigInt(low)) & ((1n << BigInt(width)) - 1n) }));
}
