import { PATH_CAPACITY } from '../engine.ts';
import type { Expression, Local } from '../expression.ts';
import type { Component, Demands } from '../javascript/demands.ts';
import { ExpressionCompiler } from '../javascript/expression-compiler.ts';
import type { Identifiers } from '../javascript/identifiers.ts';
import { isAtom } from '../javascript/operator-text.ts';
import type { SourceWriter } from '../javascript/source-writer.ts';
import type { RecordedOperation } from '../operation.ts';
import type { Program } from '../program.ts';
import type { Block, Statement } from '../statement.ts';
import { componentsOf, type ValueType } from '../type.ts';
import { Fault, type VerdictCode } from '../../vocabulary/verdicts.ts';
import { Exits } from './exits.ts';
import type { LockNeeds } from './lock-needs.ts';
import { emitStatement } from './statement-emitters.ts';
import type { StoragePlan } from './storage-plan.ts';

/** What all operations of one program share. */
export interface ProgramContext {
  readonly program: Program;
  readonly storage: StoragePlan;
  readonly locks: LockNeeds;
  readonly coverage: boolean;
  readonly path: boolean;
}

/** Expressions that are made while compiling, by their statement; the second pass must see the same nodes as the first. */
export type MadeExpressions = Map<Statement, Expression>;

/** Facts about names that hold in a block and those inside it: containers that were looked up, indexes that were checked. */
class Facts {
  readonly outer: Facts | undefined;
  readonly #known = new Map<string, string>();

  constructor(outer: Facts | undefined) {
    this.outer = outer;
  }

  find(key: string): string | undefined {
    return this.#known.get(key) ?? this.outer?.find(key);
  }

  set(key: string, text: string): void {
    this.#known.set(key, text);
  }
}

/** Compiles one entry of a program to one JavaScript function. */
export class OperationCompiler {
  readonly context: ProgramContext;
  readonly demands: Demands;
  readonly writer: SourceWriter;
  readonly values: ExpressionCompiler;
  readonly exits: Exits;
  readonly made: MadeExpressions;
  readonly #names: Identifiers;
  readonly #locals = new Map<Local, Map<Component, string>>();
  #facts = new Facts(undefined);

  constructor(
    context: ProgramContext,
    demands: Demands,
    made: MadeExpressions,
    names: Identifiers,
    writer: SourceWriter,
  ) {
    this.context = context;
    this.demands = demands;
    this.made = made;
    this.writer = writer;
    this.#names = names;
    this.exits = new Exits(this);
    this.values = new ExpressionCompiler({
      demands,
      bind: (name, text) => this.bind(name, text),
      localText: (local, component) => this.#localText(local, component),
      threadText: (what) => (what === 'thread' ? this.thread() : 'engine.threads'),
    });
  }

  compile(name: string, { parameters, result, body, locals }: RecordedOperation): void {
    const given = parameters.flatMap((parameter) =>
      componentsOf(parameter.type).map((component) => this.#nameLocal(parameter, component as Component)),
    );
    this.writer.open(`function ${name}(${given.join(', ')}) {`);
    if (this.context.path) this.writer.line('engine.pathLength = 0;');
    if (this.demands.isLabelUsed(THREAD)) this.writer.line(`const ${THREAD} = engine.thread;`);
    for (const local of locals) if (local.mutable) this.declareVariable(local);
    this.exits.inEntry(result, () => this.statements(body));
    this.writer.close();
  }

  /** A nested JavaScript block is open: what is bound inside it is not seen after it. */
  block(block: Block): void {
    this.inBlock(() => this.statements(block));
  }

  inBlock(emit: () => void): void {
    this.values.enterBlock();
    this.#facts = new Facts(this.#facts);
    emit();
    this.#facts = this.#facts.outer as Facts;
    this.values.leaveBlock();
  }

  /** Statements in the block that is open; those after a return or leave are never reached. */
  statements(block: Block): void {
    for (const statement of block) {
      emitStatement(this, statement);
      this.values.endStatement();
      if (statement.kind === 'return' || statement.kind === 'leave') return;
    }
  }

  bind(name: string, text: string): string {
    const unique = this.#names.unique(name);
    this.writer.line(`const ${unique} = ${text};`);
    return unique;
  }

  /** A component as a name that keeps its value, also when it came from a variable. */
  stable(node: Expression, component: Component, name: string): string {
    const text = this.values.component(node, component);
    return isAtom(text) && !this.values.isChanging(node) ? text : this.bind(name, text);
  }

  /** Binds the components of a local that are used. */
  bindLocal(local: Local, textOf: (component: Component) => string): void {
    for (const component of componentsOf(local.type) as readonly Component[])
      if (this.demands.isUsed(local, component))
        this.writer.line(`const ${this.#nameLocal(local, component)} = ${textOf(component)};`);
  }

  /** Lets a component of a local stand for a name that exists already. */
  alias(local: Local, component: Component, name: string): void {
    const names = this.#locals.get(local) ?? new Map<Component, string>();
    this.#locals.set(local, names.set(component, name));
  }

  /** Declares the used components of a local that is assigned to later. */
  declareVariable(local: Local): void {
    const used = (componentsOf(local.type) as readonly Component[]).filter((each) => this.demands.isUsed(local, each));
    if (used.length === 0) return;
    this.writer.line(`let ${used.map((component) => `${this.#nameLocal(local, component)} = 0`).join(', ')};`);
  }

  /** Assigns the components of a local that are used. All texts are evaluated before the first assignment. */
  assign(local: Local, value: Expression): void {
    const used = (componentsOf(local.type) as readonly Component[]).filter((each) => this.demands.isUsed(local, each));
    const changing = used.length > 1 && this.values.isChanging(value);
    const texts = used.map((component) =>
      changing ? this.stable(value, component, 'next') : this.values.component(value, component),
    );
    used.forEach((component, index) => this.writer.line(`${this.#localText(local, component)} = ${texts[index]};`));
  }

  /** Names the index of a loop that makes at most so many passes. */
  counter(index: Local, atMost: number): string {
    this.values.possible.promise(index, BigInt(2 ** Math.ceil(Math.log2(Math.max(atMost, 2))) - 1));
    return this.#nameLocal(index, 'low');
  }

  /** The thread of this call, bound when the operation begins. */
  thread(): string {
    this.demands.noteLabel(THREAD);
    return THREAD;
  }

  fact(key: string, make: () => string): string {
    const known = this.#facts.find(key);
    if (known !== undefined) return known;
    const text = make();
    this.#facts.set(key, text);
    return text;
  }

  /** A call that ends the operation with a verdict at a statement. */
  raise(code: VerdictCode, statement: Statement): string {
    return `raise(${Fault[code]}, ${this.number(statement)}); // ${code}`;
  }

  number(statement: Statement): number {
    return this.context.program.numberOf.get(statement) as number;
  }

  /** Counts a coverage point: `outcome` is its place among the points of the statement. */
  reach(statement: Statement, outcome: number): void {
    const point = (this.context.program.firstPoint.get(statement) as number) + outcome;
    if (this.context.coverage) this.writer.line(`coverage[${point}]++;`);
    if (this.context.path)
      this.writer.line(`if (engine.pathLength < ${PATH_CAPACITY}) path[engine.pathLength++] = ${point};`);
  }

  /** The text of each component of a value; zeros where an answer is missing. */
  answerTexts(type: ValueType, value: Expression | undefined): readonly string[] {
    return value === undefined ? componentsOf(type).map(() => '0') : this.values.components(value);
  }

  #nameLocal(local: Local, component: Component): string {
    const suffix = componentsOf(local.type).length === 1 ? '' : `_${component}`;
    const name = this.#names.unique(`${local.name}${suffix}`);
    this.alias(local, component, name);
    return name;
  }

  #localText(local: Local, component: Component): string {
    const name = this.#locals.get(local)?.get(component);
    if (name === undefined) throw new Error(`the local "${local.name}" has no ${component} yet`);
    return name;
  }
}

const THREAD = 'self';
