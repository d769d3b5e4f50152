import { Phase, type ObjectGhosts } from './ghosts.ts';

const SLOTS = 4096;

/**
 * The canaries: bits of retired objects that a client variable still names. Every create asks whether it issues one of them
 * again, so the question is answered by a counting filter, and only a hit looks at the objects.
 */
export class RetiredBits {
  readonly #filter = new Uint16Array(SLOTS);
  #count = 0;

  add(ghosts: ObjectGhosts, object: number): void {
    this.#filter[slotOf(ghosts.bitsLow[object], ghosts.bitsHigh[object])]++;
    this.#count++;
  }

  remove(ghosts: ObjectGhosts, object: number): void {
    this.#filter[slotOf(ghosts.bitsLow[object], ghosts.bitsHigh[object])]--;
    this.#count--;
  }

  /** A retired object that a variable names and whose bits these are, or -1. */
  find(ghosts: ObjectGhosts, low: number, high: number): number {
    if (this.#count === 0 || this.#filter[slotOf(low, high)] === 0) return -1;
    for (let object = 0; object < ghosts.limit; object++) {
      if (ghosts.phase[object] < Phase.retired || ghosts.references[object] === 0) continue;
      if (ghosts.bitsLow[object] === low && ghosts.bitsHigh[object] === high) return object;
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
