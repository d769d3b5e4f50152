/**
 * 64-bit fingerprints of rows, as two int32 halves that are never 0. Independent multiply-and-rotate mixes with the finalizer of
 * MurmurHash3 (Appleby, public domain); the seed makes another function of the same quality.
 */
export class Fingerprint {
  low = 0;
  high = 0;
  readonly #seedLow: number;
  readonly #seedHigh: number;

  constructor(seed = 0) {
    this.#seedLow = finish(0x9e37_79b9 ^ seed);
    this.#seedHigh = finish(0x85eb_ca6b + Math.imul(seed, 0xc2b2_ae35));
  }

  /** Leaves the fingerprint of so many words of a row in `low` and `high`. Every word goes into both halves. */
  of(row: Int32Array, words: number): void {
    // Two chains for each half, for words at even and at odd places: they do not wait for one another.
    let lowEven = this.#seedLow;
    let lowOdd = this.#seedHigh ^ words;
    let highEven = this.#seedHigh;
    let highOdd = ~this.#seedLow;
    const pairs = words & ~1;
    for (let index = 0; index < pairs; index += 2) {
      const even = row[index];
      const odd = row[index + 1];
      lowEven = Math.imul(lowEven ^ even, 0xcc9e_2d51);
      lowOdd = Math.imul(lowOdd ^ odd, 0x2545_f491);
      highEven = Math.imul(highEven + even, 0x1b87_3593);
      highOdd = Math.imul(highOdd + odd, 0x9e37_79b1);
      lowEven = (lowEven << 15) | (lowEven >>> 17);
      lowOdd = (lowOdd << 15) | (lowOdd >>> 17);
      highEven = ((highEven << 13) | (highEven >>> 19)) + index;
      highOdd = ((highOdd << 13) | (highOdd >>> 19)) ^ index;
    }
    if (pairs < words) {
      lowEven = Math.imul(lowEven ^ row[pairs], 0xcc9e_2d51);
      highEven = Math.imul(highEven + row[pairs], 0x1b87_3593);
    }
    const low = finish(finish(lowEven) + Math.imul(lowOdd, 0x85eb_ca6b));
    const high = finish(finish(highEven ^ low) + Math.imul(highOdd, 0xc2b2_ae35));
    this.low = low === 0 ? 1 : low;
    this.high = high === 0 ? 1 : high;
  }
}

function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
