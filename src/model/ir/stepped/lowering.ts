import { POISONED } from '../engine.ts';
import type { Expression, Local } from '../expression.ts';
import type { RecordedOperation } from '../operation.ts';
import { shapeAt, type Path } from '../state.ts';
import type { Block, Statement } from '../statement.ts';
import { BOOLEAN, type ValueType } from '../type.ts';
import type { Instruction, Label, StatementOf } from './flow.ts';

/** What stands between a statement and the end of its entry, the innermost last. */
type Scope =
  | { readonly kind: 'entry'; readonly answer: Local | undefined; readonly end: Label }
  | { readonly kind: 'inline'; readonly answer: Local | undefined; readonly end: Label }
  | { readonly kind: 'loop'; readonly end: Label }
  | {
      readonly kind: 'lock';
      readonly statement: StatementOf<'lock'>;
      readonly lock: Path;
      /** Code that releases the lock and goes to a label, by that label. */
      readonly exits: Map<Label, Label>;
    }
  | { readonly kind: 'unwinding'; readonly handler: Label };

/** An operation in its straight form, with the locals that lowering made. */
export interface LoweredOperation {
  readonly instructions: readonly Instruction[];
  readonly parameters: readonly Local[];
}

/** Brings an operation into its straight form. */
export function lower(operation: RecordedOperation): LoweredOperation {
  return new Lowering().lower(operation);
}

class Lowering {
  readonly #out: Instruction[] = [];
  readonly #scopes: Scope[] = [];
  /** Ways out of locks, which stand behind the body. */
  readonly #exits: (() => void)[] = [];
  readonly #panicked = label('panicked');
  #made = 0;

  lower({ parameters, result, body }: RecordedOperation): LoweredOperation {
    const answer = result === undefined ? undefined : this.#local('answer', result, true);
    const end = label('end');
    if (answer !== undefined) this.#out.push({ kind: 'set', into: answer, value: zero(answer.type) });
    this.#inside({ kind: 'entry', answer, end }, () => this.#block(body));
    this.#out.push({ kind: 'label', label: end }, { kind: 'end', answer });
    for (let exit = this.#exits.shift(); exit !== undefined; exit = this.#exits.shift()) exit();
    this.#out.push({ kind: 'label', label: this.#panicked }, { kind: 'panicked' });
    return { instructions: this.#out, parameters };
  }

  #block(block: Block): void {
    for (const statement of block) {
      this.#statement(statement);
      if (statement.kind === 'return' || statement.kind === 'leave') return;
    }
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'let':
      case 'assign':
        this.#out.push({ kind: 'set', into: statement.into, value: statement.value });
        return;
      case 'if':
        return this.#if(statement);
      case 'guard':
        return this.#guard(statement);
      case 'return':
        return this.#return(statement.value);
      case 'leave':
        return this.#exitTo(this.#innermost('loop'));
      case 'lock':
        return this.#lock(statement);
      case 'loop':
        return this.#loop(statement);
      case 'retry':
        return this.#retry(statement);
      case 'await':
        return this.#await(statement);
      case 'inline':
        return this.#inline(statement);
      case 'assert':
        this.#out.push({ kind: 'assert', statement });
        return;
      case 'mayPanic':
        this.#out.push({ kind: 'mayPanic', name: statement.name, panic: this.#panicLabel(this.#scopes.length - 1) });
        return;
      case 'unwinding':
        return this.#unwinding(statement);
      default:
        this.#out.push({ kind: 'access', statement });
    }
  }

  #if(statement: StatementOf<'if'>): void {
    const [otherwise, end] = [label('otherwise'), label('endIf')];
    this.#out.push({ kind: 'branch', condition: statement.condition, otherwise });
    this.#out.push({ kind: 'reach', statement, outcome: 0 });
    this.#block(statement.then);
    this.#out.push({ kind: 'jump', to: end }, { kind: 'label', label: otherwise });
    this.#out.push({ kind: 'reach', statement, outcome: 1 });
    this.#block(statement.otherwise);
    this.#out.push({ kind: 'label', label: end });
  }

  #guard(statement: StatementOf<'guard'>): void {
    const [refused, passed] = [label('refused'), label('passed')];
    this.#out.push({ kind: 'branch', condition: statement.condition, otherwise: refused });
    this.#out.push({ kind: 'reach', statement, outcome: 0 }, { kind: 'jump', to: passed });
    this.#out.push({ kind: 'label', label: refused }, { kind: 'reach', statement, outcome: 1 });
    this.#return(statement.result);
    this.#out.push({ kind: 'label', label: passed });
  }

  /** Ends the innermost operation. */
  #return(value: Expression | undefined): void {
    const at = this.#scopes.findLastIndex(({ kind }) => kind === 'entry' || kind === 'inline');
    const scope = this.#scopes[at];
    if ('answer' in scope && scope.answer !== undefined && value !== undefined)
      this.#out.push({ kind: 'set', into: scope.answer, value });
    this.#exitTo(at);
  }

  #innermost(kind: Scope['kind']): number {
    return this.#scopes.findLastIndex((scope) => scope.kind === kind);
  }

  #exitTo(target: number): void {
    this.#out.push({ kind: 'jump', to: this.#exitLabel(this.#scopes.length - 1, target) });
  }

  /** Where control goes that leaves the scopes down to, and with, the target: first out of the locks between, innermost first. */
  #exitLabel(from: number, target: number): Label {
    for (let at = from; at > target; at--) {
      const scope = this.#scopes[at];
      if (scope.kind !== 'lock') continue;
      return this.#releasing(scope, this.#exitLabel(at - 1, target), false);
    }
    const scope = this.#scopes[target];
    if (!('end' in scope)) throw new Error('there is nothing to leave');
    return scope.end;
  }

  /** Where a panic goes: to the handlers and out of the locks around it. */
  #panicLabel(from: number): Label {
    for (let at = from; at >= 0; at--) {
      const scope = this.#scopes[at];
      if (scope.kind === 'unwinding') return scope.handler;
      if (scope.kind === 'lock') return this.#releasing(scope, this.#panicLabel(at - 1), true);
    }
    return this.#panicked;
  }

  #releasing(scope: Extract<Scope, { readonly kind: 'lock' }>, to: Label, panics: boolean): Label {
    const known = scope.exits.get(to);
    if (known !== undefined) return known;
    const { statement, lock, exits } = scope;
    const exit = label('unlock');
    exits.set(to, exit);
    this.#exits.push(() => {
      this.#out.push({ kind: 'label', label: exit });
      this.#out.push({ kind: 'release', statement, lock, poisons: panics && poisons(statement) });
      this.#out.push({ kind: 'jump', to });
    });
    return exit;
  }

  #lock(statement: StatementOf<'lock'>): void {
    const lock = this.#fixed(statement.lock);
    const scope: Scope = { kind: 'lock', statement, lock, exits: new Map() };
    this.#inside(scope, () => {
      const poisoned = isPoisoning(statement.lock) ? label('poisoned') : undefined;
      this.#out.push({ kind: 'acquire', statement, lock, poisoned });
      if (poisoned !== undefined) this.#panicAt(poisoned, POISONED, this.#scopes.length - 1);
      this.#block(statement.body);
    });
    this.#out.push({ kind: 'release', statement, lock, poisons: false });
  }

  #panicAt(at: Label, name: string, scope: number): void {
    const to = this.#panicLabel(scope);
    this.#exits.push(() => {
      this.#out.push({ kind: 'label', label: at }, { kind: 'panicking', name }, { kind: 'jump', to });
    });
  }

  /** The path with an index that nothing in the scope changes: a scope ends with the index that it began with. */
  #fixed(path: Path): Path {
    if (path.index === undefined || path.index.op === 'constant') return path;
    const index = this.#local('index', path.index.type);
    this.#out.push({ kind: 'set', into: index, value: path.index });
    return { ...path, index: read(index) };
  }

  #loop(statement: StatementOf<'loop'>): void {
    const { index, count, atMost, body } = statement;
    const { type } = index;
    const [head, end] = [label('loop'), label('endLoop')];
    const [pass, passes] = [this.#local('pass', type, true), this.#local('passes', type)];
    const most: Expression = { op: 'constant', type, value: BigInt(atMost) };
    const one: Expression = { op: 'constant', type, value: 1n };
    const [left, right] = [read(pass), read(passes)];
    this.#set(passes, { op: 'arithmetic', type, name: 'min', left: count, right: most });
    this.#set(pass, zero(type));
    this.#out.push({ kind: 'label', label: head });
    this.#out.push({
      kind: 'branch',
      condition: { op: 'compare', type: BOOLEAN, name: 'lt', left, right },
      otherwise: end,
    });
    this.#out.push({ kind: 'reach', statement, outcome: 0 });
    this.#set(index, read(pass));
    this.#set(pass, { op: 'arithmetic', type, name: 'add', left: read(pass), right: one });
    this.#inside({ kind: 'loop', end }, () => this.#block(body));
    this.#out.push({ kind: 'jump', to: head }, { kind: 'label', label: end });
  }

  #set(into: Local, value: Expression): void {
    this.#out.push({ kind: 'set', into, value });
  }

  #retry(statement: StatementOf<'retry'>): void {
    const [head, end] = [label('retry'), label('endRetry')];
    this.#out.push({ kind: 'label', label: head }, { kind: 'reach', statement, outcome: 0 });
    this.#inside({ kind: 'loop', end }, () => this.#block(statement.body));
    this.#out.push({ kind: 'jump', to: head }, { kind: 'label', label: end });
  }

  #await(statement: StatementOf<'await'>): void {
    const { body, condition } = statement;
    const [head, failed, passed] = [label('await'), label('failed'), label('passed')];
    this.#out.push({ kind: 'label', label: head });
    this.#block(body);
    this.#out.push({ kind: 'branch', condition, otherwise: failed }, { kind: 'jump', to: passed });
    this.#out.push({ kind: 'label', label: failed }, { kind: 'failedAwait', statement, head });
    this.#out.push({ kind: 'label', label: passed });
  }

  #inline({ into, body }: StatementOf<'inline'>): void {
    const end = label('returned');
    if (into !== undefined) this.#out.push({ kind: 'set', into, value: zero(into.type) });
    this.#inside({ kind: 'inline', answer: into, end }, () => this.#block(body));
    this.#out.push({ kind: 'label', label: end });
  }

  /** After the cleanup the panic goes on; a panic inside the cleanup takes its place. */
  #unwinding({ body, onUnwind }: StatementOf<'unwinding'>): void {
    const [handler, end] = [label('unwind'), label('endUnwinding')];
    this.#inside({ kind: 'unwinding', handler }, () => this.#block(body));
    this.#out.push({ kind: 'jump', to: end }, { kind: 'label', label: handler });
    this.#block(onUnwind);
    this.#out.push({ kind: 'jump', to: this.#panicLabel(this.#scopes.length - 1) });
    this.#out.push({ kind: 'label', label: end });
  }

  #inside(scope: Scope, emit: () => void): void {
    this.#scopes.push(scope);
    emit();
    this.#scopes.pop();
  }

  #local(name: string, type: ValueType, mutable = false): Local {
    return { id: --this.#made, name, type, mutable };
  }
}

function label(name: string): Label {
  return { name };
}

function read(local: Local): Expression {
  return { op: 'local', type: local.type, local };
}

function zero(type: ValueType): Expression {
  return { op: 'constant', type, value: 0n };
}

function isPoisoning(lock: Path): boolean {
  const shape = shapeAt(lock);
  return shape.kind === 'lock' && shape.poisons;
}

/** Readers do not poison, as in Rust. */
function poisons({ lock, shared }: StatementOf<'lock'>): boolean {
  return !shared && isPoisoning(lock);
}
