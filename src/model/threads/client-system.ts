import { CONTRACTS, type Contract } from '../machine/claims.ts';
import { Opcode, OPCODE_NAMES } from '../machine/client-program.ts';
import { Phase } from '../machine/ghosts.ts';
import type { Instance } from '../machine/instance.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { ClientCanonical } from './client-canonical.ts';
import { BEGUN, CODE, EMPTY, LIFE, OPCODE, OPERAND_A, PHASE_MASK, STAGE } from './client-layout.ts';
import { CLIENT_OBJECT_SIZE, ClientMoves, FORGET, MOVE_WORDS } from './client-moves.ts';
import { Transition, type StepSystem } from './step-system.ts';
import type { ThreadVerdict } from './thread-verdict.ts';
import { Stage } from './stage.ts';
import { ThreadedClient } from './threaded-client.ts';

/** Everything that bounds an exploration; the sentence that says what was explored names all of it. */
export interface Scope {
  readonly threads: number;
  /** Objects whose memory is not given back, at one time. */
  readonly objects: number;
  /** References that all threads together keep at one time. */
  readonly references: number;
  /** Pointers that one thread holds at one time. */
  readonly pointers: number;
  /** Most elements of a container of the representation. */
  readonly slots: number;
  /** Addresses that objects may have. */
  readonly addresses: number;
  /** Operations that each thread begins. */
  readonly operations: number | 'unbounded';
  readonly client: Contract;
  /** Most messages of one location that somebody may still read, under `rc11`. */
  readonly messages: number;
  /** Whether objects are renamed into one order; true unless given. */
  readonly renames?: boolean;
}

const COLLECT = 'collect';
/** A collector that has not come to an end after so many steps does not end. */
const MOST_COLLECT_STEPS = 10_000;

/** The most general client of a contract on an instance, within a scope, as a system of threads to explore (design 6 and 7). */
export class ClientSystem implements StepSystem {
  readonly client: ThreadedClient;
  readonly scope: Scope;
  readonly words: number;
  readonly threads: number;
  readonly #moves: ClientMoves;
  readonly #canonical: ClientCanonical;
  readonly #isCounted: boolean;
  readonly #collect: number;
  readonly #scratch: Int32Array;

  /** @throws InputError when the representation asks for what threads do not have. */
  constructor(instance: Instance, machine: MachineSettings, scope: Scope) {
    const { threads, objects, references, pointers, addresses, operations } = scope;
    this.scope = scope;
    this.client = new ThreadedClient(instance, machine, {
      shape: { threads, objects, references, pointers, addresses },
      contract: scope.client,
      containerLimit: scope.slots,
      messageLimit: scope.messages,
      spacing: CLIENT_OBJECT_SIZE,
    });
    this.words = this.client.words;
    this.threads = threads;
    this.#isCounted = operations !== 'unbounded';
    this.#moves = new ClientMoves(this.client, operations === 'unbounded' ? Infinity : operations);
    this.#canonical = new ClientCanonical(this.client, scope.renames ?? true);
    this.#collect = this.client.extras.findIndex(({ name }) => name === COLLECT);
    this.#scratch = new Int32Array(this.words);
  }

  get violation(): ThreadVerdict | undefined {
    return this.client.verdict;
  }

  initial(state: Int32Array): void {
    this.client.initial(state);
    this.canonicalize(state);
  }

  alternatives(state: Int32Array, thread: number): number {
    if (this.#isBusy(state, thread)) return this.client.choices(state, thread);
    return this.#moves.list(state, thread);
  }

  take(state: Int32Array, thread: number, alternative: number): number {
    if (this.#isBusy(state, thread)) return this.client.step(state, thread, alternative);
    if (alternative >= this.#moves.list(state, thread)) return Transition.disabled;
    return this.#begin(state, thread, alternative * MOVE_WORDS);
  }

  canonicalize(state: Int32Array): void {
    this.#canonical.canonicalize(state);
  }

  isInside(state: Int32Array, thread: number): boolean {
    return this.client.isInside(state, thread);
  }

  isInvisible(state: Int32Array, thread: number): boolean {
    const stage = state[this.client.layout.thread(thread) + STAGE];
    if (stage === Stage.end || stage === Stage.touch || stage === Stage.stalled) return false;
    return this.client.stepped.isProtected(state, thread);
  }

  /** With nothing held, everything retired must be given back after collecting to a fixpoint (design 4). */
  judgeIdle(state: Int32Array): number {
    let garbage = this.#garbage(state);
    if (garbage === 0 || this.#holdsAnything(state)) return Transition.taken;
    const copy = this.#scratch;
    copy.set(state.subarray(0, this.words));
    while (this.#collect >= 0) {
      if (!this.#runCollect(copy)) return Transition.taken;
      const left = this.#garbage(copy);
      if (left === 0) return Transition.taken;
      if (left === garbage) break;
      garbage = left;
    }
    return this.client.judge.leak(state, garbage);
  }

  /** Objects that are retired and not given back. */
  garbage(state: Int32Array): number {
    return this.#garbage(state);
  }

  describe(state: Int32Array, thread: number, alternative: number): string {
    const { client } = this;
    if (!this.#isBusy(state, thread)) {
      this.#moves.list(state, thread);
      return this.#moveText(alternative * MOVE_WORDS);
    }
    const at = client.layout.thread(thread);
    const stage = state[at + STAGE];
    const operation = OPCODE_NAMES[state[at + OPCODE] - 1];
    if (stage === Stage.end) return `${operation} r${state[at + OPERAND_A]} ends`;
    if (stage === Stage.touch) return `${operation} reads the object`;
    const statement = client.stepped.pending(state, thread);
    const choice = alternative === 0 ? '' : ` (choice ${alternative})`;
    return `${client.roleOf(state, thread)}: ${statement?.kind ?? 'step'} at ${statement?.site.text ?? ''}${choice}`;
  }

  /** The opcode and operands of a move of an idle thread, for whoever turns a path into a program. */
  moveAt(state: Int32Array, thread: number, alternative: number): Int32Array {
    this.#moves.list(state, thread);
    return this.#moves.moves.slice(alternative * MOVE_WORDS, (alternative + 1) * MOVE_WORDS);
  }

  /** Whether a thread goes on with an operation, rather than begin one. */
  isBusy(state: Int32Array, thread: number): boolean {
    return this.#isBusy(state, thread);
  }

  #isBusy(state: Int32Array, thread: number): boolean {
    return state[this.client.layout.thread(thread) + OPCODE] !== 0;
  }

  #begin(state: Int32Array, thread: number, at: number): number {
    const { client } = this;
    const { moves } = this.#moves;
    const opcode = moves[at];
    const [a, b, c, required] = [moves[at + 1], moves[at + 2], moves[at + 3], moves[at + 4]];
    const { contract } = client.layout;
    if (required > state[contract]) state[contract] = required;
    if (this.#isCounted && ClientMoves.isCounted(opcode)) state[client.layout.thread(thread) + BEGUN]++;
    switch (opcode) {
      case Opcode.alloc:
        return client.begins.alloc(state, thread, a, b & 0xff, CLIENT_OBJECT_SIZE, b >> 8, c);
      case Opcode.free: {
        client.variables.receive(state, thread, a);
        const code = client.judge.objectOf(state, thread, a);
        if (required === CONTRACTS.indexOf('exclusive') && code > 0)
          client.variables.joinUsers(state, thread, code - 1);
        return client.begins.free(state, thread, a);
      }
      case Opcode.hold:
        client.variables.receive(state, thread, b);
        return client.begins.use(state, thread, Opcode.hold, a, b);
      case Opcode.touch:
        return client.ends.touch(state, thread, a);
      case Opcode.drop:
        return client.begins.drop(state, thread, a);
      case Opcode.send:
        client.variables.receive(state, thread, a);
        return client.variables.send(state, thread, a, b, c);
      case Opcode.abandon:
        client.variables.receive(state, thread, a);
        return client.begins.abandon(state, thread, a);
      case FORGET:
        return client.variables.forget(state, thread, a);
      default:
        if (client.takesReference[a]) client.variables.receive(state, thread, b);
        return client.begins.extra(state, thread, a, b, c);
    }
  }

  #moveText(at: number): string {
    const { moves } = this.#moves;
    const [opcode, a, b, c] = moves.subarray(at, at + MOVE_WORDS);
    switch (opcode) {
      case Opcode.alloc:
        return `r${a} = alloc at address ${c}`;
      case Opcode.hold:
        return `hold p${a} = r${b}`;
      case Opcode.touch:
      case Opcode.drop:
        return `${OPCODE_NAMES[opcode]} p${a}`;
      case Opcode.send:
        return `send r${a} to thread ${b}`;
      case Opcode.extra:
        return `${this.client.extras[a].name}${this.client.takesReference[a] ? ` r${b}` : ''}`;
      case FORGET:
        return `forget r${a}`;
      default:
        return `${OPCODE_NAMES[opcode]} r${a}`;
    }
  }

  #garbage(state: Int32Array): number {
    const { layout } = this.client;
    let garbage = 0;
    for (let object = 0; object < layout.shape.objects; object++)
      if ((state[layout.object(object) + LIFE] & PHASE_MASK) === Phase.retired) garbage++;
    return garbage;
  }

  #holdsAnything(state: Int32Array): boolean {
    const { layout } = this.client;
    for (let thread = 0; thread < this.threads; thread++)
      for (let pointer = 0; pointer < layout.shape.pointers; pointer++)
        if (state[layout.pointer(thread, pointer) + CODE] !== EMPTY) return true;
    return false;
  }

  /** Lets the first thread collect, alone and with what is newest. Answers whether it came to the end. */
  #runCollect(state: Int32Array): boolean {
    const { client } = this;
    let taken = client.begins.extra(state, 0, this.#collect, 0, 0);
    for (let steps = 0; taken === Transition.taken && this.#isBusy(state, 0); steps++) {
      if (steps === MOST_COLLECT_STEPS || client.choices(state, 0) === 0) return false;
      taken = client.step(state, 0, 0);
    }
    return taken === Transition.taken;
  }
}
