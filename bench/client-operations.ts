import type { Workload } from './workload.ts';
import { compileSequential } from '../src/model/ir/sequential/sequential-engine.ts';
import { Client } from '../src/model/machine/client.ts';
import { Opcode, STRIDE, type ClientProgram } from '../src/model/machine/client-program.ts';
import { instantiate } from '../src/model/machine/instance.ts';
import { Memory } from '../src/model/memory/memory.ts';
import { handleTable } from '../src/model/representations/handle-table.ts';
import { DEFAULT_MACHINE } from '../src/model/vocabulary/machine.ts';
import { Random } from '../src/model/vocabulary/random.ts';

export const REFERENCES = 64;
/** Bytes of an object. */
export const OBJECT_BYTES = 32;
const BATCH = 4096;

/** An exclusive client of a handle table with its own memory: what every alternative drives. */
export function handleTableClient(seed: number, coverage: boolean): Client {
  const instance = instantiate(handleTable);
  const memory = new Memory(DEFAULT_MACHINE, new Random(seed));
  return new Client(instance, memory, (host) => compileSequential(instance.program, host, { coverage }), {
    contract: 'exclusive',
    references: REFERENCES,
  });
}

/**
 * Client operations on one core: a quarter creates, half uses, a quarter destroys, over 64 references of a handle table. Every
 * operation goes through the driver: compiled code, an allocated and initialised object, header read, ghost check. The programs are
 * drawn from the seed while the clock runs, so that the same seed gives the same operations again.
 */
export class ClientWorkload implements Workload {
  readonly #client: Client;
  readonly #random: Random;
  readonly #program: ClientProgram = { code: new Int32Array(BATCH * STRIDE), callbacks: new Map() };

  constructor(seed: number, coverage: boolean) {
    this.#random = new Random(seed);
    this.#client = handleTableClient(seed, coverage);
  }

  /** Draws a program and runs it in an empty world; answers the number of operations. */
  run(): number {
    draw(this.#program.code, this.#random);
    this.#client.reset();
    if (!this.#client.run(this.#program)) throw new Error('the handle table is sound under exclusive clients');
    return this.#client.operations;
  }
}

/** Which references are live: the first `live` of the order; the others are free. */
export class LiveReferences {
  live = 0;
  readonly #order = Int32Array.from({ length: REFERENCES }, (_, reference) => reference);

  /** Makes a free reference live and answers it; `place` of 16 bits chooses. */
  create(place: number): number {
    const chosen = this.live + ((place * (REFERENCES - this.live)) >>> 16);
    const reference = this.#order[chosen];
    this.#order[chosen] = this.#order[this.live];
    this.#order[this.live++] = reference;
    return reference;
  }

  /** A live reference. */
  at(place: number): number {
    return this.#order[(place * this.live) >>> 16];
  }

  /** Makes a live reference free and answers it. */
  destroy(place: number): number {
    const chosen = (place * this.live) >>> 16;
    const reference = this.#order[chosen];
    this.#order[chosen] = this.#order[--this.live];
    this.#order[this.live] = reference;
    return reference;
  }
}

/** Writes the operation that 18 bits stand for: a quarter creates, half uses, a quarter destroys; a create where nothing is live. */
export function writeOperation(code: Int32Array, at: number, bits: number, references: LiveReferences): void {
  const share = bits & 3;
  const place = (bits >>> 2) & 0xffff;
  if (references.live === 0 || (share === 0 && references.live < REFERENCES)) {
    code[at] = Opcode.alloc;
    code[at + 1] = references.create(place);
    code[at + 2] = 1 + (place & 3);
    code[at + 3] = OBJECT_BYTES;
    return;
  }
  code[at] = share === 1 ? Opcode.free : Opcode.use;
  code[at + 1] = share === 1 ? references.destroy(place) : references.at(place);
  code[at + 2] = 0;
}

function draw(code: Int32Array, random: Random): void {
  const references = new LiveReferences();
  for (let at = 0; at < code.length; at += STRIDE) writeOperation(code, at, random.next(), references);
}
