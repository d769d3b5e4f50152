import { decodeFields } from '../ir/layout.ts';
import type { PointerType, WordType } from '../ir/type.ts';
import type { Instance } from '../machine/instance.ts';
import type { InspectedField, Subject } from './recorder.ts';

/** A reference with its fields, highest first: `0xa00010000000 = shard 10 | generation 1 | index 0`. */
export function referenceText(bits: bigint, type: WordType | PointerType): string {
  if (type.layout === undefined) return hex(bits);
  const fields = decodeFields(type.layout, bits).map(
    ({ name, value }) => `${name} ${isWideField(name, type) ? hex(value) : value}`,
  );
  const spare = bits >> BigInt(type.layout.width);
  const unused =
    spare === 0n ? [] : [`spare ${hex(spare)} (${type.layout.spare === 'ignored' ? 'ignored' : 'must be 0'})`];
  return `${hex(bits)} = ${[...unused, ...fields].join(' | ')}`;
}

/** The fields that select a slot, as a diagnostic names it: `10/0`; empty when the representation names none. */
export function slotName(subject: Subject, { blueprint, reference }: Instance): string {
  if (reference.layout === undefined) return '';
  const selected = decodeFields(reference.layout, subject.bits).filter(({ name }) =>
    blueprint.slotFields?.includes(name),
  );
  return selected.map(({ value }) => value.toString()).join('/');
}

/** The slot's state: `10/0: generation 1, pointer 0x1000, object #65536 (dict), live`. */
export function slotText(
  subject: Subject,
  instance: Instance,
  fields: readonly InspectedField[],
  standingAt: (address: bigint) => string,
): string {
  const shown = fields.map(({ name, value }) => {
    if (!isPointerField(name, instance)) return `${name} ${fieldText(name, value, instance)}`;
    return value === 0n ? `${name} null` : `${name} ${hex(value)}, ${standingAt(value)}`;
  });
  const name = slotName(subject, instance);
  return `${name === '' ? '' : `${name}: `}${shown.join(', ')}`;
}

/** The value of an inspected field: a number, or with its parts when the field is a word that has some: `(generation 1, state 2)`. */
export function fieldText(name: string, value: bigint, { program }: Instance): string {
  const type = program.entries.get(`inspect:${name}`)?.result;
  if (type?.kind !== 'word' || type.layout === undefined) return value.toString();
  const parts = decodeFields(type.layout, value).map((part) => `${part.name} ${part.value}`);
  return `(${parts.reverse().join(', ')})`;
}

export function isPointerField(name: string, { program }: Instance): boolean {
  return program.entries.get(`inspect:${name}`)?.result?.kind === 'pointer';
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Counters and indices read best in decimal, addresses and payloads do not. */
function isWideField(name: string, { layout }: WordType | PointerType): boolean {
  return (layout?.fields.find((field) => field.name === name)?.width ?? 0) > 32;
}
