import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/**
 * The one source of randomness. Everything that chooses takes a `Random`; nothing calls `Math.random`. The generator is
 * xoroshiro128+ of pure-rand, which can jump, so that parallel lanes draw from disjoint parts of one sequence.
 */
export class Random {
  #generator: JumpableRandomGenerator;

  /** @param seed any 32-bit integer; equal seeds give equal sequences on every platform. */
  constructor(seed: number) {
    this.#generator = xoroshiro128plusFromState(spread(seed));
  }

  /** A generator for lane `lane` of the same seed: 2^64 draws further on for every lane. */
  static lane(seed: number, lane: number): Random {
    const random = new Random(seed);
    for (let jumps = 0; jumps < lane; jumps++) random.#generator.jump();
    return random;
  }

  /** A uniform 32-bit integer, signed. */
  next(): number {
    return this.#generator.next();
  }

  /** A uniform integer in [0, limit), for 1 <= limit <= 2^32, by multiplication of the high bits (Lemire 2019, biased below 2^-32 * limit). */
  below(limit: number): number {
    return Math.floor(((this.#generator.next() >>> 0) / 0x1_0000_0000) * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return (this.#generator.next() >>> 0) / 0x1_0000_0000 < probability;
  }

  /** One of the given values, which must not be empty. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** The whole state, to be given to {@link Random.restore}. */
  snapshot(): readonly number[] {
    return this.#generator.getState();
  }

  restore(state: readonly number[]): void {
    this.#generator = xoroshiro128plusFromState(state);
  }
}

/**
 * A full state from one word, by splitmix32 (Steele et al., OOPSLA 2014, in 32 bits). Seeds are small numbers in a row, and a
 * state that holds one as it is gives them nearly equal first draws.
 */
function spread(seed: number): number[] {
  return Array.from({ length: 4 }, (_, index) => {
    let word = (seed + Math.imul(index + 1, 0x9e37_79b9)) | 0;
    word = Math.imul(word ^ (word >>> 16), 0x21f0_aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a_2d97);
    return word ^ (word >>> 15);
  });
}
