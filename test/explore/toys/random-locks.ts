import type { Random } from '../../../src/model/vocabulary/random.ts';
import { Toy, type ToyStep } from './toy.ts';

const LOCKS = 2;
const VALUES = 3;

/** One step of a program. Each lock has a word that only its holder touches; one word more is everybody's. */
type Op =
  | { readonly kind: 'lock' | 'unlock'; readonly lock: number }
  | { readonly kind: 'add'; readonly lock: number }
  | { readonly kind: 'again'; readonly lock: number; readonly value: number; readonly to: number }
  | { readonly kind: 'assert'; readonly lock: number; readonly value: number }
  | { readonly kind: 'addShared' }
  | { readonly kind: 'spin'; readonly value: number };

/**
 * Threads with programs by chance: they take locks, nested in any order, count and loop under them, and spin on a word that no lock
 * protects. What is counted under a lock is invisible to others.
 */
export class RandomLocks extends Toy {
  readonly threads = 2;
  readonly words = 2 + 2 * LOCKS + 1;
  readonly #programs: readonly (readonly Op[])[];

  constructor(random: Random) {
    super();
    this.#programs = [programOf(random), programOf(random)];
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[thread] < this.#programs[thread].length;
  }

  override isInvisible(state: Int32Array, thread: number): boolean {
    const op = this.#programs[thread].at(state[thread]);
    return op?.kind === 'add' || op?.kind === 'again';
  }

  steps(state: Int32Array, thread: number): readonly ToyStep[] {
    const op = this.#programs[thread].at(state[thread]);
    if (op === undefined || (op.kind === 'lock' && state[lockAt(op.lock)] !== 0)) return [];
    return [(next) => this.#take(next, thread, op)];
  }

  #take(state: Int32Array, thread: number, op: Op): ReturnType<ToyStep> {
    const shared = this.words - 1;
    state[thread]++;
    switch (op.kind) {
      case 'lock':
        state[lockAt(op.lock)] = 1 + thread;
        return undefined;
      case 'unlock':
        state[lockAt(op.lock)] = 0;
        return undefined;
      case 'add':
        state[wordAt(op.lock)] = (state[wordAt(op.lock)] + 1) % VALUES;
        return undefined;
      case 'again':
        if (state[wordAt(op.lock)] === op.value) state[thread] = op.to;
        return undefined;
      case 'assert':
        return state[wordAt(op.lock)] === op.value
          ? { code: 'assertion', signature: `thread ${thread} at ${state[thread]}` }
          : undefined;
      case 'addShared':
        state[shared] = (state[shared] + 1) % VALUES;
        return undefined;
      case 'spin':
        if (state[shared] !== op.value) state[thread]--;
        return undefined;
    }
  }
}

function lockAt(lock: number): number {
  return 2 + lock;
}

function wordAt(lock: number): number {
  return 2 + LOCKS + lock;
}

function programOf(random: Random): readonly Op[] {
  const ops: Op[] = [];
  for (let part = random.below(3); part >= 0; part--) addPart(random, ops, []);
  return ops;
}

/** A part of a program: a step on the shared word, or something under a lock. */
function addPart(random: Random, ops: Op[], held: readonly number[]): void {
  if (random.below(4) === 0) {
    ops.push(random.below(4) > 0 ? { kind: 'addShared' } : { kind: 'spin', value: random.below(VALUES) });
    return;
  }
  const lock = random.below(LOCKS);
  if (held.includes(lock)) return;
  ops.push({ kind: 'lock', lock });
  const start = ops.length;
  for (let step = random.below(4); step > 0; step--) {
    const value = random.below(VALUES);
    const choice = random.below(8);
    if (choice < 3) ops.push({ kind: 'add', lock });
    else if (choice === 3) ops.push({ kind: 'again', lock, value, to: start });
    else if (choice === 4) ops.push({ kind: 'assert', lock, value });
    else addPart(random, ops, [...held, lock]);
  }
  ops.push({ kind: 'unlock', lock });
}
