import { compileSequential } from '../src/model/ir/sequential/sequential-engine.ts';
import { Client } from '../src/model/machine/client.ts';
import { Opcode, STRIDE, type ClientProgram } from '../src/model/machine/client-program.ts';
import { instantiate } from '../src/model/machine/instance.ts';
import { Memory } from '../src/model/memory/memory.ts';
import { handleTable } from '../src/model/representations/handle-table.ts';
import { DEFAULT_MACHINE } from '../src/model/vocabulary/machine.ts';
import { Random } from '../src/model/vocabulary/random.ts';

const REFERENCES = 64;
const BATCH = 4096;

/**
 * Client operations on one core: a quarter creates, half uses, a quarter destroys, over 64 references of a handle table. Every
 * operation goes through the driver: compiled code, an allocated and initialised object, header read, ghost check. The programs are
 * drawn from the seed while the clock runs, so that the same seed gives the same operations again.
 */
export class ClientWorkload {
  readonly #client: Client;
  readonly #random: Random;
  readonly #program: ClientProgram = { code: new Int32Array(BATCH * STRIDE), callbacks: new Map() };

  constructor(seed: number, coverage: boolean) {
    const instance = instantiate(handleTable);
    const memory = new Memory(DEFAULT_MACHINE, new Random(seed));
    this.#random = new Random(seed);
    this.#client = new Client(instance, memory, (host) => compileSequential(instance.program, host, { coverage }), {
      contract: 'exclusive',
      references: REFERENCES,
    });
  }

  /** Draws a program and runs it in an empty world; answers the number of operations. */
  run(): number {
    draw(this.#program.code, this.#random);
    this.#client.reset();
    if (!this.#client.run(this.#program)) throw new Error('the handle table is sound under exclusive clients');
    return this.#client.operations;
  }
}

/** Client operations a second of wall time, over so many milliseconds. */
export function clientOperationsPerSecond(seed: number, milliseconds: number, coverage: boolean): number {
  const workload = new ClientWorkload(seed, coverage);
  let operations = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < milliseconds) {
    operations += workload.run();
    elapsed = performance.now() - start;
  }
  return (operations / elapsed) * 1000;
}

/** A quarter creates in a reference that is free, half uses and a quarter destroys of one that is live. */
function draw(code: Int32Array, random: Random): void {
  const order = Int32Array.from({ length: REFERENCES }, (_, reference) => reference);
  // References before `live` are live, the others are free.
  let live = 0;
  for (let at = 0; at < code.length; at += STRIDE) {
    const bits = random.next();
    const share = bits & 3;
    const place = (bits >>> 2) & 0xffff;
    if (live === 0 || (share === 0 && live < REFERENCES)) {
      const chosen = live + ((place * (REFERENCES - live)) >>> 16);
      const reference = order[chosen];
      order[chosen] = order[live];
      order[live++] = reference;
      code[at] = Opcode.alloc;
      code[at + 1] = reference;
      code[at + 2] = 1 + (bits >>> 30);
      code[at + 3] = 32;
    } else if (share === 1) {
      const chosen = (place * live) >>> 16;
      const reference = order[chosen];
      order[chosen] = order[--live];
      order[live] = reference;
      code[at] = Opcode.free;
      code[at + 1] = reference;
    } else {
      code[at] = Opcode.use;
      code[at + 1] = order[(place * live) >>> 16];
    }
  }
}
