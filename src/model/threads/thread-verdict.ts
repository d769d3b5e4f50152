import type { Statement } from '../ir/statement.ts';
import type { Contract } from '../machine/claims.ts';
import type { Relation } from '../machine/judgement.ts';
import type { Violation } from '../machine/violation.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';

/** A verdict at one step of a thread, as plain data. */
export interface ThreadVerdict {
  readonly code: VerdictCode;
  readonly thread: number;
  readonly event: Violation['event'];
  /** The least contract that allows what all clients had done by then. */
  readonly contract: Contract;
  /** The opcode of the client operation, or -1 at the end of an execution. */
  readonly opcode: number;
  /** The name of the role or extra that ran, or '' outside of one. */
  readonly role: string;
  /** The reference variable in question, or -1; and the bits that it had. */
  readonly variable: number;
  readonly bits: bigint;
  /** Numbers of objects in the row; -1 for none. */
  readonly object: number;
  readonly found: number;
  readonly relation: Relation;
  readonly address: bigint;
  /** The statement of the representation that raised it. */
  readonly statement: Statement | undefined;
  /** For a race: the thread of the other access, where it is known. */
  readonly raceThread: number;
  /** Equal for verdicts that are one finding. */
  readonly signature: string;
}
