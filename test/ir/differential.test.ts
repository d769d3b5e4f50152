import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import { printProgram } from '../../src/model/ir/printer.ts';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import { census, programOf, transcribe, type MakeEngine, type Transcript } from './differential.ts';

/** What a random program, its calls and their arguments are drawn from. Fixed, so that a run of the tests is repeatable. */
const numbers = (minLength: number, maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(0x7fff_ffff), { minLength, maxLength, size: 'max' });

const SEED = 20_260;

const compile: MakeEngine = (program, host) => compileSequential(program, host, { coverage: true, path: true });
const compileBare: MakeEngine = (program, host) => compileSequential(program, host);

/** How calls end, beside answers: what a lone thread can meet without a rare coincidence. */
const MET = [
  'panic',
  'assertion',
  'deadlock',
  'out-of-bounds',
  'null-pointer',
  'no-provenance',
  'invalid-free',
  'uninitialized-read',
  'pointer-arithmetic',
];

/** Fails with the program's text when the engines show different things. */
function expectAgreement(drawn: readonly number[], show: (make: MakeEngine) => unknown, compiler: MakeEngine): void {
  const [compiled, interpreted] = [show(compiler), show(interpretProgram)];
  // The text of a program costs more than the comparison.
  if (isDeepStrictEqual(compiled, interpreted)) return;
  expect(compiled, printProgram(programOf(drawn).program)).toEqual(interpreted);
}

describe('the sequential compiler and the interpreter', () => {
  it('agree on answers, faults, panics, paths, coverage and the state of random programs', () => {
    const transcripts: Transcript[] = [];
    const show = (drawn: readonly number[], make: MakeEngine): Transcript => {
      transcripts.push(transcribe(drawn, make));
      return transcripts[transcripts.length - 1];
    };
    fc.assert(
      fc.property(numbers(500, 3000), (drawn) => expectAgreement(drawn, (make) => show(drawn, make), compile)),
      { seed: SEED, numRuns: 150 },
    );

    // What was compared is worth something only when calls of every kind were made.
    const counts = census(transcripts);
    for (const kind of MET) expect(counts[kind], kind).toBeGreaterThan(10);
    expect(counts['answer']).toBeGreaterThan(2000);
  });

  it('agree on small programs, of which there are many', () => {
    fc.assert(
      fc.property(numbers(0, 150), (drawn) => expectAgreement(drawn, (make) => transcribe(drawn, make), compile)),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('agree without coverage and path', () => {
    const show = (drawn: readonly number[], make: MakeEngine): unknown => {
      const { calls, state } = transcribe(drawn, make);
      return [calls.map(({ call, outcome }) => ({ call, outcome })), state];
    };
    fc.assert(
      fc.property(numbers(0, 800), (drawn) => expectAgreement(drawn, (make) => show(drawn, make), compileBare)),
      { seed: SEED, numRuns: 100 },
    );
  });
});
