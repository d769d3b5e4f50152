import { InputError } from '../vocabulary/input-error.ts';
import { quoted } from '../text/source.ts';
import { printVariable } from './expressions.ts';
import { ASSIGNMENT, formOf } from './forms.ts';
import type { Part } from './forms.ts';
import type {
  Expectation,
  Expression,
  Item,
  LitmusProgram,
  Operation,
  OutcomePattern,
  Position,
  Statement,
} from './syntax.ts';
import type { ValueType, Variable } from './syntax.ts';

const ARTICLES: Readonly<Record<ValueType, string>> = { integer: 'an integer', pointer: 'a pointer', lock: 'a lock' };

/** The variables of one thread and their types; those of the setup (the statements of no thread) are seen by every thread. */
type Scope = Map<string, ValueType>;

/**
 * The variables of a program: those of the setup, and those of each thread. `main` is thread 0; what it defines in its own
 * block is its own.
 */
export interface Names {
  readonly setup: ReadonlyMap<string, ValueType>;
  readonly threads: ReadonlyMap<number, ReadonlyMap<string, ValueType>>;
}

/**
 * Checks that every variable is defined above its use, with one type, and that threads exist.
 * @throws InputError at the place that is wrong
 */
export function checkNames(program: LitmusProgram): Names {
  return new NameCheck(program).run();
}

class NameCheck {
  readonly #program: LitmusProgram;
  readonly #setup: Scope = new Map();
  readonly #threads = new Map<number, Scope>();
  #scope: Scope = this.#setup;
  /** A thread other than main must not write a variable of the setup: others would not see it. */
  #thread = 0;

  constructor(program: LitmusProgram) {
    this.#program = program;
  }

  run(): Names {
    for (const item of this.#program.items) if (item.kind === 'thread') this.#threads.set(item.thread, new Map());
    for (const item of this.#program.items) this.#item(item);
    for (const item of this.#program.items) this.#expectation(item);
    return { setup: this.#setup, threads: this.#threads };
  }

  #item(item: Item): void {
    if (item.kind === 'thread') {
      this.#scope = this.#threads.get(item.thread) ?? this.#setup;
      this.#thread = item.thread;
      this.#statements(item.body);
    } else if (isStatement(item)) this.#statements([item]);
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.kind === 'operation') {
        this.#operation(statement);
        continue;
      }
      if (statement.kind === 'if') this.#typed(statement.condition, 'integer');
      this.#statements(statement.body);
      if (statement.kind === 'if' && statement.otherwise !== undefined) this.#statements(statement.otherwise.body);
      // The conditions of loops are judged after their bodies.
      if (statement.kind === 'await') this.#typed(statement.condition, 'integer');
      if (statement.kind === 'retry') this.#typed(statement.until.condition, 'integer');
    }
  }

  #operation(operation: Operation): void {
    const form = formOf(operation.name);
    for (const part of form?.parts ?? []) this.#part(part, operation);
    if (operation.name === ASSIGNMENT) this.#define(operation.results[0], this.#type(operation.operands.value));
    operation.results.forEach((result, index) => {
      const type = form?.results[index];
      if (type !== undefined) this.#define(result, type);
    });
  }

  #part(part: Part, operation: Operation): void {
    if (part.kind === 'option') this.#part(part.part, operation);
    if (part.kind === 'condition') this.#typed(operation.operands[part.name], 'integer');
    if (part.kind === 'operand' && Object.hasOwn(operation.operands, part.name))
      this.#typed(operation.operands[part.name], part.type);
    const { thread } = operation.counts;
    if (part.kind === 'count' && part.name === 'thread' && thread !== 0 && !this.#threads.has(thread))
      this.#fail('a thread of this file', `thread ${operation.counts.thread}`, operation.at);
  }

  #define(variable: Variable, type: ValueType): void {
    const known = this.#scope.get(variable.name) ?? this.#setup.get(variable.name);
    if (known !== undefined && known !== type)
      this.#fail(`${ARTICLES[type]} variable`, describe(variable, known), variable);
    if (this.#thread !== 0 && this.#setup.has(variable.name))
      this.#fail('a variable of this thread', `${quoted(variable.name)} of the setup`, variable);
    if (!this.#setup.has(variable.name)) this.#scope.set(variable.name, type);
  }

  #typed(expression: Expression, wanted: ValueType): void {
    const type = this.#type(expression);
    if (type !== wanted) this.#fail(ARTICLES[wanted], describe(expression, type), expression);
  }

  #type(expression: Expression): ValueType {
    switch (expression.kind) {
      case 'integer':
        return 'integer';
      case 'null':
        return 'pointer';
      case 'variable':
        return this.#variable(expression);
      case 'unary':
        this.#typed(expression.operand, expression.operator === 'addr' ? 'pointer' : 'integer');
        return 'integer';
      default: {
        const left = this.#type(expression.left);
        if (left === 'lock') return this.#fail('a value', describe(expression.left, left), expression.left);
        const isComparison = ['==', '!=', '<', '<=', '>', '>='].includes(expression.operator);
        this.#typed(expression.right, isComparison ? left : 'integer');
        if (left === 'pointer' && !isComparison && expression.operator !== '+' && expression.operator !== '-')
          return this.#fail('an integer', describe(expression.left, left), expression.left);
        return isComparison ? 'integer' : left;
      }
    }
  }

  #variable(variable: Variable): ValueType {
    if (variable.thread !== undefined)
      return this.#fail('a variable of this thread', quoted(printVariable(variable)), variable);
    const type = this.#scope.get(variable.name) ?? this.#setup.get(variable.name);
    return type ?? this.#fail('a variable that is defined above', quoted(variable.name), variable);
  }

  #expectation(item: Item | Expectation): void {
    if (item.kind === 'tries') item.body.forEach((each) => this.#expectation(each));
    if (item.kind === 'allow' || item.kind === 'forbid') this.#final(item.condition, 'integer');
    if (item.kind !== 'outcomes') return;
    for (const outcome of item.outcomes) {
      const names = namesOf(item.outcomes[0]);
      if (namesOf(outcome) !== names) this.#fail(`a value for ${names}`, namesOf(outcome), outcome.at);
      for (const { variable, value } of outcome.values) {
        const type = this.#finalVariable(variable);
        if (type === 'lock') this.#fail('a value', describe(variable, type), variable);
        this.#final(value, type);
      }
    }
  }

  /** Checks an expression over final values, where variables of all threads are seen. */
  #final(expression: Expression, wanted: ValueType): void {
    const scope: Scope = new Map();
    const flat = flatten(expression, (variable) => scope.set(printVariable(variable), this.#finalVariable(variable)));
    this.#scope = scope;
    this.#typed(flat, wanted);
  }

  #finalVariable(variable: Variable): ValueType {
    const owners = ownersOf({ setup: this.#setup, threads: this.#threads }, variable);
    const [owner] = owners;
    if (owner === undefined) return this.#fail('a variable of the program', quoted(printVariable(variable)), variable);
    if (owners.length > 1)
      return this.#fail(
        `${owners[0]}:${variable.name} or ${owners[1]}:${variable.name}`,
        quoted(variable.name),
        variable,
      );
    return this.#setup.get(variable.name) ?? this.#threads.get(owner)?.get(variable.name) ?? 'integer';
  }

  #fail(expected: string, found: string, at: Position): never {
    throw InputError.expected(expected, found, { file: this.#program.file, line: at.line, column: at.column });
  }
}

function namesOf(outcome: OutcomePattern): string {
  return [...new Set(outcome.values.map(({ variable }) => printVariable(variable)))].toSorted().join(' ');
}

/** The threads that a variable of an expectation may mean; a variable of the setup is main's (thread 0). */
export function ownersOf(names: Names, variable: Variable): readonly number[] {
  if (variable.thread === undefined && names.setup.has(variable.name)) return [0];
  const owners = [...names.threads].filter(([, scope]) => scope.has(variable.name)).map(([thread]) => thread);
  if (variable.thread === 0 && names.setup.has(variable.name)) return [0];
  return variable.thread === undefined ? owners : owners.filter((thread) => thread === variable.thread);
}

/** The expression with qualified names as plain ones, after telling of each variable. */
function flatten(expression: Expression, tell: (variable: Variable) => void): Expression {
  switch (expression.kind) {
    case 'variable':
      tell(expression);
      return { ...expression, name: printVariable(expression), thread: undefined };
    case 'unary':
      return { ...expression, operand: flatten(expression.operand, tell) };
    case 'binary':
      return { ...expression, left: flatten(expression.left, tell), right: flatten(expression.right, tell) };
    default:
      return expression;
  }
}

export function isStatement(item: Item): item is Statement {
  return ['operation', 'scope', 'repeat', 'retry', 'await', 'if'].includes(item.kind);
}

function describe(expression: Expression, type: ValueType): string {
  return expression.kind === 'variable' ? `${type} ${quoted(expression.name)}` : ARTICLES[type];
}
