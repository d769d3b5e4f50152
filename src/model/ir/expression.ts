import type { Site } from './site.ts';
import type { ScalarType, ValueType } from './type.ts';

/** Conditions made while an operation is built; one that no statement uses was meant for a host `if`, which cannot see it. */
export type ConditionWatch = { readonly expression: Expression; readonly site: Site }[];

/** A single-assignment value of one operation, or a variable when `mutable`. */
export interface Local {
  readonly id: number;
  readonly name: string;
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly watch?: ConditionWatch;
}

export const ARITHMETIC = [
  'add',
  'sub',
  'mul',
  'div',
  'rem',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
  'signedShr',
  'min',
  'max',
] as const;
export const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'signedLt'] as const;

export type ArithmeticName = (typeof ARITHMETIC)[number];
export type ComparisonName = (typeof COMPARISONS)[number];

/**
 * Pure expressions: no memory, no faults, no order of evaluation that could be seen. Words wrap at their width; `div` and `rem`
 * (32 bits at most) give 0 for a divisor of 0; a shift by the width or more gives 0, or the sign for `signedShr`.
 * Nodes form a graph: one node used twice is one computation.
 */
export type Expression =
  | { readonly op: 'constant'; readonly type: ValueType; readonly value: bigint }
  | { readonly op: 'local'; readonly type: ValueType; readonly local: Local }
  /** The number of the thread that runs the operation, from 0, and how many threads take part (those that have run, where threads come and go). */
  | { readonly op: 'thread' | 'threads'; readonly type: ValueType }
  | {
      readonly op: 'arithmetic';
      readonly type: ValueType;
      readonly name: ArithmeticName;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly op: 'complement'; readonly type: ValueType; readonly operand: Expression }
  | {
      readonly op: 'compare';
      readonly type: ValueType;
      readonly name: ComparisonName;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly op: 'logical';
      readonly type: ValueType;
      readonly name: 'and' | 'or' | 'not';
      readonly operands: readonly Expression[];
    }
  /** Zero-extends or truncates to the node's width. */
  | { readonly op: 'resize'; readonly type: ValueType; readonly operand: Expression }
  /** Bits [low, low + width of the node) of the operand. */
  | { readonly op: 'extract'; readonly type: ValueType; readonly low: number; readonly operand: Expression }
  /** The operand with bits [low, low + width of `bits`) replaced. */
  | {
      readonly op: 'insert';
      readonly type: ValueType;
      readonly low: number;
      readonly operand: Expression;
      readonly bits: Expression;
    }
  | {
      readonly op: 'select';
      readonly type: ValueType;
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** The address of a pointer as a word of 64 bits; exposes nothing. */
  | { readonly op: 'address'; readonly type: ValueType; readonly pointer: Expression }
  /** The pointer's provenance at another address. */
  | { readonly op: 'withAddress'; readonly type: ValueType; readonly pointer: Expression; readonly address: Expression }
  /** A pointer that has no provenance and never gains any. Address 0 is the null pointer. */
  | { readonly op: 'withoutProvenance'; readonly type: ValueType; readonly address: Expression }
  | { readonly op: 'none'; readonly type: ValueType }
  | { readonly op: 'some'; readonly type: ValueType; readonly operand: Expression }
  | { readonly op: 'isSome'; readonly type: ValueType; readonly operand: Expression }
  /** The value of an option; the default of its type (0, null) when it is NONE. */
  | { readonly op: 'unwrap'; readonly type: ScalarType; readonly operand: Expression };

/** The direct operands of a node, left to right. */
export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.op) {
    case 'constant':
    case 'local':
    case 'thread':
    case 'threads':
    case 'none':
      return [];
    case 'arithmetic':
    case 'compare':
      return [node.left, node.right];
    case 'logical':
      return node.operands;
    case 'insert':
      return [node.operand, node.bits];
    case 'select':
      return [node.condition, node.then, node.otherwise];
    case 'address':
      return [node.pointer];
    case 'withAddress':
      return [node.pointer, node.address];
    case 'withoutProvenance':
      return [node.address];
    default:
      return [node.operand];
  }
}

/** Visits every node below some expressions once, operands before the nodes that use them. */
export function visitExpressions(roots: Iterable<Expression>, visit: (node: Expression) => void): void {
  const seen = new Set<Expression>();
  const walk = (node: Expression): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const operand of operandsOf(node)) walk(operand);
    visit(node);
  };
  for (const root of roots) walk(root);
}
