import { widthOf, type ScalarType, type ValueType } from '../type.ts';

/** A pointer as the interpreter holds it: provenance is 0 (none), -1 (wildcard) or an allocation number. */
export interface PointerValue {
  readonly address: bigint;
  readonly provenance: number;
}

/** An option: NONE has no `inner`. */
export interface OptionValue {
  readonly inner: ScalarValue | undefined;
}

/** Words and counters are non-negative bigints below 2^width. */
export type ScalarValue = bigint | boolean | PointerValue;
export type RuntimeValue = ScalarValue | OptionValue;

/** The value of a scalar type with the given bits; a pointer made so has no provenance. */
export function valueFromBits(type: ScalarType, bits: bigint): ScalarValue {
  if (type.kind === 'boolean') return bits !== 0n;
  if (type.kind === 'pointer') return { address: BigInt.asUintN(64, bits), provenance: 0 };
  return BigInt.asUintN(widthOf(type), bits);
}

/** The bits of a word, a counter, a condition (0 or 1) or a pointer's address. This is what comparison looks at. */
export function bitsOf(value: RuntimeValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if ('address' in value) return value.address;
  throw new TypeError('an option has no bits of its own');
}

export function pointerOf(value: RuntimeValue): PointerValue {
  if (typeof value === 'object' && 'address' in value) return value;
  throw new TypeError('a pointer is expected');
}

export function optionOf(value: RuntimeValue): OptionValue {
  if (typeof value === 'object' && 'inner' in value) return value;
  throw new TypeError('an option is expected');
}

export function conditionOf(value: RuntimeValue): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError('a condition is expected');
}

export function scalarOf(value: RuntimeValue): ScalarValue {
  if (typeof value === 'object' && 'inner' in value) throw new TypeError('an option is not a scalar');
  return value;
}

/** The low and the high half of 64 bits as signed int32s. */
export function halvesOf(bits: bigint): { readonly low: number; readonly high: number } {
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)) };
}

/** The 64 bits behind two int32 halves. */
export function bitsFromHalves(low: number, high: number): bigint {
  return BigInt.asUintN(32, BigInt(low)) | (BigInt.asUintN(32, BigInt(high)) << 32n);
}

/** The value in the int32 components from `at` on, in the order of `componentsOf`. */
export function fromComponents(type: ValueType, components: readonly number[], at: number): RuntimeValue {
  const component = (offset: number): number => components[at + offset] ?? 0;
  if (type.kind === 'option') {
    if (component(0) === 0) return { inner: undefined };
    return { inner: scalarOf(fromComponents(type.of, components, at + 1)) };
  }
  if (type.kind === 'boolean') return component(0) !== 0;
  if (type.kind === 'pointer') return { address: bitsFromHalves(component(0), component(1)), provenance: component(2) };
  const high = type.width > 32 ? component(1) : 0;
  return BigInt.asUintN(type.width, bitsFromHalves(component(0), high));
}

/** The int32 components of a value, in the order of `componentsOf`; those inside NONE are 0. */
export function toComponents(type: ValueType, value: RuntimeValue): readonly number[] {
  if (type.kind === 'option') {
    const { inner } = optionOf(value);
    return [inner === undefined ? 0 : 1, ...toComponents(type.of, inner ?? valueFromBits(type.of, 0n))];
  }
  const { low, high } = halvesOf(bitsOf(value));
  if (type.kind === 'pointer') return [low, high, pointerOf(value).provenance];
  return widthOf(type) > 32 ? [low, high] : [low];
}
