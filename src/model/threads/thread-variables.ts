import {
  CODE,
  OPCODE,
  EMPTY,
  NEVER_ISSUED,
  VALUE_HIGH,
  VALUE_LOW,
  VALUE_PROVENANCE,
  VARIABLE_WORDS,
} from './client-layout.ts';
import { Transition } from './step-system.ts';
import type { ThreadedClient } from './threaded-client.ts';

const SWAP = [1, 0];

/** The reference variables of all threads: how references are handed over, given up, copied and made up. */
export class ThreadVariables {
  readonly #client: ThreadedClient;

  constructor(client: ThreadedClient) {
    this.#client = client;
  }

  /** `send x to thread N`, whole: a copy, and what the sender knows; the receiver learns it when it first uses the copy. */
  send(state: Int32Array, thread: number, variable: number, to: number, target: number): number {
    const from = this.#client.layout.reference(thread, variable);
    state.copyWithin(this.#client.layout.reference(to, target), from, from + VARIABLE_WORDS);
    this.#client.stepped.happensBefore.publish(state, thread, this.#mail(to, target));
    return Transition.taken;
  }

  /** Called when a statement uses a variable: whoever got it by `send` learns now what the sender knew. */
  receive(state: Int32Array, thread: number, variable: number): void {
    const { happensBefore } = this.#client.stepped;
    happensBefore.acquire(state, thread, this.#mail(thread, variable));
    happensBefore.clear(state, this.#mail(thread, variable));
  }

  /** Gives a reference up. Who destroys its object as `exclusive` clients do comes after this. */
  forget(state: Int32Array, thread: number, variable: number): number {
    const at = this.#client.layout.reference(thread, variable);
    this.#client.stepped.happensBefore.clear(state, this.#mail(thread, variable));
    if (state[at + CODE] > 0) this.giveUp(state, thread, state[at + CODE] - 1);
    state.fill(0, at, at + VARIABLE_WORDS);
    return Transition.taken;
  }

  /**
   * Brings the variables of a thread into a form that does not depend on how they got their content: what is on its way to a
   * variable is what the thread does not know yet, and where no operation names a variable they stand in order.
   */
  canonicalize(state: Int32Array, thread: number, sorts: boolean): void {
    const { layout, stepped } = this.#client;
    const { references } = layout.shape;
    for (let variable = 0; variable < references; variable++)
      stepped.happensBefore.settle(state, thread, this.#mail(thread, variable));
    if (!sorts || state[layout.thread(thread) + OPCODE] !== 0) return;
    for (let place = 1; place < references; place++)
      for (let at = place; at > 0 && this.#isBefore(state, thread, at, at - 1); at--) this.#swap(state, thread, at);
  }

  /** Whether the content of a variable stands before that of another one; empty ones stand last. */
  #isBefore(state: Int32Array, thread: number, left: number, right: number): boolean {
    const { layout } = this.#client;
    const [one, other] = [layout.reference(thread, left), layout.reference(thread, right)];
    if (state[one + CODE] === EMPTY || state[other + CODE] === EMPTY)
      return state[one + CODE] !== EMPTY && state[other + CODE] === EMPTY;
    for (let word = 0; word < VARIABLE_WORDS; word++)
      if (state[one + word] !== state[other + word]) return state[one + word] < state[other + word];
    return false;
  }

  /** Swaps a variable with the one before it, with what is on its way to them. */
  #swap(state: Int32Array, thread: number, variable: number): void {
    const { layout, stepped } = this.#client;
    const [one, other] = [layout.reference(thread, variable), layout.reference(thread, variable - 1)];
    for (let word = 0; word < VARIABLE_WORDS; word++) {
      const kept = state[one + word];
      state[one + word] = state[other + word];
      state[other + word] = kept;
    }
    stepped.happensBefore.permuteCarriers(state, this.#mail(thread, variable - 1), SWAP);
  }

  /** A thread has done what it wanted with an object. */
  giveUp(state: Int32Array, thread: number, object: number): void {
    if (this.#client.waitsForUsers) this.#client.stepped.happensBefore.contribute(state, thread, this.users(object));
  }

  /** What a destroyer under `exclusive` does first: it has waited for all who gave their references up. */
  joinUsers(state: Int32Array, thread: number, object: number): void {
    this.#client.stepped.happensBefore.acquire(state, thread, this.users(object));
  }

  /** Whether a destroyer comes after all who gave their references up, without waiting for them. */
  isAfterUsers(state: Int32Array, thread: number, object: number): boolean {
    return this.#client.stepped.happensBefore.covers(state, thread, this.users(object));
  }

  clearUsers(state: Int32Array, object: number): void {
    if (!this.#client.waitsForUsers) return;
    this.#client.stepped.happensBefore.clear(state, this.users(object));
  }

  /** Object `order[i]` becomes object i. */
  permuteUsers(state: Int32Array, order: ArrayLike<number>): void {
    if (!this.#client.waitsForUsers) return;
    this.#client.stepped.happensBefore.permuteCarriers(state, this.users(0), order);
  }

  /** A reference that nobody may use any more is gone. */
  dropReference(state: Int32Array, thread: number, variable: number): void {
    const at = this.#client.layout.reference(thread, variable);
    state.fill(0, at, at + VARIABLE_WORDS);
    this.#client.stepped.happensBefore.clear(state, this.#mail(thread, variable));
  }

  copy(state: Int32Array, thread: number, to: number, from: number): number {
    const at = this.#client.layout.reference(thread, from);
    state.copyWithin(this.#client.layout.reference(thread, to), at, at + VARIABLE_WORDS);
    return Transition.taken;
  }

  /** Puts bits into a variable that no create issued for it. */
  forge(state: Int32Array, thread: number, variable: number, low: number, high: number, provenance: number): number {
    const at = this.#client.layout.reference(thread, variable);
    state[at + CODE] = NEVER_ISSUED;
    state[at + VALUE_LOW] = low;
    state[at + VALUE_HIGH] = high;
    state[at + VALUE_PROVENANCE] = provenance;
    return Transition.taken;
  }

  heldCount(state: Int32Array, thread: number): number {
    let held = 0;
    for (let pointer = 0; pointer < this.#client.layout.shape.pointers; pointer++)
      if (state[this.#client.layout.pointer(thread, pointer) + CODE] !== EMPTY) held++;
    return held;
  }

  #mail(thread: number, variable: number): number {
    const { addresses, references } = this.#client.layout.shape;
    return addresses + thread * references + variable;
  }

  users(object: number): number {
    const { addresses, references, threads } = this.#client.layout.shape;
    return addresses + threads * references + object;
  }
}
