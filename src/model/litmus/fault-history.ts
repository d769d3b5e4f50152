import type { FaultDetail } from '../memory/fault-detail.ts';
import { hex } from '../memory/fault-text.ts';
import { dumpBytes } from '../memory/inspection.ts';
import { kindOf } from '../memory/kinds.ts';
import type { Memory } from '../memory/memory.ts';
import type { DiagnosticEvent, DiagnosticFact } from '../vocabulary/diagnostic.ts';
import { isStatement } from './names.ts';
import { printOperation } from './printer.ts';
import type { LitmusProgram, Statement } from './syntax.ts';

/** Larger allocations are not shown byte by byte. */
const MAX_DUMP = 256;

/** The allocations that a fault is about, each once. */
export function allocationsOf(fault: FaultDetail): readonly number[] {
  return [...new Set([fault.allocation, fault.otherProvenance])].filter((number) => number > 0);
}

/** What happened to allocations: made, exposed, freed, each kind in the order of their numbers. */
export function historyOf(
  program: LitmusProgram,
  memory: Memory,
  numbers: readonly number[],
): readonly DiagnosticEvent[] {
  const made: DiagnosticEvent[] = [];
  const exposed: DiagnosticEvent[] = [];
  const freed: DiagnosticEvent[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const events = memory.eventsOf(number);
    if (events === undefined) continue;
    const tell = (kind: string, line: number, text: string): DiagnosticEvent => ({
      kind,
      line,
      statement: statementAt(program, line),
      text: `allocation #${number} ${text}`,
      thread: 0,
    });
    made.push(tell('allocated', events.allocatedAt, `allocated at ${hex(events.low, events.high)}`));
    if (events.exposedAt >= 0) exposed.push(tell('exposed', events.exposedAt, 'exposed'));
    if (events.freedAt >= 0) freed.push(tell('freed', events.freedAt, 'freed'));
  }
  return [...made, ...exposed, ...freed];
}

/** What else is worth knowing: who was ever at an address without provenance, and the bytes of an uninitialised range. */
export function factsOf(memory: Memory): readonly DiagnosticFact[] {
  const { fault } = memory;
  const facts: DiagnosticFact[] = [];
  if (fault.cause === 'no-provenance')
    for (const { number, freedAt, exposedAt } of memory.eventsAt(fault.low, fault.high).slice(-3)) {
      const state = freedAt >= 0 ? 'freed' : exposedAt >= 0 ? 'live and exposed' : 'live, not exposed';
      facts.push({
        label: 'address',
        text: `${hex(fault.low, fault.high)} is inside allocation #${number} (${state})`,
      });
    }
  const bytes = fault.cause === 'uninitialized' ? memory.inspect(fault.allocation) : undefined;
  if (bytes === undefined || bytes.length > MAX_DUMP) return facts;
  const { allocationSize: size, allocationAlignment: alignment } = fault;
  const layout = `${kindOf(fault.allocationKind).title}, size ${size}, alignment ${alignment}`;
  facts.push({ label: 'allocation', text: `#${fault.allocation}: ${layout}` });
  for (const [index, text] of dumpBytes(bytes).split('\n').entries())
    facts.push({ label: index === 0 ? 'bytes' : '', text });
  return facts;
}

/** The statement that stands on a line; empty when there is none. */
export function statementAt(program: LitmusProgram, line: number): string {
  const find = (statements: readonly Statement[]): string | undefined => {
    for (const statement of statements) {
      if (statement.kind === 'operation') {
        if (statement.at.line === line) return printOperation({ ...statement, expected: undefined });
        continue;
      }
      if (statement.closing.at.line === line) return 'end of the scope';
      const inner =
        find(statement.body) ?? (statement.kind === 'if' ? find(statement.otherwise?.body ?? []) : undefined);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  const statements = program.items.flatMap((item) =>
    item.kind === 'thread' ? item.body : isStatement(item) ? [item] : [],
  );
  return find(statements) ?? '';
}
