/** A part of a typed value: an integer of any size, a pointer of 8 bytes, or bytes that may hold anything. */
export interface TypedField {
  readonly offset: number;
  readonly size: number;
  readonly type: 'integer' | 'pointer' | 'raw';
}

/** How a value lies in memory; what no field covers is padding. */
export interface TypedLayout {
  readonly size: number;
  readonly alignment: number;
  readonly fields: readonly TypedField[];
  readonly padding: readonly { readonly offset: number; readonly size: number }[];
}

/**
 * The layout of a value whose fields are given in order of offset. Throws RangeError when fields overlap, leave the value, or a
 * pointer has not 8 bytes.
 */
export function typedLayout(size: number, alignment: number, fields: readonly TypedField[]): TypedLayout {
  const padding: { offset: number; size: number }[] = [];
  let end = 0;
  for (const field of fields) {
    if (field.offset < end || field.size < 1)
      throw new RangeError(`the field at offset ${field.offset} is out of order`);
    if (field.type === 'pointer' && field.size !== 8) throw new RangeError('a pointer has 8 bytes');
    if (field.offset > end) padding.push({ offset: end, size: field.offset - end });
    end = field.offset + field.size;
  }
  if (end > size) throw new RangeError(`the fields need ${end} bytes, the value has ${size}`);
  if (end < size) padding.push({ offset: end, size: size - end });
  return { size, alignment, fields, padding };
}
