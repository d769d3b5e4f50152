import {
  OperationFault,
  OperationPanic,
  PATH_CAPACITY,
  type Engine,
  type Entry,
  type Host,
} from '../../src/model/ir/engine.ts';
import type { Program } from '../../src/model/ir/program.ts';
import { compileStepped } from '../../src/model/ir/stepped/stepped-compiler.ts';
import { Status, type SteppedHost, type SteppedProgram } from '../../src/model/ir/stepped/stepped-program.ts';
import { Kind } from '../../src/model/memory/kinds.ts';
import type { Memory } from '../../src/model/memory/memory.ts';
import { Fault } from '../../src/model/vocabulary/verdicts.ts';

const THREADS = 4;
const CONTAINER_LIMIT = 200;

/** Steps of one operation that runs alone, before it counts as one that never ends. */
const STEP_LIMIT = 200_000;

/** Runs whole operations on the stepped code, one after the other, as if no other thread took steps in between. */
export class SteppedEngine implements Engine {
  readonly coverage: Uint32Array;
  readonly path = new Int32Array(PATH_CAPACITY);
  pathLength = 0;
  thread = 0;
  readonly stepped: SteppedProgram & { readonly failedAwait?: unknown };
  readonly state: Int32Array;
  readonly #program: Program;
  readonly #threads: number;
  readonly #fault = new OperationFault();

  constructor(program: Program, host: Host, model: 'sc' | 'rc11', threads = THREADS) {
    this.#program = program;
    this.#threads = threads;
    this.stepped = compileStepped(program, {
      threads,
      model,
      host: new MemoryHost(host),
      containerLimit: CONTAINER_LIMIT,
      messageLimit: 4,
      findsRaces: false,
      clientLocations: 0,
      clientCarriers: 0,
    });
    this.state = new Int32Array(this.stepped.words);
    this.coverage = this.stepped.coverage;
    this.stepped.initial(this.state);
  }

  get registers(): Int32Array {
    return this.stepped.registers;
  }

  entry(name: string): Entry {
    const number = this.stepped.entryNumber(name);
    return (...components) => {
      this.registers.set(components);
      this.pathLength = 0;
      const { thread } = this;
      let status = this.#took(this.stepped.begin(this.state, thread, number));
      for (let steps = 0; status === Status.running; steps++) {
        if (steps === STEP_LIMIT) this.#fault.raise(Fault.livelock, this.stepped.pending(this.state, thread));
        const statement = this.stepped.pending(this.state, thread);
        if (this.stepped.choices(this.state, thread) === 0) this.#fault.raise(Fault.deadlock, statement);
        status = this.#took(this.stepped.step(this.state, thread, 0));
        if (this.stepped.failedAwait !== undefined)
          this.#fault.raise(Fault.deadlock, this.stepped.failedAwait as never);
        if (status === Status.blocked) this.#fault.raise(Fault.deadlock, statement);
      }
      if (status === Status.fault) this.#fault.raise(this.stepped.fault, this.stepped.faultStatement);
      if (status === Status.panicked) throw new OperationPanic(this.stepped.panicName);
      if (status === Status.cut) throw new Error('a container is full');
    };
  }

  reset(): void {
    this.stepped.initial(this.state);
  }

  snapshot(): unknown {
    return this.state.slice();
  }

  restore(image: unknown): void {
    this.state.set(image as Int32Array);
  }

  #took(status: number): number {
    const { path, pathLength } = this.stepped;
    for (let index = 0; index < pathLength && this.pathLength < PATH_CAPACITY; index++)
      this.path[this.pathLength++] = path[index];
    // The others have seen all of it, as they would have by waiting: what is left of a location is its newest message.
    for (let other = 0; other < this.#threads; other++)
      if (other !== this.thread) this.stepped.happensBefore.hand(this.state, this.thread, other);
    this.stepped.canonicalize(this.state);
    return status;
  }

  get program(): Program {
    return this.#program;
  }
}

/** The machine's own memory behind the statements. */
class MemoryHost implements SteppedHost {
  readonly #host: Host;
  readonly #memory: Memory;
  low = 0;
  high = 0;
  provenance = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#memory = host.memory;
  }

  reclaim(_state: Int32Array, _thread: number, low: number, high: number, provenance: number): number {
    return this.#host.reclaim(low, high, provenance);
  }

  expose(_state: Int32Array, _thread: number, low: number, high: number, provenance: number): number {
    return this.#value(this.#memory.expose(low, high, provenance));
  }

  fromExposed(_state: Int32Array, _thread: number, low: number, high: number): number {
    return this.#pointer(this.#memory.fromExposed(low, high));
  }

  offset(_state: Int32Array, _thread: number, ...given: readonly [number, number, number, number, number]): number {
    return this.#pointer(this.#memory.offsetInBounds(...given));
  }

  allocate(_state: Int32Array, _thread: number, size: number, alignment: number): number {
    return this.#pointer(this.#memory.allocate(size, alignment, Kind.heap));
  }

  deallocate(
    _state: Int32Array,
    _thread: number,
    low: number,
    high: number,
    provenance: number,
    size: number,
    alignment: number,
  ): number {
    return this.#memory.deallocate(low, high, provenance, Kind.heap, size, alignment);
  }

  read(
    _state: Int32Array,
    _thread: number,
    low: number,
    high: number,
    provenance: number,
    bytes: number,
    isPointer: boolean,
  ): number {
    if (isPointer) return this.#value(this.#memory.readPointer(low, high, provenance, bytes));
    return this.#value(this.#memory.readInteger(low, high, provenance, bytes, bytes));
  }

  write(
    _state: Int32Array,
    _thread: number,
    low: number,
    high: number,
    provenance: number,
    bytes: number,
    isPointer: boolean,
    ...value: readonly [number, number, number]
  ): number {
    if (isPointer) return this.#memory.writePointer(low, high, provenance, bytes, ...value);
    return this.#memory.writeInteger(low, high, provenance, bytes, bytes, value[0], value[1]);
  }

  callback(_state: Int32Array, _thread: number, name: string): void {
    this.#host.callback(name);
  }

  mayPanic(_state: Int32Array, _thread: number, name: string): boolean {
    return this.#host.mayPanic(name);
  }

  #value(fault: number): number {
    this.low = this.#memory.valueLow;
    this.high = this.#memory.valueHigh;
    this.provenance = this.#memory.valueProvenance;
    return fault;
  }

  #pointer(fault: number): number {
    this.low = this.#memory.low;
    this.high = this.#memory.high;
    this.provenance = this.#memory.provenance;
    return fault;
  }
}
