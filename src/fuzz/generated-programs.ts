import type { Contract } from '../model/machine/claims.ts';
import { Opcode } from '../model/machine/client-program.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { SHORT_CHURN } from './churn-plan.ts';
import { Generator } from './generator.ts';
import { drawMix } from './mix.ts';
import { Mutator } from './mutation.ts';
import { CORPUS_LIMIT, type ProgramOrder, type ProgramSource } from './program-source.ts';

/** How often a long churn is made on another configuration than the base. */
const CHURNS_ELSEWHERE = 0.3;

/** The native engine: programs drawn from mixes of operations, and changes of those that reached something new. */
export class GeneratedPrograms implements ProgramSource {
  readonly #random: Random;
  readonly #contract: Contract;
  readonly #generator: Generator;
  readonly #mutator: Mutator;
  readonly #corpus: Int32Array[] = [];

  constructor(random: Random, contract: Contract) {
    this.#random = random;
    this.#contract = contract;
    this.#generator = new Generator(random);
    this.#mutator = new Mutator(random, this.#generator);
  }

  next({ harness, plan, isBase, longestChurn }: ProgramOrder): Int32Array {
    const random = this.#random;
    const corpus = this.#corpus;
    const { shape } = harness;
    const mix = drawMix(random, this.#contract, shape);
    // Programs that forge remember every reference that was issued, which millions of rounds would make slow.
    const isWorthIt = isBase || random.chance(CHURNS_ELSEWHERE);
    const mayChurn = isWorthIt && !mix.opcodes.includes(Opcode.forge) && !mix.opcodes.includes(Opcode.corrupt);
    const longChurn = mayChurn ? plan.take(random, longestChurn) : 0;
    const choice = corpus.length === 0 ? 0 : random.below(8);
    if (choice < 4 || longChurn > SHORT_CHURN * 16) return this.#generator.program(mix, shape, longChurn);
    if (choice < 7 || longChurn > 0) return this.#mutator.mutate(random.pick(corpus), mix, shape, longChurn);
    return this.#mutator.splice(random.pick(corpus), random.pick(corpus));
  }

  /** Every lane learns it in the same order, from the barrier. */
  reached(): void {}

  learn(code: Int32Array): void {
    if (this.#corpus.length < CORPUS_LIMIT) this.#corpus.push(code);
  }
}
