import { CONTRACTS } from '../machine/claims.ts';
import { Opcode, STRIDE, type ClientProgram } from '../machine/client-program.ts';
import { OBJECT_SIZE } from '../machine/object-kinds.ts';
import { AddressChoice } from './address-choice.ts';
import { ClientCanonical } from './client-canonical.ts';
import { CODE, EMPTY, LIFE, OPCODE, STAGE, VALUE_HIGH, VALUE_LOW, VALUE_PROVENANCE } from './client-layout.ts';
import { EndOfExecution } from './end-of-execution.ts';
import { Stage } from './stage.ts';
import { Transition } from './step-system.ts';
import { IMPOSSIBLE, isLive, isSet, requiredContract } from './thread-permission.ts';
import type { ThreadedClient } from './threaded-client.ts';

/** What watches a run; operations are numbered within their thread's program, objects from 1 in the order of their creation. */
export interface ProgramObserver {
  begins?(thread: number, operation: number, object: number): void;
  ends?(thread: number, operation: number): void;
  /** Called before a step is tried; `failed` when it was not possible. */
  steps?(thread: number, choice: number): void;
  failed?(): void;
}

/**
 * Fixed programs of several threads on a threaded client, stepped in whatever order a scheduler wants: what scenarios and the
 * threaded search run. One execution at a time; its state is one row and the places in the programs.
 */
export class ProgramRun {
  readonly client: ThreadedClient;
  readonly state: Int32Array;
  readonly programs: readonly ClientProgram[];
  observer: ProgramObserver | undefined;
  /** Client operations that began, churn rounds counted one by one; and creates that ended. */
  operations = 0;
  creates = 0;
  /** The operation of each thread that runs, or is next. */
  readonly at: Int32Array;
  /**
   * The first operation that was left out because the contract does not allow it then, as (thread, operation, contract that it takes);
   * undefined while there is none.
   */
  refused: readonly [thread: number, operation: number, required: number] | undefined;
  /** By number in the row: the object's identity, counted from 1. */
  readonly identities: Int32Array;
  readonly #canonical: ClientCanonical;
  readonly #end: EndOfExecution;
  readonly #addresses: AddressChoice;
  readonly #level: number;
  /** For a thread inside `churn`: rounds that are left (low, high), and the variable that holds its object. */
  readonly #roundsLeft: Float64Array;
  readonly #churnVariable: number;
  /** By thread and variable: the last operation that names it, -1 for none. */
  readonly #lastUse: readonly Int32Array[];
  /** Whether a thread inside `churn` frees what it has made. */
  readonly #isFreeing: Uint8Array;
  readonly #before: Int32Array;
  /** By thread: the choices of its next step that were tried in vain since the last step that anybody took, a bit each. */
  readonly #tried: Int32Array;
  #lastIdentity = 0;

  /** @param churnVariable a reference variable that no program names, for the objects of `churn` */
  constructor(client: ThreadedClient, programs: readonly ClientProgram[], churnVariable: number) {
    this.client = client;
    this.programs = programs;
    this.state = new Int32Array(client.words);
    this.#before = new Int32Array(client.words);
    this.#tried = new Int32Array(programs.length);
    this.at = new Int32Array(programs.length);
    this.identities = new Int32Array(client.layout.shape.objects);
    this.#canonical = new ClientCanonical(client, { renames: false, keepsReferences: true });
    this.#end = new EndOfExecution(client);
    this.#addresses = new AddressChoice(client);
    this.#level = CONTRACTS.indexOf(client.contract);
    this.#roundsLeft = new Float64Array(programs.length);
    this.#churnVariable = churnVariable;
    this.#lastUse = programs.map((program) => lastUses(client, program));
    this.#isFreeing = new Uint8Array(programs.length);
    this.reset();
  }

  reset(): void {
    this.client.initial(this.state);
    this.client.verdict = undefined;
    this.at.fill(0);
    this.#tried.fill(0);
    this.#roundsLeft.fill(0);
    this.identities.fill(0);
    this.#lastIdentity = 0;
    this.#addresses.reset();
    this.operations = 0;
    this.creates = 0;
    this.refused = undefined;
    for (let thread = 0; thread < this.programs.length; thread++) this.#skip(thread);
  }

  /** Whether a thread is inside an operation. */
  isInside(thread: number): boolean {
    return this.client.isInside(this.state, thread);
  }

  /** Whether a thread has run its program to the end, or stalled. */
  isFinished(thread: number): boolean {
    if (this.client.isStalled(this.state, thread)) return true;
    return !this.#isBusy(thread) && this.at[thread] * STRIDE >= this.programs[thread].code.length;
  }

  /** How many choices a thread's next step has; 0 when it cannot move now. Some of them may have been tried in vain. */
  choices(thread: number): number {
    const choices = this.#choices(thread);
    const tried = this.#tried[thread];
    for (let choice = 0; choice < choices; choice++) if (!isTried(tried, choice)) return choices;
    return 0;
  }

  /** The first choice that has not been tried in vain; -1 when the thread cannot move now. */
  firstChoice(thread: number): number {
    const choices = this.#choices(thread);
    for (let choice = 0; choice < choices; choice++) if (!isTried(this.#tried[thread], choice)) return choice;
    return -1;
  }

  #choices(thread: number): number {
    if (this.isFinished(thread)) return 0;
    if (this.#isBusy(thread)) return this.client.choices(this.state, thread);
    const { code } = this.programs[thread];
    const place = this.at[thread] * STRIDE;
    const opcode = code[place];
    if (this.#awaited(thread, opcode, code[place + 1], code[place + 2])) return 0;
    return opcode === Opcode.alloc || opcode === Opcode.churn ? this.#addresses.count(this.state) : 1;
  }

  /** Takes a step; `choice` picks the message that is read, or the address that an object gets. Answers a `Transition`. */
  step(thread: number, choice: number): number {
    this.observer?.steps?.(thread, choice);
    this.#before.set(this.state);
    const wasBusy = this.#isBusy(thread);
    const taken = wasBusy ? this.client.step(this.state, thread, choice) : this.#begin(thread, choice);
    if (taken === Transition.disabled) {
      // It is as if nobody had tried, until somebody has taken another step.
      this.state.set(this.#before);
      this.#tried[thread] |= choice < TRIED_BITS ? 1 << choice : 0;
      this.observer?.failed?.();
      return taken;
    }
    this.#tried.fill(0);
    if (taken === Transition.cut) return taken;
    this.#addresses.note(this.state);
    if (taken === Transition.taken && !this.#isBusy(thread)) this.#ended(thread);
    if (taken === Transition.taken) this.#canonical.canonicalize(this.state);
    return taken;
  }

  /** The choice that gives a new object an address that another one had, or a fresh one. */
  choiceOf(address: number | undefined): number {
    return this.#addresses.choiceOf(address);
  }

  /** The number of the address that the last new object got. */
  get lastAddress(): number {
    return this.#addresses.last;
  }

  /** Judges the end of an execution: nobody can move any more. Answers a `Transition`. */
  judgeEnd(): number {
    return this.#end.judge(this.state);
  }

  #isBusy(thread: number): boolean {
    const at = this.client.layout.thread(thread);
    return this.state[at + OPCODE] !== 0 && this.state[at + STAGE] !== Stage.stalled;
  }

  /** Whether an operation needs a reference that another thread has still to send. */
  #awaited(thread: number, opcode: number, a: number, b: number): boolean {
    const variable = referenceOf(this.client, opcode, a, b);
    if (variable < 0 || isSet(this.client, this.state, thread, variable)) return false;
    return this.programs.some(({ code }, other) => {
      if (other === thread) return false;
      for (let place = this.at[other] * STRIDE; place < code.length; place += STRIDE)
        if (code[place] === Opcode.send && code[place + 1] === variable && code[place + 2] === thread) return true;
      return false;
    });
  }

  /** Passes over operations on variables that hold nothing and will not: they do nothing. */
  #skip(thread: number): void {
    const { code } = this.programs[thread];
    for (; this.at[thread] * STRIDE < code.length; this.at[thread]++) {
      const place = this.at[thread] * STRIDE;
      const [opcode, a, b] = [code[place], code[place + 1], code[place + 2]];
      if (this.#awaited(thread, opcode, a, b)) return;
      if (requiredContract(this.client, this.state, thread, opcode, a, b) < IMPOSSIBLE) return;
    }
  }

  #ended(thread: number): void {
    const { code } = this.programs[thread];
    const opcode = code[this.at[thread] * STRIDE];
    if (opcode === Opcode.churn) {
      const at = this.client.layout.reference(thread, this.#churnVariable);
      if (this.state[at + CODE] !== EMPTY) {
        this.creates++;
        return;
      }
      // A create that answered nothing ends the churn: there is no room for more.
      if (this.#isFreeing[thread] === 1 && --this.#roundsLeft[thread] > 0) return;
      this.#roundsLeft[thread] = 0;
    }
    if (opcode === Opcode.alloc) this.creates++;
    this.#giveUp(thread);
    this.observer?.ends?.(thread, this.at[thread]);
    this.at[thread]++;
    // What was handed over, or is gone, may let others pass over what they waited for.
    for (let other = 0; other < this.programs.length; other++) if (!this.#isBusy(other)) this.#skip(other);
  }

  /** What a thread names no more it has given up, so that others may be alone with what lives. */
  #giveUp(thread: number): void {
    const { variables } = this.client;
    for (let variable = 0; variable < this.client.layout.shape.references; variable++)
      if (this.#lastUse[thread][variable] === this.at[thread] && isLive(this.client, this.state, thread, variable))
        variables.forget(this.state, thread, variable);
  }

  #begin(thread: number, choice: number): number {
    const { code } = this.programs[thread];
    const place = this.at[thread] * STRIDE;
    const [opcode, a, b, c] = [code[place], code[place + 1], code[place + 2], code[place + 3]];
    const required = requiredContract(this.client, this.state, thread, opcode, a, b);
    if (required > this.#level) {
      this.refused ??= [thread, this.at[thread], required];
      return Transition.taken;
    }
    const { contract } = this.client.layout;
    if (required > this.state[contract]) this.state[contract] = required;
    if (opcode !== Opcode.churn) this.operations++;
    const variable = referenceOf(this.client, opcode, a, b);
    if (variable >= 0) this.client.variables.receive(this.state, thread, variable);
    const taken =
      opcode === Opcode.alloc
        ? this.#alloc(thread, a, b, c, choice)
        : opcode === Opcode.churn
          ? this.#churn(thread, a, b, c, choice)
          : this.#perform(thread, opcode, a, b, c, required);
    const own = this.client.ownOf(this.state, thread);
    this.observer?.begins?.(thread, this.at[thread], own > 0 ? this.identities[own - 1] : 0);
    return taken;
  }

  #perform(thread: number, opcode: number, a: number, b: number, c: number, required: number): number {
    const { client, state } = this;
    const { begins, variables } = client;
    switch (opcode) {
      case Opcode.free: {
        const own = client.judge.objectOf(state, thread, a);
        if (own > 0 && required === 0) this.#awaitUsers(thread, own - 1);
        return begins.free(state, thread, a);
      }
      case Opcode.use:
        return begins.use(state, thread, Opcode.use, 0, a);
      case Opcode.hold:
        return begins.use(state, thread, Opcode.hold, a, b);
      case Opcode.touch:
        return client.ends.touch(state, thread, a);
      case Opcode.drop:
        return begins.drop(state, thread, a);
      case Opcode.copy:
        return variables.copy(state, thread, a, b);
      case Opcode.forge:
        return variables.forge(state, thread, a, b, c, 0);
      case Opcode.corrupt:
        return this.#corrupt(thread, a, b, c);
      case Opcode.abandon:
        return begins.abandon(state, thread, a);
      case Opcode.send:
        return variables.send(state, thread, a, b, a);
      case Opcode.stall:
        return client.stall(state, thread);
      default:
        return begins.extra(state, thread, a, b, c);
    }
  }

  /** Exclusive clients wait for all who gave their references up. Others do not, and are no exclusive clients then. */
  #awaitUsers(thread: number, object: number): void {
    const { client, state } = this;
    if (client.variables.isAfterUsers(state, thread, object)) return;
    if (this.#level === 0) client.variables.joinUsers(state, thread, object);
    else state[client.layout.contract] = Math.max(state[client.layout.contract], CONTRACTS.indexOf('valid'));
  }

  #corrupt(thread: number, to: number, from: number, bit: number): number {
    const { client, state } = this;
    const at = client.layout.reference(thread, from);
    const low = bit < 32 ? state[at + VALUE_LOW] ^ (1 << bit) : state[at + VALUE_LOW];
    const high = bit < 32 ? state[at + VALUE_HIGH] : state[at + VALUE_HIGH] ^ (1 << (bit - 32));
    return client.variables.forge(state, thread, to, low, high, state[at + VALUE_PROVENANCE]);
  }

  #alloc(thread: number, variable: number, kind: number, size: number, choice: number): number {
    const { client, state } = this;
    if (isSet(client, state, thread, variable)) client.variables.forget(state, thread, variable);
    const object = this.#freeObject();
    if (object < 0) return Transition.cut;
    this.identities[object] = ++this.#lastIdentity;
    const address = this.#addresses.at(state, choice);
    return address < 0 ? Transition.cut : client.begins.alloc(state, thread, variable, kind, size, object, address);
  }

  /** A round of churn is an alloc and then a free, of an object that no statement names. */
  #churn(thread: number, low: number, high: number, kind: number, choice: number): number {
    const { client, state } = this;
    const variable = this.#churnVariable;
    if (this.#roundsLeft[thread] === 0) this.#roundsLeft[thread] = (low >>> 0) + high * 2 ** 32;
    this.operations++;
    this.#isFreeing[thread] = isSet(client, state, thread, variable) ? 1 : 0;
    if (this.#isFreeing[thread] === 0) return this.#alloc(thread, variable, kind, OBJECT_SIZE, choice);
    const own = client.judge.objectOf(state, thread, variable);
    client.variables.joinUsers(state, thread, own - 1);
    const taken = client.begins.free(state, thread, variable);
    client.variables.dropReference(state, thread, variable);
    return taken;
  }

  #freeObject(): number {
    const { layout } = this.client;
    for (let object = 0; object < layout.shape.objects; object++)
      if (this.state[layout.object(object) + LIFE] === 0) return object;
    return -1;
  }
}

/** A location has 15 messages at most, and a weak compare-exchange two choices for each: the bits of an int32 are enough. */
const TRIED_BITS = 31;

function isTried(tried: number, choice: number): boolean {
  return choice < TRIED_BITS && (tried & (1 << choice)) !== 0;
}

function lastUses(client: ThreadedClient, { code }: ClientProgram): Int32Array {
  const last = new Int32Array(client.layout.shape.references).fill(-1);
  for (let place = 0; place < code.length; place += STRIDE) {
    const [opcode, a, b] = [code[place], code[place + 1], code[place + 2]];
    for (const variable of [referenceOf(client, opcode, a, b), SETS.includes(opcode) ? a : -1])
      if (variable >= 0) last[variable] = place / STRIDE;
  }
  return last;
}

/** Operations whose first operand is a reference variable that they set. */
const SETS: readonly number[] = [Opcode.alloc, Opcode.copy, Opcode.forge, Opcode.corrupt];

/** The reference variable that an operation reads, or -1. */
function referenceOf(client: ThreadedClient, opcode: number, a: number, b: number): number {
  switch (opcode) {
    case Opcode.free:
    case Opcode.use:
    case Opcode.abandon:
    case Opcode.send:
      return a;
    case Opcode.hold:
    case Opcode.copy:
    case Opcode.corrupt:
      return b;
    case Opcode.extra:
      return client.takesReference[a] ? b : -1;
    default:
      return -1;
  }
}
