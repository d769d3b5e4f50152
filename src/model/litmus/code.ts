import { compileExpression } from './evaluation.ts';
import type { Evaluator } from './evaluation.ts';
import { checkNames, isStatement, ownersOf } from './names.ts';
import type { Names } from './names.ts';
import type { Expression, LitmusProgram, Operation, Statement, Variable } from './syntax.ts';

/** One step of a thread. Loops and scopes are flattened, so that a program counter says where a thread is. */
export type Instruction =
  | OperationInstruction
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave'; readonly line: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'unless'; readonly condition: Evaluator; readonly to: number }
  | { readonly kind: 'begin-repeat'; readonly slot: number; readonly count: number }
  | { readonly kind: 'end-repeat'; readonly slot: number; readonly to: number }
  | { readonly kind: 'until'; readonly condition: Evaluator; readonly to: number }
  | { readonly kind: 'await'; readonly condition: Evaluator; readonly to: number; readonly line: number };

export interface OperationInstruction {
  readonly kind: 'operation';
  readonly statement: Operation;
  readonly results: readonly number[];
  readonly operands: Readonly<Record<string, Evaluator>>;
}

export interface ThreadCode {
  readonly thread: number;
  readonly instructions: readonly Instruction[];
  /** Registers of a frame; the first ones hold the variables of the setup, for every thread alike. */
  readonly registers: number;
}

/** A litmus program, flattened for the step machine. */
export interface LitmusCode {
  /** Main first (the setup and then its own block), then the others as the file has them. */
  readonly threads: readonly ThreadCode[];
  readonly setupRegisters: number;
  readonly names: Names;
  /** The thread and the register of a variable that an expectation names. */
  readonly locate: (variable: Variable) => { readonly thread: number; readonly slot: number };
}

/** Flattens a program whose names are checked. */
export function compileLitmus(program: LitmusProgram): LitmusCode {
  const names = checkNames(program);
  const setup = [...names.setup.keys()];
  const slotsOf = (thread: number): Map<string, number> => {
    const own = names.threads.get(thread)?.keys() ?? [];
    return new Map([...setup, ...own].map((name, slot) => [name, slot]));
  };
  const bodies = new Map<number, Statement[]>([[0, program.items.filter(isStatement)]]);
  for (const item of program.items)
    if (item.kind === 'thread') bodies.set(item.thread, [...(bodies.get(item.thread) ?? []), ...item.body]);
  const threads = [...bodies].map(([thread, body]) => new ThreadCompiler(slotsOf(thread)).compile(thread, body));
  const locate = (variable: Variable) => {
    const [thread] = ownersOf(names, variable);
    return { thread, slot: slotsOf(thread).get(variable.name) ?? 0 };
  };
  return { threads, setupRegisters: setup.length, names, locate };
}

class ThreadCompiler {
  readonly #slots: ReadonlyMap<string, number>;
  readonly #code: Instruction[] = [];
  #registers: number;

  constructor(slots: ReadonlyMap<string, number>) {
    this.#slots = slots;
    this.#registers = slots.size;
  }

  compile(thread: number, body: readonly Statement[]): ThreadCode {
    this.#statements(body);
    return { thread, instructions: this.#code, registers: this.#registers };
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const start = this.#code.length;
    switch (statement.kind) {
      case 'operation':
        this.#code.push(this.#operation(statement));
        return;
      case 'scope':
        this.#code.push({ kind: 'enter' });
        this.#statements(statement.body);
        this.#code.push({ kind: 'leave', line: statement.closing.at.line });
        return;
      case 'repeat': {
        const slot = this.#registers++;
        this.#code.push({ kind: 'begin-repeat', slot, count: statement.count });
        this.#statements(statement.body);
        this.#code.push({ kind: 'end-repeat', slot, to: start + 1 });
        return;
      }
      case 'retry':
        this.#statements(statement.body);
        this.#code.push({ kind: 'until', condition: this.#expression(statement.until.condition), to: start });
        return;
      case 'await':
        this.#statements(statement.body);
        this.#code.push({
          kind: 'await',
          condition: this.#expression(statement.condition),
          to: start,
          line: statement.at.line,
        });
        return;
      case 'if': {
        const condition = this.#expression(statement.condition);
        this.#code.push({ kind: 'jump', to: 0 });
        this.#statements(statement.body);
        if (statement.otherwise === undefined) {
          this.#code[start] = { kind: 'unless', condition, to: this.#code.length };
          return;
        }
        const skip = this.#code.length;
        this.#code.push({ kind: 'jump', to: 0 });
        this.#code[start] = { kind: 'unless', condition, to: this.#code.length };
        this.#statements(statement.otherwise.body);
        this.#code[skip] = { kind: 'jump', to: this.#code.length };
      }
    }
  }

  #operation(statement: Operation): OperationInstruction {
    const operands: Record<string, Evaluator> = {};
    for (const [name, expression] of Object.entries(statement.operands)) operands[name] = this.#expression(expression);
    const results = statement.results.map((variable) => this.#slotOf(variable));
    return { kind: 'operation', statement, results, operands };
  }

  #expression(expression: Expression): Evaluator {
    return compileExpression(expression, (variable) => this.#slotOf(variable));
  }

  #slotOf(variable: Variable): number {
    // Names are checked before, so that every variable has its register.
    return this.#slots.get(variable.name) ?? 0;
  }
}
