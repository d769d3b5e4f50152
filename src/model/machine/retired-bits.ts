import { BITS_HIGH, BITS_LOW, OBJECT_ROW, Phase, PHASE, REFERENCES, type ObjectGhosts } from './ghosts.ts';

const SLOTS = 4096;

/**
 * The canaries: bits of retired objects that a client variable still names. Every create asks whether it issues one of them
 * again, so the question is answered by a counting filter, and only a hit looks at the objects.
 */
export class RetiredBits {
  readonly #filter = new Uint16Array(SLOTS);
  #count = 0;

  add(ghosts: ObjectGhosts, object: number): void {
    this.#filter[slotOf(ghosts.rows[object + BITS_LOW], ghosts.rows[object + BITS_HIGH])]++;
    this.#count++;
  }

  remove(ghosts: ObjectGhosts, object: number): void {
    this.#filter[slotOf(ghosts.rows[object + BITS_LOW], ghosts.rows[object + BITS_HIGH])]--;
    this.#count--;
  }

  /** A retired object that a variable names and whose bits these are, or -1. */
  find(ghosts: ObjectGhosts, low: number, high: number): number {
    if (this.#count === 0 || this.#filter[slotOf(low, high)] === 0) return -1;
    const { rows } = ghosts;
    for (let object = 0; object < ghosts.limit; object += OBJECT_ROW) {
      if (rows[object + PHASE] < Phase.retired || rows[object + REFERENCES] === 0) continue;
      if (rows[object + BITS_LOW] === low && rows[object + BITS_HIGH] === high) return object;
    }
    return -1;
  }

  reset(): void {
    if (this.#count > 0) this.#filter.fill(0);
    this.#count = 0;
  }
}

function slotOf(low: number, high: number): number {
  return (Math.imul(low ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b) >>> 20) & (SLOTS - 1);
}
