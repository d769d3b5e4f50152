import { Fault, type VerdictCode } from '../../vocabulary/verdicts.ts';
import { PATH_CAPACITY, RETRY_LIMIT } from '../engine.ts';
import type { Expression, Local } from '../expression.ts';
import type { Component, Demands } from '../javascript/demands.ts';
import { ExpressionCompiler } from '../javascript/expression-compiler.ts';
import type { Identifiers } from '../javascript/identifiers.ts';
import { isAtom } from '../javascript/operator-text.ts';
import type { SourceWriter } from '../javascript/source-writer.ts';
import type { Program } from '../program.ts';
import type { Statement } from '../statement.ts';
import { componentsOf } from '../type.ts';
import { emitAcquire, emitRelease } from './lock-code.ts';
import { emitAccess } from './access-code.ts';
import { isExit, isPrivate, isStep, type Instruction, type Label, type StatementOf } from './flow.ts';
import { FramePlan } from './frame-plan.ts';
import { liveBefore } from './liveness.ts';
import type { LoweredOperation } from './lowering.ts';
import type { StatePlan } from './state-plan.ts';
import { Status } from './stepped-program.ts';

/** What all entries of one program share. */
export interface SteppedContext {
  readonly program: Program;
  readonly plan: StatePlan;
  readonly threads: number;
  readonly isWeak: boolean;
  /** Locations of the client come before those of the program. */
  readonly clientLocations: number;
  /** Whether locks and fences carry anything that somebody asks for. */
  readonly ordersLocks: boolean;
  readonly ordersFences: boolean;
  /** The next free program counter. */
  nextCounter: number;
  /** By program counter: the instruction that is next, and its entry's number. */
  readonly stops: Map<number, { readonly instruction: Instruction; readonly entry: number }>;
  readonly panicNames: string[];
}

/** Expressions that are made while compiling, by their statement; the second pass must see the same nodes as the first. */
export type MadeExpressions = Map<Statement, Expression>;

/** An entry before its code is written. */
export interface EntryShape {
  readonly operation: LoweredOperation;
  readonly live: readonly ReadonlySet<Local>[];
  readonly frame: FramePlan;
}

export function shapeOf(operation: LoweredOperation): EntryShape {
  const live = liveBefore(operation.instructions);
  return { operation, live, frame: new FramePlan(operation.instructions, live) };
}

/**
 * Writes one entry as a function of the row: a `switch` on the program counter of the thread's frame, with a case for every stop and
 * every place that control can go to. Locals are JavaScript variables within a step, and words of the frame between steps.
 */
export class EntryCompiler {
  readonly context: SteppedContext;
  readonly writer: SourceWriter;
  readonly values: ExpressionCompiler;
  readonly made: MadeExpressions;
  readonly #names: Identifiers;
  readonly #shape: EntryShape;
  readonly #frameWords: number;
  readonly #counters = new Map<Instruction | Label, number>();
  readonly #locals = new Map<Local, Map<Component, string>>();
  readonly #declared: string[] = [];

  constructor(
    context: SteppedContext,
    shape: EntryShape,
    frameWords: number,
    demands: Demands,
    made: MadeExpressions,
    names: Identifiers,
    writer: SourceWriter,
  ) {
    this.context = context;
    this.writer = writer;
    this.made = made;
    this.#names = names;
    this.#shape = shape;
    this.#frameWords = frameWords;
    this.values = new ExpressionCompiler({
      demands,
      bind: (name, text) => this.bind(name, text),
      localText: (local, component) => this.localText(local, component),
      threadText: (what) => (what === 'thread' ? 't' : String(context.threads)),
    });
  }

  /** Gives the counters: the first for the beginning, one for each stop and each label. */
  number(entry: number): number {
    const { context } = this;
    const first = context.nextCounter++;
    for (const instruction of this.#shape.operation.instructions) {
      if (instruction.kind === 'label') this.#counters.set(instruction.label, context.nextCounter++);
      else if (isStep(instruction)) {
        context.stops.set(context.nextCounter, { instruction, entry });
        this.#counters.set(instruction, context.nextCounter++);
      }
    }
    return first;
  }

  /** Writes the body of the entry's function; the declarations of its variables are in `declarations` then. */
  compile(first: number): void {
    const { instructions, parameters } = this.#shape.operation;
    this.writer.open('for (;;) switch (pc) {');
    this.#openCase(first);
    let register = 0;
    for (const parameter of parameters)
      for (const component of componentsOf(parameter.type) as readonly Component[])
        this.writer.line(`${this.localText(parameter, component)} = registers[${register++}];`);
    let isOpen = true;
    instructions.forEach((instruction, index) => {
      const counter = this.#counters.get(instruction.kind === 'label' ? instruction.label : instruction);
      if (counter !== undefined) {
        if (isOpen) {
          if (isStep(instruction)) this.#stop(counter, this.#shape.live[index]);
          this.#closeCase();
        }
        this.#openCase(counter);
        isOpen = true;
        if (isStep(instruction)) this.#resume(this.#shape.live[index]);
      }
      if (!isOpen || instruction.kind === 'label') return;
      this.#instruction(instruction);
      this.values.endStatement();
      if (!isExit(instruction)) return;
      this.#closeCase();
      isOpen = false;
    });
    if (isOpen) this.#closeCase();
    this.writer.line('default: throw new RangeError(`no step has the number ${pc}`);');
    this.writer.close();
  }

  /** `let` declarations of all variables that the code uses. */
  get declarations(): string {
    return this.#declared.length === 0 ? '' : `let ${this.#declared.map((name) => `${name} = 0`).join(', ')};`;
  }

  bind(name: string, text: string): string {
    const unique = this.#names.unique(name);
    this.writer.line(`const ${unique} = ${text};`);
    return unique;
  }

  /** A component as a name that keeps its value while variables change. */
  stable(node: Expression, component: Component, name: string): string {
    const text = this.values.component(node, component);
    return isAtom(text) && !this.values.isChanging(node) ? text : this.bind(name, text);
  }

  localText(local: Local, component: Component): string {
    const names = this.#locals.get(local) ?? new Map<Component, string>();
    this.#locals.set(local, names);
    const known = names.get(component);
    if (known !== undefined) return known;
    const suffix = componentsOf(local.type).length === 1 ? '' : `_${component}`;
    const name = this.#names.unique(`${local.name}${suffix}`);
    names.set(component, name);
    this.#declared.push(name);
    return name;
  }

  /** Sets the components of a local. */
  set(local: Local, textOf: (component: Component) => string): void {
    const components = componentsOf(local.type) as readonly Component[];
    for (const component of components) this.writer.line(`${this.localText(local, component)} = ${textOf(component)};`);
  }

  assign(local: Local, value: Expression): void {
    const components = componentsOf(local.type) as readonly Component[];
    const changing = components.length > 1 && this.values.isChanging(value);
    const texts = components.map((component) =>
      changing ? this.stable(value, component, 'next') : this.values.component(value, component),
    );
    components.forEach((component, index) =>
      this.writer.line(`${this.localText(local, component)} = ${texts[index]};`),
    );
  }

  /** A block of JavaScript whose bindings are not seen after it. */
  block(head: string, emit: () => void): void {
    this.writer.open(head);
    this.values.enterBlock();
    emit();
    this.values.leaveBlock();
    this.writer.close();
  }

  raise(code: VerdictCode, statement: Statement): string {
    return `return order.raise(${Fault[code]}, ${this.numberOf(statement)}); // ${code}`;
  }

  numberOf(statement: Statement): number {
    return this.context.program.numberOf.get(statement) as number;
  }

  goto(label: Label): string {
    return `pc = ${this.#counters.get(label) as number}; continue;`;
  }

  #instruction(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'jump':
        this.writer.line(this.goto(instruction.to));
        return;
      case 'branch':
        this.writer.line(`if (!(${this.values.truth(instruction.condition)})) { ${this.goto(instruction.otherwise)} }`);
        return;
      case 'set':
        return this.assign(instruction.into, instruction.value);
      case 'access':
        return emitAccess(this, instruction.statement);
      case 'acquire':
        return emitAcquire(this, instruction);
      case 'release':
        return emitRelease(this, instruction);
      case 'reach':
        return this.#reach(instruction.statement, instruction.outcome);
      case 'assert': {
        const { statement } = instruction;
        const condition = this.values.truth(statement.condition);
        this.writer.line(`if (!(${condition})) ${this.raise('assertion', statement)}`);
        return;
      }
      case 'mayPanic': {
        const name = this.panicNumber(instruction.name);
        const text = `if (host.mayPanic(S, t, ${JSON.stringify(instruction.name)}))`;
        this.writer.line(`${text} { order.panic = ${name}; ${this.goto(instruction.panic)} }`);
        return;
      }
      case 'panicking':
        this.writer.line(`order.panic = ${this.panicNumber(instruction.name)};`);
        return;
      case 'failedAwait':
        return this.#failedAwait(instruction.statement, instruction.head);
      case 'end':
        return this.#end(instruction.answer);
      case 'panicked':
        this.#clearFrame();
        this.writer.line(`return ${Status.panicked};`);
        return;
      case 'label':
        return;
    }
  }

  /**
   * A pass of one load that fails is as if it had not been made: the thread is blocked until a message satisfies it. A pass of several
   * begins again, since its first load may have been too early.
   */
  #failedAwait(statement: StatementOf<'await'>, head: Label): void {
    this.writer.line(`order.failedAwait = ${this.numberOf(statement)};`);
    const [first, ...others] = statement.body.filter(({ kind }) => kind !== 'let' && kind !== 'assign');
    if (first?.kind === 'load' && !isPrivate(first.place.path) && others.length === 0) {
      this.writer.line(`return ${Status.blocked};`);
      return;
    }
    this.writer.line(`if (++spins > ${RETRY_LIMIT}) ${this.raise('deadlock', statement)}`);
    this.writer.line(this.goto(head));
  }

  panicNumber(name: string): number {
    const { panicNames } = this.context;
    if (!panicNames.includes(name)) panicNames.push(name);
    return panicNames.indexOf(name);
  }

  #reach(statement: Statement, outcome: number): void {
    const point = (this.context.program.firstPoint.get(statement) as number) + outcome;
    if (statement.kind === 'retry')
      this.writer.line(`if (++spins > ${RETRY_LIMIT}) ${this.raise('livelock', statement)}`);
    this.writer.line(
      `coverage[${point}]++; if (order.pathLength < ${PATH_CAPACITY}) path[order.pathLength++] = ${point};`,
    );
  }

  #end(answer: Local | undefined): void {
    if (answer !== undefined)
      (componentsOf(answer.type) as readonly Component[]).forEach((component, index) =>
        this.writer.line(`registers[${index}] = ${this.localText(answer, component)};`),
      );
    this.#clearFrame();
    this.writer.line(`return ${Status.ended};`);
  }

  #clearFrame(): void {
    this.writer.line(`S.fill(0, f, f + ${this.#frameWords});`);
  }

  /** Leaves the thread at a stop: what is alive in the frame, zeros elsewhere. */
  #stop(counter: number, alive: ReadonlySet<Local>): void {
    const used = new Map<number, string>();
    for (const { local, component, slot } of this.#shape.frame.slots(alive))
      used.set(slot, this.localText(local, component));
    const words = [String(counter)];
    for (let slot = 1; slot < this.#frameWords; slot++) words.push(used.get(slot) ?? '0');
    this.writer.line(words.map((text, slot) => `S[f${slot === 0 ? '' : ` + ${slot}`}] = ${text};`).join(' '));
    this.writer.line(`return ${Status.running};`);
  }

  #resume(alive: ReadonlySet<Local>): void {
    for (const { local, component, slot } of this.#shape.frame.slots(alive))
      this.writer.line(`${this.localText(local, component)} = S[f + ${slot}];`);
  }

  #openCase(counter: number): void {
    this.writer.open(`case ${counter}: {`);
    this.values.enterBlock();
  }

  #closeCase(): void {
    this.values.leaveBlock();
    this.writer.close();
  }

  /** Writes, for a stop, how many choices it has, when that is not 1. Answers whether it wrote anything. */
  choices(counter: number, emit: () => string | undefined): boolean {
    const { instruction } = this.context.stops.get(counter) as { readonly instruction: Instruction };
    const index = this.#shape.operation.instructions.indexOf(instruction);
    this.#openCase(counter);
    this.#resume(this.#shape.live[index]);
    const text = emit();
    this.writer.line(`return ${text ?? '1'};`);
    this.#closeCase();
    return text !== undefined;
  }

  /** The stops of this entry. */
  get stopCounters(): readonly (readonly [number, Instruction])[] {
    return [...this.#counters]
      .filter((pair): pair is [Instruction, number] => 'kind' in pair[0])
      .map(([each, counter]) => [counter, each]);
  }
}
