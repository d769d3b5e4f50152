import type { Contract } from '../machine/claims.ts';
import type { Representation } from '../machine/definition.ts';
import type { ObjectKind } from '../machine/object-kinds.ts';
import type { ParameterValues } from '../machine/parameters.ts';
import type { Trivia } from '../text/source.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';

/**
 * A scenario: client operations that drive one representation, with everything that a replay needs. Whoever builds one in a
 * program leaves `comments` and all `trivia` out and sets lines and columns to 0.
 */
export interface Scenario {
  /** Where it was read from; only for messages. */
  readonly file: string;
  readonly representation: Representation;
  /** All of them, defaults included. */
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly client: Contract;
  /** The mutant of the representation that runs instead of it. */
  readonly mutant?: string;
  /** What must come out; `clean` when nothing may be found. */
  readonly expect: VerdictCode;
  /** Free text, one line each. */
  readonly notes: readonly string[];
  /** Every thread once; main is thread 0. A scenario without blocks has main alone. */
  readonly threads: readonly ScenarioThread[];
  readonly schedule: readonly ScheduleChoice[];
  /** The lines that the schedule was read from: which of its choices is the first on each. */
  readonly scheduleLines?: readonly { readonly line: number; readonly first: number }[];
  readonly comments?: ScenarioComments;
}

export interface ScenarioThread {
  readonly thread: number;
  readonly statements: readonly ScenarioStatement[];
  /** The comments of the block's own line. */
  readonly trivia?: Trivia;
}

/** What runs inside a callback of a statement. */
export interface DuringBlock {
  readonly callback: string;
  readonly statements: readonly ScenarioStatement[];
  readonly trivia?: Trivia;
}

/** The value of an extra's argument. */
export type ExtraArgument = { readonly reference: string } | { readonly pointer: string } | { readonly number: bigint };

/** What one statement says. The table `STATEMENT_FORMS` (forms.ts) says how each is written and what it means. */
export type Operation =
  | { readonly op: 'alloc'; readonly target: string; readonly kind: ObjectKind; readonly size: number }
  | { readonly op: 'free'; readonly name: string }
  /** `as` when the reference is taken for one of another kind than it may have. */
  | { readonly op: 'use'; readonly name: string; readonly as?: ObjectKind }
  | { readonly op: 'hold'; readonly pointer: string; readonly name: string }
  | { readonly op: 'touch'; readonly pointer: string }
  | { readonly op: 'drop'; readonly pointer: string }
  | { readonly op: 'copy'; readonly target: string; readonly name: string }
  | { readonly op: 'forge'; readonly target: string; readonly bits: bigint }
  | { readonly op: 'corrupt'; readonly target: string; readonly name: string; readonly bit: number }
  | { readonly op: 'abandon'; readonly name: string }
  | { readonly op: 'send'; readonly name: string; readonly thread: number }
  | { readonly op: 'churn'; readonly times: number; readonly kind: ObjectKind }
  | { readonly op: 'stall' }
  | { readonly op: 'panic' }
  | { readonly op: 'extra'; readonly extra: string; readonly arguments: readonly ExtraArgument[] };

export type OperationName = Operation['op'];

/** A statement with its place (from 1), what runs during it, and its comments. */
export type ScenarioStatement = Operation & {
  readonly line: number;
  readonly column: number;
  readonly during?: readonly DuringBlock[];
  readonly trivia?: Trivia;
};

/** One decision of an execution: which thread steps, which of the readable messages a load reads, which address an allocation gets. */
export type ScheduleChoice = { readonly thread: number } | { readonly read: number } | { readonly address: number };

/** Header lines in the order in which they are printed; notes come after them. */
export const HEADER_LINES = ['representation', 'machine', 'client', 'mutant', 'expect'] as const;
export type HeaderLine = (typeof HEADER_LINES)[number];

/** The comments that belong to no statement. */
export interface ScenarioComments {
  /** Those of the `format 1` line; undefined when the file has no such line. */
  readonly format?: Trivia;
  readonly header: Readonly<Partial<Record<HeaderLine, Trivia>>>;
  /** By position in `notes`; a note has no comment at its end, for its text goes on to the end of the line. */
  readonly notes: readonly (Trivia | undefined)[];
  /** All comments among the schedule lines; they are printed above the first. */
  readonly schedule?: Trivia;
  /** After the last line. */
  readonly trailing: readonly string[];
}

/** Words that begin lines and therefore name no variable. */
export const BLOCK_WORDS = ['main', 'thread', 'during', 'schedule', 'format', 'note', ...HEADER_LINES] as const;
