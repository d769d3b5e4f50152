import type { ArithmeticName, ComparisonName, Expression } from '../expression.ts';
import { widthOf } from '../type.ts';
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

/**
 * Words of up to 32 bits in one int32: non-negative below 32 bits, signed at 32. `fits` says that the result cannot leave the
 * width, so that nothing has to be masked.
 */
export function narrowArithmetic(from: OperandSource, node: Arithmetic, fits: boolean): string {
  const width = widthOf(node.type);
  if (fits && (node.name === 'add' || node.name === 'mul')) return UNMASKED[node.name](from, node, width);
  return RULES[node.name](from, node, width);
}

export function narrowComparison(from: OperandSource, { name, left, right }: Comparison): string {
  if (name === 'eq') return binary(from.low(left), '===', from.low(right));
  if (name === 'ne') return binary(from.low(left), '!==', from.low(right));
  if (name !== 'signedLt') return binary(from.unsignedLow(left), ORDER[name], from.unsignedLow(right));
  const unused = 32 - Math.min(widthOf(left.type), 32);
  return binary(shiftLeft(from.low(left), unused), '<', shiftLeft(from.low(right), unused));
}

/** The JavaScript operators of the unsigned order. */
export const ORDER: Readonly<Record<Exclude<ComparisonName, 'eq' | 'ne' | 'signedLt'>, string>> = {
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

/** The constant amount of a shift, capped at 64; undefined when it is computed. */
export function constantAmount(node: Expression): number | undefined {
  return node.op === 'constant' ? Number(node.value < 64n ? node.value : 64n) : undefined;
}

const UNMASKED: Readonly<Record<'add' | 'mul', Rule>> = {
  add: (from, { left, right }) => binary(from.low(left), '+', from.low(right)),
  mul: (from, { left, right }) => `Math.imul(${from.low(left)}, ${from.low(right)})`,
};

const RULES: Readonly<Record<ArithmeticName, Rule>> = {
  add: (from, node, width) => wrapped(UNMASKED.add(from, node, width), width),
  sub: (from, { left, right }, width) => wrapped(binary(from.low(left), '-', from.low(right)), width),
  mul: (from, node, width) => (width === 32 ? UNMASKED.mul : maskedProduct)(from, node, width),
  div: (from, node) => quotient(from, node, '/'),
  rem: (from, node) => quotient(from, node, '%'),
  and: (from, { left, right }) => bitAnd(from.low(left), from.low(right)),
  or: (from, { left, right }) => bitOr(from.low(left), from.low(right)),
  xor: (from, { left, right }) => bitXor(from.low(left), from.low(right)),
  shl: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    if (amount !== undefined)
      return amount >= width ? '0' : wrappedShift(shiftLeft(from.low(left), amount), amount, width);
    return guarded(from, right, width, wrappedShift(binary(from.low(left), '<<', from.low(right)), 1, width));
  },
  shr: (from, { left, right }, width) => {
    const amount = constantAmount(right);
    if (amount !== undefined) return amount >= width ? '0' : shiftRight(from.low(left), amount);
    const shifted = binary(from.low(left), '>>>', from.low(right));
    return guarded(from, right, width, width === 32 ? binary(shifted, '|', '0') : shifted);
  },
  signedShr: (from, { left, right }, width) => {
    const unused = 32 - width;
    const amount = constantAmount(right);
    const extended = shiftLeft(from.low(left), unused);
    if (amount !== undefined)
      return wrappedShift(shiftRightSigned(extended, unused + Math.min(amount, width - 1)), 1, width);
    const clamped = `${binary(from.unsignedLow(right), '<', '31')} ? ${operand(from.low(right))} : 31`;
    return wrappedShift(binary(shiftRightSigned(extended, unused), '>>', clamped), 1, width);
  },
  min: (from, node) => extreme(from, node, '<'),
  max: (from, node) => extreme(from, node, '>'),
};

function maskedProduct(from: OperandSource, node: Arithmetic, width: number): string {
  return wrapped(UNMASKED.mul(from, node, width), width);
}

/** A shift gives an int32 already; only narrower words need a mask, and only if something was shifted. */
function wrappedShift(text: string, amount: number, width: number): string {
  return width === 32 || amount === 0 ? text : wrapped(text, width);
}

function guarded(from: OperandSource, amount: Expression, width: number, shifted: string): string {
  return `${binary(from.unsignedLow(amount), '<', String(width))} ? ${shifted} : 0`;
}

function quotient(from: OperandSource, { left, right }: Arithmetic, operator: string): string {
  const text = binary(binary(from.unsignedLow(left), operator, from.unsignedLow(right)), '|', '0');
  if (right.op === 'constant') return right.value === 0n ? '0' : text;
  return `${operand(from.low(right))} === 0 ? 0 : ${text}`;
}

function extreme(from: OperandSource, { left, right }: Arithmetic, operator: string): string {
  const first = binary(from.unsignedLow(left), operator, from.unsignedLow(right));
  return `${first} ? ${operand(from.low(left))} : ${operand(from.low(right))}`;
}
