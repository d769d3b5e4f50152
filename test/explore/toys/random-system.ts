import { Transition, type StepSystem, type StepViolation } from '../../../src/model/threads/step-system.ts';
import type { Random } from '../../../src/model/vocabulary/random.ts';

/** Places of a thread, of which the first is outside of operations; and values of the word that threads share. */
const PLACES = 3;
const VALUES = 3;

/** What an alternative does. */
interface Rule {
  readonly taken: number;
  readonly place: number;
  readonly value: number;
  readonly creates: number;
}

/** A system by chance: what a thread may do is drawn for each of its places and each value of the one word that all threads share. */
export class RandomSystem implements StepSystem {
  readonly threads: number;
  readonly words: number;
  violation: StepViolation | undefined;
  createsOfStep = 0;
  readonly #rules: readonly (readonly (readonly Rule[])[])[];

  constructor(random: Random) {
    this.threads = 1 + random.below(3);
    this.words = this.threads + 1;
    const rulesOf = (): readonly Rule[] => Array.from({ length: random.below(3) }, () => ruleOf(random));
    this.#rules = Array.from({ length: this.threads }, () => Array.from({ length: PLACES * VALUES }, rulesOf));
  }

  initial(state: Int32Array): void {
    state.fill(0, 0, this.words);
  }

  alternatives(state: Int32Array, thread: number): number {
    return this.#of(state, thread).length;
  }

  take(state: Int32Array, thread: number, alternative: number): number {
    const { taken, place, value, creates } = this.#of(state, thread)[alternative];
    this.violation = { code: 'assertion', signature: `thread ${thread} at ${state[thread]}` };
    this.createsOfStep = creates;
    // What is left of a step that is not taken is of no concern to anybody.
    state[thread] = place;
    state[this.threads] = value;
    return taken;
  }

  canonicalize(): void {
    // Every state has one form.
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[thread] !== 0;
  }

  isInvisible(): boolean {
    return false;
  }

  describe(_state: Int32Array, thread: number, alternative: number): string {
    return `thread ${thread}, alternative ${alternative}`;
  }

  #of(state: Int32Array, thread: number): readonly Rule[] {
    return this.#rules[thread][state[thread] * VALUES + state[this.threads]];
  }
}

function ruleOf(random: Random): Rule {
  const rare = [Transition.disabled, Transition.disabled, Transition.cut, Transition.violated];
  return {
    taken: rare[random.below(24)] ?? Transition.taken,
    place: random.below(PLACES),
    value: random.below(VALUES),
    creates: random.below(8) === 0 ? 1 : 0,
  };
}
