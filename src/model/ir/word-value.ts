import {
  visitExpressions,
  type ArithmeticName,
  type ComparisonName,
  type ConditionWatch,
  type Expression,
} from './expression.ts';
import type { Layout } from './layout.ts';
import { BuildError, Site } from './site.ts';
import { BOOLEAN, type ScalarType, type ValueType, type WordType } from './type.ts';

/** What a word operation takes beside a word: a literal that fits its width. */
export type Operand = Word | number | bigint;

/** Whom an error is blamed on: a place, or the public function whose caller is the author. */
export type Caller = Site | ((...parameters: never[]) => unknown);

/** A symbolic value: it stands for a computation of the operation that is being built and has no value on the host. */
export abstract class Value<T extends ValueType = ValueType> {
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  get type(): T {
    return this.expression.type as T;
  }

  /** Host operators (`<`, `==`, `+`, template strings) end here: they cannot see a symbolic value. */
  [Symbol.toPrimitive](): never {
    throw new BuildError(
      'a symbolic value has no value while the operation is built; write $.if, $.guard or select, and eq, lt, add, ...',
      new Site(Value.prototype[Symbol.toPrimitive]),
    );
  }
}

/** A condition. */
export class Bool extends Value {
  static of(value: boolean): Bool {
    return new Bool({ op: 'constant', type: BOOLEAN, value: value ? 1n : 0n });
  }

  and(...others: readonly Bool[]): Bool {
    return this.#logical('and', [this, ...others], this.and);
  }

  or(...others: readonly Bool[]): Bool {
    return this.#logical('or', [this, ...others], this.or);
  }

  not(): Bool {
    return this.#logical('not', [this], this.not);
  }

  #logical(name: 'and' | 'or' | 'not', operands: readonly Bool[], caller: Caller): Bool {
    return watched({ op: 'logical', type: BOOLEAN, name, operands: operands.map((each) => each.expression) }, caller);
  }
}

/** An unsigned word. Both operands of an operation have the same width; a literal takes the width of the other. */
export class Word extends Value<WordType> {
  /** The operations that read the words as two's complement. */
  get signed(): { lt(other: Operand): Bool; shr(amount: Operand): Word; mul(other: Operand): Word } {
    const signed = {
      lt: (other: Operand): Bool => this.#compare('signedLt', other, signed.lt),
      shr: (amount: Operand): Word => this.#arithmetic('signedShr', amount, signed.shr),
      // The low bits of a product are the same for signed and unsigned operands.
      mul: (other: Operand): Word => this.#arithmetic('mul', other, signed.mul),
    };
    return signed;
  }

  add(other: Operand): Word {
    return this.#arithmetic('add', other, this.add);
  }

  sub(other: Operand): Word {
    return this.#arithmetic('sub', other, this.sub);
  }

  mul(other: Operand): Word {
    return this.#arithmetic('mul', other, this.mul);
  }

  /** Quotient, 0 for a divisor of 0; words of 32 bits at most. */
  div(other: Operand): Word {
    return this.#arithmetic('div', other, this.div);
  }

  /** Remainder, 0 for a divisor of 0; words of 32 bits at most. */
  rem(other: Operand): Word {
    return this.#arithmetic('rem', other, this.rem);
  }

  and(other: Operand): Word {
    return this.#arithmetic('and', other, this.and);
  }

  or(other: Operand): Word {
    return this.#arithmetic('or', other, this.or);
  }

  xor(other: Operand): Word {
    return this.#arithmetic('xor', other, this.xor);
  }

  not(): Word {
    return new Word({ op: 'complement', type: plainWord(this.type.width), operand: this.expression });
  }

  shl(amount: Operand): Word {
    return this.#arithmetic('shl', amount, this.shl);
  }

  shr(amount: Operand): Word {
    return this.#arithmetic('shr', amount, this.shr);
  }

  min(other: Operand): Word {
    return this.#arithmetic('min', other, this.min);
  }

  max(other: Operand): Word {
    return this.#arithmetic('max', other, this.max);
  }

  eq(other: Operand): Bool {
    return this.#compare('eq', other, this.eq);
  }

  ne(other: Operand): Bool {
    return this.#compare('ne', other, this.ne);
  }

  lt(other: Operand): Bool {
    return this.#compare('lt', other, this.lt);
  }

  le(other: Operand): Bool {
    return this.#compare('le', other, this.le);
  }

  gt(other: Operand): Bool {
    return this.#compare('gt', other, this.gt);
  }

  ge(other: Operand): Bool {
    return this.#compare('ge', other, this.ge);
  }

  /** The word at another width: extended with zeros, or truncated. */
  resize(width: number): Word {
    if (width === this.type.width && this.type.layout === undefined) return this;
    return new Word({ op: 'resize', type: plainWord(width, this.resize), operand: this.expression });
  }

  /** Bits [low, low + width). */
  bits(low: number, width: number): Word {
    if (low < 0 || low + width > this.type.width)
      throw new BuildError(
        `bits ${low} to ${low + width - 1} lie outside a word of ${this.type.width}`,
        new Site(this.bits),
      );
    return new Word({ op: 'extract', type: plainWord(width, this.bits), low, operand: this.expression });
  }

  /** The word with some fields of its layout replaced. */
  with(fields: Readonly<Record<string, Operand>>): Word {
    return withFieldsSet(this, fields, this.with);
  }

  #arithmetic(name: ArithmeticName, other: Operand, caller: Caller): Word {
    if ((name === 'div' || name === 'rem') && this.type.width > 32)
      throw new BuildError(`${name} takes words of 32 bits at most; resize them or shift`, Site.of(caller));
    const right = operandExpression(other, this.type.width, caller);
    return new Word({ op: 'arithmetic', type: plainWord(this.type.width), name, left: this.expression, right });
  }

  #compare(name: ComparisonName, other: Operand, caller: Caller): Bool {
    const right = operandExpression(other, this.type.width, caller);
    return watched({ op: 'compare', type: BOOLEAN, name, left: this.expression, right }, caller);
  }
}

/** The word with some fields of its layout replaced; errors are blamed on the caller. */
export function withFieldsSet(word: Word, fields: Readonly<Record<string, Operand>>, caller: Caller): Word {
  const { layout } = word.type;
  let { expression } = word;
  for (const [name, value] of Object.entries(fields)) {
    const field = layout?.fields.find((each) => each.name === name);
    if (field === undefined) throw new BuildError(`this word has no field "${name}"`, Site.of(caller));
    const bits = operandExpression(value, field.width, caller);
    expression = { op: 'insert', type: word.type, low: field.low, operand: expression, bits };
  }
  return wordOf(expression, layout);
}

/** A word with its fields as properties. */
export type WordOf<Names extends string> = Word & { readonly [Name in Names]: Word };

export function plainWord(width: number, caller: Caller = plainWord): WordType {
  if (!Number.isInteger(width) || width < 1 || width > 64)
    throw new BuildError(`a word has 1 to 64 bits, not ${width}`, Site.of(caller));
  return { kind: 'word', width };
}

/** The expression of an operand; a literal must fit the width, and a word must have it. */
export function operandExpression(operand: Operand, width: number, caller: Caller): Expression {
  if (operand instanceof Word) {
    if (operand.type.width === width) return operand.expression;
    throw new BuildError(
      `operands have equal width: this is a word of ${operand.type.width} where ${width} bits are expected; use resize(${width})`,
      Site.of(caller),
    );
  }
  if (typeof operand === 'number' && !Number.isInteger(operand))
    throw new BuildError(`the literal ${operand} is not an integer`, Site.of(caller));
  const value = BigInt(operand);
  if (value < 0n || value >> BigInt(width) !== 0n)
    throw new BuildError(`the literal ${value} does not fit a word of ${width} bits`, Site.of(caller));
  return { op: 'constant', type: plainWord(width), value };
}

/** A new condition, remembered by the operation that its operands belong to until a statement uses it. */
export function watched(expression: Expression, caller: Caller): Bool {
  let watch: ConditionWatch | undefined;
  visitExpressions([expression], (node) => {
    if (node.op === 'local') watch ??= node.local.watch;
  });
  watch?.push({ expression, site: Site.of(caller) });
  return new Bool(expression);
}

export function wordOf(expression: Expression, layout: Layout | undefined): Word {
  const typed =
    layout === undefined || expression.op === 'constant'
      ? expression
      : { ...expression, type: { ...expression.type, layout } as ScalarType };
  return withFields(new Word(layout === undefined ? expression : typed), layout);
}

function withFields(word: Word, layout: Layout | undefined): Word {
  for (const { name, low, width } of layout?.fields ?? []) {
    const field: Expression = { op: 'extract', type: plainWord(width), low, operand: word.expression };
    define(word, name, () => new Word(field));
  }
  return word;
}

export function define(target: Value, name: string, get: () => Word): void {
  Object.defineProperty(target, name, { get, enumerable: false });
}
