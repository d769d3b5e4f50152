const FIRST_SLOTS = 1 << 14;

/** Words of an entry: the fingerprint's halves, of which the first is 0 in an empty entry; the state's number; its parent's number. */
const LOW = 0;
const HIGH = 1;
const NUMBER = 2;
const PARENT = 3;
const ENTRY_SHIFT = 2;
const ENTRY_BYTES = 16;

/**
 * The states that were seen, numbered from 0 in the order in which they were found: an open-addressing table of fingerprints with
 * linear probing, three quarters full at most, so that a state takes 22 to 43 bytes. An entry is 16 bytes in a row: one cache line.
 */
export class Visited {
  count = 0;
  #slots = FIRST_SLOTS;
  #entries = new Int32Array(FIRST_SLOTS << ENTRY_SHIFT);
  /** Where the entry of each state begins; made when somebody asks by number. */
  #places: Int32Array | undefined;

  /**
   * Adds the state of a fingerprint. Answers its number when it is new, and minus its number minus 1 when it was there.
   * @param low any int32 but 0
   * @param parent the number of the state that it was found from, -1 for none
   */
  add(low: number, high: number, parent: number): number {
    const entries = this.#entries;
    const mask = this.#slots - 1;
    let slot = low & mask;
    let at = slot << ENTRY_SHIFT;
    while (entries[at] !== 0) {
      if (entries[at] === low && entries[at + HIGH] === high) return -1 - entries[at + NUMBER];
      slot = (slot + 1) & mask;
      at = slot << ENTRY_SHIFT;
    }
    const number = this.count++;
    entries[at] = low;
    entries[at + HIGH] = high;
    entries[at + NUMBER] = number;
    entries[at + PARENT] = parent;
    if (this.count * 4 > this.#slots * 3) this.#grow();
    return number;
  }

  /** The number of the state that a state was found from, -1 for the first one. */
  parent(state: number): number {
    return this.#entries[this.#place(state) + PARENT];
  }

  /** Whether a state has a fingerprint. */
  has(state: number, low: number, high: number): boolean {
    const at = this.#place(state);
    return this.#entries[at] === low && this.#entries[at + HIGH] === high;
  }

  get bytes(): number {
    return this.#slots * ENTRY_BYTES;
  }

  #place(state: number): number {
    if (this.#places?.length !== this.count) {
      this.#places = new Int32Array(this.count);
      for (let at = 0; at < this.#entries.length; at += 1 << ENTRY_SHIFT)
        if (this.#entries[at + LOW] !== 0) this.#places[this.#entries[at + NUMBER]] = at;
    }
    return this.#places[state];
  }

  #grow(): void {
    const old = this.#entries;
    this.#slots *= 2;
    const entries = new Int32Array(this.#slots << ENTRY_SHIFT);
    const mask = this.#slots - 1;
    for (let from = 0; from < old.length; from += 1 << ENTRY_SHIFT) {
      if (old[from] === 0) continue;
      let slot = old[from] & mask;
      while (entries[slot << ENTRY_SHIFT] !== 0) slot = (slot + 1) & mask;
      const at = slot << ENTRY_SHIFT;
      entries[at] = old[from];
      entries[at + HIGH] = old[from + HIGH];
      entries[at + NUMBER] = old[from + NUMBER];
      entries[at + PARENT] = old[from + PARENT];
    }
    this.#entries = entries;
  }
}
