/**
 * The kinds of objects that clients allocate. An object has 32 bytes unless a size is given, and alignment 16. Its first 16 bytes are
 * the header; it and the rest hold, in every 8 bytes, the identity (low half) and the kind's number (high half).
 */
export const OBJECT_KINDS = ['object', 'list', 'dict', 'string', 'buffer'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export const OBJECT_SIZE = 32;
export const OBJECT_ALIGNMENT = 16;
export const SMALLEST_OBJECT = 16;
export const LARGEST_OBJECT = 1 << 20;

/** The number of a kind in object headers, from 1: fresh memory is never taken for a header. */
export function kindNumber(kind: ObjectKind): number {
  return OBJECT_KINDS.indexOf(kind) + 1;
}

/** The kind of a header's number, or undefined. */
export function kindOfNumber(number: number): ObjectKind | undefined {
  return OBJECT_KINDS[number - 1];
}
