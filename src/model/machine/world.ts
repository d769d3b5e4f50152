import type { Engine, Host } from '../ir/engine.ts';
import type { Memory } from '../memory/memory.ts';
import type { Random } from '../vocabulary/random.ts';
import { verdictOf, type VerdictCode } from '../vocabulary/verdicts.ts';
import { AnswerTruth } from './answer-truth.ts';
import { CONTRACTS, type Contract } from './claims.ts';
import type { Effect } from './definition.ts';
import * as ghosts from './ghosts.ts';
import { joined, ObjectGhosts, Variables } from './ghosts.ts';
import { extrasOf, type Instance } from './instance.ts';
import { IssuedBits } from './issued-bits.ts';
import type { Relation } from './judgement.ts';
import { ObjectMemory } from './object-memory.ts';
import { RetiredBits } from './retired-bits.ts';
import { RoleCalls } from './role-calls.ts';
import { Trials } from './trials.ts';
import type { ClientObserver, Violation } from './violation.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const {
  DEPARTED,
  FLAGS,
  HIGH,
  IDENTITY,
  IS_FORGED,
  IS_SET,
  LOW,
  NEVER_ISSUED,
  OBJECT,
  PHASE,
  REFERENCES,
  VARIABLE_PROVENANCE,
  VARIABLE_SHIFT,
} = ghosts;
const { creating: CREATING, live: LIVE, reclaimed: RECLAIMED, retired: RETIRED, retiring: RETIRING } = ghosts.Phase;

export interface ClientOptions {
  readonly contract: Contract;
  /** Numbers of reference and of held-pointer variables; 64 and 16 unless given. */
  readonly references?: number;
  readonly pointers?: number;
  /** Whether programs may forge bits; then every issued reference is remembered. */
  readonly forges?: boolean;
  readonly observer?: ClientObserver;
  /** The generator that the memory draws from; every reset takes it back to where it was, so that executions repeat exactly. */
  readonly random?: Random;
}

/** What a verdict's place knows of it; the world adds where and when. */
type Given = Omit<Violation, 'code' | 'operation' | 'round' | 'creates' | 'bits' | 'contract'>;

/** What the host's callbacks do is up to the client, which runs programs; the world only passes them on. */
export interface CallbackRunner {
  callback(name: string): void;
  mayPanic(name: string): boolean;
}

/** Everything that client operations read and change: memory, ghosts, variables, roles, and the verdicts so far. */
export class World implements Host {
  readonly memory: Memory;
  readonly engine: Engine;
  readonly roles: RoleCalls;
  readonly truth: AnswerTruth;
  readonly bytes: ObjectMemory;
  readonly objects = new ObjectGhosts();
  /** What a re-issue is told by; undefined when no client keeps stale references, for then nobody asks. */
  readonly retired: RetiredBits | undefined;
  readonly references: Variables;
  readonly pointers: Variables;
  readonly issued: IssuedBits | undefined;
  /** By number of the extra: what it does to objects, and whether its argument is a reference (a word otherwise). */
  readonly effects: readonly Effect[];
  readonly takesReference: readonly boolean[];
  readonly capacity: number;
  readonly observer: ClientObserver | undefined;
  readonly violations: Violation[] = [];
  readonly trials = new Trials();
  /** Held pointers, creates that succeeded, and the operation and churn round that run now. */
  heldCount = 0;
  creates = 0;
  operation = 0;
  round = 0;
  /** The least contract, as a position in `CONTRACTS`, that allows everything done so far. */
  contractUsed = 0;
  /** A live object whose memory the running operation gave back although nobody retired it, or -1. */
  foreign = -1;
  /** Whether the running operation retires every object, so that giving back a live one is what it is for. */
  retiresAll = false;
  callbacks: CallbackRunner | undefined;
  readonly #random: Random | undefined;
  readonly #randomState: readonly number[];

  constructor(instance: Instance, memory: Memory, makeEngine: (host: Host) => Engine, options: ClientOptions) {
    this.memory = memory;
    this.#random = options.random;
    this.#randomState = options.random?.snapshot() ?? [];
    this.references = new Variables(options.references ?? 64);
    this.pointers = new Variables(options.pointers ?? 16);
    this.retired = CONTRACTS.indexOf(options.contract) >= CONTRACTS.indexOf('any') ? new RetiredBits() : undefined;
    this.issued = options.forges === true ? new IssuedBits() : undefined;
    this.observer = options.observer;
    this.bytes = new ObjectMemory(memory, this.objects);
    this.engine = makeEngine(this);
    this.roles = new RoleCalls(instance, this.engine);
    this.truth = new AnswerTruth(instance, this.engine);
    const extras = Object.values(extrasOf(instance.blueprint.roles));
    this.effects = extras.map((extra) => extra.effect);
    this.takesReference = extras.map((extra) => 'reference' in extra.operation.parameters);
    this.capacity = instance.blueprint.capacity;
  }

  reset(): void {
    this.#random?.restore(this.#randomState);
    this.bytes.reset();
    this.objects.reset();
    this.retired?.reset();
    this.truth.reset();
    this.trials.reset();
    this.references.reset();
    this.pointers.reset();
    this.engine.reset();
    this.issued?.reset();
    this.violations.length = 0;
    this.heldCount = 0;
    this.creates = 0;
    this.operation = 0;
    this.round = 0;
    this.contractUsed = 0;
  }

  callback(name: string): void {
    this.callbacks?.callback(name);
  }

  mayPanic(name: string): boolean {
    return this.callbacks?.mayPanic(name) ?? false;
  }

  /** `$.reclaim`: gives an object's memory back; the memory judges the pointer, the ghosts whose object it was. */
  reclaim(low: number, high: number, provenance: number): number {
    const object = this.bytes.at(low, high, provenance);
    if (object < 0) return this.bytes.freeUnknown(low, high, provenance);
    const fault = this.bytes.free(object, low, high, provenance);
    if (fault !== 0) return fault;
    const phase = this.objects.rows[object + PHASE];
    // An object that nobody retired stays live for the judge: it was taken from under its references.
    if ((phase === LIVE || phase === CREATING) && !this.retiresAll) this.foreign = object;
    else this.setReclaimed(object);
    return 0;
  }

  setReclaimed(object: number): void {
    const { objects } = this;
    const { rows } = objects;
    const phase = rows[object + PHASE];
    if (phase === RETIRED) objects.garbage--;
    if (phase === LIVE) objects.live--;
    rows[object + PHASE] = RECLAIMED;
    if (phase === LIVE) this.#keep(object);
    this.observer?.phase(rows[object + IDENTITY], 'reclaimed');
    objects.release(object);
  }

  /** The end of a destroy: the object's references are stale from here on. */
  endRetirement(object: number): void {
    const { objects } = this;
    const { rows } = objects;
    if (rows[object + PHASE] === RETIRING) {
      rows[object + PHASE] = RETIRED;
      objects.garbage++;
    }
    if (rows[object + PHASE] >= RETIRED) this.#keep(object);
  }

  /** The object is retired now; its bits must not be issued again while a variable has them. */
  #keep(object: number): void {
    const { objects, retired } = this;
    if (retired !== undefined && objects.rows[object + REFERENCES] > 0) retired.add(objects, object);
  }

  /** Lets a variable refer to an object (or to none, with a negative number). `flags` beside IS_SET. */
  assign(variable: number, object: number, low: number, high: number, provenance: number, flags = 0): void {
    const { references, objects } = this;
    const { rows } = references;
    const row = references.at(variable);
    // The new object gains its reference first: assigning a variable to itself must not forget it.
    if (object >= 0) objects.rows[object + REFERENCES]++;
    const old = (rows[row + FLAGS] & IS_SET) === 0 ? NEVER_ISSUED : rows[row + OBJECT];
    rows[row + LOW] = low;
    rows[row + HIGH] = high;
    rows[row + VARIABLE_PROVENANCE] = provenance;
    rows[row + OBJECT] = object;
    rows[row + FLAGS] = IS_SET | flags;
    if (old >= 0) this.#forget(old);
  }

  #forget(object: number): void {
    const { objects } = this;
    if (--objects.rows[object + REFERENCES] > 0) return;
    if (this.retired !== undefined && objects.rows[object + PHASE] >= RETIRED) this.retired.remove(objects, object);
    objects.release(object);
  }

  /** The object that a variable's bits were issued for, `NEVER_ISSUED`, or `DEPARTED`. */
  objectOf(variable: number): number {
    const { rows } = this.references;
    const row = variable << VARIABLE_SHIFT;
    return (rows[row + FLAGS] & IS_FORGED) === 0
      ? rows[row + OBJECT]
      : this.#objectBehind(rows[row + LOW], rows[row + HIGH]);
  }

  /** Whose bits these are, however a client came by them. */
  #objectBehind(low: number, high: number): number {
    return this.issued?.find(low, high, this.objects) ?? DEPARTED;
  }

  relationTo(object: number): Relation {
    if (object === NEVER_ISSUED) return 'forged';
    if (object === DEPARTED) return 'stale';
    const phase = this.objects.rows[object + PHASE];
    if (phase === LIVE) return 'live';
    return phase === CREATING || phase === RETIRING ? 'overlapping' : 'stale';
  }

  identityOf(object: number): number {
    return object < 0 ? 0 : this.objects.rows[object + IDENTITY];
  }

  /** Records a verdict. The use of a re-issued reference is the same finding as its re-issue, and the better place to show. */
  violate(code: VerdictCode, given: Partial<Given>): void {
    // Whoever keeps a stale reference means to use it: that is not what an exclusive or valid client does.
    if (given.event === 'reissue') this.contractUsed = Math.max(this.contractUsed, CONTRACTS.indexOf('any'));
    const variable = given.variable ?? -1;
    const { rows } = this.references;
    const row = this.references.at(variable);
    const violation: Violation = {
      code,
      bits: variable < 0 ? 0n : joined(rows[row + LOW], rows[row + HIGH]),
      operation: this.operation,
      round: this.round,
      creates: this.creates,
      contract: CONTRACTS[this.contractUsed],
      event: 'operation',
      variable,
      object: 0,
      found: 0,
      relation: 'live',
      address: 0n,
      statement: undefined,
      detail: '',
      ...given,
    };
    const reissue = this.violations.findIndex(
      (earlier) => earlier.event === 'reissue' && earlier.object === violation.object,
    );
    if (reissue >= 0 && violation.event === 'reissue') return;
    if (reissue >= 0 && violation.code === 'aba') this.violations[reissue] = violation;
    else this.violations.push(violation);
  }

  violateFault(fault: number, given: Partial<Given>): void {
    this.violate(verdictOf(fault), {
      detail: fault === this.memory.fault.code ? this.memory.fault.message() : '',
      ...given,
    });
  }
}
