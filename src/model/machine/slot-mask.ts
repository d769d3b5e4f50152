import type { Instance } from './instance.ts';

/** The bits of a reference that select its slot, as int32 halves. */
export interface SlotMask {
  readonly low: number;
  readonly high: number;
}

/** Undefined when the representation does not say which of its fields select a slot. */
export function slotMaskOf({ blueprint, reference }: Instance): SlotMask | undefined {
  return maskOf(reference.layout?.fields.filter(({ name }) => blueprint.slotFields?.includes(name)) ?? []);
}

/** The bits that tell the tenants of a slot apart; undefined when there are none, or when nothing says which they are. */
export function tenantMaskOf(instance: Instance): SlotMask | undefined {
  const { blueprint, reference } = instance;
  if (slotMaskOf(instance) === undefined) return undefined;
  return maskOf(reference.layout?.fields.filter(({ name }) => blueprint.slotFields?.includes(name) !== true) ?? []);
}

function maskOf(fields: readonly { readonly low: number; readonly width: number }[]): SlotMask | undefined {
  const mask = fields.reduce((bits, { low, width }) => bits | (((1n << BigInt(width)) - 1n) << BigInt(low)), 0n);
  if (mask === 0n) return undefined;
  return { low: Number(BigInt.asIntN(32, mask)), high: Number(BigInt.asIntN(32, mask >> 32n)) };
}
