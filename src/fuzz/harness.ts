import { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import type { Claims } from '../model/machine/claims.ts';
import { instantiate, type Instance } from '../model/machine/instance.ts';
import type { Violation } from '../model/machine/violation.ts';
import { Memory } from '../model/memory/memory.ts';
import { compiledEngine } from '../model/scenario/run.ts';
import { Random } from '../model/vocabulary/random.ts';
import { hasBlocks, nestingOf, opcodeOf, programOf, type Nesting } from './callback-blocks.ts';
import { configurationKey, parametersKey, type Configuration } from './configuration.ts';
import { programShape, type ProgramShape } from './program-shape.ts';
import { contractOf, type FuzzTarget } from './target.ts';

/** Variables that programs may name; numbers above those that generators use are free for what is added to a case. */
export const REFERENCES = 16;
export const POINTERS = 8;

/** Whether a program makes bits that nobody issued. */
export function forges(code: Int32Array): boolean {
  for (let at = 0; at < code.length; at += STRIDE) {
    const opcode = opcodeOf(code[at]);
    if (opcode === Opcode.forge || opcode === Opcode.corrupt) return true;
  }
  return false;
}

/** A client with the memory's own randomness, which starts anew with every execution. */
class Subject {
  readonly client: Client;
  readonly #random: Random;
  readonly #start: readonly number[];
  readonly #draws: boolean;

  constructor({ instance, configuration }: Harness, target: FuzzTarget, remembersIssued: boolean) {
    // A replay of a case starts the memory from this seed too (`RunOptions.seed`).
    this.#random = new Random(0);
    const memory = new Memory(configuration.machine, this.#random);
    this.client = new Client(instance, memory, (host) => compiledEngine(instance.program, host), {
      contract: contractOf(target),
      references: REFERENCES,
      pointers: POINTERS,
      forges: remembersIssued,
    });
    this.#start = this.#random.snapshot();
    this.#draws = configuration.machine.addresses === 'reuse';
  }

  restart(): Client {
    this.client.reset();
    this.client.world.engine.coverage.fill(0);
    if (this.#draws) this.#random.restore(this.#start);
    return this.client;
  }
}

/** One configuration of a target, compiled and ready to run programs. */
export class Harness {
  readonly configuration: Configuration;
  readonly instance: Instance;
  readonly shape: ProgramShape;
  readonly claims: Claims;
  readonly #target: FuzzTarget;
  #plain: Subject | undefined;
  #forging: Subject | undefined;

  constructor(target: FuzzTarget, configuration: Configuration, instance: Instance) {
    this.#target = target;
    this.configuration = configuration;
    this.instance = instance;
    this.shape = programShape(instance);
    this.claims = instance.claims(configuration.machine);
  }

  /** A client in an empty world, for a program that forges bits or one that does not. */
  restart(forging: boolean): Client {
    // Remembering every issued reference is what forged bits are judged by, and slows down all others.
    if (!forging) return (this.#plain ??= new Subject(this, this.#target, false)).restart();
    return (this.#forging ??= new Subject(this, this.#target, true)).restart();
  }

  /** Runs operations up to the first verdict, which is the answer; the client shows the rest. */
  execute(code: Int32Array, forging: boolean): Violation | undefined {
    const client = this.restart(forging);
    client.stopAtFirst = true;
    this.#nesting = hasBlocks(code) ? this.nesting(code) : undefined;
    client.run(this.#nesting?.program ?? programOf(code));
    this.client = client;
    return client.world.violations[0];
  }

  /** Operations with what runs in their callbacks, as the driver runs them. */
  nesting(code: Int32Array): Nesting {
    return nestingOf(code, this.shape.callbacks);
  }

  /** Where an operation of the last execution, with what ran in its callbacks, stands in the code: the first number and the one behind. */
  spanOf(operation: number): readonly [first: number, end: number] {
    if (this.#nesting === undefined) return [operation, operation + 1];
    return [this.#nesting.first[operation] ?? 0, this.#nesting.end[operation] ?? 0];
  }

  /** Of the last execution, when it had callbacks. */
  #nesting: Nesting | undefined;

  /** The client of the last execution. */
  client: Client | undefined;
}

/** Harnesses are dear to make and cheap to keep: the ones used last stay. */
export class HarnessCache {
  readonly #target: FuzzTarget;
  readonly #capacity: number;
  readonly #harnesses = new Map<string, Harness>();
  readonly #instances = new Map<string, Instance>();

  constructor(target: FuzzTarget, capacity = 64) {
    this.#target = target;
    this.#capacity = capacity;
  }

  /** @throws InputError when the parameters do not go together. */
  get(configuration: Configuration): Harness {
    const key = configurationKey(configuration);
    const known = this.#harnesses.get(key);
    if (known !== undefined) this.#harnesses.delete(key);
    const harness = known ?? new Harness(this.#target, configuration, this.#instance(configuration));
    this.#harnesses.set(key, harness);
    evict(this.#harnesses, this.#capacity);
    return harness;
  }

  /** Machine settings do not change the program, so that configurations share instances. */
  #instance({ parameters }: Configuration): Instance {
    const key = parametersKey(parameters);
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    const { representation, mutant } = this.#target;
    const instance = instantiate(representation, parameters, mutant);
    this.#instances.set(key, instance);
    evict(this.#instances, this.#capacity);
    return instance;
  }
}

/** Drops what was used longest ago: a map keeps its entries in the order in which they were set. */
function evict(map: Map<string, unknown>, capacity: number): void {
  const oldest = map.keys().next().value;
  if (map.size > capacity && oldest !== undefined) map.delete(oldest);
}
