/** How often a reference that should be refused was used, and how often a pointer came back all the same. */
export interface TrialCount {
  readonly tried: number;
  readonly accepted: number;
}

/** Fewer tries say nothing of a probability: a search looks for the one in a million that is accepted, and finds it. */
export const FEWEST_TRIALS = 32;

/**
 * The uses of stale and of forged references in one execution, for claims that state a probability. The same bits again, with no
 * create in between, are no new try: their answer is known.
 */
export class Trials {
  readonly #counts = { stale: { tried: 0, accepted: 0 }, forged: { tried: 0, accepted: 0 } };
  #low = 0;
  #high = 0;
  #creates = -1;

  reset(): void {
    for (const count of Object.values(this.#counts)) count.tried = count.accepted = 0;
    this.#creates = -1;
  }

  of(kind: 'stale' | 'forged'): TrialCount {
    return { ...this.#counts[kind] };
  }

  /** @param creates how many there were so far */
  count(kind: 'stale' | 'forged', isAccepted: boolean, low: number, high: number, creates: number): void {
    if (creates === this.#creates && low === this.#low && high === this.#high) return;
    this.#creates = creates;
    this.#low = low;
    this.#high = high;
    this.#counts[kind].tried++;
    if (isAccepted) this.#counts[kind].accepted++;
  }
}
