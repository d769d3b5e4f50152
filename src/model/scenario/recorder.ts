import { OperationFault, type Engine, type Entry } from '../ir/engine.ts';
import type { Point, Program } from '../ir/program.ts';
import { componentsOf } from '../ir/type.ts';
import type { Instance } from '../machine/instance.ts';
import type { ClientObserver } from '../machine/violation.ts';
import { addressOf } from '../machine/world.ts';

/** What one operation of the program did, as far as it concerns the reference that the diagnostic is about. */
export interface OperationRecord {
  readonly operation: number;
  /** Objects that it issued: how many, the first and the last, with their bits. */
  issued: number;
  firstIdentity: number;
  lastIdentity: number;
  lastBits: bigint;
  /** Whether it issued the subject's own bits again, and for which object. */
  reissuedFor: number;
  /** Of those issued, how many took the subject's slot. */
  reuses: number;
  readonly phases: { readonly identity: number; readonly phase: string }[];
  /** The slot's inspected fields before and after it. */
  before: readonly InspectedField[];
  after: readonly InspectedField[];
}

export interface InspectedField {
  readonly name: string;
  readonly value: bigint;
}

/** The reference that a diagnostic follows. */
export interface Subject {
  readonly bits: bigint;
  /** The bits that select its slot. */
  readonly slotMask: bigint;
  readonly identity: number;
}

/**
 * Watches a second run of a program whose verdict is already known, so that it can follow the one reference that matters through
 * millions of churn rounds without keeping them.
 */
export class Recorder implements ClientObserver {
  readonly records: OperationRecord[] = [];
  /** Guard outcomes of the last call of each operation, by its number. */
  readonly paths = new Map<number, readonly Point[]>();
  readonly #subject: Subject | undefined;
  readonly #program: Program;
  readonly #instance: Instance;
  #engine: Engine | undefined;
  #slotMask = 0n;
  #slotBits = 0n;

  constructor(instance: Instance, subject: Subject | undefined) {
    this.#instance = instance;
    this.#program = instance.program;
    this.#subject = subject;
    this.#slotMask = subject?.slotMask ?? 0n;
    this.#slotBits = (subject?.bits ?? 0n) & this.#slotMask;
  }

  attach(engine: Engine): void {
    this.#engine = engine;
  }

  operation(operation: number): void {
    this.#keepPath();
    const slot = this.inspect();
    const last = this.records.at(-1);
    if (last !== undefined) last.after = slot;
    this.records.push({
      operation,
      issued: 0,
      firstIdentity: 0,
      lastIdentity: 0,
      lastBits: 0n,
      reissuedFor: 0,
      reuses: 0,
      phases: [],
      before: slot,
      after: slot,
    });
  }

  /** The end of the program: completes what the last operation left open. */
  end(): void {
    this.#keepPath();
    const last = this.records.at(-1);
    if (last !== undefined) last.after = this.inspect();
  }

  issued(identity: number, low: number, high: number): void {
    const record = this.records.at(-1);
    if (record === undefined) return;
    const bits = addressOf(low, high);
    if (record.issued++ === 0) record.firstIdentity = identity;
    record.lastIdentity = identity;
    record.lastBits = bits;
    if (this.#subject === undefined || identity <= this.#subject.identity) return;
    if ((bits & this.#slotMask) === this.#slotBits) record.reuses++;
    if (bits === this.#subject.bits && record.reissuedFor === 0) record.reissuedFor = identity;
  }

  phase(identity: number, phase: 'created' | 'retired' | 'reclaimed' | 'abandoned'): void {
    const record = this.records.at(-1);
    // A churn passes through here for every round; only the first objects of an operation are worth a line.
    if (record !== undefined && record.phases.length < 16) record.phases.push({ identity, phase });
  }

  resolved(): void {
    this.#keepPath();
  }

  /** The slot behind the subject's bits, as the representation's `inspect` shows it; nothing where the slot does not exist. */
  inspect(): readonly InspectedField[] {
    const engine = this.#engine;
    const subject = this.#subject;
    if (engine === undefined || subject === undefined) return [];
    const { pathLength } = engine;
    const fields: InspectedField[] = [];
    for (const name of this.#instance.inspected) {
      const value = this.#load(engine, engine.entry(`inspect:${name}`), name, subject.bits);
      if (value !== undefined) fields.push({ name, value });
    }
    engine.pathLength = pathLength;
    return fields;
  }

  #load(engine: Engine, entry: Entry, name: string, bits: bigint): bigint | undefined {
    try {
      entry(Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n)), 0);
    } catch (stopped) {
      if (stopped instanceof OperationFault) return undefined;
      throw stopped;
    }
    const result = this.#program.entries.get(`inspect:${name}`)?.result;
    const isWide = result !== undefined && componentsOf(result).length > 1;
    return addressOf(engine.registers[0], isWide ? engine.registers[1] : 0);
  }

  #keepPath(): void {
    const record = this.records.at(-1);
    const engine = this.#engine;
    if (record === undefined || engine === undefined || engine.pathLength === 0) return;
    const points = [...engine.path.subarray(0, engine.pathLength)].map((id) => this.#program.points[id] as Point);
    this.paths.set(record.operation, points);
  }
}
