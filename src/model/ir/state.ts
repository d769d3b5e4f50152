import type { Expression } from './expression.ts';
import type { ScalarType } from './type.ts';

/** One value of the state: a word, a counter, a pointer that keeps its provenance, or a boolean. */
export interface ScalarShape {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  readonly initial: bigint;
}

/** A mutual-exclusion lock or a reader-writer lock. A poisoning lock panics when it is taken after a panic inside it. */
export interface LockShape {
  readonly kind: 'lock';
  readonly shared: boolean;
  readonly poisons: boolean;
}

/** Records that are appended and never removed; an index at or past the length is out of bounds. */
export interface GrowingShape {
  readonly kind: 'growing';
  readonly record: Readonly<Record<string, ScalarShape>>;
  readonly isPrivate: boolean;
}

/** A stack or a queue of words: `push` appends, `pop` takes the newest (`lifo`) or the oldest (`fifo`). */
export interface ListShape {
  readonly kind: 'list';
  readonly element: ScalarType;
  readonly order: 'lifo' | 'fifo';
  readonly isPrivate: boolean;
}

/** A map from words to words. */
export interface MapShape {
  readonly kind: 'map';
  readonly key: ScalarType;
  readonly value: ScalarType;
  readonly isPrivate: boolean;
}

export type ContainerShape = GrowingShape | ListShape | MapShape;
/** Threads are numbered from 0; state that exists for every thread exists for so many at most. */
export const MOST_THREADS = 64;

export type MemberShape = ScalarShape | LockShape | ContainerShape;

/** A fixed number of records, each with its own scalars, locks and containers. */
export interface ArrayShape {
  readonly kind: 'array';
  readonly count: number;
  /** Records of each thread, when the array has some for every thread; `count` is then that of `MOST_THREADS` threads. */
  readonly perThread?: number;
  readonly record: Readonly<Record<string, MemberShape>>;
}

export type Shape = MemberShape | ArrayShape;

/** A named piece of a representation's state; `thread` state exists once for every thread. */
export interface Declaration {
  readonly name: string;
  readonly shape: Shape;
  readonly scope: 'shared' | 'thread';
}

/** Where a scalar, a lock or a container stands: `root`, or member `member` of element `index` of the array `root`. */
export interface Path {
  readonly root: Declaration;
  readonly index?: Expression;
  readonly member?: string;
}

/** Where one value stands: a scalar path, or field `field` of element `element` of a growing container. */
export interface Place {
  readonly path: Path;
  readonly type: ScalarType;
  readonly element?: Expression;
  readonly field?: string;
}

/** The shape that a path leads to. */
export function shapeAt(path: Path): MemberShape {
  const { shape, name } = path.root;
  if (shape.kind !== 'array') return shape;
  const member = path.member === undefined ? undefined : shape.record[path.member];
  if (member === undefined) throw new Error(`state "${name}" has no member "${path.member ?? ''}"`);
  return member;
}
