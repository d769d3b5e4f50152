import type { ArithmeticName, Expression } from '../expression.ts';
import { widthOf } from '../type.ts';
import { constantAmount, ORDER } from './narrow-words.ts';
import type { OperandSource } from './operand-source.ts';
import {
  binary,
  bitAnd,
  bitOr,
  bitXor,
  operand,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  wrapped,
} from './operator-text.ts';

type Arithmetic = Extract<Expression, { readonly op: 'arithmetic' }>;
type Comparison = Extract<Expression, { readonly op: 'compare' }>;
type Rule = (from: OperandSource, node: Arithmetic, width: number) => string;

/** Words of 33 to 64 bits as two int32s: the low half signed, the high half masked to the width less 32. */
export function wideLow(from: OperandSource, node: Arithmetic): string {
  return LOW[node.name](from, node, widthOf(node.type));
}

export function wideHigh(from: OperandSource, node: Arithmetic): string {
  return HIGH[node.name](from, node, widthOf(node.type));
}

export function wideComparison(from: OperandSource, { name, left, right }: Comparison): string {
  if (name === 'eq' || name === 'ne') return wideEquality(from, left, right, name === 'eq');
  if (name === 'signedLt') {
    const unused = 64 - widthOf(left.type);
    return lexical(
      shiftLeft(from.high(left), unused),
      '<',
      shiftLeft(from.high(right), unused),
      '<',
      from,
      left,
      right,
    );
  }
  const lowOrder = ORDER[name];
  return lexical(from.unsignedHigh(left), lowOrder.slice(0, 1), from.unsignedHigh(right), lowOrder, from, left, right);
}

/** The order of pairs: by the high halves, and where they are equal by the low ones. */
function lexical(
  leftHigh: string,
  highOrder: string,
  rightHigh: string,
  lowOrder: string,
  from: OperandSource,
  left: Expression,
  right: Expression,
): string {
  const low = binary(from.unsignedLow(left), lowOrder, from.unsignedLow(right));
  if (leftHigh === '0' && rightHigh === '0') return low;
  const equal = binary(from.high(left), '===', from.high(right));
  return `${binary(leftHigh, highOrder, rightHigh)} || (${equal} && ${low})`;
}

function wideEquality(from: OperandSource, left: Expression, right: Expression, equal: boolean): string {
  const pairs = [
    [from.low(left), from.low(right)],
    [from.high(left), from.high(right)],
  ] as const;
  const tests = pairs
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => binary(one, equal ? '===' : '!==', other));
  if (tests.length === 0) return equal ? 'true' : 'false';
  return tests.join(equal ? ' && ' : ' || ');
}

/** Bits from `amount` (0 to 63) upward of a pair of halves, as the low half of the result. */
export function shiftedRightLow(low: () => string, high: () => string, amount: number): string {
  if (amount === 0) return low();
  if (amount === 32) return high();
  if (amount > 32) return shiftRight(high(), amount - 32);
  return bitOr(shiftRight(low(), amount), shiftLeft(high(), 32 - amount));
}

/** Bits up to the high half of a pair that is shifted left by `amount` (0 to 63), not yet masked. */
export function shiftedLeftHigh(low: () => string, high: () => string, amount: number): string {
  if (amount === 0) return high();
  if (amount === 32) return low();
  if (amount > 32) return shiftLeft(low(), amount - 32);
  return bitOr(shiftLeft(high(), amount), shiftRight(low(), 32 - amount));
}

function amountText(from: OperandSource, amount: Expression, width: number): string {
  return `shiftAmount(${from.low(amount)}, ${from.high(amount)}, ${width})`;
}

/** The high half with its sign bit moved to bit 31 and back, so that `>>` copies it. */
function signedHigh(from: OperandSource, node: Expression, width: number): string {
  return shiftRightSigned(shiftLeft(from.high(node), 64 - width), 64 - width);
}

function chosen(from: OperandSource, { left, right }: Arithmetic, order: 'lt' | 'gt', half: 'low' | 'high'): string {
  const first = wideComparison(from, { op: 'compare', type: { kind: 'boolean' }, name: order, left, right });
  return `${operand(first)} ? ${operand(from[half](left))} : ${operand(from[half](right))}`;
}

const LOW: Readonly<Record<ArithmeticName, Rule>> = {
  add: (from, { left, right }) => binary(binary(from.low(left), '+', from.low(right)), '|', '0'),
  sub: (from, { left, right }) => binary(binary(from.low(left), '-', from.low(right)), '|', '0'),
  mul: (from, { left, right }) => `Math.imul(${from.low(left)}, ${from.low(right)})`,
  and: (from, { left, right }) => bitAnd(from.low(left), from.low(right)),
  or: (from, { left, right }) => bitOr(from.low(left), from.low(right)),
  xor: (from, { left, right }) => bitXor(from.low(left), from.low(right)),
  shl: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    if (amount !== undefined) return amount >= 32 ? '0' : shiftLeft(from.low(left), amount);
    return `shiftLeftLow(${from.low(left)}, ${amountText(from, right, width)})`;
  },
  shr: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    const low = (): string => from.low(left);
    const high = (): string => from.high(left);
    if (amount !== undefined) return amount >= width ? '0' : shiftedRightLow(low, high, amount);
    return `shiftRightLow(${low()}, ${high()}, ${amountText(from, right, width)})`;
  },
  signedShr: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    const low = (): string => from.low(left);
    const high = (): string => signedHigh(from, left, width);
    if (amount === undefined) return `signedShiftRightLow(${low()}, ${high()}, ${amountText(from, right, width)})`;
    if (amount > 32) return shiftRightSigned(high(), Math.min(amount - 32, 31));
    return shiftedRightLow(low, high, amount);
  },
  min: (from, node) => chosen(from, node, 'lt', 'low'),
  max: (from, node) => chosen(from, node, 'gt', 'low'),
  div: narrowOnly,
  rem: narrowOnly,
};

const HIGH: Readonly<Record<ArithmeticName, Rule>> = {
  // The low halves carried if their sum, read as unsigned, is below one of them.
  add: (from, node, width) => {
    const carry = `${binary(from.unsignedLow(node), '<', from.unsignedLow(node.left))} ? 1 : 0`;
    return wrapped(sum([from.high(node.left), from.high(node.right), carry]), width - 32);
  },
  sub: (from, { left, right }, width) => {
    const borrow = `(${binary(from.unsignedLow(left), '<', from.unsignedLow(right))} ? 1 : 0)`;
    const difference = binary(from.high(left), '-', operand(from.high(right)));
    return wrapped(`${difference} - ${borrow}`, width - 32);
  },
  mul: (from, { left, right }, width) => {
    const terms = [
      `multiplyHigh(${from.low(left)}, ${from.low(right)})`,
      crossProduct(from.low(left), from.high(right)),
      crossProduct(from.low(right), from.high(left)),
    ];
    return wrapped(sum(terms), width - 32);
  },
  and: (from, { left, right }) => bitAnd(from.high(left), from.high(right)),
  or: (from, { left, right }) => bitOr(from.high(left), from.high(right)),
  xor: (from, { left, right }) => bitXor(from.high(left), from.high(right)),
  shl: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    const low = (): string => from.low(left);
    const high = (): string => from.high(left);
    if (amount === undefined)
      return wrapped(`shiftLeftHigh(${low()}, ${high()}, ${amountText(from, right, width)})`, width - 32);
    return amount >= width ? '0' : wrapped(shiftedLeftHigh(low, high, amount), width - 32);
  },
  shr: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    if (amount === undefined) return `shiftRightHigh(${from.high(left)}, ${amountText(from, right, width)})`;
    return amount >= 32 ? '0' : shiftRight(from.high(left), amount);
  },
  signedShr: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    const high = signedHigh(from, left, width);
    const shifted =
      amount === undefined
        ? `signedShiftRightHigh(${high}, ${amountText(from, right, width)})`
        : shiftRightSigned(high, Math.min(amount, 31));
    return wrapped(shifted, width - 32);
  },
  min: (from, node) => chosen(from, node, 'lt', 'high'),
  max: (from, node) => chosen(from, node, 'gt', 'high'),
  div: narrowOnly,
  rem: narrowOnly,
};

function crossProduct(low: string, high: string): string {
  return low === '0' || high === '0' ? '0' : `Math.imul(${low}, ${high})`;
}

function sum(terms: readonly string[]): string {
  const present = terms.filter((term) => term !== '0');
  return present.length === 0 ? '0' : present.map(operand).join(' + ');
}

function narrowOnly(_from: OperandSource, { name }: Arithmetic): never {
  throw new Error(`${name} takes words of 32 bits at most`);
}
