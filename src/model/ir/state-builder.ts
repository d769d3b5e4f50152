import type { Builder } from './builder.ts';
import type { Kind, ScalarKind, ValueOfKind } from './kind.ts';
import { BuildError, Site } from './site.ts';
import {
  MOST_THREADS,
  type ArrayShape,
  type Declaration,
  type GrowingShape,
  type ListShape,
  type LockShape,
  type MapShape,
  type Path,
  type Place,
  type Shape,
} from './state.ts';
import { widthOf } from './type.ts';
import {
  Bool,
  coerce,
  operandExpression,
  type Caller,
  type Operand,
  type Option,
  type Value,
  type Word,
} from './value.ts';

/** A shape with the class of the references that a program uses it through. */
export interface Spec<Reference> {
  readonly kind: 'spec';
  readonly shape: Shape;
  readonly scope: 'shared' | 'thread';
  reference(path: Path): Reference;
}

type Member = ScalarKind | Spec<unknown>;
type ReferenceOf<M> = M extends Spec<infer R> ? R : M extends Kind ? PlaceReference<ValueOfKind<M>> : never;
export type RecordReference<R> = { readonly [Name in keyof R]: ReferenceOf<R[Name]> };

/** Where one value stands; `$.load`, `$.store` and the read-modify-writes take it. */
export class PlaceReference<V extends Value = Value> {
  readonly place: Place;
  /** Never set: it only carries the class of the values to the type checker. */
  readonly values?: V;

  constructor(place: Place) {
    this.place = place;
  }
}

export class LockReference {
  readonly path: Path;

  constructor(path: Path) {
    this.path = path;
  }
}

export interface GrowingReference<R> {
  /** The record at an index, which must be below the length when it is accessed. */
  at(index: Operand): { readonly [Name in keyof R]: PlaceReference<ValueOfKind<R[Name]>> };
  length($: Builder): Word;
  /** Appends a record and answers its index, a word of 32 bits. */
  push($: Builder, fields: { readonly [Name in keyof R]: ValueOfKind<R[Name]> | number | bigint }): Word;
  clear($: Builder): void;
}

export interface ListReference<V extends Value> {
  push($: Builder, element: V | number | bigint): void;
  pop($: Builder): Option<V>;
  length($: Builder): Word;
  clear($: Builder): void;
}

export interface MapReference<K extends Value, V extends Value> {
  get($: Builder, key: K): Option<V>;
  set($: Builder, key: K, value: V): void;
  /** Removes the key; absent keys are ignored. */
  delete($: Builder, key: K): void;
  length($: Builder): Word;
  clear($: Builder): void;
}

/**
 * One value, shared by all threads, with its initial value (0, null or false unless given).
 * @throws BuildError when the initial value does not fit the kind
 */
export function cell<V extends Value>(kind: ScalarKind<V>, initial: number | bigint = 0): Spec<PlaceReference<V>> {
  const width = widthOf(kind.type);
  const bits = operandExpression(initial, width, cell);
  const shape: Shape = { kind: 'scalar', type: kind.type, initial: (bits as { readonly value: bigint }).value };
  return spec(shape, (path) => new PlaceReference<V>({ path, type: kind.type }));
}

/** A mutual-exclusion lock; `poisons` makes it panic when it is taken after a panic inside it. */
export function mutex(options: { readonly poisons?: boolean } = {}): Spec<LockReference> {
  return lockSpec({ kind: 'lock', shared: false, poisons: options.poisons ?? false });
}

/** A reader-writer lock. */
export function rwlock(options: { readonly poisons?: boolean } = {}): Spec<LockReference> {
  return lockSpec({ kind: 'lock', shared: true, poisons: options.poisons ?? false });
}

/** Records of scalar fields that are appended, empty at first, and never removed one by one. Indices have 32 bits. */
export function growing<R extends Readonly<Record<string, ScalarKind>>>(record: R): Spec<GrowingReference<R>> {
  const fields = Object.entries(record).map(([name, kind]) => [name, { kind: 'scalar', type: kind.type, initial: 0n }]);
  const shape: GrowingShape = { kind: 'growing', record: Object.fromEntries(fields), isPrivate: false };
  return spec(shape, (path) => {
    const self: GrowingReference<R> = {
      at: (index) => growingRecord(record, path, index, self.at) as ReturnType<GrowingReference<R>['at']>,
      length: ($) => $.containerOperation(self.length, 'length', path, []) as Word,
      push: ($, values) => $.containerOperation(self.push, 'push', path, [], pushed(record, values, self.push)) as Word,
      clear: ($) => void $.containerOperation(self.clear, 'clear', path, []),
    };
    return self;
  });
}

/** A stack of values, empty at first: `pop` takes the newest, NONE when there is none. */
export function stack<V extends Value>(element: ScalarKind<V>): Spec<ListReference<V>> {
  return list(element, 'lifo');
}

/** A queue of values, empty at first: `pop` takes the oldest, NONE when there is none. */
export function queue<V extends Value>(element: ScalarKind<V>): Spec<ListReference<V>> {
  return list(element, 'fifo');
}

/** A stack (`lifo`) or a queue (`fifo`), for designs where that is a parameter. */
export function list<V extends Value>(element: ScalarKind<V>, order: 'lifo' | 'fifo'): Spec<ListReference<V>> {
  const shape: ListShape = { kind: 'list', element: element.type, order, isPrivate: false };
  return spec(shape, (path) => {
    const self: ListReference<V> = {
      push: ($, value) => void $.containerOperation(self.push, 'push', path, [coerce(value, element.type, self.push)]),
      pop: ($) => $.containerOperation(self.pop, 'pop', path, []) as Option<V>,
      length: ($) => $.containerOperation(self.length, 'length', path, []) as Word,
      clear: ($) => void $.containerOperation(self.clear, 'clear', path, []),
    };
    return self;
  });
}

/** A map, empty at first: `get` answers NONE for an absent key. */
export function map<K extends Value, V extends Value>(
  key: ScalarKind<K>,
  value: ScalarKind<V>,
): Spec<MapReference<K, V>> {
  const shape: MapShape = { kind: 'map', key: key.type, value: value.type, isPrivate: false };
  return spec(shape, (path) => {
    const self: MapReference<K, V> = {
      get: ($, k) => $.containerOperation(self.get, 'get', path, [coerce(k, key.type, self.get)]) as Option<V>,
      set: ($, k, v) => {
        const operands = [coerce(k, key.type, self.set), coerce(v, value.type, self.set)];
        $.containerOperation(self.set, 'set', path, operands);
      },
      delete: ($, k) => void $.containerOperation(self.delete, 'delete', path, [coerce(k, key.type, self.delete)]),
      length: ($) => $.containerOperation(self.length, 'length', path, []) as Word,
      clear: ($) => void $.containerOperation(self.clear, 'clear', path, []),
    };
    return self;
  });
}

/** A container that only one thread ever uses, or that is never shared: its operations need no lock. */
export function unlocked<Reference>(of: Spec<Reference>): Spec<Reference> {
  return { ...of, shape: { ...of.shape, isPrivate: true } as Shape };
}

/** State that exists once for every thread. */
export function threadLocal<Reference>(of: Spec<Reference>): Spec<Reference> {
  return { ...of, scope: 'thread' };
}

/**
 * A fixed number of records; members are kinds (values that start at 0), cells, locks and containers.
 * @param count 1 or more
 * @throws BuildError for any other number, and for an array inside a record
 */
export function array<R extends Readonly<Record<string, Member>>>(
  count: number,
  record: R,
): Spec<{ readonly count: number; at(index: Operand): RecordReference<R> }> {
  if (!Number.isInteger(count) || count < 1)
    throw new BuildError(`an array has at least 1 record, not ${count}`, new Site(array));
  const members = Object.entries(record).map(([name, member]) => [name, memberShape(member)]);
  const shape: ArrayShape = { kind: 'array', count, record: Object.fromEntries(members) };
  return spec(shape, ({ root }) => ({
    count,
    at: function at(index) {
      const expression = indexExpression(index, at);
      const references = Object.entries(record).map(([name, member]) => {
        const path: Path = { root, index: expression, member: name };
        return [
          name,
          member.kind === 'spec' ? member.reference(path) : new PlaceReference({ path, type: member.type }),
        ];
      });
      return Object.fromEntries(references) as RecordReference<R>;
    },
  }));
}

/**
 * Records that every thread has for itself and that all threads may read and write: announcements, as of epochs and hazards. Record i
 * of thread t is number `t * records + i`, so that a loop over all of them has `THREADS.mul(records)` passes.
 * @param records of one thread, 1 or more
 * @throws BuildError as `array` does
 */
export function perThread<R extends Readonly<Record<string, Member>>>(
  records: number,
  record: R,
): Spec<{ readonly count: number; at(index: Operand): RecordReference<R> }> {
  const of = array(records * MOST_THREADS, record);
  return { ...of, shape: { ...of.shape, perThread: records } as ArrayShape };
}

/** The whole state of a representation, under the names that its diagnostics use. */
export function state<R extends Readonly<Record<string, Spec<unknown>>>>(
  members: R,
): { readonly declarations: readonly Declaration[] } & { readonly [Name in keyof R]: ReferenceOf<R[Name]> } {
  const declarations = Object.entries(members).map(([name, { shape, scope }]) => ({ name, shape, scope }));
  const references = declarations.map((root) => [root.name, members[root.name].reference({ root })]);
  return { declarations, ...Object.fromEntries(references) };
}

function spec<Reference>(shape: Shape, reference: (path: Path) => Reference): Spec<Reference> {
  return { kind: 'spec', shape, scope: 'shared', reference };
}

function lockSpec(shape: LockShape): Spec<LockReference> {
  return spec(shape, (path) => new LockReference(path));
}

function memberShape(member: Member): Shape {
  if (member.kind === 'kind') return { kind: 'scalar', type: member.type, initial: 0n };
  if (member.shape.kind === 'array')
    throw new BuildError('an array stands at the top of the state, not inside a record', new Site(array));
  return member.shape;
}

function growingRecord(
  record: Readonly<Record<string, ScalarKind>>,
  path: Path,
  index: Operand,
  caller: Caller,
): unknown {
  const element = indexExpression(index, caller);
  const places = Object.entries(record).map(([field, kind]) => [
    field,
    new PlaceReference({ path, type: kind.type, element, field }),
  ]);
  return Object.fromEntries(places);
}

function pushed(
  record: Readonly<Record<string, ScalarKind>>,
  values: Readonly<Record<string, Value | number | bigint>>,
  caller: Caller,
) {
  const unknown = Object.keys(values).find((name) => record[name] === undefined);
  if (unknown !== undefined) throw new BuildError(`push: the record has no field "${unknown}"`, Site.of(caller));
  const fields = Object.entries(record).map(([name, kind]) => {
    const value = values[name];
    if (value === undefined) throw new BuildError(`push needs a value for field "${name}"`, Site.of(caller));
    return [name, coerce(value, kind.type, caller)];
  });
  return Object.fromEntries(fields);
}

function indexExpression(index: Operand, caller: Caller) {
  if (index instanceof Bool) throw new BuildError('an index is a word', Site.of(caller));
  return typeof index === 'object' ? index.expression : operandExpression(index, 32, caller);
}
