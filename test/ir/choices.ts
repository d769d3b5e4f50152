/**
 * Decisions taken from a list of numbers, as a generator of random programs needs them: when the list ends, every decision is the
 * first one. A test framework that shrinks the list shrinks the program.
 */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get exhausted(): boolean {
    return this.#next >= this.#numbers.length;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    const number = this.#numbers[this.#next++] ?? 0;
    return number % limit;
  }

  /** True once in `times`, and never when the list has ended. */
  once(times: number): boolean {
    return this.below(times) === times - 1 && times > 1;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** A word of some width: often one where carries, signs and halves meet. */
  word(width: number): bigint {
    const all = (1n << BigInt(width)) - 1n;
    const sign = 1n << BigInt(width - 1);
    switch (this.below(8)) {
      case 0:
        return 0n;
      case 1:
        return 1n & all;
      case 2:
        return all;
      case 3:
        return sign;
      case 4:
        return sign - 1n;
      case 5:
        return BigInt(this.below(70)) & all;
      case 6:
        return (1n << BigInt(this.below(width))) & all;
      default:
        return ((BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32))) & all;
    }
  }

  width(): number {
    return this.pick([8, 1, 2, 3, 5, 16, 28, 31, 32, 33, 34, 47, 48, 63, 64, 1 + this.below(64)]);
  }
}
