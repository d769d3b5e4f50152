import type { Pointer } from './reference-allocation.ts';

/** One step of a random program: two words of 32 random bits, which decide what is done with which operands. */
export type Step = readonly [number, number];

/** Low and high int32 halves of a 64-bit word. */
export function halves(word: bigint): readonly [number, number] {
  return [Number(BigInt.asIntN(32, word)), Number(BigInt.asIntN(32, word >> 32n))];
}

/** The 64-bit word of two int32 halves. */
export function wordOf(low: number, high: number): bigint {
  return BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
}

/** A pointer as the memory's methods take it. */
export function flat({ address, provenance }: Pointer): [number, number, number] {
  const [low, high] = halves(address);
  return [low, high, provenance];
}

/** Operands drawn from the bits of a step and from the pointers that earlier steps yielded, dead ones and nonsense included. */
export class Operands {
  readonly #pointers: Pointer[] = [{ address: 0n, provenance: 0 }];
  #bits = 0;
  #rest = 0;

  /** Starts to draw from the bits of a step. */
  begin([first, second]: Step): void {
    this.#bits = first >>> 0;
    this.#rest = second >>> 0;
  }

  /** A number below a limit, from the bits of the step. */
  draw(limit: number): number {
    const drawn = this.#bits % limit;
    this.#bits = Math.floor(this.#bits / limit);
    if (this.#bits < 64) {
      this.#bits += this.#rest;
      this.#rest = Math.imul(this.#rest, 0x9e3779b1) >>> 0;
    }
    return drawn;
  }

  /** One of some values. */
  pick<T>(values: readonly T[]): T {
    return values[this.draw(values.length)];
  }

  /** A 64-bit word. */
  word(): bigint {
    return wordOf(this.#rest, this.#bits);
  }

  /** A pointer, recent ones more often, often moved by a few bytes, now and then changed in its provenance. */
  pointer(): Pointer {
    const recent = this.draw(4) > 0 ? 6 : 40;
    const index = this.#pointers.length - 1 - this.draw(Math.min(recent, this.#pointers.length));
    const { address, provenance } = this.#pointers[index];
    const mode = this.draw(8);
    if (mode < 4) return { address, provenance };
    const delta = BigInt(this.pick([8, 4, 1, -1, 16, 2, 24, 3, -8, 31, 96]));
    const moved = BigInt.asUintN(64, address + delta);
    if (mode < 7) return { address: moved, provenance };
    return { address: this.draw(2) === 0 ? address : moved, provenance: this.draw(3) === 0 ? 0 : -1 };
  }

  /** Makes a pointer one of those that may be drawn. */
  remember(pointer: Pointer): void {
    this.#pointers.push(pointer);
  }
}
