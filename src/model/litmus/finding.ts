import { kindOf } from '../memory/kinds.ts';
import type { Diagnostic, DiagnosticEvent, DiagnosticFact } from '../vocabulary/diagnostic.ts';
import { VERDICTS, verdictOf } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Instruction } from './code.ts';
import { allocationsOf, factsOf, historyOf } from './fault-history.ts';
import type { LitmusMachine } from './machine.ts';
import { printOperation } from './printer.ts';
import type { LitmusProgram, Position } from './syntax.ts';

/** A verdict of a litmus program, with its place. */
export interface Finding extends Position {
  readonly code: VerdictCode;
  /** Which case of the verdict it is, as an expectation may name it after the slash. */
  readonly detail: string;
  /** One sentence that says what happened. */
  readonly summary: string;
  /** The seed of the execution. */
  readonly seed: number;
  readonly diagnostic: Diagnostic;
}

/** What a finding is made of; the rest follows from it. */
interface FindingParts {
  readonly code: VerdictCode;
  readonly detail: string;
  readonly at: Position;
  readonly statement: string;
  readonly summary: string;
  readonly events?: readonly DiagnosticEvent[];
  readonly facts?: readonly DiagnosticFact[];
}

/** Where a finding is told: the file, and the seed of the execution. */
export interface FindingContext {
  readonly program: LitmusProgram;
  readonly seed: number;
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

/** The finding of an execution that a step ended with a fault. */
export function findingOf(
  context: FindingContext,
  machine: LitmusMachine,
  instruction: Instruction | undefined,
  fault: number,
): Finding {
  const code = verdictOf(fault);
  const at = placeOf(instruction);
  const statement = statementOf(instruction);
  const { problem, memory } = machine;
  if (problem !== undefined)
    return finding(context, { code, detail: problem.detail, at, statement, summary: problem.message });
  return finding(context, {
    code,
    detail: memory.fault.cause,
    at,
    statement,
    summary: memory.fault.message(),
    events: historyOf(context.program, memory, allocationsOf(memory.fault)),
    facts: factsOf(memory),
  });
}

/** The finding of an execution in which the only thread is blocked. */
export function deadlockFinding(context: FindingContext, instruction: Instruction | undefined): Finding {
  return finding(context, {
    code: 'deadlock',
    detail: 'single-thread',
    at: placeOf(instruction),
    statement: statementOf(instruction),
    summary: 'the only thread waits for something that nobody else can do',
  });
}

/** The finding that provsim does not run a program to its end; no event led to it. */
export function unsupportedFinding(context: FindingContext, detail: string, summary: string): Finding {
  const second = context.program.items.find((item) => item.kind === 'thread' && item.thread > 0);
  const at = (detail === 'threads' ? second?.at : undefined) ?? { line: 1, column: 1 };
  const found = finding(context, { code: 'unsupported', detail, at, statement: '', summary });
  return { ...found, diagnostic: { ...found.diagnostic, events: [], facts: [{ label: 'reason', text: summary }] } };
}

/** The finding of memory that nobody can give back at the end of an execution; undefined when there is none. */
export function leakFinding(context: FindingContext, machine: LitmusMachine): Finding | undefined {
  const { memory } = machine;
  const leaks = machine.leaks();
  if (leaks.length === 0) return undefined;
  const [number] = leaks;
  const record = memory.recordOf(number);
  const kind = kindOf(memory.kindOf[record]);
  const more = leaks.length === 1 ? '' : ` (and ${leaks.length - 1} more)`;
  const layout = `${kind.title}, size ${memory.size[record]}, alignment ${memory.alignmentOf[record]}`;
  return finding(context, {
    code: 'leak',
    detail: kind.name,
    at: { line: memory.eventsOf(number)?.allocatedAt ?? 1, column: 1 },
    statement: '',
    summary: `allocation #${number} (${layout}) is never given back, and nothing that stays points to it${more}`,
    events: historyOf(context.program, memory, leaks),
  });
}

function finding({ program, seed }: FindingContext, parts: FindingParts): Finding {
  const { code, detail, at, statement, summary } = parts;
  const used = { kind: 'used', line: statement === '' ? 0 : at.line, statement, text: summary, thread: 0 };
  const last = { ...used, statement: statement === '' ? 'end of the program' : statement };
  const diagnostic: Diagnostic = {
    code,
    title: VERDICTS.find((verdict) => verdict.code === code)?.title ?? code,
    place: {
      file: program.file,
      line: at.line,
      column: at.column,
      statement,
      thread: 'main',
      inside: detail === code ? '' : detail,
    },
    events: [...(parts.events ?? []), last],
    facts: parts.facts ?? [],
    help: HELP[`${code}/${detail}`] ?? HELP[code],
    replay: `npx provsim litmus ${program.file} --seed ${seed}`,
  };
  return { code, detail, line: at.line, column: at.column, summary, seed, diagnostic };
}

function placeOf(instruction: Instruction | undefined): Position {
  if (instruction?.kind === 'operation') return instruction.statement.at;
  if (instruction?.kind === 'leave' || instruction?.kind === 'await') return { line: instruction.line, column: 1 };
  return { line: 1, column: 1 };
}

function statementOf(instruction: Instruction | undefined): string {
  if (instruction?.kind === 'operation') return printOperation({ ...instruction.statement, expected: undefined });
  return instruction?.kind === 'await' ? 'await' : 'the end of a scope';
}
