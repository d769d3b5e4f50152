import { InputError } from '../../vocabulary/input-error.ts';
import { PATH_CAPACITY } from '../engine.ts';
import * as arithmetic from '../javascript/wide-arithmetic.ts';
import { visitStatements, type Program } from '../program.ts';
import type { Statement } from '../statement.ts';
import { componentsOf } from '../type.ts';
import type { SteppedContext } from './entry-compiler.ts';
import { OrderLayout } from './order-layout.ts';
import { stateText } from './state-text.ts';
import { StatePlan } from './state-plan.ts';
import { StepRuntime } from './step-runtime.ts';
import type { HappensBefore, SteppedOptions, SteppedProgram } from './stepped-program.ts';
import { GIVEN, steppedSource, type SteppedSource } from './stepped-source.ts';

type Step = (state: Int32Array, thread: number, frame: number, counter: number, choice: number) => number;
type Choices = (state: Int32Array, thread: number, frame: number, counter: number) => number;

/**
 * Compiles a program to JavaScript that makes one shared access at a time, over one flat row that holds everything.
 * @throws InputError for what the memory model cannot do exactly: sequential accesses under `rc11`, where only sequential fences
 *   are ordered by one view
 */
export function compileStepped(program: Program, options: SteppedOptions): SteppedProgram {
  return new Stepped(program, options);
}

class Stepped implements SteppedProgram {
  readonly program: Program;
  readonly words: number;
  readonly registers: Int32Array;
  readonly coverage: Uint32Array;
  readonly path = new Int32Array(PATH_CAPACITY);
  readonly provenanceOffsets: readonly number[];
  readonly #plan: StatePlan;
  readonly #order: StepRuntime;
  readonly #source: SteppedSource;
  readonly #frame: number;
  readonly #steps: readonly (readonly [Step, Choices])[];
  readonly #entryOf: Int32Array;
  readonly #isProtected: Uint8Array;
  readonly #isWeak: boolean;
  readonly #clientLocations: number;

  constructor(program: Program, options: SteppedOptions) {
    this.program = program;
    this.#isWeak = options.model === 'rc11';
    const { threads, clientLocations } = options;
    this.#clientLocations = clientLocations;
    if (this.#isWeak) refuseSequentialAccesses(program);
    const plan = planOf(program, options);
    const layout = new OrderLayout(
      {
        threads,
        isWeak: this.#isWeak,
        locations: plan.locations,
        locks: plan.lockCount,
        clientLocations,
        clientCarriers: options.clientCarriers,
        messageLimit: options.messageLimit,
        findsRaces: findsRaces(options),
        hasFences: hasFences(program),
      },
      plan.words,
    );
    const context: SteppedContext = {
      program,
      plan,
      threads,
      isWeak: this.#isWeak,
      clientLocations,
      ordersLocks: layout.carrierWords > 0,
      ordersFences: layout.carrierWords > 0,
      nextCounter: 1,
      stops: new Map(),
      panicNames: [],
    };
    this.#plan = plan;
    this.#order = new StepRuntime(layout, plan.locations, clientLocations, threads, options.messageLimit);
    this.#source = steppedSource(context);
    this.#frame = plan.words + layout.words;
    this.words = this.#frame + threads * this.#source.frameWords;
    const widest = [...program.entries.values()].map(({ parameters, result }) =>
      Math.max(
        parameters.reduce((sum, { type }) => sum + componentsOf(type).length, 0),
        result === undefined ? 0 : componentsOf(result).length,
      ),
    );
    this.registers = new Int32Array(Math.max(8, ...widest));
    this.coverage = new Uint32Array(program.points.length);
    this.#steps = this.#compile(options.host);
    this.#entryOf = new Int32Array(context.nextCounter).fill(-1);
    this.#isProtected = new Uint8Array(context.nextCounter);
    for (const [counter, { instruction, entry }] of this.#source.stops) {
      this.#entryOf[counter] = entry;
      if (instruction.kind === 'access') this.#isProtected[counter] = isProtected(plan, instruction.statement) ? 1 : 0;
    }
    const frames = Array.from({ length: threads }, (_, thread) => this.#frame + thread * this.#source.frameWords);
    this.provenanceOffsets = [
      ...plan.provenances,
      ...layout.provenances,
      ...frames.flatMap((frame) => this.#source.provenances.map((place) => frame + place)),
    ];
  }

  get happensBefore(): HappensBefore {
    return this.#order;
  }

  get pathLength(): number {
    return this.#order.pathLength;
  }

  set pathLength(length: number) {
    this.#order.pathLength = length;
  }

  get fault(): number {
    return this.#order.fault;
  }

  get faultStatement(): Statement | undefined {
    return this.program.statements[this.#order.statement];
  }

  get raceThread(): number {
    return this.#order.raceThread;
  }

  get panicName(): string {
    return this.#source.panicNames[this.#order.panic] ?? '';
  }

  /** The await whose pass failed in the last step, if one did. */
  get failedAwait(): Statement | undefined {
    return this.program.statements[this.#order.failedAwait];
  }

  initial(state: Int32Array): void {
    state.fill(0, 0, this.words);
    for (const { base, initial, count, owners, stride } of this.#plan.cells)
      if (base >= 0 && initial.some((word) => word !== 0))
        for (let number = 0; number < count * owners; number++) state.set(initial, base + number * stride);
    this.#order.initial(state);
  }

  entryNumber(name: string): number {
    const number = [...this.program.entries.keys()].indexOf(name);
    if (number < 0) throw new RangeError(`the program has no entry "${name}"`);
    return number;
  }

  begin(state: Int32Array, thread: number, entry: number): number {
    this.#order.pathLength = 0;
    this.#order.failedAwait = -1;
    const frame = this.#frameOf(thread);
    return this.#steps[entry][0](state, thread, frame, this.#source.beginnings[entry], 0);
  }

  choices(state: Int32Array, thread: number): number {
    const frame = this.#frameOf(thread);
    const counter = state[frame];
    if (counter === 0) return 0;
    return this.#steps[this.#entryOf[counter]][1](state, thread, frame, counter);
  }

  step(state: Int32Array, thread: number, choice: number): number {
    this.#order.pathLength = 0;
    this.#order.failedAwait = -1;
    const frame = this.#frameOf(thread);
    const counter = state[frame];
    return this.#steps[this.#entryOf[counter]][0](state, thread, frame, counter, choice);
  }

  isInside(state: Int32Array, thread: number): boolean {
    return state[this.#frameOf(thread)] !== 0;
  }

  pending(state: Int32Array, thread: number): Statement | undefined {
    const stop = this.#source.stops.get(state[this.#frameOf(thread)]);
    return stop !== undefined && 'statement' in stop.instruction ? stop.instruction.statement : undefined;
  }

  pendingName(state: Int32Array, thread: number): string {
    const instruction = this.#source.stops.get(state[this.#frameOf(thread)])?.instruction;
    if (instruction?.kind === 'acquire') return 'lock';
    if (instruction?.kind === 'release') return 'unlock';
    if (instruction?.kind !== 'access') return '';
    const { statement } = instruction;
    return statement.kind === 'container' ? statement.name : statement.kind;
  }

  isProtected(state: Int32Array, thread: number): boolean {
    return this.#isProtected[state[this.#frameOf(thread)]] === 1;
  }

  abandon(state: Int32Array, thread: number): void {
    const frame = this.#frameOf(thread);
    state.fill(0, frame, frame + this.#source.frameWords);
  }

  read(state: Int32Array): ReadonlyMap<string, string> {
    const clientLocations = this.#clientLocations;
    return stateText(this.#plan, state, (row, location) => this.#order.newest(row, clientLocations + location));
  }

  canonicalize(state: Int32Array): void {
    if (this.#isWeak) this.#order.dropUnreadable(state);
    this.#order.dropKnown(state);
  }

  #frameOf(thread: number): number {
    return this.#frame + thread * this.#source.frameWords;
  }

  #compile(host: SteppedOptions['host']): readonly (readonly [Step, Choices])[] {
    // oxlint-disable-next-line typescript/no-implied-eval -- Generated code is what this module is for; no author's text is in it unsanitised.
    const factory = new Function(...GIVEN, `${this.#source.text}//# sourceURL=provsim-stepped-${++compiled}.js\n`) as (
      ...given: readonly unknown[]
    ) => readonly (readonly [Step, Choices])[];
    return factory(this.#order, this.registers, this.coverage, this.path, host, arithmetic);
  }
}

/** How many texts were compiled in this process. */
let compiled = 0;

/** Atomic cells carry happens-before as soon as anything can race: a cell of the program, or a location of the client. */
function planOf(program: Program, given: SteppedOptions): StatePlan {
  const { threads, model, containerLimit, clientLocations } = given;
  const options = { threads, isWeak: model === 'rc11', containerLimit, knows: false };
  const alone = new StatePlan(program, 0, options);
  const knows = findsRaces(given) && (clientLocations > 0 || alone.locations.some(({ isTracked }) => isTracked));
  return knows ? new StatePlan(program, 0, { ...options, knows }) : alone;
}

/** One thread alone races with nobody. */
function findsRaces({ threads, findsRaces: wanted = true }: SteppedOptions): boolean {
  return wanted && threads > 1;
}

function hasFences(program: Program): boolean {
  return [...program.entries.values()].some(({ body }) => {
    let found = false;
    visitStatements(body, ({ kind }) => void (found ||= kind === 'fence'));
    return found;
  });
}

function refuseSequentialAccesses(program: Program): void {
  for (const { body } of program.entries.values())
    visitStatements(body, (statement) => {
      if (statement.kind === 'fence' || !('order' in statement) || statement.order !== 'seqcst') return;
      throw new InputError(
        'unsupported',
        `${statement.site.text}: a seqcst ${statement.kind} cannot be explored under model=rc11`,
        {},
        'seqcst fences around weaker accesses, or model=sc',
      );
    });
}

/** Whether the access is invisible to others: what it touches is protected by a lock, and it has no choice. */
function isProtected(plan: StatePlan, statement: Statement): boolean {
  if (statement.kind === 'load' || statement.kind === 'store')
    return (
      statement.order === 'plain' &&
      !plan.cell(statement.place.path, statement.place.field).isAtomic &&
      plan.isProtected(statement.place.path, statement.place.field)
    );
  return statement.kind === 'container' && plan.isProtected(statement.path);
}
