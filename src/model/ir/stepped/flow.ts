import type { Expression, Local } from '../expression.ts';
import type { Path } from '../state.ts';
import type { Statement } from '../statement.ts';

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** A place in the code of an entry that control can go to. */
export interface Label {
  readonly name: string;
}

export type AccessStatement = StatementOf<
  | 'load'
  | 'store'
  | 'exchange'
  | 'compareExchange'
  | 'fetch'
  | 'fence'
  | 'container'
  | 'reclaim'
  | 'expose'
  | 'fromExposed'
  | 'offset'
  | 'allocate'
  | 'deallocate'
  | 'read'
  | 'write'
  | 'callback'
>;

/**
 * The straight form of an operation: no blocks, only places and ways to go there. A step of a thread is one of the instructions
 * for which `isStep` holds, and everything up to the next one.
 */
export type Instruction =
  | { readonly kind: 'label'; readonly label: Label }
  | { readonly kind: 'jump'; readonly to: Label }
  | {
      readonly kind: 'branch';
      readonly condition: Expression;
      readonly otherwise: Label;
    }
  | { readonly kind: 'set'; readonly into: Local; readonly value: Expression }
  | { readonly kind: 'access'; readonly statement: AccessStatement }
  | {
      readonly kind: 'acquire';
      readonly statement: StatementOf<'lock'>;
      readonly lock: Path;
      /** Where control goes when the lock is poisoned. */
      readonly poisoned: Label | undefined;
    }
  | {
      readonly kind: 'release';
      readonly statement: StatementOf<'lock'>;
      readonly lock: Path;
      readonly poisons: boolean;
    }
  | { readonly kind: 'reach'; readonly statement: Statement; readonly outcome: number }
  | { readonly kind: 'assert'; readonly statement: StatementOf<'assert'> }
  | { readonly kind: 'mayPanic'; readonly name: string; readonly panic: Label }
  | { readonly kind: 'panicking'; readonly name: string }
  /** The condition of an await does not hold: the pass begins again, or was its only access and does not count. */
  | { readonly kind: 'failedAwait'; readonly statement: StatementOf<'await'>; readonly head: Label }
  | { readonly kind: 'end'; readonly answer: Local | undefined }
  | { readonly kind: 'panicked' };

/** Thread-local state is private: an access to it is no step. */
export function isPrivate(path: Path): boolean {
  return path.root.scope === 'thread';
}

export function isStep(instruction: Instruction): boolean {
  switch (instruction.kind) {
    case 'access': {
      const { statement } = instruction;
      if ('place' in statement) return !isPrivate(statement.place.path);
      return statement.kind !== 'container' || !isPrivate(statement.path);
    }
    case 'acquire':
    case 'release':
      return !isPrivate(instruction.lock);
    default:
      return false;
  }
}

/** Whether control never goes on to what stands behind the instruction. */
export function isExit({ kind }: Instruction): boolean {
  return kind === 'jump' || kind === 'end' || kind === 'panicked' || kind === 'failedAwait';
}

/** Where control may go other than on to the next instruction. */
export function targetsOf(instruction: Instruction): readonly Label[] {
  switch (instruction.kind) {
    case 'jump':
      return [instruction.to];
    case 'branch':
      return [instruction.otherwise];
    case 'acquire':
      return instruction.poisoned === undefined ? [] : [instruction.poisoned];
    case 'mayPanic':
      return [instruction.panic];
    case 'failedAwait':
      return [instruction.head];
    default:
      return [];
  }
}
