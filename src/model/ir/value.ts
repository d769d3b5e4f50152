import type { Expression } from './expression.ts';
import type { Layout } from './layout.ts';
import { BuildError, Site } from './site.ts';
import {
  BOOLEAN,
  sameType,
  typeText,
  widthOf,
  type CyclicType,
  type OptionType,
  type PointerType,
  type ValueType,
} from './type.ts';
import {
  Bool,
  define,
  operandExpression,
  plainWord,
  Value,
  watched,
  Word,
  wordOf,
  type Caller,
  type Operand,
} from './word-value.ts';

export {
  Bool,
  operandExpression,
  plainWord,
  Value,
  withFieldsSet,
  Word,
  type Caller,
  type Operand,
  type WordOf,
} from './word-value.ts';

/** A counter modulo 2^width: equality, distance and steps only. */
export class Counter extends Value<CyclicType> {
  eq(other: Counter): Bool {
    return this.#compare('eq', other, this.eq);
  }

  ne(other: Counter): Bool {
    return this.#compare('ne', other, this.ne);
  }

  /** The counter some steps further on. */
  next(steps = 1): Counter {
    const value = BigInt.asUintN(this.type.width, BigInt(steps));
    const right: Expression = { op: 'constant', type: this.type, value };
    return new Counter({ op: 'arithmetic', type: this.type, name: 'add', left: this.expression, right });
  }

  /** How many steps this counter is past another, modulo 2^width, as a word of that width. */
  distance(from: Counter): Word {
    const type = plainWord(this.type.width);
    const right = matching(from, this.type, this.distance);
    return new Word({ op: 'arithmetic', type, name: 'sub', left: this.expression, right });
  }

  #compare(name: 'eq' | 'ne', other: Counter, caller: Caller): Bool {
    const right = matching(other, this.type, caller);
    return watched({ op: 'compare', type: BOOLEAN, name, left: this.expression, right }, caller);
  }
}

/** A pointer: an absolute address and a provenance. Comparison looks at addresses alone. */
export class Pointer extends Value<PointerType> {
  /** The address as a word of 64 bits; exposes nothing. */
  address(): Word {
    return wordOf(addressExpression(this), this.type.layout);
  }

  /** This pointer's provenance at another address. */
  withAddress(address: Word): Pointer {
    const expression: Expression = {
      op: 'withAddress',
      type: this.type,
      pointer: this.expression,
      address: operandExpression(address, 64, this.withAddress),
    };
    return pointerOf(expression, this.type.layout);
  }

  /** This pointer's provenance at an address computed from its own. */
  mapAddress(change: (address: Word) => Word): Pointer {
    return this.withAddress(change(this.address()));
  }

  /** The address some bytes further on, modulo 2^64; never fails. */
  wrappingOffset(bytes: Operand): Pointer {
    const right = operandExpression(bytes, 64, this.wrappingOffset);
    return this.mapAddress((address) => address.add(new Word(right)));
  }

  isNull(): Bool {
    return this.#compare('eq', { op: 'constant', type: plainWord(64), value: 0n }, this.isNull);
  }

  eq(other: Pointer): Bool {
    return this.#compare('eq', addressExpression(other), this.eq);
  }

  ne(other: Pointer): Bool {
    return this.#compare('ne', addressExpression(other), this.ne);
  }

  #compare(name: 'eq' | 'ne', right: Expression, caller: Caller): Bool {
    return watched({ op: 'compare', type: BOOLEAN, name, left: addressExpression(this), right }, caller);
  }
}

/** A value or NONE. */
export class Option<Of extends Value = Value> extends Value<OptionType> {
  isSome(): Bool {
    return watched(this.#presence(), this.isSome);
  }

  isNone(): Bool {
    return watched({ op: 'logical', type: BOOLEAN, name: 'not', operands: [this.#presence()] }, this.isNone);
  }

  /** The value inside; the default of its type (0, null) when there is none, so ask first. */
  value(): Of {
    return valueOf({ op: 'unwrap', type: this.type.of, operand: this.expression }) as Of;
  }

  #presence(): Expression {
    return { op: 'isSome', type: BOOLEAN, operand: this.expression };
  }
}

/** The null pointer: address 0 without provenance. */
export const NULL = new Pointer({ op: 'constant', type: { kind: 'pointer' }, value: 0n });

/** The number of the thread that runs the operation: a word of 32 bits, from 0. */
export const THREAD = new Word({ op: 'thread', type: plainWord(32) });

/**
 * How many threads there are: a word of 32 bits, at most `MOST_THREADS`. A thread that has never run anything may be missing, since
 * its state is still the initial one.
 */
export const THREADS = new Word({ op: 'threads', type: plainWord(32) });

/** The absent value; it takes the option type that the place where it is used expects. */
export const NONE = Symbol('NONE');

export type PointerOf<Names extends string> = Pointer & { readonly [Name in Names]: Word };

/** The value class for an expression, by its type. */
export function valueOf(expression: Expression): Value {
  const { type } = expression;
  switch (type.kind) {
    case 'word':
      return wordOf(expression, type.layout);
    case 'cyclic':
      return new Counter(expression);
    case 'pointer':
      return pointerOf(expression, type.layout);
    case 'boolean':
      return new Bool(expression);
    case 'option':
      return new Option(expression);
  }
}

/** The expression of a value where `expected` is wanted: literals take its width, NONE its option, a plain value becomes `some`. */
export function coerce(value: Value | number | bigint | typeof NONE, expected: ValueType, caller: Caller): Expression {
  if (value === NONE) {
    if (expected.kind === 'option') return { op: 'none', type: expected };
    throw new BuildError(
      `NONE is given where ${typeText(expected)} is expected; declare it an option`,
      Site.of(caller),
    );
  }
  if (expected.kind === 'option') {
    if (value instanceof Option) return matching(value, expected, caller);
    return { op: 'some', type: expected, operand: coerce(value, expected.of, caller) };
  }
  if (value instanceof Value) return matching(value, expected, caller);
  if (expected.kind === 'pointer') throw new BuildError('a pointer is expected; write NULL for none', Site.of(caller));
  return { ...operandExpression(value, widthOf(expected), caller), type: expected };
}

function matching(value: Value, expected: ValueType, caller: Caller): Expression {
  if (sameType(value.type, expected)) return value.expression;
  throw new BuildError(`${typeText(expected)} is expected, but this is ${typeText(value.type)}`, Site.of(caller));
}

function addressExpression(pointer: Pointer): Expression {
  return { op: 'address', type: plainWord(64), pointer: pointer.expression };
}

function pointerOf(expression: Expression, layout: Layout | undefined): Pointer {
  const pointer = new Pointer(expression);
  if (layout === undefined) return pointer;
  const address = pointer.address();
  for (const name of layout.names) define(pointer, name, () => (address as unknown as Record<string, Word>)[name]);
  return pointer;
}
