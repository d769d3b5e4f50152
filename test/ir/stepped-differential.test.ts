import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import { printProgram } from '../../src/model/ir/printer.ts';
import { visitStatements, type Program } from '../../src/model/ir/program.ts';
import type { Ordering, StatementKind } from '../../src/model/ir/statement.ts';
import { census, programOf, transcribe, type MakeEngine, type Transcript } from './differential.ts';
import { SteppedEngine } from './stepped-engine.ts';

const SEED = Number(process.env.PROVSIM_SEED ?? 20_261);
/** PROVSIM_RUNS asks for more programs, and PROVSIM_SEED for others. */
const PROGRAMS = Number(process.env.PROVSIM_RUNS ?? 120);

/** Kinds that random programs must have had for the comparison to be worth something. */
const MET: readonly StatementKind[] = [
  ...(['load', 'store', 'exchange', 'compareExchange', 'fetch', 'fence', 'lock', 'container', 'if', 'guard'] as const),
  ...(['loop', 'retry', 'await', 'inline', 'mayPanic', 'unwinding', 'reclaim', 'allocate', 'read', 'write'] as const),
];

/** Fails when the stepped code, made to run whole operations, shows anything else than the interpreter. */
function compare(model: 'sc' | 'rc11', prepared: (program: Program) => Program): readonly Transcript[] {
  const step: MakeEngine = (program, host) => new SteppedEngine(prepared(program), host, model);
  const interpret: MakeEngine = (program, host) => interpretProgram(prepared(program), host);
  const transcripts: Transcript[] = [];
  const numbers = fc.array(fc.nat(0x7fff_ffff), { minLength: 0, maxLength: 2500, size: 'max' });
  const kinds = new Set<StatementKind>();
  fc.assert(
    fc.property(numbers, (drawn) => {
      const { program } = programOf(drawn);
      const own = kindsOf(program);
      // A callback runs other operations inside this one, on the same frame; the threaded client runs none there.
      if (own.has('callback')) return;
      for (const kind of own) kinds.add(kind);
      const [stepped, interpreted] = [transcribe(drawn, step), transcribe(drawn, interpret)];
      // The adapter counts the steps of an operation, the interpreter the passes of each loop: they end what never ends elsewhere.
      if (interpreted.calls.some(({ outcome }) => outcome.startsWith('fault livelock'))) return;
      transcripts.push(interpreted);
      if (!isDeepStrictEqual(stepped, interpreted)) expect(stepped, printProgram(program)).toEqual(interpreted);
    }),
    { seed: SEED, numRuns: PROGRAMS, endOnFailure: true },
  );
  expect(MET.filter((kind) => !kinds.has(kind))).toEqual([]);
  return transcripts;
}

function kindsOf(program: Program): ReadonlySet<StatementKind> {
  const kinds = new Set<StatementKind>();
  for (const { body } of program.entries.values()) visitStatements(body, ({ kind }) => void kinds.add(kind));
  return kinds;
}

/** What `rc11` steps can do exactly is sequential fences: sequential accesses of a program become weaker in place. */
function weakened(program: Program): Program {
  const weaker = { load: 'acquire', store: 'release' } as Readonly<Record<string, Ordering>>;
  for (const { body } of program.entries.values())
    visitStatements(body, (statement) => {
      if (statement.kind === 'fence' || !('order' in statement)) return;
      const changed = statement as { order: Ordering; failureOrder?: Ordering };
      if (changed.order === 'seqcst') changed.order = weaker[statement.kind] ?? 'acqrel';
      if (changed.failureOrder === 'seqcst') changed.failureOrder = 'acquire';
    });
  return program;
}

describe('the stepped compiler and the interpreter', () => {
  it('agree on answers, faults, panics, paths, coverage and state under sc, one operation at a time', () => {
    const transcripts = compare('sc', (program) => program);
    const counts = census(transcripts);
    for (const kind of ['answer', 'panic', 'assertion', 'deadlock', 'out-of-bounds'])
      expect(counts[kind], kind).toBeGreaterThan(10);
  });

  it('agree when the newest message is always read under rc11', () => {
    const transcripts = compare('rc11', weakened);
    expect(census(transcripts)['answer']).toBeGreaterThan(500);
  });
});
