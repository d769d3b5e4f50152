import { checkAwaited, checkFallsThrough, checkMemoryType } from './discipline.ts';
import type { Expression, Local } from './expression.ts';
import type { Kind, ScalarKind } from './kind.ts';
import type { Arguments, Operation, Parameters, RecordedOperation } from './operation.ts';
import { Recording, type Answer } from './recording.ts';
import { BuildError, Site } from './site.ts';
import type { LockReference, PlaceReference } from './state-builder.ts';
import { shapeAt, type Path } from './state.ts';
import type { ContainerOperation, FetchName, Ordering, Statement } from './statement.ts';
import { BOOLEAN, type ValueType } from './type.ts';
import {
  Bool,
  coerce,
  operandExpression,
  Option,
  plainWord,
  Pointer,
  valueOf,
  Value,
  Word,
  type Caller,
  type NONE,
  type Operand,
} from './value.ts';

/** What stands for a value: itself, a literal of its type, NONE for an option. */
type Literal<V> = V | number | bigint | (V extends Option ? typeof NONE : never);

/** A variable of an operation: the only value that changes. */
export interface Variable<V extends Value> {
  get(): V;
  set(value: Literal<V>): void;
}

type Bare<S> = S extends unknown ? Omit<S, 'site'> : never;

/** `$`: every method emits its statement when it is called, in the block that is open then. */
export class Builder {
  readonly #recording = new Recording();

  static record(operation: Operation): RecordedOperation {
    return new Builder().#record(operation);
  }

  #record(operation: Operation): RecordedOperation {
    const recording = this.#recording;
    const parameters: Local[] = [];
    const frame = recording.inFrame(operation, () => {
      for (const [name, kind] of Object.entries(operation.parameters))
        parameters.push(recording.local(name, kind.type));
      operation.body(this, argumentsFrom(parameters));
    });
    return { operation, parameters, ...frame, locals: recording.locals };
  }

  // Shared state

  load<V extends Value>(place: PlaceReference<V>, order: Ordering = 'plain'): V {
    const into = this.#local(
      place.place.field ?? place.place.path.member ?? place.place.path.root.name,
      place.place.type,
    );
    this.#add({ kind: 'load', into, place: place.place, order }, this.load);
    return localValue(into) as V;
  }

  store<V extends Value>(place: PlaceReference<V>, value: Literal<V>, order: Ordering = 'plain'): void {
    this.#add(
      { kind: 'store', place: place.place, value: coerce(value, place.place.type, this.store), order },
      this.store,
    );
  }

  /** Atomically replaces the value and answers the old one. */
  exchange<V extends Value>(place: PlaceReference<V>, value: Literal<V>, order: Ordering): V {
    const into = this.#local('old', place.place.type);
    const coerced = coerce(value, place.place.type, this.exchange);
    this.#add({ kind: 'exchange', into, place: place.place, value: coerced, order }, this.exchange);
    return localValue(into) as V;
  }

  /** Strong unless `weak`: a weak one may fail although the value is as expected. A failure is a load with `failureOrder`. */
  compareExchange<V extends Value>(
    place: PlaceReference<V>,
    expected: Literal<V>,
    desired: Literal<V>,
    order: Ordering,
    options: { readonly failureOrder?: Ordering; readonly weak?: boolean } = {},
  ): { readonly success: Bool; readonly observed: V } {
    const { type } = place.place;
    const into = this.#local('observed', type);
    const success = this.#local('success', BOOLEAN);
    this.#add(
      {
        kind: 'compareExchange',
        into,
        success,
        place: place.place,
        expected: coerce(expected, type, this.compareExchange),
        desired: coerce(desired, type, this.compareExchange),
        order,
        failureOrder: options.failureOrder ?? loadPart(order),
        weak: options.weak ?? false,
      },
      this.compareExchange,
    );
    return { success: new Bool(localValue(success).expression), observed: localValue(into) as V };
  }

  /** Atomically changes a word and answers the old value. */
  fetch(name: FetchName, place: PlaceReference<Word>, value: Operand, order: Ordering): Word {
    const into = this.#local('old', place.place.type);
    const operand = coerce(value, place.place.type, this.fetch);
    this.#add({ kind: 'fetch', name, into, place: place.place, value: operand, order }, this.fetch);
    return localValue(into) as Word;
  }

  fence(order: Exclude<Ordering, 'plain' | 'relaxed'>): void {
    this.#add({ kind: 'fence', order }, this.fence);
  }

  /** One operation on a container as a whole; the containers' own methods call it. */
  containerOperation(
    caller: Caller,
    name: ContainerOperation,
    path: Path,
    operands: readonly Expression[],
    fields?: Readonly<Record<string, Expression>>,
  ): Value | undefined {
    const type = containerAnswer(name, path);
    const into = type === undefined ? undefined : this.#local(name, type);
    this.#add({ kind: 'container', name, path, operands, ...(fields && { fields }), ...(into && { into }) }, caller);
    return into && localValue(into);
  }

  // Locks

  /** Runs the body while the lock is held; a return inside unlocks. */
  lock(lock: LockReference, body: () => void): void {
    this.#lock(lock, false, body, this.lock);
  }

  /** Runs the body while a reader-writer lock is held for reading. */
  shared(lock: LockReference, body: () => void): void {
    const shape = shapeAt(lock.path);
    if (shape.kind === 'lock' && !shape.shared)
      throw new BuildError('a mutex has no shared mode; declare an rwlock', new Site(this.shared));
    this.#lock(lock, true, body, this.shared);
  }

  #lock(lock: LockReference, shared: boolean, body: () => void, caller: Caller): void {
    const block = this.#recording.block(body);
    this.#add({ kind: 'lock', lock: lock.path, shared, body: block }, caller);
  }

  // Values

  /** A variable with its first value; reading it later gives what was set last. */
  variable<V extends Value>(kind: Kind<V>, initial: Literal<V>, name = 'variable'): Variable<V> {
    const local = this.#local(name, kind.type, true);
    this.#add({ kind: 'assign', into: local, value: coerce(initial, kind.type, this.variable) }, this.variable);
    const variable: Variable<V> = {
      get: () => {
        const copy = this.#local(name, kind.type);
        this.#add({ kind: 'let', into: copy, value: { op: 'local', type: kind.type, local } }, variable.get);
        return localValue(copy) as V;
      },
      set: (value) => {
        this.#add({ kind: 'assign', into: local, value: coerce(value, kind.type, variable.set) }, variable.set);
      },
    };
    return variable;
  }

  /** One of two values of the same type. */
  select<V extends Value>(condition: Bool, then: V, otherwise: Literal<V>): V {
    const { type } = then;
    const other = coerce(otherwise, type, this.select);
    return valueOf({
      op: 'select',
      type,
      condition: condition.expression,
      then: then.expression,
      otherwise: other,
    }) as V;
  }

  // Control

  /** The named early return: unless the condition holds, this operation answers `result` (nothing, when it has no answer). */
  guard(name: string, condition: Bool, result?: Answer): void {
    const { operation: owner } = this.#recording.frame;
    const added = this.#add({ kind: 'guard', name, condition: condition.expression, owner }, this.guard);
    this.#recording.answer(result, added.site, (value) => Object.assign(added, { result: value }));
  }

  return(answer?: Answer): void {
    const added = this.#add({ kind: 'return' }, this.return);
    this.#recording.answer(answer, added.site, (value) => Object.assign(added, { value }));
  }

  if(condition: Bool, then: () => void, otherwise: () => void = () => {}): void {
    const blocks = { then: this.#recording.block(then), otherwise: this.#recording.block(otherwise) };
    this.#add(
      { kind: 'if', condition: condition.expression, ...blocks, owner: this.#recording.frame.operation },
      this.if,
    );
  }

  /** Runs the body a bounded number of times: a literal, or a word with the literal that it never exceeds. */
  loop(count: number | Word, body: (index: Word) => void, options: { readonly atMost?: number } = {}): void {
    const atMost = typeof count === 'number' ? count : options.atMost;
    if (atMost === undefined)
      throw new BuildError('a loop needs a bound: give { atMost }, or write $.retry or $.await', new Site(this.loop));
    if (!Number.isInteger(atMost) || atMost < 0 || atMost > 0xffff_ffff)
      throw new BuildError(`a loop's bound is an integer below 2^32, not ${atMost}`, new Site(this.loop));
    const bound = operandExpression(typeof count === 'number' ? count : passes(count, atMost), 32, this.loop);
    let index: Local | undefined;
    const block = this.#recording.block(() => {
      index = this.#local('index', plainWord(32));
      body(localValue(index) as Word);
    }, true);
    this.#add({ kind: 'loop', index: index as unknown as Local, count: bound, atMost, body: block }, this.loop);
  }

  /** Runs the body again until it leaves or returns; a failing pass may write only cells of its own thread. */
  retry(body: () => void): void {
    this.#add({ kind: 'retry', body: this.#recording.block(body, true) }, this.retry);
  }

  /** Leaves the innermost loop or retry. */
  leave(): void {
    if (!this.#recording.insideLoop)
      throw new BuildError('leave stands inside a loop or a retry', new Site(this.leave));
    this.#add({ kind: 'leave' }, this.leave);
  }

  /** Blocks until the condition, computed from shared loads inside, is true. */
  await(condition: () => Bool): void {
    let awaited: Bool | undefined;
    const body = this.#recording.block(() => {
      awaited = condition();
      // The condition is checked inside its block, where its loads are in scope.
      this.#add({ kind: 'assert', name: 'awaited', condition: awaited.expression }, this.await);
    });
    const statements = body.slice(0, -1);
    checkAwaited(statements);
    checkFallsThrough(statements, 'an await');
    this.#addUnchecked(
      { kind: 'await', body: statements, condition: (awaited as unknown as Bool).expression },
      this.await,
    );
  }

  /** Another operation, inlined: its returns end it alone. */
  call<P extends Parameters, V extends Value | undefined>(
    operation: Operation<P, V>,
    given: { readonly [Name in keyof P]: Arguments<P>[Name] | number | bigint },
  ): V {
    const bound = Object.entries(operation.parameters).map(([name, kind]) => {
      const local = this.#local(name, kind.type);
      this.#add({ kind: 'let', into: local, value: coerce(given[name], kind.type, this.call) }, this.call);
      return local;
    });
    const callee = operation as unknown as Operation;
    const { body, result } = this.#recording.inFrame(callee, () => callee.body(this, argumentsFrom(bound)));
    const into = result && this.#local(operation.name, result);
    this.#addUnchecked({ kind: 'inline', operation: callee, ...(into && { into }), body }, this.call);
    return (into && localValue(into)) as V;
  }

  assert(name: string, condition: Bool): void {
    this.#add({ kind: 'assert', name, condition: condition.expression }, this.assert);
  }

  /** The driver may run any client operations here; locks stay held. */
  callback(name: string): void {
    this.#add({ kind: 'callback', name }, this.callback);
  }

  /** The driver decides whether this panics. */
  mayPanic(name: string): void {
    this.#add({ kind: 'mayPanic', name }, this.mayPanic);
  }

  /** Runs the body; when something in it panics, runs `cleanup` before the panic goes on. */
  onUnwind(body: () => void, cleanup: () => void): void {
    const blocks = { body: this.#recording.block(body), onUnwind: this.#recording.block(cleanup) };
    checkFallsThrough(blocks.onUnwind, 'a cleanup, after which the panic goes on');
    this.#add({ kind: 'unwinding', ...blocks }, this.onUnwind);
  }

  // Memory and provenance

  /** Gives an object's memory back to the allocator, now. */
  reclaim(pointer: Pointer): void {
    this.#add({ kind: 'reclaim', pointer: pointer.expression }, this.reclaim);
  }

  /** The address as an integer; marks the allocation exposed. */
  expose(pointer: Pointer): Word {
    const into = this.#local('exposed', plainWord(64));
    this.#add({ kind: 'expose', into, pointer: pointer.expression }, this.expose);
    return localValue(into) as Word;
  }

  /** Integer to pointer: a wildcard, or the verdict `exposed-provenance` on a strict machine. */
  fromExposed(address: Operand): Pointer {
    const into = this.#local('pointer', { kind: 'pointer' });
    this.#add(
      { kind: 'fromExposed', into, address: operandExpression(address, 64, this.fromExposed) },
      this.fromExposed,
    );
    return new Pointer(localValue(into).expression);
  }

  /** A pointer that has no provenance and never gains any. */
  withoutProvenance(address: Operand): Pointer {
    const expression = operandExpression(address, 64, this.withoutProvenance);
    return new Pointer({ op: 'withoutProvenance', type: { kind: 'pointer' }, address: expression });
  }

  /** In-bounds offset of a signed number of bytes; leaving the allocation is `pointer-arithmetic`. */
  offset(pointer: Pointer, bytes: Operand): Pointer {
    const into = this.#local('pointer', { kind: 'pointer' });
    const delta = operandExpression(bytes, 64, this.offset);
    this.#add({ kind: 'offset', into, pointer: pointer.expression, delta }, this.offset);
    return new Pointer(localValue(into).expression);
  }

  /** Simulated memory for the representation's own use, in bytes. */
  allocate(size: Operand, alignment: number): Pointer {
    const into = this.#local('pointer', { kind: 'pointer' });
    this.#add({ kind: 'allocate', into, size: operandExpression(size, 64, this.allocate), alignment }, this.allocate);
    return new Pointer(localValue(into).expression);
  }

  deallocate(pointer: Pointer, size: Operand, alignment: number): void {
    const bytes = operandExpression(size, 64, this.deallocate);
    this.#add({ kind: 'deallocate', pointer: pointer.expression, size: bytes, alignment }, this.deallocate);
  }

  /** A plain read of a word (its width a multiple of 8 bits) or a pointer, naturally aligned. */
  read<V extends Value>(kind: ScalarKind<V>, pointer: Pointer): V {
    checkMemoryType(kind.type, this.read);
    const into = this.#local('read', kind.type);
    this.#add({ kind: 'read', into, pointer: pointer.expression }, this.read);
    return localValue(into) as V;
  }

  write(pointer: Pointer, value: Word | Pointer): void {
    checkMemoryType(value.type, this.write);
    this.#add({ kind: 'write', pointer: pointer.expression, value: value.expression }, this.write);
  }

  #local(name: string, type: ValueType, mutable = false): Local {
    return this.#recording.local(name, type, mutable);
  }

  #add(statement: Bare<Statement>, caller: Caller): Statement {
    const complete = { ...statement, site: Site.of(caller) } as Statement;
    this.#recording.add(complete);
    return complete;
  }

  #addUnchecked(statement: Bare<Statement>, caller: Caller): void {
    this.#recording.append({ ...statement, site: Site.of(caller) });
  }
}

function localValue(local: Local): Value {
  return valueOf({ op: 'local', type: local.type, local });
}

function argumentsFrom(locals: readonly Local[]): never {
  return Object.fromEntries(locals.map((local) => [local.name, localValue(local)])) as never;
}

/** The number of passes in 32 bits; a wider count is bounded before its upper bits are lost. */
function passes(count: Word, atMost: number): Word {
  return count.type.width > 32 ? count.min(atMost).resize(32) : count.resize(32);
}

/** A failed compare-exchange keeps the acquire part of its ordering. */
function loadPart(order: Ordering): Ordering {
  if (order === 'acqrel') return 'acquire';
  return order === 'release' ? 'relaxed' : order;
}

function containerAnswer(name: ContainerOperation, path: Path): ValueType | undefined {
  const shape = shapeAt(path);
  if (name === 'length' || (name === 'push' && shape.kind === 'growing')) return plainWord(32);
  if (name === 'pop' && shape.kind === 'list') return { kind: 'option', of: shape.element };
  return name === 'get' && shape.kind === 'map' ? { kind: 'option', of: shape.value } : undefined;
}
