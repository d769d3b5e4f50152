import { OperationPanic, POISONED, type Host, type OperationFault } from '../engine.ts';
import type { Expression, Local } from '../expression.ts';
import type { Program } from '../program.ts';
import { shapeAt, type Path } from '../state.ts';
import type { Block, Ordering, Statement, StatementKind } from '../statement.ts';
import { Fault } from '../../vocabulary/verdicts.ts';
import type { AccessKind, Decision, Steps } from './access.ts';
import { accessContainer } from './container-access.ts';
import { evaluate } from './evaluation.ts';
import { accessMemory } from './memory-access.ts';
import * as state from './state-access.ts';
import { Store, type Location } from './store.ts';
import { bitsOf, conditionOf, type RuntimeValue } from './values.ts';

export type StatementOf<K extends StatementKind> = Extract<Statement, { readonly kind: K }>;

/** How a block ended: at its end, by a return, by leaving the innermost loop, or by a panic. */
export type Completion =
  | { readonly kind: 'end' }
  | { readonly kind: 'return'; readonly value: RuntimeValue | undefined }
  | { readonly kind: 'leave' }
  | { readonly kind: 'panic'; readonly name: string };

/** What one run shares with the others of its engine. */
export interface Surroundings {
  readonly program: Program;
  readonly host: Host;
  /** Lets the driver run operations. */
  readonly callback: (name: string) => void;
  readonly store: Store;
  readonly fault: OperationFault;
  /** How many passes a `retry` may make without leaving before that is a livelock; Infinity when other threads take steps too. */
  readonly retryLimit: number;
  /** Told of every coverage point that is reached. */
  readonly reach: (point: number) => void;
}

const END: Completion = { kind: 'end' };

/** One run of an operation by one thread. Its methods follow the documentation of the statements one by one. */
export class Execution {
  readonly surroundings: Surroundings;
  readonly thread: number;
  /** How many threads there are, as far as they have run. */
  readonly threads: number;
  readonly locals = new Map<Local, RuntimeValue>();

  constructor(surroundings: Surroundings, thread: number, threads: number) {
    this.surroundings = surroundings;
    this.thread = thread;
    this.threads = threads;
  }

  *block(block: Block): Steps<Completion> {
    for (const statement of block) {
      const completion = yield* this.#statement(statement);
      if (completion.kind !== 'end') return completion;
    }
    return END;
  }

  value(expression: Expression): RuntimeValue {
    return evaluate(expression, this.locals, this);
  }

  bits(expression: Expression): bigint {
    return bitsOf(this.value(expression));
  }

  /** Where a path leads. Whether the array has that index is checked when the location is accessed. */
  locate(path: Path): Location {
    return Store.locate(path, this.thread, path.index === undefined ? undefined : this.bits(path.index));
  }

  raise(fault: number, statement: Statement): never {
    return this.surroundings.fault.raise(fault, statement);
  }

  checkContained(location: Location, statement: Statement): void {
    if (!Store.contains(location)) this.raise(Fault['out-of-bounds'], statement);
  }

  /** The step before an access. Thread-local state is private: an access to it is no step. */
  *step(kind: AccessKind, statement: Statement, order: Ordering, location?: Location, suffix = ''): Steps<Decision> {
    const declaration = location?.path.root;
    if (declaration?.scope === 'thread') return {};
    const text = location === undefined ? '' : location.text + suffix;
    return (yield { kind, statement, declaration, location: text, order, blocked: false }) ?? {};
  }

  *#statement(statement: Statement): Steps<Completion> {
    switch (statement.kind) {
      case 'let':
      case 'assign':
        this.locals.set(statement.into, this.value(statement.value));
        return END;
      case 'load':
        yield* state.load(this, statement);
        return END;
      case 'store':
        yield* state.store(this, statement);
        return END;
      case 'exchange':
        yield* state.exchange(this, statement);
        return END;
      case 'compareExchange':
        yield* state.compareExchange(this, statement);
        return END;
      case 'fetch':
        yield* state.fetch(this, statement);
        return END;
      case 'container':
        yield* accessContainer(this, statement);
        return END;
      case 'fence':
        yield* this.step('fence', statement, statement.order);
        return END;
      case 'reclaim':
      case 'expose':
      case 'fromExposed':
      case 'offset':
      case 'allocate':
      case 'deallocate':
      case 'read':
      case 'write':
        yield* accessMemory(this, statement);
        return END;
      case 'assert':
        if (!conditionOf(this.value(statement.condition))) this.raise(Fault.assertion, statement);
        return END;
      case 'callback':
        yield* this.step('callback', statement, 'plain');
        return this.#callback(statement.name);
      default:
        return yield* this.#control(statement);
    }
  }

  /** A panic of an operation that the driver runs there unwinds this one too. */
  #callback(name: string): Completion {
    try {
      this.surroundings.callback(name);
      return END;
    } catch (error) {
      if (error instanceof OperationPanic) return panic(error.panicName);
      throw error;
    }
  }

  *#control(statement: ControlStatement): Steps<Completion> {
    switch (statement.kind) {
      case 'if': {
        const holds = conditionOf(this.value(statement.condition));
        this.#reach(statement, holds ? 0 : 1);
        return yield* this.block(holds ? statement.then : statement.otherwise);
      }
      case 'guard': {
        const holds = conditionOf(this.value(statement.condition));
        this.#reach(statement, holds ? 0 : 1);
        return holds ? END : { kind: 'return', value: statement.result && this.value(statement.result) };
      }
      case 'return':
        return { kind: 'return', value: statement.value && this.value(statement.value) };
      case 'leave':
        return { kind: 'leave' };
      case 'mayPanic':
        return this.surroundings.host.mayPanic(statement.name) ? panic(statement.name) : END;
      case 'lock':
        return yield* this.#lock(statement);
      case 'loop':
        return yield* this.#loop(statement);
      case 'retry':
        return yield* this.#retry(statement);
      case 'await':
        return yield* this.#await(statement);
      case 'inline':
        return yield* this.#inline(statement);
      case 'unwinding':
        return yield* this.#unwinding(statement);
    }
  }

  /** Takes the lock, runs the body and releases the lock, however the body ended. Readers do not poison, as in Rust. */
  *#lock(statement: StatementOf<'lock'>): Steps<Completion> {
    const { store } = this.surroundings;
    const location = this.locate(statement.lock);
    this.checkContained(location, statement);
    const shape = shapeAt(statement.lock);
    const poisons = shape.kind === 'lock' && shape.poisons;
    const isFree = (): boolean => {
      const { exclusive, shared } = store.member('lock', location);
      return exclusive === undefined && (statement.shared || shared.length === 0);
    };

    yield* this.#waitUntil(isFree, 'acquire', statement, location);
    const taken = store.member('lock', location);
    if (statement.shared) taken.shared.push(this.thread);
    else taken.exclusive = this.thread;

    const completion = taken.poisoned ? panic(POISONED) : yield* this.block(statement.body);

    yield* this.step('release', statement, 'release', location);
    const held = store.member('lock', location);
    if (completion.kind === 'panic' && poisons && !statement.shared) held.poisoned = true;
    if (statement.shared) held.shared.splice(held.shared.indexOf(this.thread), 1);
    else held.exclusive = undefined;
    return completion;
  }

  /** Yields the access until the condition holds at the moment when the thread is resumed. */
  *#waitUntil(isFree: () => boolean, kind: AccessKind, statement: Statement, location: Location): Steps<void> {
    const access = {
      kind,
      statement,
      declaration: location.path.root,
      location: location.text,
      order: 'acquire',
    } as const;
    do yield { ...access, blocked: !isFree() };
    while (!isFree());
  }

  *#loop(statement: StatementOf<'loop'>): Steps<Completion> {
    const { count, atMost, index, body } = statement;
    const given = this.bits(count);
    const passes = given < BigInt(atMost) ? given : BigInt(atMost);
    for (let pass = 0n; pass < passes; pass++) {
      this.#reach(statement, 0);
      this.locals.set(index, pass);
      const completion = yield* this.block(body);
      if (completion.kind === 'leave') return END;
      if (completion.kind !== 'end') return completion;
    }
    return END;
  }

  *#retry(statement: StatementOf<'retry'>): Steps<Completion> {
    for (let pass = 0; pass < this.surroundings.retryLimit; pass++) {
      this.#reach(statement, 0);
      const completion = yield* this.block(statement.body);
      if (completion.kind === 'leave') return END;
      if (completion.kind !== 'end') return completion;
    }
    return this.raise(Fault.livelock, statement);
  }

  /** Each time the condition is computed anew from what its loads see then. */
  *#await(statement: StatementOf<'await'>): Steps<Completion> {
    for (;;) {
      const completion = yield* this.block(statement.body);
      if (completion.kind !== 'end') return completion;
      if (conditionOf(this.value(statement.condition))) return END;
      yield { kind: 'await', statement, declaration: undefined, location: '', order: 'plain', blocked: true };
    }
  }

  /** A return inside the other operation ends that one alone. */
  *#inline(statement: StatementOf<'inline'>): Steps<Completion> {
    const completion = yield* this.block(statement.body);
    if (completion.kind !== 'return') return completion;
    if (statement.into !== undefined && completion.value !== undefined)
      this.locals.set(statement.into, completion.value);
    return END;
  }

  /** After the cleanup the panic goes on; a panic inside the cleanup takes its place. */
  *#unwinding(statement: StatementOf<'unwinding'>): Steps<Completion> {
    const completion = yield* this.block(statement.body);
    if (completion.kind !== 'panic') return completion;
    const cleanup = yield* this.block(statement.onUnwind);
    return cleanup.kind === 'panic' ? cleanup : completion;
  }

  #reach(statement: Statement, outcome: number): void {
    const { program, reach } = this.surroundings;
    reach((program.firstPoint.get(statement) as number) + outcome);
  }
}

function panic(name: string): Completion {
  return { kind: 'panic', name };
}

type ControlStatement = StatementOf<
  'if' | 'guard' | 'return' | 'leave' | 'mayPanic' | 'lock' | 'loop' | 'retry' | 'await' | 'inline' | 'unwinding'
>;
