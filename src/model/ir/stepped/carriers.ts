import type { OrderLayout } from './order-layout.ts';

/**
 * What threads, messages, locks and addresses know, as words of the row. A position in a view says which messages of a location are
 * too old; a set bit of knowledge says that the last access of its kind is *not* known, so that a row of zeros knows all.
 */
export class Carriers {
  readonly layout: OrderLayout;
  readonly #found: Int32Array;
  #count = 0;

  constructor(layout: OrderLayout, messageLimit: number) {
    this.layout = layout;
    const blocks = layout.block.filter((begin) => begin >= 0).length;
    this.#found = new Int32Array(layout.fixed.length + blocks * messageLimit);
  }

  /** Takes what both know together into the first. */
  join(state: Int32Array, into: number, from: number): void {
    const { viewWords, carrierWords } = this.layout;
    for (let word = 0; word < viewWords; word++) {
      const own = state[into + word];
      const other = state[from + word];
      if (own !== other) state[into + word] = laterOf(own, other);
    }
    for (let word = viewWords; word < carrierWords; word++) state[into + word] &= state[from + word];
  }

  /** Takes what was kept of a carrier into another. */
  joinWords(state: Int32Array, into: number, words: Int32Array): void {
    const { viewWords, carrierWords } = this.layout;
    for (let word = 0; word < viewWords; word++) state[into + word] = laterOf(state[into + word], words[word]);
    for (let word = viewWords; word < carrierWords; word++) state[into + word] &= words[word];
  }

  copy(state: Int32Array, into: number, from: number): void {
    for (let word = 0; word < this.layout.carrierWords; word++) state[into + word] = state[from + word];
  }

  /** Whether one carrier knows all that another knows. */
  covers(state: Int32Array, one: number, other: number): boolean {
    const { viewWords, carrierWords } = this.layout;
    for (let word = 0; word < viewWords; word++)
      if (laterOf(state[one + word], state[other + word]) !== state[one + word]) return false;
    for (let word = viewWords; word < carrierWords; word++)
      if ((state[one + word] & ~state[other + word]) !== 0) return false;
    return true;
  }

  /** Takes out of a carrier all that another one knows too. */
  subtract(state: Int32Array, from: number, known: number): void {
    const { viewWords, carrierWords, exists } = this.layout;
    for (let word = 0; word < viewWords; word++) {
      const [own, other] = [state[from + word], state[known + word]];
      let left = 0;
      for (let shift = 0; shift < 32; shift += 4)
        if (((own >>> shift) & 15) > ((other >>> shift) & 15)) left |= own & (15 << shift);
      state[from + word] = left;
    }
    for (let word = viewWords; word < carrierWords; word++)
      state[from + word] |= state[exists + word - viewWords] & ~state[known + word];
  }

  /** Leaves a carrier that knows nothing but what was there from the beginning. */
  clear(state: Int32Array, carrier: number): void {
    const { viewWords, carrierWords, exists } = this.layout;
    for (let word = 0; word < viewWords; word++) state[carrier + word] = 0;
    for (let word = viewWords; word < carrierWords; word++) state[carrier + word] = state[exists + word - viewWords];
  }

  position(state: Int32Array, carrier: number, view: number): number {
    return (state[carrier + (view >> 3)] >>> ((view & 7) << 2)) & 15;
  }

  setPosition(state: Int32Array, carrier: number, view: number, position: number): void {
    const shift = (view & 7) << 2;
    const word = carrier + (view >> 3);
    state[word] = (state[word] & ~(15 << shift)) | (position << shift);
  }

  /** Collects all carriers of a state for `carrier(0)` to `carrier(n - 1)`; answers n. */
  collect(state: Int32Array): number {
    const { fixed, block, messageWords, components } = this.layout;
    this.#found.set(fixed);
    let count = fixed.length;
    for (let location = 0; location < block.length; location++) {
      const begin = block[location];
      if (begin < 0) continue;
      const words = messageWords[location];
      let at = begin + 2 + components[location];
      for (let message = state[begin]; message > 0; message--, at += words) this.#found[count++] = at;
    }
    this.#count = count;
    return count;
  }

  carrier(index: number): number {
    return this.#found[index];
  }

  /** Sets and clears bits of knowledge in every carrier. */
  change(state: Int32Array, word: number, clear: number, set: number): void {
    const { viewWords, exists } = this.layout;
    const count = this.collect(state);
    for (let index = 0; index < count; index++) {
      const at = this.#found[index] + viewWords + word;
      state[at] = (state[at] & ~clear) | set;
    }
    state[exists + word] = (state[exists + word] & ~clear) | set;
  }

  /** Moves every known position of a location from a message on by so many places; below 0 is 0. */
  shift(state: Int32Array, view: number, from: number, by: number): void {
    for (let index = this.collect(state) - 1; index >= 0; index--) {
      const carrier = this.#found[index];
      const position = this.position(state, carrier, view);
      if (position >= from) this.setPosition(state, carrier, view, Math.max(position + by, 0));
    }
  }

  /** How many carriers the last `collect` found. */
  get count(): number {
    return this.#count;
  }
}

/** The later of eight positions each. */
function laterOf(one: number, other: number): number {
  let later = 0;
  for (let shift = 0; shift < 32; shift += 4) later |= Math.max((one >>> shift) & 15, (other >>> shift) & 15) << shift;
  return later;
}
