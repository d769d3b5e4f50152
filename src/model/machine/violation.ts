import type { Statement } from '../ir/statement.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Contract } from './claims.ts';
import type { Relation } from './judgement.ts';

/** A verdict of the driver at one operation of a client program, as plain data. */
export interface Violation {
  readonly code: VerdictCode;
  /** The operation of the program (outermost, when it happened inside a callback). */
  readonly operation: number;
  /** For `churn`: how many rounds had ended. */
  readonly round: number;
  /** The least contract that allows what the client had done by then; keeping a stale reference takes `any`. */
  readonly contract: Contract;
  /** Creates that had succeeded before. */
  readonly creates: number;
  /** What happened there, in the vocabulary of the diagnostic. */
  readonly event: 'resolve' | 'touch' | 'destroy' | 'create' | 'reissue' | 'operation' | 'end';
  /** The reference variable in question, or -1. */
  readonly variable: number;
  /** The bits of that variable then. */
  readonly bits: bigint;
  /** The identity of the object that the reference was issued for; 0 when none was. */
  readonly object: number;
  /** The identity of the object that was found instead; 0 when none was. */
  readonly found: number;
  readonly relation: Relation;
  /** The address or pointer that came back, where one did. */
  readonly address: bigint;
  /** The statement of the representation that raised it, for faults from inside an operation. */
  readonly statement: Statement | undefined;
  /** The memory's own words for a fault of memory. */
  readonly detail: string;
}

/**
 * Whether a verdict is about bits that nobody issued. Forged bits that equal issued ones count as a copy of that reference
 * (design 4).
 */
export function isAboutForged({ relation }: Violation): boolean {
  return relation === 'forged';
}

/**
 * The contract under which a verdict is judged. A pointer that was held before its object ended is the concern of
 * `safeConcurrentUse`, whatever stale references the client used elsewhere.
 */
export function judgedContract({ event, variable, contract }: Violation): Contract {
  const isHeldPointer = event === 'touch' && variable < 0;
  return isHeldPointer && contract === 'any' ? 'valid' : contract;
}

/**
 * What a diagnostic wants to know while a program runs again. Fuzzing runs without one. Bits are int32 halves; identities count
 * objects from 1.
 */
export interface ClientObserver {
  /** `create` issued a reference for an object, given by its ghost record. */
  issued(object: number): void;
  /** An object entered another phase of its life. */
  phase(identity: number, phase: 'created' | 'retired' | 'reclaimed' | 'abandoned'): void;
  /** A resolve ended. */
  resolved(variable: number, relation: Relation, found: string, address: bigint, identity: number): void;
  /** The program goes on to an operation; called before it runs. */
  operation(index: number): void;
}
