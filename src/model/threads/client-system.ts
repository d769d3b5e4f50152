import type { Contract } from '../machine/claims.ts';
import { Opcode, OPCODE_NAMES } from '../machine/client-program.ts';
import type { Instance } from '../machine/instance.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { ClientCanonical } from './client-canonical.ts';
import { BEGUN, OPCODE, STAGE } from './client-layout.ts';
import { EndOfExecution } from './end-of-execution.ts';
import { stepText } from './step-text.ts';
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

/** The most general client of a contract on an instance, within a scope, as a system of threads to explore (design 6 and 7). */
export class ClientSystem implements StepSystem {
  readonly client: ThreadedClient;
  readonly scope: Scope;
  readonly words: number;
  readonly threads: number;
  readonly #moves: ClientMoves;
  readonly #canonical: ClientCanonical;
  readonly #isCounted: boolean;
  readonly #end: EndOfExecution;
  #creates = 0;

  /** @throws InputError when the representation asks for what threads do not have. */
  constructor(instance: Instance, machine: MachineSettings, scope: Scope) {
    const { threads, objects, references, pointers, addresses, operations } = scope;
    this.scope = scope;
    this.client = new ThreadedClient(instance, machine, {
      shape: { threads, objects, references, pointers, addresses },
      contract: scope.client,
      tracksContract: false,
      containerLimit: scope.slots,
      messageLimit: scope.messages,
      spacing: CLIENT_OBJECT_SIZE,
    });
    this.words = this.client.words;
    this.threads = threads;
    this.#isCounted = operations !== 'unbounded';
    this.#moves = new ClientMoves(this.client, operations === 'unbounded' ? Infinity : operations);
    this.#canonical = new ClientCanonical(this.client, { renames: scope.renames ?? true });
    this.#end = new EndOfExecution(this.client);
  }

  get violation(): ThreadVerdict | undefined {
    return this.client.verdict;
  }

  get coverage(): Uint32Array {
    return this.client.stepped.coverage;
  }

  get createsOfStep(): number {
    return this.#creates;
  }

  stuck(state: Int32Array, thread: number, code: 'deadlock' | 'livelock'): ThreadVerdict {
    this.client.judge.stuck(state, thread, code);
    return this.client.verdict as ThreadVerdict;
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
    this.#creates = 0;
    if (this.#isBusy(state, thread)) {
      const { creates } = this.client;
      const taken = this.client.step(state, thread, alternative);
      this.#creates = this.client.creates - creates;
      return taken;
    }
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

  judgeIdle(state: Int32Array): number {
    return this.#end.judge(state);
  }

  /** Objects that are retired and not given back. */
  garbage(state: Int32Array): number {
    return this.#end.garbage(state);
  }

  describe(state: Int32Array, thread: number, alternative: number): string {
    const { client } = this;
    if (!this.#isBusy(state, thread)) {
      this.#moves.list(state, thread);
      return this.#moveText(alternative * MOVE_WORDS);
    }
    return stepText(client, state, thread, alternative);
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
        if (client.waitsForUsers && code > 0) client.variables.joinUsers(state, thread, code - 1);
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
}
