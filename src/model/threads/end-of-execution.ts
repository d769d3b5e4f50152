import { QUIET_COLLECTS } from '../machine/client.ts';
import { Phase } from '../machine/ghosts.ts';
import { CODE, EMPTY, LIFE, OPCODE, PHASE_MASK } from './client-layout.ts';
import { Transition } from './step-system.ts';
import type { ThreadedClient } from './threaded-client.ts';

const COLLECT = 'collect';
/** A collector that has not come to an end after so many steps does not end. */
const MOST_COLLECT_STEPS = 10_000;

/** The end of an execution: with nothing held, everything retired must be given back after collecting to a fixpoint (design 4). */
export class EndOfExecution {
  readonly #client: ThreadedClient;
  readonly #collect: number;
  readonly #scratch: Int32Array;

  constructor(client: ThreadedClient) {
    this.#client = client;
    this.#collect = client.extras.findIndex(({ name }) => name === COLLECT);
    this.#scratch = new Int32Array(client.words);
  }

  /** Judges a state in which no thread is inside an operation, and leaves it as it is. Answers a `Transition`. */
  judge(state: Int32Array): number {
    let garbage = this.garbage(state);
    if (garbage === 0 || this.#holdsAnything(state)) return Transition.taken;
    const { threads } = this.#client.layout.shape;
    const copy = this.#scratch;
    copy.set(state.subarray(0, this.#client.words));
    for (let quiet = 0; this.#collect >= 0 && quiet < QUIET_COLLECTS;) {
      for (let thread = 0; thread < threads; thread++) if (!this.#runCollect(copy, thread)) return Transition.taken;
      const left = this.garbage(copy);
      if (left === 0) return Transition.taken;
      quiet = left === garbage ? quiet + 1 : 0;
      garbage = left;
    }
    return this.#client.judge.leak(state, garbage);
  }

  /** Objects that are retired and not given back. */
  garbage(state: Int32Array): number {
    const { layout } = this.#client;
    let garbage = 0;
    for (let object = 0; object < layout.shape.objects; object++)
      if ((state[layout.object(object) + LIFE] & PHASE_MASK) === Phase.retired) garbage++;
    return garbage;
  }

  #holdsAnything(state: Int32Array): boolean {
    const { layout } = this.#client;
    for (let thread = 0; thread < layout.shape.threads; thread++)
      for (let pointer = 0; pointer < layout.shape.pointers; pointer++)
        if (state[layout.pointer(thread, pointer) + CODE] !== EMPTY) return true;
    return false;
  }

  /** Lets a thread collect, alone and with what is newest. Answers whether it came to the end. */
  #runCollect(state: Int32Array, thread: number): boolean {
    const client = this.#client;
    const at = client.layout.thread(thread);
    let taken = client.begins.extra(state, thread, this.#collect, 0, 0);
    for (let steps = 0; taken === Transition.taken && state[at + OPCODE] !== 0; steps++) {
      if (steps === MOST_COLLECT_STEPS || client.choices(state, thread) === 0) return false;
      taken = client.step(state, thread, 0);
    }
    return taken === Transition.taken;
  }
}
