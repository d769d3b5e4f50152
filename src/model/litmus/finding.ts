import type { Access, Race } from '../concurrency/race-detector.ts';
import { kindOf } from '../memory/kinds.ts';
import type { Diagnostic, DiagnosticEvent, DiagnosticFact } from '../vocabulary/diagnostic.ts';
import { VERDICTS, verdictOf } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Instruction } from './code.ts';
import { allocationsOf, factsOf, historyOf, statementAt } from './fault-history.ts';
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
  /** The position of the thread whose step it was; main if it is not said. */
  readonly thread?: number;
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
  index = 0,
): Finding {
  const code = verdictOf(fault);
  const at = placeOf(instruction);
  const statement = statementOf(instruction);
  const { problem, memory, shared } = machine;
  if (shared?.race !== undefined) return raceFinding(context, machine, shared.race, at);
  if (problem !== undefined)
    return finding(
      context,
      { code, detail: problem.detail, at, statement, summary: problem.message, thread: index },
      machine,
    );
  return finding(
    context,
    {
      code,
      detail: memory.fault.cause,
      at,
      statement,
      summary: memory.fault.message(),
      events: historyOf(context.program, memory, allocationsOf(memory.fault)),
      facts: factsOf(memory),
      thread: index,
    },
    machine,
  );
}

/** The finding of two accesses that nothing orders. */
function raceFinding(context: FindingContext, machine: LitmusMachine, race: Race, at: Position): Finding {
  const { program } = context;
  const { first, second } = race;
  const tell = (access: Access): DiagnosticEvent => ({
    kind: 'accessed',
    line: Math.max(access.site, 0),
    statement: statementAt(program, access.site),
    text: `${threadName(machine, access.thread)}: ${describeAccess(access)}`,
    thread: machine.frames[access.thread].thread,
  });
  const [one, other] = [first, second].map(
    (access) => `${describeAccess(access)} by ${threadName(machine, access.thread)}`,
  );
  const sizes = race.code === 'mixed-size-race' ? ', and their bytes are not the same ones' : '';
  const lines = first.site > 0 ? ` (line ${first.site})` : '';
  const made = finding(
    context,
    {
      code: race.code,
      detail: `${first.kind}-${second.kind}`,
      at,
      statement: statementAt(program, second.site),
      summary: `${one}${lines} and ${other} are unordered${sizes}`,
      events: [tell(first), tell(second)],
      facts: [{ label: 'unordered', text: whyUnordered(machine, race) }],
      thread: second.thread,
    },
    machine,
  );
  return { ...made, diagnostic: { ...made.diagnostic, events: made.diagnostic.events.slice(0, -1) } };
}

/** What the second thread knows of the first one: up to where it has synchronised with it. */
function whyUnordered(machine: LitmusMachine, { first, second, clock }: Race): string {
  const one = threadName(machine, first.thread);
  const other = threadName(machine, second.thread);
  const known = machine.shared?.graph.threads[first.thread]?.[clock[first.thread] - 1];
  if (known === undefined) return `${other} has not synchronised with ${one} at all`;
  const line = known.site > 0 ? ` up to line ${known.site}` : ' up to an earlier point';
  return `${other} has synchronised with ${one}${line} only, and the access comes after that`;
}

function describeAccess({ kind, size, allocation, offset }: Access): string {
  if (kind === 'creation') return `creating allocation #${allocation}`;
  if (kind === 'deallocation') return `giving back allocation #${allocation}`;
  const what = {
    read: 'plain read',
    write: 'plain write',
    'atomic-load': 'atomic load',
    'atomic-store': 'atomic store',
  };
  return `${what[kind]} of ${size} byte${size === 1 ? '' : 's'} at offset ${offset} of allocation #${allocation}`;
}

function threadName(machine: LitmusMachine, index: number): string {
  const { thread } = machine.frames[index];
  return thread === 0 ? 'main' : `thread ${thread}`;
}

/** A thread that cannot go on, and the instruction where it stands. */
export interface Stuck {
  readonly index: number;
  readonly instruction: Instruction | undefined;
}

/** The finding that no thread can go on: a livelock when one of them tries again and again, else a deadlock. */
export function stuckFinding(context: FindingContext, machine: LitmusMachine, stuck: readonly Stuck[]): Finding {
  const spinning = stuck.find(({ instruction }) => instruction?.kind === 'loop' && !instruction.waits);
  // The implicit wait of main for the other threads is not what is wrong.
  const own = stuck.filter(({ instruction }) => instruction?.kind !== 'finish');
  const told = spinning ?? own[0] ?? stuck[0];
  const names = own.map(({ index }) => threadName(machine, index));
  const events = own.map(({ index, instruction }): DiagnosticEvent => ({
    kind: instruction?.kind === 'loop' && !instruction.waits ? 'retries' : 'waits',
    line: placeOf(instruction).line,
    statement: statementOf(instruction),
    text: `${threadName(machine, index)} cannot go on here`,
    thread: machine.frames[index].thread,
  }));
  const made = finding(
    context,
    {
      code: spinning === undefined ? 'deadlock' : 'livelock',
      detail: spinning === undefined ? 'blocked' : 'retry',
      at: placeOf(told.instruction),
      statement: statementOf(told.instruction),
      summary:
        spinning === undefined
          ? `${names.join(' and ')} wait for ever`
          : `${threadName(machine, told.index)} tries for ever: no pass of its loop can succeed any more`,
      events,
      thread: told.index,
    },
    machine,
  );
  return { ...made, diagnostic: { ...made.diagnostic, events: made.diagnostic.events.slice(0, -1) } };
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
  const at = { line: 1, column: 1 };
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

function finding({ program, seed }: FindingContext, parts: FindingParts, machine?: LitmusMachine): Finding {
  const { code, detail, at, statement, summary } = parts;
  const index = parts.thread ?? 0;
  const thread = machine === undefined ? 0 : machine.frames[index].thread;
  const used = { kind: 'used', line: statement === '' ? 0 : at.line, statement, text: summary, thread };
  const last = { ...used, statement: statement === '' ? 'end of the program' : statement };
  const diagnostic: Diagnostic = {
    code,
    title: VERDICTS.find((verdict) => verdict.code === code)?.title ?? code,
    place: {
      file: program.file,
      line: at.line,
      column: at.column,
      statement,
      thread: thread === 0 ? 'main' : `thread ${thread}`,
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
  return { line: instruction !== undefined && 'line' in instruction ? instruction.line : 1, column: 1 };
}

function statementOf(instruction: Instruction | undefined): string {
  if (instruction?.kind === 'operation') return printOperation({ ...instruction.statement, expected: undefined });
  if (instruction?.kind === 'loop' || instruction?.kind === 'until') return instruction.waits ? 'await' : 'retry';
  if (instruction?.kind === 'finish') return 'end of main';
  return instruction === undefined ? 'end of the thread' : 'the end of a scope';
}
