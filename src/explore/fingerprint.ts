/**
 * 64-bit fingerprints of rows, as two int32 halves that are never 0. Two independent multiply-and-rotate mixes with the finalizer of
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

  /** Leaves the fingerprint of so many words of a row in `low` and `high`. */
  of(row: Int32Array, words: number): void {
    let low = this.#seedLow;
    let high = this.#seedHigh;
    for (let index = 0; index < words; index++) {
      const word = row[index];
      low = Math.imul(low ^ word, 0xcc9e_2d51);
      low = (low << 15) | (low >>> 17);
      high = Math.imul(high + word, 0x1b87_3593) ^ index;
      high = (high << 13) | (high >>> 19);
    }
    low = finish(low ^ high);
    high = finish(Math.imul(high, 0x85eb_ca6b) ^ low);
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
