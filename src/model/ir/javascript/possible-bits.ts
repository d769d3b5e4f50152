import type { ArithmeticName, Expression, Local } from '../expression.ts';
import { MOST_THREADS } from '../state.ts';
import { widthOf } from '../type.ts';

/** Which bits of a word can be 1, as far as its expression tells. Masks, comparisons and range checks that cannot matter are left out. */
export class PossibleBits {
  readonly #known = new Map<Expression, bigint>();
  readonly #locals = new Map<Local, bigint>();

  /** Declares what a statement promises of the value it binds, e.g. that a length is below 2^31. */
  promise(local: Local, bits: bigint): void {
    this.#locals.set(local, bits);
  }

  of(node: Expression): bigint {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const bits = this.#compute(node) & ones(widthOf(node.type));
    this.#known.set(node, bits);
    return bits;
  }

  #compute(node: Expression): bigint {
    const all = ones(widthOf(node.type));
    switch (node.op) {
      case 'constant':
        return node.value;
      case 'local':
        return this.#locals.get(node.local) ?? all;
      case 'thread':
        return BigInt(MOST_THREADS - 1);
      case 'threads':
        return ones(MOST_THREADS.toString(2).length);
      case 'arithmetic': {
        const rule = RULES[node.name];
        return rule === undefined ? all : rule(this.of(node.left), this.of(node.right), node.right);
      }
      case 'resize':
        return this.of(node.operand);
      case 'extract':
        return this.of(node.operand) >> BigInt(node.low);
      case 'insert': {
        const field = ones(widthOf(node.bits.type)) << BigInt(node.low);
        return (this.of(node.operand) & ~field) | (this.of(node.bits) << BigInt(node.low));
      }
      case 'select':
        return node.type.kind === 'option' ? all : this.of(node.then) | this.of(node.otherwise);
      default:
        return all;
    }
  }
}

export function ones(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

type Rule = (left: bigint, right: bigint, rightNode: Expression) => bigint;

/** Operations that say something; all others can give any bits. Carries reach one bit above the sum of the largest operands. */
const RULES: { readonly [Name in ArithmeticName]?: Rule } = {
  add: (left, right) => ones((left + right).toString(2).length),
  mul: (left, right) => (left === 0n || right === 0n ? 0n : ones((left * right).toString(2).length)),
  and: (left, right) => left & right,
  or: (left, right) => left | right,
  xor: (left, right) => left | right,
  div: (left) => ones(left.toString(2).length),
  rem: (left, right) => ones((left < right ? left : right).toString(2).length),
  shl: (left, _right, amount) => (amount.op === 'constant' ? left << atMost64(amount.value) : ones(64)),
  shr: (left, _right, amount) =>
    amount.op === 'constant' ? left >> atMost64(amount.value) : ones(left.toString(2).length),
  min: (left, right) => ones((left < right ? left : right).toString(2).length),
  max: (left, right) => ones((left > right ? left : right).toString(2).length),
};

/** A shift by 64 or more leaves nothing of a word, whatever its amount. */
function atMost64(amount: bigint): bigint {
  return amount < 64n ? amount : 64n;
}
