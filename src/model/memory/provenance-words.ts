/** Values of a word below this are slots of the fragment table: word w means slot -2 - w. */
const FIRST_SLOT = -2;
const LANES = 8;
const WILDCARD = -1;

/**
 * The provenance of the bytes in a byte store. Almost always a word of 8 bytes holds one whole pointer or none: one int32 says
 * which (0 none, -1 wildcard, N an allocation). A word whose bytes differ, because a pointer is unaligned in it or was torn, refers to
 * a slot with provenance and fragment index of each byte. Words are kept canonical: a whole pointer is never kept as a slot.
 * Only positions in allocations that ever held a pointer are touched, and those are cleared before their block is recycled.
 */
export class ProvenanceWords {
  #words = new Int32Array(0);
  #provenance = new Int32Array(4 * LANES);
  #fragment = new Uint8Array(4 * LANES);
  #slots = 0;
  #unused = -1;

  /** Makes room for a byte store of `bytes` bytes. */
  ensure(bytes: number): void {
    if (this.#words.length * LANES >= bytes) return;
    const words = new Int32Array(bytes / LANES);
    words.set(this.#words);
    this.#words = words;
  }

  /**
   * The provenance that a pointer-typed read of 8 bytes yields: all bytes agree and are in order, else none. A wildcard agrees with
   * any allocation, and then the pointer is that allocation's (miri: src/machine.rs, `Provenance::join`).
   */
  at(position: number): number {
    if ((position & (LANES - 1)) === 0 && this.#words[position >> 3] > FIRST_SLOT) return this.#words[position >> 3];
    let joint = WILDCARD;
    for (let lane = 0; lane < LANES; lane++) {
      const provenance = this.provenanceOf(position + lane);
      if (provenance === 0 || this.fragmentOf(position + lane) !== lane) return 0;
      if (provenance === WILDCARD) continue;
      if (joint !== WILDCARD && joint !== provenance) return 0;
      joint = provenance;
    }
    return joint;
  }

  /** Stores the provenance of a pointer of 8 bytes. */
  set(position: number, provenance: number): void {
    if ((position & (LANES - 1)) === 0) {
      const word = this.#words[position >> 3];
      if (word <= FIRST_SLOT) this.#drop(FIRST_SLOT - word);
      this.#words[position >> 3] = provenance;
      return;
    }
    for (let lane = 0; lane < LANES; lane++) this.setByte(position + lane, provenance, lane);
  }

  /** Takes all provenance from `size` bytes. */
  clear(position: number, size: number): void {
    const end = position + size;
    let at = position;
    while (at < end) {
      if ((at & (LANES - 1)) === 0 && end - at >= LANES) {
        this.set(at, 0);
        at += LANES;
      } else this.setByte(at++, 0, 0);
    }
  }

  /** The provenance of one byte. */
  provenanceOf(position: number): number {
    const word = this.#words[position >> 3];
    return word <= FIRST_SLOT ? this.#provenance[(FIRST_SLOT - word) * LANES + (position & (LANES - 1))] : word;
  }

  /** Which byte of its pointer a byte is, 0 to 7; 0 for a byte without provenance. */
  fragmentOf(position: number): number {
    const word = this.#words[position >> 3];
    if (word === 0) return 0;
    const lane = position & (LANES - 1);
    return word <= FIRST_SLOT ? this.#fragment[(FIRST_SLOT - word) * LANES + lane] : lane;
  }

  setByte(position: number, provenance: number, fragment: number): void {
    if (this.provenanceOf(position) === provenance && this.fragmentOf(position) === fragment) return;
    const index = position >> 3;
    if (this.#words[index] > FIRST_SLOT) this.#words[index] = FIRST_SLOT - this.#explode(this.#words[index]);
    const slot = FIRST_SLOT - this.#words[index];
    const lane = slot * LANES + (position & (LANES - 1));
    this.#provenance[lane] = provenance;
    this.#fragment[lane] = provenance === 0 ? 0 : fragment;
    if (!this.#isWhole(slot)) return;
    this.#words[index] = this.#provenance[slot * LANES];
    this.#drop(slot);
  }

  /** Copies the provenance of bytes; the ranges may overlap. */
  move(source: number, target: number, size: number): void {
    if (target > source) {
      for (let index = size - 1; index >= 0; index--) this.#moveByte(source + index, target + index);
      return;
    }
    const aligned = ((source | target) & (LANES - 1)) === 0;
    const wholeWords = aligned ? size - (size % LANES) : 0;
    let index = 0;
    for (; index < wholeWords; index += LANES) {
      const word = this.#words[(source + index) >> 3];
      if (word > FIRST_SLOT) this.set(target + index, word);
      else for (let lane = 0; lane < LANES; lane++) this.#moveByte(source + index + lane, target + index + lane);
    }
    for (; index < size; index++) this.#moveByte(source + index, target + index);
  }

  /** Exchanges the provenance of two ranges that are apart. */
  swap(first: number, second: number, size: number): void {
    for (let index = 0; index < size; index++) {
      const provenance = this.provenanceOf(first + index);
      const fragment = this.fragmentOf(first + index);
      this.#moveByte(second + index, first + index);
      this.setByte(second + index, provenance, fragment);
    }
  }

  /** Adds to `found` the number of every allocation that some byte of a range has the provenance of. */
  collect(position: number, size: number, found: Set<number>): void {
    for (let index = 0; index < size; index++) {
      const provenance = this.provenanceOf(position + index);
      if (provenance > 0) found.add(provenance);
    }
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const words = this.#words.slice();
    const provenance = this.#provenance.slice();
    const fragment = this.#fragment.slice();
    const slots = this.#slots;
    const unused = this.#unused;
    return () => {
      this.#words = new Int32Array(Math.max(this.#words.length, words.length));
      this.#words.set(words);
      this.#provenance = provenance.slice();
      this.#fragment = fragment.slice();
      this.#slots = slots;
      this.#unused = unused;
    };
  }

  #moveByte(source: number, target: number): void {
    this.setByte(target, this.provenanceOf(source), this.fragmentOf(source));
  }

  /** Whether the bytes of a slot are those of one whole pointer, or have no provenance at all. */
  #isWhole(slot: number): boolean {
    const first = this.#provenance[slot * LANES];
    for (let lane = 0; lane < LANES; lane++) {
      if (this.#provenance[slot * LANES + lane] !== first) return false;
      if (first !== 0 && this.#fragment[slot * LANES + lane] !== lane) return false;
    }
    return true;
  }

  /** A slot that says byte by byte what a whole word says. */
  #explode(word: number): number {
    const slot = this.#slot();
    for (let lane = 0; lane < LANES; lane++) {
      this.#provenance[slot * LANES + lane] = word;
      this.#fragment[slot * LANES + lane] = word === 0 ? 0 : lane;
    }
    return slot;
  }

  #slot(): number {
    const slot = this.#unused;
    if (slot >= 0) {
      this.#unused = this.#provenance[slot * LANES];
      return slot;
    }
    if ((this.#slots + 1) * LANES > this.#provenance.length) {
      const provenance = new Int32Array(this.#provenance.length * 2);
      provenance.set(this.#provenance);
      this.#provenance = provenance;
      const fragment = new Uint8Array(this.#fragment.length * 2);
      fragment.set(this.#fragment);
      this.#fragment = fragment;
    }
    return this.#slots++;
  }

  #drop(slot: number): void {
    this.#provenance[slot * LANES] = this.#unused;
    this.#unused = slot;
  }
}
