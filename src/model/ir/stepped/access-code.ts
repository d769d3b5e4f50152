import type { Expression } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { componentsOf, type ScalarType } from '../type.ts';
import { cellText, locationText, wordText, type CellText } from './cell-code.ts';
import { emitContainer } from './container-code.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { AccessStatement, StatementOf } from './flow.ts';
import { emitMemory, type MemoryStatement } from './memory-code.ts';
import { ORDER_BITS } from './shared-order.ts';
import { Status } from './stepped-program.ts';

/** Writes one access; `choice` is the number of the message, place or outcome that it takes. */
export function emitAccess(to: EntryCompiler, statement: AccessStatement): void {
  switch (statement.kind) {
    case 'load':
      return emitLoad(to, statement);
    case 'store':
      return emitStore(to, statement);
    case 'exchange':
      return emitUpdate(to, statement, () => statement.value);
    case 'fetch':
      return emitUpdate(to, statement, () => changed(to, statement));
    case 'compareExchange':
      return emitCompareExchange(to, statement);
    case 'container':
      return emitContainer(to, statement);
    case 'fence':
      if (to.context.ordersFences) to.writer.line(`order.fence(S, t, ${ORDER_BITS[statement.order]});`);
      return;
    case 'callback':
      to.writer.line(`host.callback(S, t, ${JSON.stringify(statement.name)});`);
      return;
    default:
      return emitMemory(to, statement satisfies MemoryStatement);
  }
}

/** Whether a cell's accesses go through the order: under `rc11` its value is in messages, else somebody races or acquires. */
function isOrdered({ plan }: CellText): boolean {
  return plan.location >= 0;
}

function emitLoad(to: EntryCompiler, statement: StatementOf<'load'>): void {
  const cell = cellText(to, statement.place, statement);
  if (!isOrdered(cell)) {
    setFrom(to, statement.into, (index) => wordText(cell, index));
    return;
  }
  const at = orderedAt(to, statement, `order.load(S, t, ${locationText(to, cell)}, ${orderOf(statement)}, choice)`);
  setFrom(to, statement.into, (index) => `S[${at} + ${index}]`);
}

function emitStore(to: EntryCompiler, statement: StatementOf<'store'>): void {
  const cell = cellText(to, statement.place, statement);
  const texts = to.values.components(statement.value);
  if (!isOrdered(cell)) {
    texts.forEach((text, index) => to.writer.line(`${wordText(cell, index)} = ${text};`));
    return;
  }
  const at = orderedAt(to, statement, `order.store(S, t, ${locationText(to, cell)}, ${orderOf(statement)}, choice)`);
  texts.forEach((text, index) => to.writer.line(`S[${at} + ${index}] = ${text};`));
}

/** An update reads the message that it is made from, whatever its place. */
function emitUpdate(to: EntryCompiler, statement: StatementOf<'exchange' | 'fetch'>, value: () => Expression): void {
  const cell = cellText(to, statement.place, statement);
  readOld(to, statement, cell, 'choice');
  const texts = to.values.components(value());
  writeNew(to, statement, cell, texts, 'choice');
}

/** The values are read before anything is written, and locals are set last: the new value may be made from what they had. */
function readOld(
  to: EntryCompiler,
  { into }: StatementOf<'exchange' | 'fetch' | 'compareExchange'>,
  cell: CellText,
  choice: string,
): void {
  if (!isOrdered(cell)) {
    setFrom(to, into, (index) => wordText(cell, index));
    return;
  }
  const at = to.bind('source', `order.peek(S, ${locationText(to, cell)}, ${choice})`);
  setFrom(to, into, (index) => `S[${at} + ${index}]`);
}

function writeNew(
  to: EntryCompiler,
  statement: StatementOf<'exchange' | 'fetch' | 'compareExchange'>,
  cell: CellText,
  texts: readonly string[],
  choice: string,
): void {
  if (!isOrdered(cell)) {
    texts.forEach((text, index) => to.writer.line(`${wordText(cell, index)} = ${text};`));
    return;
  }
  const call = `order.update(S, t, ${locationText(to, cell)}, ${orderOf(statement)}, ${choice})`;
  const at = orderedAt(to, statement, call);
  texts.forEach((text, index) => to.writer.line(`S[${at} + ${index}] = ${text};`));
}

/** A weak one may fail though the value is as expected: then the odd choices fail. A failure is a load and may be stale. */
function emitCompareExchange(to: EntryCompiler, statement: StatementOf<'compareExchange'>): void {
  const { into, success, expected, desired, weak } = statement;
  const cell = cellText(to, statement.place, statement);
  const choice = weak ? to.bind('message', 'choice >> 1') : 'choice';
  // Both are computed before `into` gets its value, as the statement says.
  const wanted = to.values.components(expected).map((text) => to.bind('expected', text));
  const texts = to.values.components(desired).map((text) => to.bind('desired', text));
  readOld(to, statement, cell, choice);
  const names = compared(into.type as ScalarType);
  const equal = names.map((name, index) => `${to.localText(into, name)} === ${wanted[index]}`).join(' && ');
  const isEqual = to.bind('isEqual', equal);
  if (weak) to.writer.line(`if (!${isEqual} && (choice & 1) !== 0) return ${Status.blocked};`);
  const succeeds = weak ? to.bind('succeeds', `${isEqual} && (choice & 1) === 0`) : isEqual;
  to.set(success, () => `${succeeds} ? 1 : 0`);
  to.block(`if (${succeeds}) {`, () => writeNew(to, statement, cell, texts, choice));
  if (!isOrdered(cell)) return;
  to.block('else {', () => {
    const order = ORDER_BITS[statement.failureOrder];
    orderedAt(to, statement, `order.load(S, t, ${locationText(to, cell)}, ${order}, ${choice})`);
  });
}

/** Pointers are compared by address. */
function compared(type: ScalarType): readonly Component[] {
  return (componentsOf(type) as readonly Component[]).filter((component) => component !== 'provenance');
}

/** The place of a value in the row, or the end of the step where the order refuses. */
function orderedAt(to: EntryCompiler, statement: AccessStatement, call: string): string {
  const at = to.bind('at', call);
  to.writer.line(`if (${at} < 0) return order.refuse(${at}, ${to.numberOf(statement)});`);
  return at;
}

function setFrom(to: EntryCompiler, into: StatementOf<'load'>['into'], textOf: (index: number) => string): void {
  const components = componentsOf(into.type);
  to.set(into, (component) => textOf(components.indexOf(component)));
}

function orderOf({ order }: { readonly order: keyof typeof ORDER_BITS }): number {
  return ORDER_BITS[order];
}

function changed(to: EntryCompiler, statement: StatementOf<'fetch'>): Expression {
  const { name, into, value } = statement;
  const known = to.made.get(statement);
  if (known !== undefined) return known;
  const left: Expression = { op: 'local', type: into.type, local: into };
  const made: Expression = { op: 'arithmetic', type: into.type as ScalarType, name, left, right: value };
  to.made.set(statement, made);
  return made;
}
