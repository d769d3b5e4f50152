import type { Frame } from './frame.ts';
import type { Expression, Variable } from './syntax.ts';

/**
 * A value of a litmus program: 64 unsigned bits, and the provenance that goes with them (0 none, -1 wildcard, N allocation N).
 * Expressions are evaluated with BigInt: a litmus program is short, and its steps are dominated by memory.
 */
export interface Value {
  readonly bits: bigint;
  readonly provenance: number;
}

export type Evaluator = (frame: Frame) => Value;

export const MASK = 0xffff_ffff_ffff_ffffn;

export function integerValue(bits: bigint): Value {
  return { bits: bits & MASK, provenance: 0 };
}

/** The low 32 bits as an int32. */
export function lowOf(value: Value): number {
  return Number(BigInt.asIntN(32, value.bits));
}

/** The high 32 bits as an int32. */
export function highOf(value: Value): number {
  return Number(BigInt.asIntN(32, value.bits >> 32n));
}

export function bitsOf(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * Binary operators on 64-bit words, as unsigned; comparisons and logic give 1 or 0. A shift by the width or more gives 0, and so
 * does a division by 0: a litmus program has no arithmetic faults of its own.
 */
const BINARY: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0n ? 0n : left / right),
  '%': (left, right) => (right === 0n ? 0n : left % right),
  '&': (left, right) => left & right,
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '<<': (left, right) => (right >= 64n ? 0n : left << right),
  '>>': (left, right) => (right >= 64n ? 0n : left >> right),
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  '&&': (left, right) => truth(left !== 0n && right !== 0n),
  '||': (left, right) => truth(left !== 0n || right !== 0n),
};

const UNARY: Readonly<Record<string, (operand: bigint) => bigint>> = {
  '-': (operand) => -operand,
  '~': (operand) => ~operand,
  '!': (operand) => truth(operand === 0n),
  // The address alone; nothing is exposed.
  addr: (operand) => operand,
};

function truth(condition: boolean): bigint {
  return condition ? 1n : 0n;
}

/**
 * Turns an expression into a function of a thread's frame.
 * @param slotOf the register of a variable
 */
export function compileExpression(expression: Expression, slotOf: (variable: Variable) => number): Evaluator {
  switch (expression.kind) {
    case 'integer': {
      const value = integerValue(expression.value);
      return () => value;
    }
    case 'null': {
      const value = integerValue(0n);
      return () => value;
    }
    case 'variable': {
      const slot = slotOf(expression);
      return (frame) => frame.get(slot);
    }
    case 'unary': {
      const operand = compileExpression(expression.operand, slotOf);
      const apply = UNARY[expression.operator];
      return (frame) => integerValue(apply(operand(frame).bits));
    }
    default: {
      const left = compileExpression(expression.left, slotOf);
      const right = compileExpression(expression.right, slotOf);
      const apply = BINARY[expression.operator];
      // Pointer plus or minus an integer wraps and keeps the provenance; every other result is a plain integer.
      const keeps = expression.operator === '+' || expression.operator === '-';
      return (frame) => {
        const first = left(frame);
        const bits = apply(first.bits, right(frame).bits) & MASK;
        return { bits, provenance: keeps ? first.provenance : 0 };
      };
    }
  }
}
