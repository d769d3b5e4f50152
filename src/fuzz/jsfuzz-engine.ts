import { createRequire } from 'node:module';
import type { Random } from '../model/vocabulary/random.ts';
import { decodeProgram, encodeProgram } from './byte-program.ts';
import { LONGEST_PROGRAM } from './generator.ts';
import { forges, programOf } from './harness.ts';
import { churnsLong, settleChurns } from './operations.ts';
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
  }

  next({ harness, plan, longestChurn }: ProgramOrder): Int32Array {
    const { code } = decodeProgram(this.#input(), harness.shape);
    if (!churnsLong(code)) return code;
    // Programs that forge remember every reference that was issued, which millions of rounds would make slow.
    settleChurns(code, forges(code) ? 0 : plan.take(this.#random, longestChurn), this.#random);
    return code;
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
