import { ExpressionText } from './expression-text.ts';
import type { Local } from './expression.ts';
import type { RecordedOperation } from './operation.ts';
import type { Program } from './program.ts';
import type { Declaration, MemberShape, Path, Place, ScalarShape } from './state.ts';
import type { Block, Statement } from './statement.ts';
import { typeText, type ValueType } from './type.ts';
import type { Layout } from './layout.ts';

/**
 * A program as readable text: its state, then its operations in order. The text of an operation does not depend on where it is
 * written, so that goldens change only with what the operation does.
 */
export function printProgram(program: Program): string {
  const state = program.declarations.length === 0 ? '' : `${printState(program.declarations)}\n`;
  const operations = [...program.entries].map(([name, operation]) => printOperation(operation, name));
  return state + operations.join('\n');
}

/** The declarations, one line each, members of a record indented below it. */
export function printState(declarations: readonly Declaration[]): string {
  const lines = declarations.flatMap(({ name, shape, scope }) => {
    const title = `${scope === 'thread' ? 'thread-local ' : ''}${name}`;
    if (shape.kind !== 'array') return [`  ${title}: ${memberText(shape)}`];
    const members = Object.entries(shape.record).map(([member, each]) => `    ${member}: ${memberText(each)}`);
    return [`  ${title}: array of ${shape.count}`, ...members];
  });
  return ['state', ...lines, ''].join('\n');
}

/**
 * An operation: its parameters and the type of its answer, then one line a statement, blocks indented. A computation that is used
 * twice inside one statement stands on a line of its own before it (`%1 = …`). Names that occur twice are numbered.
 */
export function printOperation(operation: RecordedOperation, name = operation.operation.name): string {
  return new OperationText(operation).text(name);
}

class OperationText {
  readonly #operation: RecordedOperation;
  readonly #names: ReadonlyMap<Local, string>;
  readonly #lines: string[] = [];
  /** The expressions of the statement that is printed now. */
  #expressions: ExpressionText;

  constructor(operation: RecordedOperation) {
    this.#operation = operation;
    this.#names = uniqueNames(operation.locals);
    this.#expressions = new ExpressionText([], this.#names);
  }

  text(name: string): string {
    const { parameters, result, body } = this.#operation;
    const typed = parameters.map((local) => this.#defined(local)).join(', ');
    const answer = result === undefined ? '' : ` -> ${longTypeText(result)}`;
    this.#lines.push(`operation ${name}(${typed})${answer}`);
    this.#block(body, 1);
    return [...this.#lines, ''].join('\n');
  }

  #block(block: Block, depth: number): void {
    if (block.length === 0) this.#line('nothing', depth);
    for (const statement of block) {
      if (statement.kind === 'await') this.#await(statement, depth);
      else this.#statement(statement, depth);
    }
  }

  #statement(statement: Exclude<Statement, { kind: 'await' }>, depth: number): void {
    this.#begin(statement, depth);
    this.#line(this.#titleOf(statement), depth);
    switch (statement.kind) {
      case 'lock':
      case 'loop':
      case 'retry':
      case 'inline':
        return this.#block(statement.body, depth + 1);
      case 'if':
        this.#block(statement.then, depth + 1);
        if (statement.otherwise.length === 0) return;
        this.#line('else', depth);
        return this.#block(statement.otherwise, depth + 1);
      case 'unwinding':
        this.#block(statement.body, depth + 1);
        this.#line('on unwind', depth);
        return this.#block(statement.onUnwind, depth + 1);
      default:
    }
  }

  /** The condition stands after the loads that it is computed from. */
  #await(statement: Extract<Statement, { kind: 'await' }>, depth: number): void {
    this.#line('await', depth);
    if (statement.body.length > 0) this.#block(statement.body, depth + 1);
    this.#begin(statement, depth);
    this.#line(`until ${this.#expressions.of(statement.condition)}`, depth);
  }

  /** Makes the statement's expressions printable: those that it uses twice get lines of their own. */
  #begin(statement: Statement, depth: number): void {
    this.#expressions = ExpressionText.ofStatement(statement, this.#names);
    for (const line of this.#expressions.definitions()) this.#line(line, depth);
  }

  #line(text: string, depth: number): void {
    this.#lines.push('  '.repeat(depth) + text);
  }

  #titleOf(statement: Exclude<Statement, { kind: 'await' }>): string {
    const text = this.#expressions;
    switch (statement.kind) {
      case 'lock':
        return `${statement.shared ? 'shared' : 'lock'} ${this.#path(statement.lock)}`;
      case 'if':
        return `if ${text.of(statement.condition)}`;
      case 'guard': {
        const answer = statement.result === undefined ? 'return' : `return ${text.of(statement.result)}`;
        return `guard ${JSON.stringify(statement.name)} ${text.of(statement.condition)} else ${answer}`;
      }
      case 'return':
        return statement.value === undefined ? 'return' : `return ${text.of(statement.value)}`;
      case 'loop':
        return `loop ${this.#name(statement.index)} < ${text.of(statement.count)} at most ${statement.atMost}`;
      case 'retry':
      case 'leave':
        return statement.kind;
      case 'inline': {
        const into = statement.into === undefined ? '' : `${this.#defined(statement.into)} = `;
        return `${into}call ${statement.operation.name}`;
      }
      case 'assert':
        return `assert ${JSON.stringify(statement.name)} ${text.of(statement.condition)}`;
      case 'callback':
        return `callback ${JSON.stringify(statement.name)}`;
      case 'mayPanic':
        return `may panic ${JSON.stringify(statement.name)}`;
      case 'unwinding':
        return 'unwinding';
      default:
        return this.#actionOf(statement);
    }
  }

  #actionOf(statement: Action): string {
    const text = this.#expressions;
    switch (statement.kind) {
      case 'let':
        return `${this.#defined(statement.into)} = ${text.of(statement.value)}`;
      case 'assign':
        return `${this.#defined(statement.into)} := ${text.of(statement.value)}`;
      case 'load':
        return `${this.#defined(statement.into)} = load ${this.#place(statement.place)} ${statement.order}`;
      case 'store':
        return `store ${this.#place(statement.place)} = ${text.of(statement.value)} ${statement.order}`;
      case 'exchange':
      case 'fetch': {
        const name = statement.kind === 'fetch' ? `fetch-${statement.name}` : 'exchange';
        const place = this.#place(statement.place);
        return `${this.#defined(statement.into)} = ${name} ${place}, ${text.of(statement.value)} ${statement.order}`;
      }
      case 'compareExchange': {
        const results = `${this.#defined(statement.into)}, ${this.#defined(statement.success)}`;
        const values = `${text.of(statement.expected)} -> ${text.of(statement.desired)}`;
        const name = `${statement.weak ? 'weak ' : ''}compare-exchange`;
        const orders = `${statement.order}, on failure ${statement.failureOrder}`;
        return `${results} = ${name} ${this.#place(statement.place)}, ${values} ${orders}`;
      }
      case 'fence':
        return `fence ${statement.order}`;
      case 'container':
        return this.#container(statement);
      default:
        return this.#memory(statement);
    }
  }

  #container(statement: Extract<Statement, { kind: 'container' }>): string {
    const text = this.#expressions;
    const into = statement.into === undefined ? '' : `${this.#defined(statement.into)} = `;
    const fields = Object.entries(statement.fields ?? {}).map(([name, value]) => `${name}: ${text.of(value)}`);
    const given = [
      ...statement.operands.map((operand) => text.of(operand)),
      ...(fields.length > 0 ? [`{ ${fields.join(', ')} }`] : []),
    ];
    return [`${into}${statement.name} ${this.#path(statement.path)}`, ...given].join(', ');
  }

  #memory(statement: Exclude<Action, { kind: StateAction }>): string {
    const text = this.#expressions;
    const into = 'into' in statement ? `${this.#defined(statement.into)} = ` : '';
    switch (statement.kind) {
      case 'reclaim':
      case 'expose':
      case 'read':
        return `${into}${statement.kind} ${text.of(statement.pointer)}`;
      case 'fromExposed':
        return `${into}from-exposed ${text.of(statement.address)}`;
      case 'offset':
        return `${into}offset ${text.of(statement.pointer)}, ${text.of(statement.delta)}`;
      case 'allocate':
        return `${into}allocate ${text.of(statement.size)}, alignment ${statement.alignment}`;
      case 'deallocate':
        return `deallocate ${text.of(statement.pointer)}, ${text.of(statement.size)}, alignment ${statement.alignment}`;
      case 'write':
        return `write ${text.of(statement.pointer)}, ${text.of(statement.value)}`;
    }
  }

  #name(local: Local): string {
    return this.#names.get(local) ?? local.name;
  }

  #defined(local: Local): string {
    return `${this.#name(local)}: ${longTypeText(local.type)}`;
  }

  #path({ root, index, member }: Path): string {
    const element = index === undefined ? '' : `[${this.#expressions.of(index)}]`;
    return `${root.name}${element}${member === undefined ? '' : `.${member}`}`;
  }

  #place({ path, element, field }: Place): string {
    const record = element === undefined ? '' : `[${this.#expressions.of(element)}].${field ?? ''}`;
    return this.#path(path) + record;
  }
}

type StateAction =
  'let' | 'assign' | 'load' | 'store' | 'exchange' | 'compareExchange' | 'fetch' | 'fence' | 'container';
type MemoryAction = 'reclaim' | 'expose' | 'fromExposed' | 'offset' | 'allocate' | 'deallocate' | 'read' | 'write';
type Action = Extract<Statement, { kind: StateAction | MemoryAction }>;

/** Every local by a name that no other has: the second `slot` is `slot#2`. */
function uniqueNames(locals: readonly Local[]): ReadonlyMap<Local, string> {
  const counts = new Map<string, number>();
  return new Map(
    locals.map((local) => {
      const count = (counts.get(local.name) ?? 0) + 1;
      counts.set(local.name, count);
      return [local, count === 1 ? local.name : `${local.name}#${count}`];
    }),
  );
}

/** The type with the fields of its layout: `word 64 { index: 28, generation: 16 }`. */
function longTypeText(type: ValueType): string {
  if (type.kind === 'option') return `option ${longTypeText(type.of)}`;
  return 'layout' in type && type.layout !== undefined
    ? `${typeText(type)} ${layoutText(type.layout)}`
    : typeText(type);
}

function layoutText({ fields, spare, width }: Layout): string {
  const named = fields.map((field) => `${field.name}: ${field.width}`);
  if (width < 64 && spare === 'mustBeZero') named.push('rest: zero');
  return `{ ${named.join(', ')} }`;
}

function memberText(shape: MemberShape): string {
  switch (shape.kind) {
    case 'scalar':
      return scalarText(shape);
    case 'lock':
      return `${shape.poisons ? 'poisoning ' : ''}${shape.shared ? 'rwlock' : 'mutex'}`;
    case 'growing': {
      const fields = Object.entries(shape.record).map(([name, field]) => `${name}: ${scalarText(field)}`);
      return `${unlockedText(shape)}growing { ${fields.join(', ')} }`;
    }
    case 'list':
      return `${unlockedText(shape)}${shape.order === 'lifo' ? 'stack' : 'queue'} of ${typeText(shape.element)}`;
    case 'map':
      return `${unlockedText(shape)}map from ${typeText(shape.key)} to ${typeText(shape.value)}`;
  }
}

function scalarText({ type, initial }: ScalarShape): string {
  return initial === 0n ? longTypeText(type) : `${longTypeText(type)} = ${initial}`;
}

function unlockedText({ isPrivate }: { readonly isPrivate: boolean }): string {
  return isPrivate ? 'unlocked ' : '';
}
