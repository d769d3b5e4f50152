import { compileExpression } from './evaluation.ts';
import type { Evaluator } from './evaluation.ts';
import { checkNames, isStatement, ownersOf } from './names.ts';
import type { Names } from './names.ts';
import { spawnedBy, threadsOf, traitsOf, transientOf } from './traits.ts';
import type { Traits } from './traits.ts';
import type {
  AwaitStatement,
  Expression,
  LitmusProgram,
  Operation,
  RetryStatement,
  Statement,
  Variable,
} from './syntax.ts';

/** One step of a thread. Loops and scopes are flattened, so that a program counter says where a thread is. */
export type Instruction =
  | OperationInstruction
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave'; readonly line: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'unless'; readonly condition: Evaluator; readonly to: number }
  | { readonly kind: 'begin-repeat'; readonly slot: number; readonly count: number }
  | { readonly kind: 'end-repeat'; readonly slot: number; readonly to: number }
  | LoopInstruction
  | UntilInstruction
  /** The threads, by position, that no statement spawns begin here. */
  | { readonly kind: 'start'; readonly threads: readonly number[] }
  /** Waits for the end of these threads. */
  | { readonly kind: 'finish'; readonly threads: readonly number[] };

/** The begin of a pass of `retry` or `await`. */
export interface LoopInstruction {
  readonly kind: 'loop';
  /** Registers that every pass sets before it reads them, so that their values from a pass before do not matter. */
  readonly transient: ReadonlySet<number>;
  /** An `await`, which waits, rather than a `retry`, which runs on. */
  readonly waits: boolean;
  readonly line: number;
}

/** The end of a pass: on if the condition holds, else to the loop's begin. */
export interface UntilInstruction {
  readonly kind: 'until';
  readonly condition: Evaluator;
  readonly to: number;
  readonly waits: boolean;
  readonly line: number;
}

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
  /** The position of a thread in this list by its number. */
  readonly positions: ReadonlyMap<number, number>;
  readonly setupRegisters: number;
  readonly names: Names;
  readonly traits: Traits;
  /** The thread and the register of a variable that an expectation names. */
  readonly locate: (variable: Variable) => { readonly thread: number; readonly slot: number };
}

/** Flattens a program whose names are checked. */
export function compileLitmus(program: LitmusProgram): LitmusCode {
  const names = checkNames(program);
  const numbers = [0, ...threadsOf(program).filter((thread) => thread !== 0)];
  const positions = new Map(numbers.map((thread, position) => [thread, position]));
  const spawned = spawnedBy(program);
  const implicit = numbers.flatMap((thread, position) => (position > 0 && !spawned.has(thread) ? [position] : []));
  const setup = [...names.setup.keys()];
  const slotsOf = (thread: number): Map<string, number> => {
    const own = names.threads.get(thread)?.keys() ?? [];
    return new Map([...setup, ...own].map((name, slot) => [name, slot]));
  };
  const threads = numbers.map((thread): ThreadCode => {
    const compiler = new ThreadCompiler(slotsOf(thread));
    const body = program.items.flatMap((item) => (item.kind === 'thread' && item.thread === thread ? item.body : []));
    if (thread !== 0) return compiler.compile(thread, [body]);
    const main = [program.items.filter(isStatement), body];
    return numbers.length === 1 ? compiler.compile(0, main) : compiler.compile(0, main, implicit);
  });
  const locate = (variable: Variable) => {
    const [thread] = ownersOf(names, variable);
    return { thread, slot: slotsOf(thread).get(variable.name) ?? 0 };
  };
  return { threads, positions, setupRegisters: setup.length, names, locate, traits: traitsOf(program) };
}

class ThreadCompiler {
  readonly #slots: ReadonlyMap<string, number>;
  readonly #code: Instruction[] = [];
  #registers: number;

  constructor(slots: ReadonlyMap<string, number>) {
    this.#slots = slots;
    this.#registers = slots.size;
  }

  /** With `implicit` threads: they begin after the first part, and are waited for at the end. */
  compile(thread: number, parts: readonly (readonly Statement[])[], implicit?: readonly number[]): ThreadCode {
    for (const [index, part] of parts.entries()) {
      if (index === 1 && implicit !== undefined) this.#code.push({ kind: 'start', threads: implicit });
      this.#statements(part);
    }
    if (implicit !== undefined) this.#code.push({ kind: 'finish', threads: implicit });
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
        this.#loop(statement, statement.until.condition, false);
        return;
      case 'await':
        this.#loop(statement, statement.condition, true);
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

  #loop(statement: RetryStatement | AwaitStatement, condition: Expression, waits: boolean): void {
    const to = this.#code.length;
    const transient = new Set(transientOf(statement.body).map((name) => this.#slots.get(name) ?? 0));
    this.#code.push({ kind: 'loop', transient, waits, line: statement.at.line });
    const first = this.#registers;
    this.#statements(statement.body);
    // The counters of repetitions are set when they begin.
    for (let slot = first; slot < this.#registers; slot++) transient.add(slot);
    this.#code.push({
      kind: 'until',
      condition: this.#expression(condition),
      to,
      waits,
      line: statement.at.line,
    });
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
