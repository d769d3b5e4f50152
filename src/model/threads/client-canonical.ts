import { CONTRACTS } from '../machine/claims.ts';
import { Phase } from '../machine/ghosts.ts';
import {
  ADDRESS,
  BITS_LOW,
  CODE,
  DEPARTED,
  EMPTY,
  FOREIGN,
  GONE,
  LIFE,
  OBJECT_WORDS,
  OWN,
  PHASE_MASK,
} from './client-layout.ts';
import type { ThreadedClient } from './threaded-client.ts';

const ANY = CONTRACTS.indexOf('any');

export interface CanonicalOptions {
  /** Whether objects and variables are renamed into one order. */
  readonly renames: boolean;
  /** Whether variables keep references that the contract does not let anybody use. */
  readonly keepsReferences?: boolean;
}

/**
 * Brings the client's part of a row into the form under which equal behaviours are equal rows: objects that are gone for certain have
 * no row of their own, and the rows of the others stand in an order that does not depend on history. Object numbers are names
 * that no representation computes with, so that renaming them over the whole state changes nothing.
 */
export class ClientCanonical {
  readonly #client: ThreadedClient;
  /** Whether the rows of objects are brought into one order. */
  readonly #sorts: boolean;
  /** Whether clients may use what they know to be destroyed. */
  readonly #keepsStale: boolean;
  /** Whether the ends of destroys are locations of their own. */
  readonly #knowsEnds: boolean;
  readonly #order: Int32Array;
  readonly #newNumber: Int32Array;
  readonly #locations: Int32Array;
  readonly #rows: Int32Array;

  constructor(client: ThreadedClient, options: CanonicalOptions) {
    const { objects } = client.layout.shape;
    this.#client = client;
    this.#sorts = options.renames;
    this.#keepsStale = options.keepsReferences === true || CONTRACTS.indexOf(client.contract) >= ANY;
    this.#order = new Int32Array(objects);
    this.#newNumber = new Int32Array(objects);
    this.#knowsEnds = client.machine.model === 'rc11';
    this.#locations = new Int32Array(objects * (this.#knowsEnds ? 2 : 1));
    this.#rows = new Int32Array(objects * OBJECT_WORDS);
  }

  canonicalize(state: Int32Array): void {
    const { layout, stepped } = this.#client;
    stepped.canonicalize(state);
    for (let object = 0; object < layout.shape.objects; object++) {
      const phase = state[layout.object(object) + LIFE] & PHASE_MASK;
      if (phase < Phase.retired) continue;
      if (!this.#keepsStale) this.#dropReferences(state, object);
      if (phase === Phase.reclaimed && this.#isForgettable(state, object)) this.#depart(state, object);
    }
    if (this.#sorts) this.#sort(state);
    for (let thread = 0; thread < layout.shape.threads; thread++)
      this.#client.variables.canonicalize(state, thread, this.#sorts);
  }

  /** Clients that use nothing stale have no use for a reference to what is destroyed. */
  #dropReferences(state: Int32Array, object: number): void {
    const { layout } = this.#client;
    const { threads, references } = layout.shape;
    for (let thread = 0; thread < threads; thread++)
      for (let variable = 0; variable < references; variable++) {
        const at = layout.reference(thread, variable);
        if (state[at + CODE] === object + 1 && this.#client.judge.isStale(state, thread, object))
          this.#client.variables.dropReference(state, thread, variable);
      }
  }

  /** Whether no operation concerns the object, and whoever refers to it knows that it is destroyed. */
  #isForgettable(state: Int32Array, object: number): boolean {
    const { layout, judge } = this.#client;
    const { threads, references } = layout.shape;
    for (let thread = 0; thread < threads; thread++) {
      const at = layout.thread(thread);
      if (state[at + OWN] === object + 1 || state[at + FOREIGN] === object + 1) return false;
      for (let variable = 0; variable < references; variable++)
        if (state[layout.reference(thread, variable) + CODE] === object + 1 && !judge.isStale(state, thread, object))
          return false;
    }
    return true;
  }

  /** Frees the row of an object that is gone; who still refers to it refers to something that is gone. */
  #depart(state: Int32Array, object: number): void {
    const { layout, stepped } = this.#client;
    this.#rename(state, object + 1, DEPARTED, GONE);
    const at = layout.object(object);
    state.fill(0, at, at + OBJECT_WORDS);
    stepped.happensBefore.forget(state, object);
    if (this.#knowsEnds) stepped.happensBefore.forget(state, layout.shape.objects + object);
    this.#client.variables.clearUsers(state, object);
  }

  #rename(state: Int32Array, from: number, code: number, provenance: number): void {
    const { layout } = this.#client;
    const { threads, references, pointers } = layout.shape;
    for (let thread = 0; thread < threads; thread++)
      for (let variable = 0; variable < references + pointers; variable++) {
        const at = layout.reference(thread, variable) + CODE;
        if (state[at] === from) state[at] = code;
      }
    const { provenances } = layout;
    for (let index = 0; index < provenances.length; index++)
      if (state[provenances[index]] === from) state[provenances[index]] = provenance;
  }

  /** Objects by address, then life and bits; free rows last. */
  #sort(state: Int32Array): void {
    const { layout } = this.#client;
    const { objects } = layout.shape;
    const order = this.#order;
    let isSorted = true;
    for (let place = 0; place < objects; place++) {
      let at = place;
      for (; at > 0 && this.#isBefore(state, place, order[at - 1]); at--) {
        order[at] = order[at - 1];
        isSorted = false;
      }
      order[at] = place;
    }
    if (!isSorted) this.#permute(state);
  }

  #isBefore(state: Int32Array, left: number, right: number): boolean {
    const { layout } = this.#client;
    const [one, other] = [layout.object(left), layout.object(right)];
    if (state[other + LIFE] === 0) return state[one + LIFE] !== 0;
    if (state[one + LIFE] === 0) return false;
    if (state[one + ADDRESS] !== state[other + ADDRESS]) return state[one + ADDRESS] < state[other + ADDRESS];
    if (state[one + LIFE] !== state[other + LIFE]) return state[one + LIFE] < state[other + LIFE];
    return state[one + BITS_LOW] < state[other + BITS_LOW];
  }

  #permute(state: Int32Array): void {
    const { layout, stepped } = this.#client;
    const { objects, threads, references, pointers } = layout.shape;
    const newNumber = this.#newNumber;
    const first = layout.object(0);
    for (let index = 0; index < objects * OBJECT_WORDS; index++) this.#rows[index] = state[first + index];
    for (let place = 0; place < objects; place++) {
      const old = this.#order[place];
      newNumber[old] = place;
      for (let word = 0; word < OBJECT_WORDS; word++)
        state[first + place * OBJECT_WORDS + word] = this.#rows[old * OBJECT_WORDS + word];
      this.#locations[place] = old;
      if (this.#knowsEnds) this.#locations[objects + place] = objects + old;
    }
    for (let thread = 0; thread < threads; thread++) {
      const at = layout.thread(thread);
      if (state[at + OWN] > 0) state[at + OWN] = newNumber[state[at + OWN] - 1] + 1;
      if (state[at + FOREIGN] > 0) state[at + FOREIGN] = newNumber[state[at + FOREIGN] - 1] + 1;
      for (let variable = 0; variable < references + pointers; variable++) {
        const code = layout.reference(thread, variable) + CODE;
        if (state[code] > EMPTY) state[code] = newNumber[state[code] - 1] + 1;
      }
    }
    const { provenances } = layout;
    for (let index = 0; index < provenances.length; index++) {
      const provenance = state[provenances[index]];
      if (provenance > 0) state[provenances[index]] = newNumber[provenance - 1] + 1;
    }
    stepped.happensBefore.permute(state, this.#locations);
    this.#client.variables.permuteUsers(state, this.#order);
  }
}
