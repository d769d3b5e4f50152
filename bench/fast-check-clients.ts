import * as fc from 'fast-check';
import type { Client } from '../src/model/machine/client.ts';
import { STRIDE, type ClientProgram } from '../src/model/machine/client-program.ts';
import { handleTableClient, LiveReferences, writeOperation } from './client-operations.ts';
import type { Workload } from './workload.ts';

/** Operations of one run at most. More of them share the fixed cost of a run; from here on that no longer shows. */
const LONGEST = 4096;
const RUNS = 2;
/** What the settings are called in the table. Without `size` a run has a few operations, and most of the time goes into runs. */
export const FAST_CHECK_SETTINGS = `up to ${LONGEST} a run, size max`;
/** What an operation is made from: two bits of choice and sixteen of place, as the native workload draws them. */
const LARGEST_PLACE = 0xffff;

/** One operation, for `Client.step`. */
class Step {
  readonly program: ClientProgram = { code: new Int32Array(STRIDE), callbacks: new Map() };
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  run(bits: number, references: LiveReferences): void {
    writeOperation(this.program.code, 0, bits, references);
    this.client.step(this.program, 0);
    if (this.client.world.violations.length > 0) throw new Error('the handle table is sound under exclusive clients');
  }
}

/** A command for one of the four shares of the mix; its bits name a reference by place among the live ones. */
class ClientCommand implements fc.Command<LiveReferences, Step> {
  readonly #bits: number;

  constructor(share: number, place: number) {
    this.#bits = share | (place << 2);
  }

  check(): boolean {
    return true;
  }

  run(references: LiveReferences, step: Step): void {
    step.run(this.#bits, references);
  }

  toString(): string {
    return `operation(${this.#bits})`;
  }
}

/** fast-check's model-based commands against the client and memory that the native workload drives. */
export class FastCheckCommands implements Workload {
  readonly #step: Step;
  readonly #commands: fc.Arbitrary<Iterable<fc.Command<LiveReferences, Step>>>;
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#step = new Step(handleTableClient(seed, false));
    const place = fc.nat(LARGEST_PLACE);
    const shares = [0, 1, 2, 3].map((share) => place.map((chosen) => new ClientCommand(share, chosen)));
    this.#commands = fc.commands(shares, { maxCommands: LONGEST, size: 'max' });
  }

  run(): number {
    let operations = 0;
    const property = fc.property(this.#commands, (commands) => {
      this.#step.client.reset();
      fc.modelRun(() => ({ model: new LiveReferences(), real: this.#step }), commands);
      operations += this.#step.client.operations;
    });
    fc.assert(property, { seed: this.#seed++, numRuns: RUNS, endOnFailure: true });
    return operations;
  }
}

/** fast-check's plain array of operations, run as one program. */
export class FastCheckArray implements Workload {
  readonly #client: Client;
  readonly #operations: fc.Arbitrary<number[]>;
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#client = handleTableClient(seed, false);
    const bits = fc.nat((LARGEST_PLACE << 2) | 3);
    this.#operations = fc.array(bits, { maxLength: LONGEST, size: 'max' });
  }

  run(): number {
    let count = 0;
    const property = fc.property(this.#operations, (operations) => {
      const code = new Int32Array(operations.length * STRIDE);
      const references = new LiveReferences();
      operations.forEach((bits, index) => writeOperation(code, index * STRIDE, bits, references));
      this.#client.reset();
      count += operations.length;
      return this.#client.run({ code, callbacks: new Map() });
    });
    fc.assert(property, { seed: this.#seed++, numRuns: RUNS, endOnFailure: true });
    return count;
  }
}
