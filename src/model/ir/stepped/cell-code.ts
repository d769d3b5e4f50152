import type { Expression } from '../expression.ts';
import type { Path, Place } from '../state.ts';
import type { Statement } from '../statement.ts';
import { widthOf } from '../type.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { CellPlan } from './state-plan.ts';

/** A number of records in a row: those of an array, once or for each thread. */
interface Extent {
  readonly count: number;
  readonly owners: number;
}

/**
 * The record of a path among all of its kind, as text: a number where it is known. Raises `out-of-bounds` unless the array has it;
 * without a statement nothing is checked.
 */
export function linearIndex(
  to: EntryCompiler,
  { index }: Path,
  { count, owners }: Extent,
  statement: Statement | undefined,
): string {
  const own = index === undefined ? '0' : to.values.low(index);
  if (index !== undefined && statement !== undefined && to.values.possible.of(index) >= BigInt(count))
    checkBelow(to, index, String(count), statement);
  if (owners === 1) return own;
  return index === undefined ? 't' : `(t * ${count} + (${own}))`;
}

export function checkBelow(to: EntryCompiler, index: Expression, bound: string, statement: Statement): void {
  const tests = [`(${to.values.unsignedLow(index)}) >= ${bound}`];
  const high = widthOf(index.type) > 32 ? to.values.high(index) : '0';
  if (high !== '0') tests.unshift(`(${high}) !== 0`);
  to.writer.line(`if (${tests.join(' || ')}) ${to.raise('out-of-bounds', statement)}`);
}

/** A place in the row: which cell of its kind it is. */
export interface CellText {
  readonly plan: CellPlan;
  /** Its number among the cells of its plan. */
  readonly number: string;
}

/** The cell of a place, after its index checks have been written. */
export function cellText(
  to: EntryCompiler,
  { path, element, field }: Place,
  statement: Statement | undefined,
): CellText {
  const plan = to.context.plan.cell(path, field);
  const record = linearIndex(to, path, plan, statement);
  if (element === undefined) return { plan, number: record };
  const container = to.context.plan.container(path);
  if (statement !== undefined) {
    const length = `S[${sum(container.base, record, container.stride)}]`;
    checkBelow(to, element, length, statement);
  }
  const own = to.values.low(element);
  const number = record === '0' ? own : `((${record}) * ${plan.elements} + (${own}))`;
  return { plan, number };
}

/** `base + number * stride + more`, computed where everything is known. */
export function sum(base: number, number: string, stride: number, more = 0): string {
  if (/^\d+$/.test(number)) return String(base + Number(number) * stride + more);
  const scaled = stride === 1 ? `(${number})` : `(${number}) * ${stride}`;
  return base + more === 0 ? scaled : `${base + more} + ${scaled}`;
}

/** The word of the row where a component of a cell stands. */
export function wordText({ plan, number }: CellText, component: number): string {
  return `S[${sum(plan.base, number, plan.stride, component)}]`;
}

/** The number of the cell's location in the order's table. */
export function locationText(to: EntryCompiler, { plan, number }: CellText): string {
  return sum(to.context.clientLocations + plan.location, number, 1);
}
