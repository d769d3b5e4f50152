import type { LocationPlan } from './state-plan.ts';

/** Positions in modification orders are kept in four bits each, so that a location has 15 messages at most. */
export const MOST_MESSAGES = 15;
const POSITIONS_PER_WORD = 8;

export interface OrderShape {
  readonly threads: number;
  readonly isWeak: boolean;
  readonly locations: readonly LocationPlan[];
  readonly locks: number;
  readonly clientLocations: number;
  readonly clientCarriers: number;
  readonly messageLimit: number;
  readonly findsRaces: boolean;
  /** Whether the program has fences, so that threads remember what relaxed accesses met and what a fence released. */
  readonly hasFences: boolean;
}

/**
 * The words of the order in the row. A carrier is what a thread, a message, a lock or an address knows: `viewWords` of positions, one
 * for each location that has messages, and `knowledgeWords` of bits that say which last accesses it does not know.
 */
export class OrderLayout {
  readonly viewWords: number;
  readonly knowledgeWords: number;
  readonly carrierWords: number;
  /** By location: its place among those with messages, or -1; and its bits of knowledge, or -1. */
  readonly viewOf: Int32Array;
  readonly trackWord: Int32Array;
  readonly trackShift: Int32Array;
  readonly isMixed: Uint8Array;
  /** By location with messages: where its block begins; a block is its length, then messages: (is an update, value, carrier). */
  readonly block: Int32Array;
  readonly messageWords: Int32Array;
  readonly components: Int32Array;
  /** Under `sc`: the carrier of the one message of an atomic location, or -1. */
  readonly carrier: Int32Array;
  /** Where carriers stand that are there in every state; -1 where the program needs none. */
  readonly current: Int32Array;
  readonly acquired: Int32Array;
  readonly released: Int32Array;
  readonly lockWriter: Int32Array;
  readonly lockReaders: Int32Array;
  readonly client: Int32Array;
  readonly sequential: number;
  /** The last accesses that there are at all. */
  readonly exists: number;
  readonly fixed: Int32Array;
  readonly words: number;
  readonly provenances: readonly number[];

  constructor(shape: OrderShape, begin: number) {
    const { threads, isWeak, locations, clientLocations } = shape;
    const total = clientLocations + locations.length;
    this.viewOf = new Int32Array(total).fill(-1);
    this.trackWord = new Int32Array(total).fill(-1);
    this.trackShift = new Int32Array(total);
    this.isMixed = new Uint8Array(total);
    this.components = new Int32Array(total);
    this.block = new Int32Array(total).fill(-1);
    this.messageWords = new Int32Array(total);
    this.carrier = new Int32Array(total).fill(-1);
    this.knowledgeWords = shape.findsRaces ? this.#track(shape) : 0;
    const views = isWeak ? locations.filter(({ isAtomic }) => isAtomic).length : 0;
    this.viewWords = Math.ceil(views / POSITIONS_PER_WORD);
    this.carrierWords = this.viewWords + this.knowledgeWords;

    let next = begin;
    const fixed: number[] = [];
    const take = (count: number, isNeeded = true): Int32Array =>
      Int32Array.from({ length: count }, () => {
        if (!isNeeded || this.carrierWords === 0) return -1;
        fixed.push(next);
        next += this.carrierWords;
        return next - this.carrierWords;
      });
    this.exists = next;
    next += this.knowledgeWords;
    this.current = take(threads);
    this.acquired = take(threads, shape.hasFences);
    this.released = take(threads, shape.hasFences);
    this.lockWriter = take(shape.locks);
    this.lockReaders = take(shape.locks);
    this.client = take(shape.clientCarriers);
    this.sequential = isWeak && shape.hasFences ? take(1)[0] : -1;
    const provenances: number[] = [];
    let view = 0;
    locations.forEach((location, index) => {
      const number = clientLocations + index;
      this.components[number] = location.components;
      if (!location.isAtomic) return;
      if (!isWeak) {
        this.carrier[number] = take(1)[0];
        return;
      }
      this.viewOf[number] = view++;
      this.block[number] = next;
      this.messageWords[number] = 1 + location.components + this.carrierWords;
      if (location.components === 3)
        for (let message = 0; message < shape.messageLimit; message++)
          provenances.push(next + 1 + message * this.messageWords[number] + 3);
      next += 1 + shape.messageLimit * this.messageWords[number];
    });
    this.fixed = Int32Array.from(fixed);
    this.words = next - begin;
    this.provenances = provenances;
  }

  /** Gives every location that can race its bits: the last write, and of each thread the last read, atomic write, atomic read. */
  #track({ threads, locations, clientLocations }: OrderShape): number {
    let [word, used] = [0, 0];
    const place = (number: number, bits: number): void => {
      if (used + bits > 32) [word, used] = [word + 1, 0];
      this.trackWord[number] = word;
      this.trackShift[number] = used;
      used += bits;
    };
    for (let number = 0; number < clientLocations; number++) place(number, 1 + threads);
    locations.forEach(({ isTracked, isAtomic }, index) => {
      if (!isTracked) return;
      this.isMixed[clientLocations + index] = isAtomic ? 1 : 0;
      place(clientLocations + index, isAtomic ? 1 + 3 * threads : 1 + threads);
    });
    return used === 0 && word === 0 ? 0 : word + 1;
  }
}
