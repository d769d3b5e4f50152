const FIRST_SLOTS = 1 << 14;

/**
 * The states that were seen, numbered from 0 in the order in which they were found: an open-addressing table of fingerprints, and
 * for each state the one that it was found from, with the move. 32 bytes a state at most while the table is half full.
 */
export class Visited {
  count = 0;
  #low = new Int32Array(FIRST_SLOTS);
  #high = new Int32Array(FIRST_SLOTS);
  #number = new Int32Array(FIRST_SLOTS);
  #parent = new Int32Array(FIRST_SLOTS);
  #move = new Int32Array(FIRST_SLOTS);

  /**
   * Adds the state of a fingerprint. Answers its number when it is new, and minus its number minus 1 when it was there.
   * @param move what led from the parent to it, as the caller encodes it
   */
  add(low: number, high: number, parent: number, move: number): number {
    const lows = this.#low;
    const mask = lows.length - 1;
    let slot = low & mask;
    for (; lows[slot] !== 0; slot = (slot + 1) & mask)
      if (lows[slot] === low && this.#high[slot] === high) return -1 - this.#number[slot];
    const number = this.count++;
    lows[slot] = low;
    this.#high[slot] = high;
    this.#number[slot] = number;
    if (number === this.#parent.length) this.#growStates();
    this.#parent[number] = parent;
    this.#move[number] = move;
    if (this.count * 2 > lows.length) this.#growTable();
    return number;
  }

  parent(state: number): number {
    return this.#parent[state];
  }

  move(state: number): number {
    return this.#move[state];
  }

  get bytes(): number {
    return 12 * this.#low.length + 8 * this.#parent.length;
  }

  #growStates(): void {
    this.#parent = larger(this.#parent, this.#parent.length * 1.5);
    this.#move = larger(this.#move, this.#parent.length);
  }

  #growTable(): void {
    const [oldLow, oldHigh, oldNumber] = [this.#low, this.#high, this.#number];
    const mask = oldLow.length * 2 - 1;
    this.#low = new Int32Array(mask + 1);
    this.#high = new Int32Array(mask + 1);
    this.#number = new Int32Array(mask + 1);
    for (let old = 0; old < oldLow.length; old++) {
      if (oldLow[old] === 0) continue;
      let slot = oldLow[old] & mask;
      while (this.#low[slot] !== 0) slot = (slot + 1) & mask;
      this.#low[slot] = oldLow[old];
      this.#high[slot] = oldHigh[old];
      this.#number[slot] = oldNumber[old];
    }
  }
}

function larger(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(Math.ceil(length));
  grown.set(old);
  return grown;
}
