import { Fault } from '../../vocabulary/verdicts.ts';
import type { Place } from '../state.ts';
import type { FetchName, Statement } from '../statement.ts';
import { widthOf } from '../type.ts';
import type { Steps } from './access.ts';
import type { Execution, StatementOf } from './execution.ts';
import type { Location } from './store.ts';
import { bitsOf, scalarOf, type ScalarValue } from './values.ts';

/** A place with its indexes computed. */
interface Target {
  readonly place: Place;
  readonly location: Location;
  /** The index into the growing container, when the place is a field of one of its records. */
  readonly element: bigint | undefined;
  readonly suffix: string;
}

export function* load(run: Execution, statement: StatementOf<'load'>): Steps<void> {
  const target = locate(run, statement.place);
  yield* run.step('load', statement, statement.order, target.location, target.suffix);
  run.locals.set(statement.into, read(run, target, statement));
}

export function* store(run: Execution, statement: StatementOf<'store'>): Steps<void> {
  const target = locate(run, statement.place);
  const value = scalarOf(run.value(statement.value));
  yield* run.step('store', statement, statement.order, target.location, target.suffix);
  write(run, target, value, statement);
}

export function* exchange(run: Execution, statement: StatementOf<'exchange'>): Steps<void> {
  const target = locate(run, statement.place);
  const value = scalarOf(run.value(statement.value));
  yield* run.step('exchange', statement, statement.order, target.location, target.suffix);
  const old = read(run, target, statement);
  write(run, target, value, statement);
  run.locals.set(statement.into, old);
}

/** Compares by bits: pointers by address. A weak one fails without reason only when the scheduler says so. */
export function* compareExchange(run: Execution, statement: StatementOf<'compareExchange'>): Steps<void> {
  const target = locate(run, statement.place);
  const expected = run.bits(statement.expected);
  const desired = scalarOf(run.value(statement.desired));
  const decision = yield* run.step('compareExchange', statement, statement.order, target.location, target.suffix);
  const observed = read(run, target, statement);
  const failsAnyway = statement.weak && decision.spuriousFailure === true;
  const success = bitsOf(observed) === expected && !failsAnyway;
  if (success) write(run, target, desired, statement);
  run.locals.set(statement.into, observed);
  run.locals.set(statement.success, success);
}

export function* fetch(run: Execution, statement: StatementOf<'fetch'>): Steps<void> {
  const target = locate(run, statement.place);
  const operand = run.bits(statement.value);
  yield* run.step('fetch', statement, statement.order, target.location, target.suffix);
  const old = read(run, target, statement);
  const changed = BigInt.asUintN(widthOf(target.place.type), fetched(statement.name, bitsOf(old), operand));
  write(run, target, changed, statement);
  run.locals.set(statement.into, old);
}

/** The new value before it wraps at the width. */
function fetched(name: FetchName, old: bigint, operand: bigint): bigint {
  switch (name) {
    case 'add':
      return old + operand;
    case 'sub':
      return old - operand;
    case 'and':
      return old & operand;
    case 'or':
      return old | operand;
    case 'xor':
      return old ^ operand;
    case 'min':
      return old < operand ? old : operand;
    case 'max':
      return old > operand ? old : operand;
  }
}

function locate(run: Execution, place: Place): Target {
  const location = run.locate(place.path);
  if (place.element === undefined) return { place, location, element: undefined, suffix: '' };
  const element = run.bits(place.element);
  return { place, location, element, suffix: `[${element}].${place.field ?? ''}` };
}

function read(run: Execution, target: Target, statement: Statement): ScalarValue {
  if (target.element === undefined) return scalar(run, target, statement).value;
  return record(run, target, statement)[target.place.field as string];
}

function write(run: Execution, target: Target, value: ScalarValue, statement: Statement): void {
  if (target.element === undefined) scalar(run, target, statement).value = value;
  else record(run, target, statement)[target.place.field as string] = value;
}

function scalar(run: Execution, { location }: Target, statement: Statement): { value: ScalarValue } {
  run.checkContained(location, statement);
  return run.surroundings.store.member('scalar', location);
}

function record(run: Execution, target: Target, statement: Statement): Record<string, ScalarValue> {
  run.checkContained(target.location, statement);
  const { records } = run.surroundings.store.member('growing', target.location);
  const found = records[Number(target.element)];
  return found ?? run.raise(Fault['out-of-bounds'], statement);
}
