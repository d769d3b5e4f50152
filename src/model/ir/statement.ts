import type { Expression, Local } from './expression.ts';
import type { Operation } from './operation.ts';
import type { Site } from './site.ts';
import type { Path, Place } from './state.ts';

/** Memory orderings of C11; `plain` is not atomic. */
export type Ordering = 'plain' | 'relaxed' | 'acquire' | 'release' | 'acqrel' | 'seqcst';

export type FetchName = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'min' | 'max';

export type Block = readonly Statement[];

interface Common {
  readonly site: Site;
}

/**
 * The statements of an operation. Each marked "shared access" is one step of a thread together with the private work up to the
 * next one (design 3.2); `lock` is two steps, its acquisition and its release.
 */
export type Statement = Common &
  (
    | { readonly kind: 'let'; readonly into: Local; readonly value: Expression }
    | { readonly kind: 'assign'; readonly into: Local; readonly value: Expression }
    /** Shared access. */
    | { readonly kind: 'load'; readonly into: Local; readonly place: Place; readonly order: Ordering }
    /** Shared access. */
    | { readonly kind: 'store'; readonly place: Place; readonly value: Expression; readonly order: Ordering }
    /** Shared access. */
    | {
        readonly kind: 'exchange';
        readonly into: Local;
        readonly place: Place;
        readonly value: Expression;
        readonly order: Ordering;
      }
    /** Shared access: compares by value (pointers by address); `into` receives what was there, `success` whether it was replaced. */
    | {
        readonly kind: 'compareExchange';
        readonly into: Local;
        readonly success: Local;
        readonly place: Place;
        readonly expected: Expression;
        readonly desired: Expression;
        readonly order: Ordering;
        readonly failureOrder: Ordering;
        readonly weak: boolean;
      }
    /** Shared access. */
    | {
        readonly kind: 'fetch';
        readonly name: FetchName;
        readonly into: Local;
        readonly place: Place;
        readonly value: Expression;
        readonly order: Ordering;
      }
    | { readonly kind: 'fence'; readonly order: Ordering }
    /** Acquires the lock, runs the body, and releases however the body ends (a return inside unlocks). */
    | { readonly kind: 'lock'; readonly lock: Path; readonly shared: boolean; readonly body: Block }
    /** Shared access to a container as a whole. `into` and `found` are what the container answers. */
    | {
        readonly kind: 'container';
        readonly name: ContainerOperation;
        readonly path: Path;
        readonly operands: readonly Expression[];
        readonly fields?: Readonly<Record<string, Expression>>;
        readonly into?: Local;
      }
    | {
        readonly kind: 'if';
        readonly condition: Expression;
        readonly then: Block;
        readonly otherwise: Block;
        readonly owner: Operation;
      }
    /** The named early return: when the condition is false, the operation that owns it answers `result`. */
    | {
        readonly kind: 'guard';
        readonly name: string;
        readonly condition: Expression;
        readonly result?: Expression;
        readonly owner: Operation;
      }
    | { readonly kind: 'return'; readonly value?: Expression }
    /** Runs the body `count` times, at most `atMost`; `index` counts from 0. */
    | {
        readonly kind: 'loop';
        readonly index: Local;
        readonly count: Expression;
        readonly atMost: number;
        readonly body: Block;
      }
    /** Runs the body again and again until it leaves; a failing pass writes only cells of its own thread. */
    | { readonly kind: 'retry'; readonly body: Block }
    | { readonly kind: 'leave' }
    /** Blocks until the condition, computed by `body` from shared loads, is true. */
    | { readonly kind: 'await'; readonly body: Block; readonly condition: Expression }
    /** Another operation, inlined; a `return` inside it ends it alone and sets `into`. */
    | { readonly kind: 'inline'; readonly operation: Operation; readonly into?: Local; readonly body: Block }
    | { readonly kind: 'assert'; readonly name: string; readonly condition: Expression }
    /** The driver may run any client operations here; locks stay held. */
    | { readonly kind: 'callback'; readonly name: string }
    /** The driver decides whether this panics: then the unwinding blocks run, locks are released or poisoned, the operation ends. */
    | { readonly kind: 'mayPanic'; readonly name: string }
    | { readonly kind: 'unwinding'; readonly body: Block; readonly onUnwind: Block }
    /** Gives an object's memory back. */
    | { readonly kind: 'reclaim'; readonly pointer: Expression }
    /** Marks the pointer's allocation exposed; `into` receives the address. */
    | { readonly kind: 'expose'; readonly into: Local; readonly pointer: Expression }
    /** Integer to pointer: a wildcard, or `exposed-provenance` on a strict machine. */
    | { readonly kind: 'fromExposed'; readonly into: Local; readonly address: Expression }
    /** In-bounds offset in bytes, signed 64 bits. */
    | { readonly kind: 'offset'; readonly into: Local; readonly pointer: Expression; readonly delta: Expression }
    /** Simulated memory. Sizes and alignments in bytes. */
    | { readonly kind: 'allocate'; readonly into: Local; readonly size: Expression; readonly alignment: number }
    | {
        readonly kind: 'deallocate';
        readonly pointer: Expression;
        readonly size: Expression;
        readonly alignment: number;
      }
    | { readonly kind: 'read'; readonly into: Local; readonly pointer: Expression }
    | { readonly kind: 'write'; readonly pointer: Expression; readonly value: Expression }
  );

export type StatementKind = Statement['kind'];

/**
 * Container operations, their operands and answers. growing: `push` (fields; answers the index), `length`. list: `push` (element),
 * `pop` (answers option element), `length`, `clear`. map: `get` (key; answers option value), `set` (key, value), `delete` (key),
 * `length`, `clear`. `clear` on a growing container empties it.
 */
export type ContainerOperation = 'push' | 'pop' | 'get' | 'set' | 'delete' | 'length' | 'clear';

/** The blocks directly inside a statement, in the order in which they are printed. */
export function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case 'lock':
    case 'loop':
    case 'retry':
    case 'await':
    case 'inline':
      return [statement.body];
    case 'if':
      return [statement.then, statement.otherwise];
    case 'unwinding':
      return [statement.body, statement.onUnwind];
    default:
      return [];
  }
}

/** Every expression that a statement itself evaluates (not those inside its blocks), places and paths included. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  return [...placeExpressions(statement), ...valueExpressions(statement)];
}

function placeExpressions(statement: Statement): readonly Expression[] {
  if (statement.kind === 'lock') return defined(statement.lock.index);
  if (statement.kind === 'container') return defined(statement.path.index);
  if (!('place' in statement)) return [];
  return defined(statement.place.path.index, statement.place.element);
}

function valueExpressions(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'let':
    case 'assign':
    case 'store':
    case 'exchange':
    case 'fetch':
    case 'return':
      return defined(statement.value);
    case 'compareExchange':
      return [statement.expected, statement.desired];
    case 'container':
      return [...statement.operands, ...Object.values(statement.fields ?? {})];
    case 'if':
    case 'await':
    case 'assert':
      return [statement.condition];
    case 'guard':
      return defined(statement.condition, statement.result);
    case 'loop':
      return [statement.count];
    case 'reclaim':
    case 'expose':
    case 'read':
      return [statement.pointer];
    case 'fromExposed':
      return [statement.address];
    case 'offset':
      return [statement.pointer, statement.delta];
    case 'allocate':
      return [statement.size];
    case 'deallocate':
      return [statement.pointer, statement.size];
    case 'write':
      return [statement.pointer, statement.value];
    default:
      return [];
  }
}

function defined(...expressions: readonly (Expression | undefined)[]): readonly Expression[] {
  return expressions.filter((expression) => expression !== undefined);
}
