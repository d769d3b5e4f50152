import { CONTRACTS } from '../machine/claims.ts';
import { Opcode } from '../machine/client-program.ts';
import { OBJECT_SIZE } from '../machine/object-kinds.ts';
import { ADDRESS, BEGUN, CODE, EMPTY, FREED, LIFE, OPCODE, OPERAND_A, VALUE_HIGH, VALUE_LOW } from './client-layout.ts';
import { isLive, isSet, requiredContract } from './thread-permission.ts';
import type { ThreadedClient } from './threaded-client.ts';

/** What an idle thread may do beside the opcodes of programs. */
export const FORGET = 32;

/** Words of one move: opcode, three operands, and the contract that it takes. */
export const MOVE_WORDS = 5;
const MOST_MOVES = 512;

/** Operations that count against the budget of a thread; the rest of what it does follows from them. */
const COUNTED: readonly number[] = [Opcode.alloc, Opcode.free, Opcode.hold, Opcode.extra, Opcode.abandon];

/**
 * What the most general client of a contract may begin in a state: every operation that the contract allows on everything that the
 * thread has. Two variables of one thread with the same content allow the same, so that the first stands for both.
 */
export class ClientMoves {
  readonly moves = new Int32Array(MOST_MOVES * MOVE_WORDS);
  readonly #client: ThreadedClient;
  readonly #budget: number;
  readonly #level: number;
  readonly #kinds: number;
  #count = 0;

  /** @param budget operations that one thread may begin; Infinity for any number */
  constructor(client: ThreadedClient, budget: number) {
    this.#client = client;
    this.#budget = budget;
    this.#level = CONTRACTS.indexOf(client.contract);
    const roles = [client.create, client.resolve, client.destroy];
    // Kinds matter where a role asks for them.
    this.#kinds = roles.some(({ takesKind }) => takesKind) ? 2 : 1;
  }

  /** Lists the moves of an idle thread; answers how many there are. */
  list(state: Int32Array, thread: number): number {
    const { layout, extras, takesReference } = this.#client;
    const { references, pointers } = layout.shape;
    this.#count = 0;
    const mayBegin = this.#budget === Infinity || state[layout.thread(thread) + BEGUN] < this.#budget;
    if (mayBegin) this.#listAllocs(state, thread);
    for (let variable = 0; variable < references; variable++)
      if (isSet(this.#client, state, thread, variable) && !this.#isRepeated(state, thread, variable))
        this.#listUses(state, thread, variable, mayBegin);
    for (let pointer = 0; pointer < pointers; pointer++) {
      this.#add(state, thread, Opcode.touch, pointer, 0, 0);
      this.#add(state, thread, Opcode.drop, pointer, 0, 0);
    }
    if (!mayBegin) return this.#count;
    for (let extra = 0; extra < extras.length; extra++)
      if (!takesReference[extra] && !extras[extra].takesValue) this.#add(state, thread, Opcode.extra, extra, 0, 0);
    return this.#count;
  }

  static isCounted(opcode: number): boolean {
    return COUNTED.includes(opcode);
  }

  #listAllocs(state: Int32Array, thread: number): void {
    const { layout } = this.#client;
    const { objects, addresses } = layout.shape;
    const variable = this.#hasRoom(state) ? this.#freeVariable(state, thread) : -1;
    let object = 0;
    while (object < objects && state[layout.object(object) + LIFE] !== 0) object++;
    if (variable < 0 || object === objects) return;
    for (let address = 1; address <= addresses; address++)
      if (this.#isFree(state, address))
        for (let kind = 1; kind <= this.#kinds; kind++)
          this.#push(Opcode.alloc, variable, kind | (object << 8), address, 0);
  }

  #listUses(state: Int32Array, thread: number, variable: number, mayBegin: boolean): void {
    const { extras, takesReference, layout } = this.#client;
    const { threads, references, pointers } = layout.shape;
    // A reference is given up for others to be alone with its object, or to make room.
    if (isLive(this.#client, state, thread, variable) || !this.#hasRoom(state)) this.#push(FORGET, variable, 0, 0, 0);
    for (let other = 0; other < threads; other++) {
      if (other === thread) continue;
      const target = this.#hasRoom(state) ? this.#freeVariable(state, other) : -1;
      if (target >= 0 && !this.#has(state, other, references, layout.reference(thread, variable)))
        this.#add(state, thread, Opcode.send, variable, other, target);
    }
    if (!mayBegin) return;
    this.#add(state, thread, Opcode.free, variable, 0, 0);
    this.#add(state, thread, Opcode.abandon, variable, 0, 0);
    for (let pointer = 0; pointer < pointers; pointer++)
      if (state[layout.pointer(thread, pointer) + CODE] === EMPTY) {
        this.#add(state, thread, Opcode.hold, pointer, variable, 0);
        break;
      }
    for (let extra = 0; extra < extras.length; extra++)
      if (takesReference[extra]) this.#add(state, thread, Opcode.extra, extra, variable, 0);
  }

  #add(state: Int32Array, thread: number, opcode: number, a: number, b: number, c: number): void {
    const required = requiredContract(this.#client, state, thread, opcode, a, b);
    if (required > this.#level) return;
    this.#push(opcode, a, b, c, required);
  }

  #push(opcode: number, a: number, b: number, c: number, required: number): void {
    if (this.#count === MOST_MOVES) throw new RangeError(`a thread has more than ${MOST_MOVES} moves in one state`);
    const { moves } = this;
    const at = this.#count++ * MOVE_WORDS;
    moves[at] = opcode;
    moves[at + 1] = a;
    moves[at + 2] = b;
    moves[at + 3] = c;
    moves[at + 4] = required;
  }

  #freeVariable(state: Int32Array, thread: number): number {
    const { layout } = this.#client;
    const at = layout.thread(thread);
    const awaited = state[at + OPCODE] === Opcode.alloc + 1 ? state[at + OPERAND_A] : -1;
    for (let variable = 0; variable < layout.shape.references; variable++)
      if (variable !== awaited && state[layout.reference(thread, variable) + CODE] === EMPTY) return variable;
    return -1;
  }

  /** Whether one more reference may be kept: their number is bounded over all threads. */
  #hasRoom(state: Int32Array): boolean {
    const { layout } = this.#client;
    const { threads, references } = layout.shape;
    let kept = 0;
    for (let thread = 0; thread < threads; thread++) {
      if (state[layout.thread(thread) + OPCODE] === Opcode.alloc + 1) kept++;
      for (let variable = 0; variable < references; variable++)
        if (isSet(this.#client, state, thread, variable)) kept++;
    }
    return kept < references;
  }

  #isFree(state: Int32Array, address: number): boolean {
    const { layout } = this.#client;
    for (let object = 0; object < layout.shape.objects; object++) {
      const at = layout.object(object);
      const life = state[at + LIFE];
      if (life !== 0 && (life & FREED) === 0 && state[at + ADDRESS] === address) return false;
    }
    return true;
  }

  #isRepeated(state: Int32Array, thread: number, variable: number): boolean {
    return this.#has(state, thread, variable, this.#client.layout.reference(thread, variable));
  }

  /** Whether one of the first so many variables of a thread has the content that stands at a place. */
  #has(state: Int32Array, thread: number, references: number, at: number): boolean {
    for (let variable = 0; variable < references; variable++) {
      const other = this.#client.layout.reference(thread, variable);
      const isSame =
        state[other + CODE] === state[at + CODE] &&
        state[other + VALUE_LOW] === state[at + VALUE_LOW] &&
        state[other + VALUE_HIGH] === state[at + VALUE_HIGH];
      if (isSame) return true;
    }
    return false;
  }
}

/** The size of the objects that the most general client makes, in bytes. */
export const CLIENT_OBJECT_SIZE = OBJECT_SIZE;
