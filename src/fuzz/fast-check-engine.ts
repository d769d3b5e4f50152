import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Contract } from '../model/machine/claims.ts';
import { Lowering } from '../model/scenario/lowering.ts';
import type { Operation } from '../model/scenario/scenario.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { programArbitrary } from './fast-check/client-case.ts';
import type { ProgramBounds } from './fast-check/operation-arbitrary.ts';
import { forges } from './harness.ts';
import { churnsLong, settleChurns } from './operations.ts';
import type { ProgramShape } from './program-shape.ts';
import type { ProgramOrder, ProgramSource } from './program-source.ts';

/** Programs as long as those of the other engines are on average; the plan pays for long churns, so that any length may be drawn. */
const BOUNDS: ProgramBounds = { maxOperations: 64, references: 8, pointers: 3, longestChurn: 2 ** 25 };

/**
 * The fast-check engine: programs of the exported arbitraries, drawn as fast-check draws them, small values first. It has no
 * corpus; findings are made small by provsim's own minimiser, as those of every engine are.
 */
export class FastCheckPrograms implements ProgramSource {
  readonly #random: Random;
  readonly #draws: fc.Random;
  readonly #contract: Contract;
  /** Shapes differ between configurations; arbitraries are dear to make. */
  readonly #arbitraries = new WeakMap<ProgramShape, fc.Arbitrary<readonly Operation[]>>();
  #runs = 0;

  constructor(random: Random, contract: Contract) {
    this.#random = random;
    this.#draws = new fc.Random(xoroshiro128plus(random.next()));
    this.#contract = contract;
  }

  next({ harness, plan, longestChurn }: ProgramOrder): Int32Array {
    const { shape } = harness;
    const operations = this.#arbitraryOf(shape).generate(this.#draws, biasOf(this.#runs++)).value;
    const names = shape.extras.map(({ name }) => name);
    const statements = operations.map((each) => ({ ...each, line: 0, column: 0 }));
    const { code } = new Lowering(names, 'program').program(statements);
    // Programs that forge remember every reference that was issued, which millions of rounds would make slow.
    if (churnsLong(code)) settleChurns(code, forges(code) ? 0 : plan.take(this.#random, longestChurn), this.#random);
    return code;
  }

  /** Every program is drawn anew. */
  reached(): void {}

  learn(): void {}

  #arbitraryOf(shape: ProgramShape): fc.Arbitrary<readonly Operation[]> {
    const known = this.#arbitraries.get(shape) ?? programArbitrary({ shape, client: this.#contract }, BOUNDS);
    this.#arbitraries.set(shape, known);
    return known;
  }
}

/** How fast-check's runner biases its runs: towards small values, and less so the longer a search takes. */
function biasOf(run: number): number {
  return 2 + Math.floor(Math.log10(run + 1));
}
