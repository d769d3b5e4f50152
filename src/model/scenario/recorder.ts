import { OperationFault, type Engine, type Entry } from '../ir/engine.ts';
import type { Field } from '../ir/layout.ts';
import type { Point, Program } from '../ir/program.ts';
import { componentsOf } from '../ir/type.ts';
import { ADDRESS_HIGH, ADDRESS_LOW, BITS_HIGH, BITS_LOW, IDENTITY, KIND } from '../machine/ghosts.ts';
import type { Instance } from '../machine/instance.ts';
import type { ClientObserver } from '../machine/violation.ts';
import { joined } from '../machine/ghosts.ts';
import type { World } from '../machine/world.ts';
import { TagRuns } from './tag-runs.ts';

/** What one operation of the program did, as far as it concerns the reference that the diagnostic is about. */
export interface OperationRecord {
  readonly operation: number;
  /** Objects that it issued: how many, the first and the last, with their bits. */
  issued: number;
  first: IssuedObject | undefined;
  /** The identity of the first object that got the subject's own bits again; 0 for none. */
  reissuedFor: number;
  /** Of those issued, how many took the subject's slot, and which values the tag field had, in runs. */
  reuses: number;
  readonly tags: TagRuns;
  readonly phases: { readonly identity: number; readonly phase: string }[];
  /** The slot's inspected fields before and after it. */
  before: readonly InspectedField[];
  after: readonly InspectedField[];
}

export interface IssuedObject {
  readonly identity: number;
  readonly kind: number;
  readonly address: bigint;
  readonly bits: bigint;
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
  /** The field that tells the slot's tenants apart, when there is exactly one of at most 32 bits. */
  readonly tag: Field | undefined;
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
  #world: World | undefined;
  readonly #maskLow: number;
  readonly #maskHigh: number;
  readonly #bitsLow: number;
  readonly #bitsHigh: number;

  constructor(instance: Instance, subject: Subject | undefined) {
    this.#instance = instance;
    this.#program = instance.program;
    this.#subject = subject;
    const { slotMask = 0n, bits = 0n } = subject ?? {};
    this.#maskLow = Number(BigInt.asIntN(32, slotMask));
    this.#maskHigh = Number(BigInt.asIntN(32, slotMask >> 32n));
    this.#bitsLow = Number(BigInt.asIntN(32, bits));
    this.#bitsHigh = Number(BigInt.asIntN(32, bits >> 32n));
  }

  attach(world: World): void {
    this.#world = world;
  }

  get #engine(): Engine | undefined {
    return this.#world?.engine;
  }

  operation(operation: number): void {
    this.#keepPath();
    // An operation that calls nothing, such as a touch, has no path; least of all that of the call before it.
    if (this.#engine !== undefined) this.#engine.pathLength = 0;
    const slot = this.inspect();
    const last = this.records.at(-1);
    if (last !== undefined) last.after = slot;
    this.records.push({
      operation,
      issued: 0,
      first: undefined,
      reissuedFor: 0,
      reuses: 0,
      tags: new TagRuns(this.#subject?.tag),
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

  /** Called for every round of a churn, so everything here is on int32s. */
  issued(object: number): void {
    const record = this.records.at(-1);
    const objects = this.#world?.objects;
    if (record === undefined || objects === undefined) return;
    const { rows } = objects;
    const low = rows[object + BITS_LOW];
    const high = rows[object + BITS_HIGH];
    const identity = rows[object + IDENTITY];
    if (record.issued++ === 0)
      record.first = {
        identity,
        kind: rows[object + KIND],
        address: joined(rows[object + ADDRESS_LOW], rows[object + ADDRESS_HIGH]),
        bits: joined(low, high),
      };
    if (this.#subject === undefined || this.#subject.identity === 0 || identity <= this.#subject.identity) return;
    const isSameSlot = (((low ^ this.#bitsLow) & this.#maskLow) | ((high ^ this.#bitsHigh) & this.#maskHigh)) === 0;
    if (!isSameSlot) return;
    record.reuses++;
    record.tags.add(low, high);
    if (record.reissuedFor === 0 && low === this.#bitsLow && high === this.#bitsHigh) record.reissuedFor = identity;
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
    return joined(engine.registers[0], isWide ? engine.registers[1] : 0);
  }

  #keepPath(): void {
    const record = this.records.at(-1);
    const engine = this.#engine;
    if (record === undefined || engine === undefined || engine.pathLength === 0) return;
    const points = [...engine.path.subarray(0, engine.pathLength)].map((id) => this.#program.points[id]);
    this.paths.set(record.operation, points);
  }
}
