import { OperationFault, OperationPanic, POISONED, type Engine, type Host } from '../ir/engine.ts';
import { kebabCase } from '../ir/mutation.ts';
import type { Memory } from '../memory/memory.ts';
import { CONTRACTS, type Contract } from './claims.ts';
import { Opcode, OPCODE_NAMES, STRIDE, type CallbackPrograms, type ClientProgram } from './client-program.ts';
import { FLAGS, HIGH, IS_FORGED, LOW, NEVER_ISSUED, OBJECT, VARIABLE_PROVENANCE } from './ghosts.ts';
import type { Instance } from './instance.ts';
import { isOtherKind, useAsKind } from './kind-misuse.ts';
import { ObjectLife } from './object-life.ts';
import { refusalText, requiredContract } from './permission.ts';
import { ReferenceUse } from './reference-use.ts';
import type { RoleEntry } from './role-calls.ts';
import { World, type CallbackRunner, type ClientOptions } from './world.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const { alloc: ALLOC, free: FREE, use: USE } = Opcode;

const COLLECT = 'collect';
/** So many rounds that give nothing back are a fixpoint: an object may wait for several advances of an epoch. */
export const QUIET_COLLECTS = 4;

/** Stands for the end of an execution, which names no variable. */
const NO_OPERATION = Int32Array.of(Opcode.stall);

/** Whether the first operand of an opcode is a reference variable. */
const NAMES_REFERENCE = OPCODE_NAMES.map((name) => ['alloc', 'free', 'use', 'copy', 'abandon', 'send'].includes(name));

/**
 * The driver of one thread: it runs client operations against an instance and judges what comes back (design 4). It names no
 * representation. An operation that the contract, or the state of its variables, does not allow is left out; `refusal` says why.
 */
export class Client implements CallbackRunner {
  readonly world: World;
  readonly contract: Contract;
  /** Client operations that ran, a churn counted as one. */
  operations = 0;
  /** Rounds of churn that ran. */
  churned = 0;
  /** Whether a search wants to stop an execution, and a churn, at the first verdict. */
  stopAtFirst = false;
  /** Told of every operation of a callback that is reached, and whether it was left out; for whoever must know which of them ran. */
  onInside: ((program: ClientProgram, operation: number, isLeftOut: boolean) => void) | undefined;
  /** What the last operation required, as `requiredContract` says it. */
  required = 0;

  readonly #life: ObjectLife;
  readonly #use: ReferenceUse;
  readonly #level: number;
  #callbacks: CallbackPrograms | undefined;
  #depth = 0;
  /** The operation of the innermost program that runs now, or ran last. */
  #running = 0;

  constructor(instance: Instance, memory: Memory, makeEngine: (host: Host) => Engine, options: ClientOptions) {
    this.world = new World(instance, memory, makeEngine, options);
    this.world.callbacks = this;
    this.contract = options.contract;
    this.#level = CONTRACTS.indexOf(options.contract);
    this.#life = new ObjectLife(this.world);
    this.#use = new ReferenceUse(this.world);
  }

  /** Why the last operation was left out, or undefined when it ran. */
  get refusal(): string | undefined {
    return this.required > this.#level ? refusalText(this.required, this.contract) : undefined;
  }

  /** Back to an empty world; engine, columns and tables are kept. */
  reset(): void {
    this.world.reset();
    this.operations = 0;
    this.churned = 0;
    this.#callbacks = undefined;
    this.#depth = 0;
  }

  /** Runs a whole program and the end of the execution; answers whether there was no verdict. */
  run(program: ClientProgram): boolean {
    const { violations } = this.world;
    const count = program.code.length / STRIDE;
    for (let operation = 0; operation < count;) {
      operation = this.#runFrom(program, operation, count);
      if (this.stopAtFirst && violations.length > 0) return false;
    }
    this.finish();
    return violations.length === 0;
  }

  /** Runs one operation of a program. */
  step(program: ClientProgram, operation: number): void {
    this.#runFrom(program, operation, operation + 1);
  }

  /** Runs operations until the end, a verdict or a panic; answers the number of the next one. */
  #runFrom(program: ClientProgram, from: number, end: number): number {
    const outer = this.#callbacks;
    const outerRunning = this.#running;
    try {
      this.#runUntilVerdict(program, from, end);
    } catch (stopped) {
      this.#stop(stopped, program.code, this.#running * STRIDE);
    }
    const next = this.#running + 1;
    this.#callbacks = outer;
    this.#running = outerRunning;
    return next;
  }

  /** One frame for many operations; the last one that ran is left in `#running`. */
  #runUntilVerdict({ code, callbacks }: ClientProgram, from: number, end: number): void {
    const { world } = this;
    const { violations, observer } = world;
    const verdicts = violations.length;
    const level = this.#level;
    const isOutermost = this.#depth === 0;
    const hasCallbacks = callbacks.size > 0;
    this.#callbacks = undefined;
    for (let operation = from; operation < end; operation++) {
      const at = operation * STRIDE;
      const opcode = code[at];
      const required = requiredContract(world, opcode, code[at + 1], code[at + 2]);
      this.required = required;
      this.#running = operation;
      if (required > level) continue;
      if (required > world.contractUsed) world.contractUsed = required;
      this.operations++;
      if (isOutermost) {
        world.operation = operation;
        world.round = 0;
        if (observer !== undefined) observer.operation(operation);
      }
      if (hasCallbacks) this.#callbacks = callbacks.get(operation);
      // What clients do most is called from here, without a step in between.
      if (opcode === USE && code[at + 2] === 0) this.#use.use(code[at + 1]);
      else if (opcode === ALLOC) this.#life.alloc(code[at + 1], code[at + 2], code[at + 3]);
      else if (opcode === FREE) this.#life.free(code[at + 1]);
      else this.#perform(opcode, code[at + 1], code[at + 2], code[at + 3]);
      if (violations.length !== verdicts) return;
    }
  }

  /** The end of an execution: with nothing held, everything retired must be reclaimed after collecting to a fixpoint. */
  finish(): void {
    const { world } = this;
    const { objects, roles } = world;
    if (world.heldCount > 0) return;
    const collect = roles.extras.find((extra) => extra.name === COLLECT);
    try {
      if (collect !== undefined) this.#collectToFixpoint(collect.call);
    } catch (stopped) {
      this.#stop(stopped, NO_OPERATION, 0);
    }
    if (objects.garbage > 0) world.violate('leak', { event: 'end', found: objects.garbage });
  }

  #collectToFixpoint(collect: RoleEntry): void {
    const { objects } = this.world;
    for (let quiet = 0; objects.garbage > 0 && quiet < QUIET_COLLECTS; quiet++) {
      const before = objects.garbage;
      collect(0, 0, 0, 0, 0);
      if (objects.garbage !== before) quiet = -1;
    }
  }

  callback(name: string): void {
    if (this.#nested(name)) throw new OperationPanic(name);
  }

  mayPanic(name: string): boolean {
    return this.#nested(name);
  }

  /** Runs what the program wants inside a callback; answers whether that asks for a panic. */
  #nested(name: string): boolean {
    const program = this.#callbacks?.get(kebabCase(name));
    if (program === undefined) return false;
    let panics = false;
    const { required } = this;
    this.#depth++;
    const count = program.code.length / STRIDE;
    for (let operation = 0; operation < count; operation++) {
      if (this.stopAtFirst && this.world.violations.length > 0) break;
      const isPanic = program.code[operation * STRIDE] === Opcode.panic;
      if (isPanic) panics = true;
      else this.step(program, operation);
      this.onInside?.(program, operation, !isPanic && this.required > this.#level);
      if (this.world.truth.isWatching) this.world.truth.moment();
    }
    this.#depth--;
    // What was left out here says nothing of the operation that came by.
    this.required = required;
    return panics;
  }

  /** The operations that `#runUntilVerdict` does not call itself. */
  #perform(opcode: number, a: number, b: number, c: number): void {
    switch (opcode) {
      case USE:
        if (isOtherKind(this.world, a, b)) useAsKind(this.world, a, b);
        else this.#use.use(a);
        return;
      case Opcode.hold:
        this.#use.hold(a, b);
        return;
      case Opcode.touch:
        this.#use.touch(a);
        return;
      case Opcode.drop:
        this.#use.drop(a);
        return;
      case Opcode.copy:
        this.#copy(a, b);
        return;
      case Opcode.forge:
        this.#forge(a, b, c, 0);
        return;
      case Opcode.corrupt:
        this.#corrupt(a, b, c);
        return;
      case Opcode.abandon:
        this.#life.abandon(a);
        return;
      case Opcode.churn:
        this.#life.churn((a >>> 0) + b * 0x1_0000_0000, c, this.stopAtFirst);
        this.churned += this.world.round;
        return;
      case Opcode.extra:
        this.#extra(a, b, c);
        return;
      default:
    }
  }

  #copy(to: number, from: number): void {
    const { world } = this;
    const { rows } = world.references;
    const row = world.references.at(from);
    const isForged = rows[row + FLAGS] & IS_FORGED;
    world.assign(to, rows[row + OBJECT], rows[row + LOW], rows[row + HIGH], rows[row + VARIABLE_PROVENANCE], isForged);
  }

  /** Flips one bit; the bits are forged then, and what they name is asked at every use. */
  #corrupt(to: number, from: number, bit: number): void {
    const { rows } = this.world.references;
    const row = this.world.references.at(from);
    const low = bit < 32 ? rows[row + LOW] ^ (1 << bit) : rows[row + LOW];
    const high = bit < 32 ? rows[row + HIGH] : rows[row + HIGH] ^ (1 << (bit - 32));
    this.#forge(to, low, high, rows[row + VARIABLE_PROVENANCE]);
  }

  #forge(variable: number, low: number, high: number, provenance: number): void {
    this.world.assign(variable, NEVER_ISSUED, low, high, provenance, IS_FORGED);
  }

  /** An extra's argument is a reference variable, or the halves of a word. */
  #extra(extra: number, b: number, c: number): void {
    const { world } = this;
    const { rows } = world.references;
    const row = world.references.at(b);
    const entry = world.roles.extras[extra].call;
    const takesReference = world.takesReference[extra];
    const low = takesReference ? rows[row + LOW] : b;
    const high = takesReference ? rows[row + HIGH] : c;
    const provenance = takesReference ? rows[row + VARIABLE_PROVENANCE] : 0;
    const call = (): void => entry(low, high, provenance, 0, 0);
    const effect = world.effects[extra];
    if (effect === 'retires') this.#life.retire(b, call);
    else if (effect === 'retiresAll') this.#life.retireAll(call);
    else if (world.truth.isDeclared(extra)) this.#answer(extra, takesReference ? b : -1, [low, high, provenance], call);
    else call();
  }

  /** Calls an extra whose answer has a truth. What it answers for a stale or forged reference is nobody's promise. */
  #answer(extra: number, variable: number, operands: readonly [number, number, number], call: () => void): void {
    const { world } = this;
    const { truth } = world;
    const isLive = (): boolean => variable < 0 || world.relationTo(world.objectOf(variable)) === 'live';
    if (!isLive()) return call();
    truth.begin(extra, ...operands);
    try {
      call();
    } catch (stopped) {
      truth.abandon();
      throw stopped;
    }
    const detail = truth.end();
    if (detail === undefined || !isLive()) return;
    const object = variable < 0 ? 0 : world.identityOf(world.objectOf(variable));
    world.violate('stale-content', { event: 'operation', variable, object, detail });
  }

  /**
   * Turns a fault from inside an operation into a verdict. A panic ended the operation and is nothing more, unless it comes from a
   * lock that an earlier panic poisoned: then a live reference is refused, now and for ever.
   */
  #stop(stopped: unknown, code: Int32Array, at: number): void {
    const isPanic = stopped instanceof OperationPanic;
    if (!isPanic && !(stopped instanceof OperationFault)) throw stopped;
    const opcode = code[at];
    const variable = opcode === Opcode.hold ? code[at + 2] : NAMES_REFERENCE[opcode] ? code[at + 1] : -1;
    const { world } = this;
    // Which object the bits name says whose promise it is: forged bits that equal issued ones are a copy of that reference.
    const named = variable < 0 ? NEVER_ISSUED : world.objectOf(variable);
    const relation = variable < 0 ? 'live' : world.relationTo(named);
    const object = world.identityOf(named);
    if (!isPanic) {
      const { fault, statement } = stopped;
      world.violateFault(fault, { event: 'operation', relation, variable, object, statement });
      return;
    }
    const isUse = opcode === Opcode.use || opcode === Opcode.hold;
    if (isUse && relation === 'live' && stopped.panicName === POISONED)
      world.violate('lost-handle', { event: 'resolve', relation, variable, object });
  }
}
