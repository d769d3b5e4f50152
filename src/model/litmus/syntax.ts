import type { Trivia } from '../text/source.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';

/**
 * A litmus program as its text says it: a small program for the abstract machine itself, with what must come out of it. The
 * tree keeps comments and the order of the file, so that printing loses nothing.
 */
export interface LitmusProgram {
  readonly file: string;
  /** The comments of the `format 1` line, if the file has one. */
  readonly format: Trivia | undefined;
  readonly items: readonly Item[];
  /** Comments after the last line. */
  readonly trailing: readonly string[];
}

export type Item = MachineLine | ScheduleLine | ThreadBlock | Expectation | Statement;

/** Where a node begins; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Node extends Trivia {
  readonly at: Position;
}

/** `machine name=value …`: settings that differ from the default, as in a scenario. */
export interface MachineLine extends Node {
  readonly kind: 'machine';
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

/** `schedule POLICY`: how the threads of a program take turns when it is not explored. */
export interface ScheduleLine extends Node {
  readonly kind: 'schedule';
  readonly policy: SchedulePolicy;
}

/**
 * `round-robin`: a thread runs until it blocks, yields or ends, then the next one, and a load reads the newest value; there is one
 * execution. `random`: any thread next, and any value that may be read.
 */
export type SchedulePolicy = 'round-robin' | 'random';

/** `main:` (thread 0) or `thread N:`. */
export interface ThreadBlock extends Node {
  readonly kind: 'thread';
  readonly thread: number;
  readonly body: readonly Statement[];
}

/** A verdict with, optionally, which of its cases: `invalid-free/layout`. */
export interface ExpectedCode {
  readonly code: VerdictCode;
  readonly detail: string | undefined;
}

export type Expectation = CodeExpectation | OutcomesExpectation | StateExpectation | TriesExpectation;

/** `expect CODE`; inside `tries` also `in some` or `in all`. */
export interface CodeExpectation extends Node, ExpectedCode {
  readonly kind: 'expect';
  readonly quantifier: 'some' | 'all' | undefined;
}

/** `outcomes { … }`: the exact set of final values, one outcome a line. */
export interface OutcomesExpectation extends Node {
  readonly kind: 'outcomes';
  readonly outcomes: readonly OutcomePattern[];
  readonly closing: Node;
}

/** `name=value …`, every name once. */
export interface OutcomePattern extends Node {
  readonly values: readonly { readonly variable: Variable; readonly value: Expression }[];
}

/** `allow CONDITION`: holds at the end of some execution; `forbid CONDITION`: of none. */
export interface StateExpectation extends Node {
  readonly kind: 'allow' | 'forbid';
  readonly condition: Expression;
}

/** `tries N { … }`: the program runs with N seeds, and the expectations inside speak about all these runs together. */
export interface TriesExpectation extends Node {
  readonly kind: 'tries';
  readonly count: number;
  readonly body: readonly (CodeExpectation | OutcomesExpectation | StateExpectation)[];
  readonly closing: Node;
}

export type Statement = Operation | ScopeStatement | RepeatStatement | RetryStatement | AwaitStatement | IfStatement;

/** One line that does one thing; its shape is in {@link ./forms.ts}. */
export interface Operation extends Node {
  readonly kind: 'operation';
  /** The name of its form. */
  readonly name: string;
  /** The variables that it sets, left of `=`. */
  readonly results: readonly Variable[];
  /** Operands by name. */
  readonly operands: Readonly<Record<string, Expression>>;
  /** Literal numbers by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Chosen words by name; a flag that is given is its own word. */
  readonly words: Readonly<Record<string, string>>;
  readonly fields: readonly Field[];
  /** `expect CODE` at the end of the line: this very statement must give that verdict. */
  readonly expected: ExpectedCode | undefined;
}

/** A part of a value that a typed copy carries; what lies between the fields is padding. */
export interface Field {
  readonly type: 'int' | 'ptr' | 'bytes';
  readonly size: number;
  readonly offset: number;
}

/** `scope { … }`: stack allocations inside end with it. */
export interface ScopeStatement extends Node {
  readonly kind: 'scope';
  readonly body: readonly Statement[];
  readonly closing: Node;
}

/** `repeat N { … }`. */
export interface RepeatStatement extends Node {
  readonly kind: 'repeat';
  readonly count: number;
  readonly body: readonly Statement[];
  readonly closing: Node;
}

/** `retry { … until CONDITION }`: again until the condition, which is its last line, holds. */
export interface RetryStatement extends Node {
  readonly kind: 'retry';
  readonly body: readonly Statement[];
  readonly until: Node & { readonly condition: Expression };
  readonly closing: Node;
}

/** `await CONDITION { loads }`: blocked while no readable values satisfy the condition. */
export interface AwaitStatement extends Node {
  readonly kind: 'await';
  readonly condition: Expression;
  readonly body: readonly Statement[];
  readonly closing: Node;
}

/** `if CONDITION { … } else { … }`. */
export interface IfStatement extends Node {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly body: readonly Statement[];
  /** The `} else {` part with the comments on that line. */
  readonly otherwise: (Node & { readonly body: readonly Statement[] }) | undefined;
  readonly closing: Node;
}

export type Expression = IntegerLiteral | NullLiteral | Variable | UnaryExpression | BinaryExpression;

/** What a variable holds. */
export type ValueType = 'integer' | 'pointer' | 'lock';

export interface IntegerLiteral extends Position {
  readonly kind: 'integer';
  /** Unsigned, 64 bits. */
  readonly value: bigint;
  readonly hexadecimal: boolean;
}

/** Address 0 without provenance. */
export interface NullLiteral extends Position {
  readonly kind: 'null';
}

/** `name`, or `N:name` for a variable of thread N in an expectation. */
export interface Variable extends Position {
  readonly kind: 'variable';
  readonly name: string;
  readonly thread: number | undefined;
}

export type UnaryOperator = '-' | '~' | '!' | 'addr';

export interface UnaryExpression extends Position {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

export interface BinaryExpression extends Position {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}
