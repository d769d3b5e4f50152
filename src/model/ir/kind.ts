import { layout as layoutOf, type Layout } from './layout.ts';
import { widthOf, type ScalarType, type ValueType } from './type.ts';
import {
  operandExpression,
  plainWord,
  valueOf,
  withFieldsSet,
  Word,
  type Bool,
  type Caller,
  type Counter,
  type Operand,
  type Option,
  type Pointer,
  type PointerOf,
  type Value,
  type WordOf,
} from './value.ts';

/** A type as an author writes it; `V` is the class of its symbolic values. */
export interface Kind<V extends Value = Value> {
  readonly kind: 'kind';
  readonly type: ValueType;
  /** Never set: it only carries the class of the values to the type checker. */
  readonly values?: V;
}

export interface ScalarKind<V extends Value = Value> extends Kind<V> {
  readonly type: ScalarType;
}

export interface WordKind<Names extends string> extends ScalarKind<WordOf<Names>> {
  /** A word from all its fields, or from a literal of the whole. */
  of(fields: { readonly [Name in Names]: Operand } | number | bigint): WordOf<Names>;
}

/** The symbolic values of a kind. */
export type ValueOfKind<K> = K extends Kind<infer V> ? V : never;

/**
 * An unsigned word: a width of 1 to 64 bits, or a layout of fields, whose words always have 64 bits: a reference with its spare bits.
 * @throws BuildError for any other width
 */
export function word(width: number): WordKind<never>;
export function word<Names extends string>(layout: Layout<Names>): WordKind<Names>;
export function word<Names extends string>(shape: number | Layout<Names>): WordKind<Names> {
  const layout = typeof shape === 'number' ? undefined : shape;
  const type: ScalarType =
    layout === undefined ? plainWord(shape as number, word) : { ...plainWord(64), layout: layout };
  const kind: WordKind<Names> = {
    kind: 'kind',
    type,
    of: (fields) => wordFrom(type, layout, fields, kind.of) as WordOf<Names>,
  };
  return kind;
}

/** A pointer of the machine, with its provenance; with a layout, its address bits have named fields. NULL unless stored to. */
export function pointer(): ScalarKind<Pointer>;
export function pointer<Names extends string>(layout: Layout<Names>): ScalarKind<PointerOf<Names>>;
export function pointer(layout?: Layout): ScalarKind<Pointer> {
  return { kind: 'kind', type: layout === undefined ? { kind: 'pointer' } : { kind: 'pointer', layout } };
}

/**
 * A counter modulo 2^bits that programs compare only by equality and distance, so that the explorer can store it relative.
 * @param bits 1 to 64
 * @throws BuildError for any other width
 */
export function cyclic(bits: number): ScalarKind<Counter> {
  return { kind: 'kind', type: { kind: 'cyclic', width: plainWord(bits, cyclic).width } };
}

/** True or false; false unless stored to. */
export function boolean(): ScalarKind<Bool> {
  return { kind: 'kind', type: { kind: 'boolean' } };
}

/** A value or NONE, which is apart from 0 and null; operations take and answer options, state does not hold them. */
export function option<V extends Value>(of: ScalarKind<V>): Kind<Option<V>> {
  return { kind: 'kind', type: { kind: 'option', of: of.type } };
}

export { layoutOf as layout };

function wordFrom(
  type: ScalarType,
  layout: Layout | undefined,
  fields: Readonly<Record<string, Operand>> | number | bigint,
  caller: Caller,
): Word {
  if (typeof fields === 'object') {
    const zero = valueOf({ op: 'constant', type, value: 0n }) as Word;
    return withFieldsSet(zero, fields, caller);
  }
  const width = layout?.width ?? widthOf(type);
  return valueOf({ ...operandExpression(fields, width, caller), type }) as Word;
}
