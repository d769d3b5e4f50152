import type { Expression, Local } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { shapeAt } from '../state.ts';
import { componentsOf, widthOf } from '../type.ts';
import { linearIndex, sum } from './cell-code.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { StatementOf } from './flow.ts';
import type { ContainerPlan } from './state-plan.ts';
import { Status } from './stepped-program.ts';

type ContainerStatement = StatementOf<'container'>;

/** A container while an operation on it is written: where it begins, and the word of its length. */
interface Target {
  readonly statement: ContainerStatement;
  readonly plan: ContainerPlan;
  readonly record: string;
  readonly begin: string;
  readonly length: string;
  readonly entryWords: number;
}

/** One operation on a container as a whole, in one step. A full one is cut: the scope, not the program, has that bound. */
export function emitContainer(to: EntryCompiler, statement: ContainerStatement): void {
  const plan = to.context.plan.container(statement.path);
  const record = linearIndex(to, statement.path, plan, statement);
  const begin = to.bind('container', sum(plan.base, record, plan.stride));
  const target: Target = {
    statement,
    plan,
    record,
    begin,
    length: `S[${begin}]`,
    entryWords: plan.keyWords + plan.valueWords,
  };
  checkRace(to, target);
  const { name, into } = statement;
  if (name === 'length') {
    if (into !== undefined) to.set(into, () => target.length);
  } else if (name === 'clear') emitClear(to, target);
  else if (plan.kind === 'growing') emitGrowingPush(to, target);
  else if (plan.kind === 'list') emitList(to, target);
  else emitMap(to, target);
}

function checkRace(to: EntryCompiler, { statement, plan, record }: Target): void {
  if (plan.location < 0) return;
  const reads = statement.name === 'get' || statement.name === 'length';
  const location = sum(to.context.clientLocations + plan.location, record, 1);
  const call = `order.${reads ? 'readCell' : 'writeCell'}(S, t, ${location})`;
  to.writer.line(`if (!${call}) return order.refuse(-2, ${to.numberOf(statement)});`);
}

function emitClear(to: EntryCompiler, { plan, record, begin, length }: Target): void {
  if (plan.kind === 'growing') to.writer.line(`${length} = 0;`);
  else to.writer.line(`S.fill(0, ${begin}, ${begin} + ${plan.stride});`);
  if (plan.kind !== 'growing') return;
  // Elements past the length are as if they had never been.
  for (const cell of plan.fields.values())
    if (cell.base >= 0) {
      const words = cell.elements * cell.stride;
      const first = to.bind('first', sum(cell.base, record, words));
      to.writer.line(`S.fill(0, ${first}, ${first} + ${words});`);
    }
}

function cutWhenFull(to: EntryCompiler, { length, plan }: Target): void {
  to.writer.line(`if (${length} === ${plan.limit}) return ${Status.cut};`);
}

function emitGrowingPush(to: EntryCompiler, target: Target): void {
  const { statement, plan, record, length } = target;
  if (statement.name !== 'push') throw new Error(`a growing container has no operation "${statement.name}"`);
  cutWhenFull(to, target);
  const index = to.bind('pushed', `${length}++`);
  for (const [field, cell] of plan.fields) {
    const texts = to.values.components(statement.fields?.[field] as Expression);
    const number = record === '0' ? index : `((${record}) * ${cell.elements} + ${index})`;
    if (cell.location < 0) {
      texts.forEach((text, word) => to.writer.line(`S[${sum(cell.base, number, cell.stride, word)}] = ${text};`));
      continue;
    }
    const location = sum(to.context.clientLocations + cell.location, number, 1);
    // A new element is plainly written by whoever appends it.
    const at = to.bind('at', `order.store(S, t, ${location}, 8, 0)`);
    to.writer.line(`if (${at} < 0) return order.refuse(${at}, ${to.numberOf(statement)});`);
    texts.forEach((text, word) => to.writer.line(`S[${at} + ${word}] = ${text};`));
  }
  if (statement.into !== undefined) to.set(statement.into, () => index);
}

function emitList(to: EntryCompiler, target: Target): void {
  const { statement, begin, length, entryWords } = target;
  if (statement.name === 'push') {
    const texts = to.values.components(statement.operands[0]);
    cutWhenFull(to, target);
    const at = to.bind('entry', `${begin} + 1 + ${length}++ * ${entryWords}`);
    texts.forEach((text, word) => to.writer.line(`S[${at} + ${word}] = ${text};`));
    return;
  }
  if (statement.name !== 'pop') throw new Error(`a list has no operation "${statement.name}"`);
  const shape = shapeAt(statement.path);
  const isFifo = shape.kind === 'list' && shape.order === 'fifo';
  const last = `${begin} + 1 + (${length} - 1) * ${entryWords}`;
  const at = to.bind('entry', `${length} === 0 ? -1 : ${isFifo ? `${begin} + 1` : last}`);
  bindOption(to, statement.into, at, 0);
  to.block(`if (${at} >= 0) {`, () => remove(to, target, at));
}

/** Entries stand in the order of their keys, so that equal maps are equal rows. */
function emitMap(to: EntryCompiler, target: Target): void {
  const { statement, begin, length, entryWords, plan } = target;
  const [key, value] = statement.operands as readonly [Expression, Expression | undefined];
  const low = to.bind('key', to.values.low(key));
  const high = to.bind('keyHigh', widthOf(key.type) > 32 ? to.values.high(key) : '0');
  const find = `order.find(S, ${begin}, ${entryWords}, ${plan.keyWords}, ${low}, ${high})`;
  const place = to.bind('place', find);
  // A place below 0 says where the key would stand: -1 - place.
  if (statement.name === 'get') {
    const at = to.bind('entry', `${place} < 0 ? -1 : ${begin} + 1 + ${place} * ${entryWords}`);
    bindOption(to, statement.into, at, plan.keyWords);
    return;
  }
  if (statement.name === 'delete') {
    to.block(`if (${place} >= 0) {`, () => remove(to, target, `(${begin} + 1 + ${place} * ${entryWords})`));
    return;
  }
  if (statement.name !== 'set' || value === undefined) throw new Error(`a map has no operation "${statement.name}"`);
  const texts = to.values.components(value);
  to.writer.line(`if (${place} < 0 && ${length} === ${plan.limit}) return ${Status.cut};`);
  const at = to.bind('entry', `${begin} + 1 + (${place} < 0 ? -1 - ${place} : ${place}) * ${entryWords}`);
  to.block(`if (${place} < 0) {`, () => {
    to.writer.line(`S.copyWithin(${at} + ${entryWords}, ${at}, ${begin} + 1 + ${length}++ * ${entryWords});`);
    to.writer.line(`S[${at}] = ${low};`);
    if (plan.keyWords > 1) to.writer.line(`S[${at} + 1] = ${high};`);
  });
  texts.forEach((text, word) => to.writer.line(`S[${at} + ${plan.keyWords + word}] = ${text};`));
}

/** Takes an entry out, moves those behind it up, and leaves zeros at the end. */
function remove(to: EntryCompiler, { begin, length, entryWords }: Target, at: string): void {
  const end = to.bind('end', `${begin} + 1 + ${length} * ${entryWords}`);
  to.writer.line(`S.copyWithin(${at}, ${at} + ${entryWords}, ${end});`);
  to.writer.line(`S.fill(0, ${end} - ${entryWords}, ${end});`);
  to.writer.line(`${length}--;`);
}

function bindOption(to: EntryCompiler, into: Local | undefined, at: string, offset: number): void {
  if (into === undefined) return;
  const components = componentsOf(into.type) as readonly Component[];
  to.set(into, (component) => {
    if (component === 'present') return `${at} >= 0 ? 1 : 0`;
    return `${at} >= 0 ? S[${at} + ${offset + components.indexOf(component) - 1}] : 0`;
  });
}
