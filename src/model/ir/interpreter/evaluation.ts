import type { ArithmeticName, ComparisonName, Expression, Local } from '../expression.ts';
import { widthOf, type ScalarType } from '../type.ts';
import { bitsOf, conditionOf, optionOf, pointerOf, scalarOf, valueFromBits, type RuntimeValue } from './values.ts';

export type Locals = ReadonlyMap<Local, RuntimeValue>;

/** The thread that runs, and how many there are. */
export interface ThreadNumbers {
  readonly thread: number;
  readonly threads: number;
}

/**
 * The value of an expression. A node that is used twice is computed once: without that, a chain in which every node uses the one
 * before it twice would take time exponential in its length.
 */
export function evaluate(root: Expression, locals: Locals, numbers: ThreadNumbers): RuntimeValue {
  const known = new Map<Expression, RuntimeValue>();
  const valueOf = (node: Expression): RuntimeValue => {
    const value = known.get(node) ?? compute(node, locals, numbers, valueOf);
    known.set(node, value);
    return value;
  };
  return valueOf(root);
}

type Evaluate = (node: Expression) => RuntimeValue;

function compute(node: Expression, locals: Locals, numbers: ThreadNumbers, valueOf: Evaluate): RuntimeValue {
  const bits = (operand: Expression): bigint => bitsOf(valueOf(operand));
  const width = widthOf(node.type);
  switch (node.op) {
    case 'constant':
      return valueFromBits(node.type as ScalarType, node.value);
    case 'local':
      return localValue(node.local, locals);
    case 'thread':
    case 'threads':
      return BigInt(numbers[node.op]);
    case 'arithmetic':
      return BigInt.asUintN(width, arithmetic(node.name, width, bits(node.left), bits(node.right)));
    case 'complement':
      return BigInt.asUintN(width, ~bits(node.operand));
    case 'compare':
      return compare(node.name, widthOf(node.left.type), bits(node.left), bits(node.right));
    case 'logical':
      return logical(
        node.name,
        node.operands.map((operand) => conditionOf(valueOf(operand))),
      );
    case 'resize':
      return BigInt.asUintN(width, bits(node.operand));
    case 'extract':
      return BigInt.asUintN(width, bits(node.operand) >> BigInt(node.low));
    case 'insert': {
      const low = BigInt(node.low);
      const replaced = ((1n << BigInt(widthOf(node.bits.type))) - 1n) << low;
      return BigInt.asUintN(width, (bits(node.operand) & ~replaced) | (bits(node.bits) << low));
    }
    case 'select':
      return conditionOf(valueOf(node.condition)) ? valueOf(node.then) : valueOf(node.otherwise);
    case 'address':
      return bits(node.pointer);
    case 'withAddress':
      return { address: bits(node.address), provenance: pointerOf(valueOf(node.pointer)).provenance };
    case 'withoutProvenance':
      return { address: bits(node.address), provenance: 0 };
    case 'none':
      return { inner: undefined };
    case 'some':
      return { inner: scalarOf(valueOf(node.operand)) };
    case 'isSome':
      return optionOf(valueOf(node.operand)).inner !== undefined;
    case 'unwrap':
      return optionOf(valueOf(node.operand)).inner ?? valueFromBits(node.type, 0n);
  }
}

function localValue(local: Local, locals: Locals): RuntimeValue {
  const value = locals.get(local);
  if (value === undefined) throw new TypeError(`the local "${local.name}" has no value yet`);
  return value;
}

/** The result before it wraps at the width. */
function arithmetic(name: ArithmeticName, width: number, left: bigint, right: bigint): bigint {
  const shiftedOut = right >= BigInt(width);
  switch (name) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'div':
      return right === 0n ? 0n : left / right;
    case 'rem':
      return right === 0n ? 0n : left % right;
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'shl':
      return shiftedOut ? 0n : left << right;
    case 'shr':
      return shiftedOut ? 0n : left >> right;
    case 'signedShr':
      // By the width or more, only copies of the sign are left: all ones or all zeros.
      return BigInt.asIntN(width, left) >> (shiftedOut ? BigInt(width) : right);
    case 'min':
      return left < right ? left : right;
    case 'max':
      return left > right ? left : right;
  }
}

function compare(name: ComparisonName, width: number, left: bigint, right: bigint): boolean {
  switch (name) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'signedLt':
      return BigInt.asIntN(width, left) < BigInt.asIntN(width, right);
  }
}

function logical(name: 'and' | 'or' | 'not', operands: readonly boolean[]): boolean {
  if (name === 'not') return !operands[0];
  return name === 'and' ? operands.every(Boolean) : operands.some(Boolean);
}
