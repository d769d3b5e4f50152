import type { Engine, Host } from '../model/ir/engine.ts';
import { compileSequential } from '../model/ir/sequential/sequential-engine.ts';
import { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE, type ClientProgram, type OpcodeName } from '../model/machine/client-program.ts';
import type { Instance } from '../model/machine/instance.ts';
import { kindNumber, OBJECT_SIZE } from '../model/machine/object-kinds.ts';
import type { ClientObserver } from '../model/machine/violation.ts';
import type { World } from '../model/machine/world.ts';
import { Memory } from '../model/memory/memory.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { Random } from '../model/vocabulary/random.ts';

/** One client operation, as a probe writes it. */
export type Step = readonly [name: OpcodeName, ...operands: number[]];

const NO_CALLBACKS = new Map<never, never>();
const KIND = kindNumber('list');

/** `variable = alloc list`. */
export function allocation(variable: number): Step {
  return ['alloc', variable, KIND, OBJECT_SIZE];
}

/** `churn TIMES list`, for times below 2^31. */
export function churning(times: number): Step {
  return ['churn', times, 0, KIND];
}

export function programOf(steps: readonly Step[]): ClientProgram {
  const code = new Int32Array(steps.length * STRIDE);
  steps.forEach(([name, ...operands], number) => code.set([Opcode[name], ...operands], number * STRIDE));
  return { code, callbacks: NO_CALLBACKS };
}

export interface ProbeOptions {
  readonly contract?: 'exclusive' | 'any';
  readonly forges?: boolean;
  readonly references?: number;
  readonly observer?: ClientObserver;
}

/** A client in an empty world that runs single operations of a probe. */
export class ProbeClient {
  readonly client: Client;
  /** Room for one operation, written anew for every step. */
  readonly #program = programOf([['stall']]);

  constructor(instance: Instance, machine: MachineSettings, { contract = 'any', ...options }: ProbeOptions = {}) {
    const random = new Random(0);
    const makeEngine = (host: Host): Engine => compileSequential(instance.program, host);
    this.client = new Client(instance, new Memory(machine, random), makeEngine, { ...options, contract, random });
    this.client.stopAtFirst = true;
  }

  get world(): World {
    return this.client.world;
  }

  /** Runs an operation; answers whether it was allowed and gave no verdict. */
  step(step: Step): boolean {
    const before = this.world.violations.length;
    const [name, a = 0, b = 0, c = 0] = step;
    this.once(name, a, b, c);
    return this.client.refusal === undefined && this.world.violations.length === before;
  }

  /** Runs an operation given by its operands. */
  once(name: OpcodeName, a: number, b: number, c: number): void {
    const { code } = this.#program;
    code[0] = Opcode[name];
    code[1] = a;
    code[2] = b;
    code[3] = c;
    this.client.step(this.#program, 0);
  }

  /** Allocates into a variable; answers whether a reference was issued. */
  allocate(step: Step): boolean {
    const before = this.world.creates;
    this.step(step);
    return this.world.creates > before;
  }
}
