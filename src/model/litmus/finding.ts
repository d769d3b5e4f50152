import type { FaultDetail } from '../memory/fault-detail.ts';
import { hex } from '../memory/fault-text.ts';
import { kindOf } from '../memory/kinds.ts';
import { VERDICTS, verdictOf } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Instruction } from './code.ts';
import type { LitmusMachine } from './machine.ts';
import { isStatement } from './names.ts';
import { printOperation } from './printer.ts';
import type { LitmusProgram, Position, Statement } from './syntax.ts';

/** Something that a diagnostic tells, at a line of the file; events stand in the order in which they happened. */
export interface DiagnosticEvent {
  readonly line: number;
  /** The statement in its canonical form. */
  readonly text: string;
  /** What happened there. */
  readonly what: string;
}

/** A finding explained, as data; it is put into words and colours in one place, elsewhere. */
export interface Diagnostic {
  /** `CODE: what that is`. */
  readonly title: string;
  /** One sentence that says what happened here. */
  readonly summary: string;
  readonly events: readonly DiagnosticEvent[];
  /** What someone can do about it; empty when there is nothing to say. */
  readonly help: readonly string[];
}

/** A verdict of a litmus program, with its place. */
export interface Finding extends Position {
  readonly code: VerdictCode;
  /** Which case of the verdict it is, as an expectation may name it after the slash. */
  readonly detail: string;
  /** The seed of the execution. */
  readonly seed: number;
  readonly diagnostic: Diagnostic;
}

/** Hints by verdict and detail; a verdict alone where every detail is helped alike. */
const HELP: Readonly<Record<string, string>> = {
  'no-provenance':
    'keep the pointer, or derive it with withaddr from a pointer to the allocation; an integer alone grants nothing',
  'exposed-provenance': 'use withaddr on a pointer to the allocation instead of converting an integer',
  'invalid-free/kind': 'give memory back to the allocator that it came from',
  'invalid-free/layout': 'give memory back with the size and alignment that it was allocated with',
  'invalid-free/interior': 'free the pointer that the allocation gave, not one into it',
  'misaligned/promised-alignment': 'the address happened to be aligned; ask for the alignment when allocating',
  overlap: 'use copy, which allows the ranges to overlap',
  'pointer-arithmetic': 'stay inside the allocation (one past its end included), or use wrapping arithmetic',
};

/** The finding of an execution that a step ended. */
export function findingOf(
  program: LitmusProgram,
  machine: LitmusMachine,
  instruction: Instruction | undefined,
  fault: number | 'deadlock',
): Finding {
  if (fault === 'deadlock') return deadlockFinding(instruction);
  const code = verdictOf(fault);
  const { problem } = machine;
  const at = placeOf(instruction);
  const text =
    instruction?.kind === 'operation' ? printOperation(unmarked(instruction.statement)) : 'the end of a scope';
  const used = { line: at.line, text };
  if (problem !== undefined)
    return finding(code, problem.detail, at, problem.message, [{ ...used, what: problem.message }]);
  const { fault: detail } = machine.memory;
  const events = [...historyOf(program, machine, allocationsOf(detail)), { ...used, what: detail.message() }];
  return finding(code, detail.cause, at, detail.message(), events);
}

/** A finding that no statement made. */
export function plainFinding(code: VerdictCode, detail: string, message: string): Finding {
  return finding(code, detail, { line: 1, column: 1 }, message, []);
}

/** The finding of memory that nobody can give back at the end of an execution; undefined when there is none. */
export function leakFinding(program: LitmusProgram, machine: LitmusMachine): Finding | undefined {
  const [number] = machine.leaks();
  if (number === undefined) return undefined;
  const { memory } = machine;
  const record = memory.recordOf(number);
  const kind = kindOf(memory.kindOf[record]);
  const message = `allocation #${number} (${kind.title}, size ${memory.size[record]}, alignment ${memory.alignmentOf[record]}) is never given back, and no static points to it`;
  const line = memory.eventsOf(number)?.allocatedAt ?? 1;
  return finding('leak', kind.name, { line, column: 1 }, message, historyOf(program, machine, [number]));
}

function deadlockFinding(instruction: Instruction | undefined): Finding {
  const at = placeOf(instruction);
  const text = instruction?.kind === 'operation' ? printOperation(unmarked(instruction.statement)) : 'await';
  const message = 'the only thread waits for something that nobody else can do';
  return finding('deadlock', 'single-thread', at, message, [{ line: at.line, text, what: message }]);
}

function finding(
  code: VerdictCode,
  detail: string,
  at: Position,
  summary: string,
  events: readonly DiagnosticEvent[],
): Finding {
  const title = `${code}: ${VERDICTS.find((verdict) => verdict.code === code)?.title}`;
  const help = HELP[`${code}/${detail}`] ?? HELP[code];
  const diagnostic = { title, summary, events, help: help === undefined ? [] : [help] };
  return { code, detail, line: at.line, column: at.column, seed: 0, diagnostic };
}

/** The allocations that a fault is about, each once. */
function allocationsOf(detail: FaultDetail): readonly number[] {
  return [...new Set([detail.allocation, detail.otherProvenance])].filter((number) => number > 0);
}

/** What happened to allocations, in the order in which it did. */
function historyOf(
  program: LitmusProgram,
  machine: LitmusMachine,
  numbers: readonly number[],
): readonly DiagnosticEvent[] {
  const made: DiagnosticEvent[] = [];
  const exposed: DiagnosticEvent[] = [];
  const freed: DiagnosticEvent[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const events = machine.memory.eventsOf(number);
    if (events === undefined) continue;
    const tell = (line: number, what: string): DiagnosticEvent => ({
      line,
      text: textOf(program, line),
      what: `allocation #${number} ${what}`,
    });
    made.push(tell(events.allocatedAt, `is made at ${hex(events.low, events.high)}`));
    if (events.exposedAt >= 0) exposed.push(tell(events.exposedAt, 'is exposed'));
    if (events.freedAt >= 0) freed.push(tell(events.freedAt, 'is freed'));
  }
  return [...made, ...exposed, ...freed];
}

/** The statement that stands on a line. */
function textOf(program: LitmusProgram, line: number): string {
  const find = (statements: readonly Statement[]): string | undefined => {
    for (const statement of statements) {
      if (statement.kind === 'operation') {
        if (statement.at.line === line) return printOperation(unmarked(statement));
        continue;
      }
      if (statement.closing.at.line === line) return 'the end of the scope';
      const inner =
        find(statement.body) ?? (statement.kind === 'if' ? find(statement.otherwise?.body ?? []) : undefined);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  const blocks = program.items.flatMap((item) =>
    item.kind === 'thread' ? item.body : isStatement(item) ? [item] : [],
  );
  return find(blocks) ?? '';
}

function placeOf(instruction: Instruction | undefined): Position {
  if (instruction?.kind === 'operation') return instruction.statement.at;
  if (instruction?.kind === 'leave' || instruction?.kind === 'await') return { line: instruction.line, column: 1 };
  return { line: 1, column: 1 };
}

function unmarked<T extends { readonly expected: unknown }>(statement: T): T & { readonly expected: undefined } {
  return { ...statement, expected: undefined };
}
