import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { candidatesOf, outcomesOf } from './axiomatic.ts';
import type { SmallProgram } from './axiomatic.ts';
import { litmusOf, smallProgram } from './small-program.ts';

/** Larger programs take the enumerator too long. */
const MAX_CANDIDATES = 3000;
/** PROVSIM_RUNS asks for more, and PROVSIM_SEED for others. */
const RUNS = Number(process.env.PROVSIM_RUNS ?? 300);

function explored(program: SmallProgram): readonly string[] {
  const text = litmusOf(program);
  const { outcomes, findings } = runLitmus(parseLitmus(text, 'random'), { seed: 1 });
  expect(findings).toEqual([]);
  return outcomes.toSorted();
}

describe('the exploration of RC11', () => {
  it('gives the outcomes that the axioms allow, no more and no fewer', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(
        smallProgram.filter((program) => candidatesOf(program) <= MAX_CANDIDATES),
        (program) => {
          expect(explored(program)).toEqual([...outcomesOf(program)].toSorted());
        },
      ),
      { numRuns: RUNS, seed: Number(process.env.PROVSIM_SEED ?? 1) },
    );
  });
});
