import { createRequire } from 'node:module';
import type { Random } from '../model/vocabulary/random.ts';
import { decodeProgram, encodeProgram } from './byte-program.ts';
import { LONGEST_PROGRAM } from './generator.ts';
import { programOf } from './callback-blocks.ts';
import { churnsLong, settleChurns, withoutForging } from './operations.ts';
import type { ProgramShape } from './program-shape.ts';
import { CORPUS_LIMIT, type ProgramOrder, type ProgramSource } from './program-source.ts';

/** The part of jsfuzz that runs here: its corpus, which is its mutator too. It loads nothing but parts of Node. */
interface JsfuzzCorpus {
  /** Bytes of one input at most. */
  maxInputSize: number;
  getLength(): number;
  putBuffer(bytes: Buffer): void;
  /** A change of some input, or the empty one when there is none. Draws from `Math.random`. */
  generateInput(): Buffer;
}

interface JsfuzzModule {
  readonly Corpus: new (folders: readonly string[], onlyAscii: boolean) => JsfuzzCorpus;
}

/** Most operations take one or two bytes. */
const LONGEST_INPUT = 2 * LONGEST_PROGRAM;

/**
 * What clients do every day, so that the mutator need not invent it: alloc, use and free; alloc, hold, touch and drop; a free with
 * long churn behind it, whose length the plan decides.
 */
const FIRST_INPUTS = [
  [0x00, 0x02, 0x01],
  [0x00, 0x03, 0x00, 0x04, 0x05],
  [0x00, 0x01, 0x08, 0xff, 0x10, 0x02, 0x02],
];

/**
 * The jsfuzz engine: bytes that its mutator changes, each taken for a program. What reached something new is kept, as the bytes of
 * the program that ran: its long churns have the lengths that the plan gave them.
 */
export class JsfuzzPrograms implements ProgramSource {
  readonly #random: Random;
  readonly #corpus: JsfuzzCorpus;
  readonly #known = new Set<string>();
  readonly #draw: () => number;

  constructor(random: Random) {
    const { Corpus } = createRequire(import.meta.url)('jsfuzz/build/src/corpus.js') as JsfuzzModule;
    this.#random = random;
    this.#draw = () => (random.next() >>> 0) / 0x1_0000_0000;
    this.#corpus = new Corpus([], false);
    this.#corpus.maxInputSize = LONGEST_INPUT;
    for (const bytes of FIRST_INPUTS) this.#corpus.putBuffer(Buffer.from(bytes));
  }

  next({ harness, plan, longestChurn }: ProgramOrder): Int32Array {
    const { code } = decodeProgram(this.#input(), harness.shape);
    if (!churnsLong(code)) return code;
    const longChurn = plan.take(this.#random, longestChurn);
    settleChurns(code, longChurn, this.#random);
    // Programs that forge remember every reference that was issued, which millions of rounds would make slow; most bytes forge.
    return longChurn > 0 ? withoutForging(code) : code;
  }

  /** The mutator works on what it was given last without waiting for the barrier: its first inputs are a few bytes long. */
  reached(code: Int32Array, shape: ProgramShape): void {
    this.learn(code, shape);
  }

  learn(code: Int32Array, shape: ProgramShape): void {
    if (this.#corpus.getLength() >= CORPUS_LIMIT) return;
    const bytes = encodeProgram(programOf(code), shape);
    const key = bytes?.toString('latin1');
    if (bytes === undefined || key === undefined || bytes.length > LONGEST_INPUT || this.#known.has(key)) return;
    this.#known.add(key);
    this.#corpus.putBuffer(bytes);
  }

  /** jsfuzz knows no seed: for the time of one call, its source of randomness is this lane's. */
  #input(): Buffer {
    const { random } = Math;
    Math.random = this.#draw;
    try {
      return this.#corpus.generateInput();
    } finally {
      Math.random = random;
    }
  }
}
