/** Reads numbers from bytes; behind their end everything is zero. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.isAtEnd ? 0 : this.#bytes[this.#at++];
  }

  /** An unsigned number of up to 7 bytes, low byte first. */
  number(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value += this.byte() * 2 ** (8 * index);
    return value;
  }

  /**
   * A word of 64 bits as its low and high half. Words that matter are mostly zeros or mostly ones, so that the first byte says which
   * of the others follow: how many (bits 0 to 2), from which byte of the word (bits 3 to 5), and whether to invert it all (bit 6).
   */
  word(): [low: number, high: number] {
    const form = this.byte();
    const start = (form >> 3) & 7;
    const end = Math.min(8, start + 1 + (form & 7));
    let low = 0;
    let high = 0;
    for (let index = start; index < end; index++) {
      if (index < 4) low |= this.byte() << (8 * index);
      else high |= this.byte() << (8 * (index - 4));
    }
    return (form & 0x40) === 0 ? [low, high] : [~low, ~high];
  }
}

/** Writes what a {@link ByteReader} reads. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  byte(value: number): void {
    this.#bytes.push(value & 255);
  }

  number(value: number, count: number): void {
    for (let index = 0; index < count; index++) this.byte(Math.floor(value / 2 ** (8 * index)) % 256);
  }

  word(low: number, high: number): void {
    const bytes = [low, low >> 8, low >> 16, low >> 24, high, high >> 8, high >> 16, high >> 24].map(
      (each) => each & 255,
    );
    const isInverted = bytes.filter((each) => each === 255).length > bytes.filter((each) => each === 0).length;
    const blank = isInverted ? 255 : 0;
    const start = Math.max(
      0,
      bytes.findIndex((each) => each !== blank),
    );
    const count = Math.max(1, bytes.findLastIndex((each) => each !== blank) + 1 - start);
    this.byte((count - 1) | (start << 3) | (isInverted ? 0x40 : 0));
    for (const each of bytes.slice(start, start + count)) this.byte(isInverted ? ~each : each);
  }
}
