import type { Expression, Local } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { componentsOf, widthOf } from '../type.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import { containerText } from './places.ts';
import type { StatementOf } from './statement-emitters.ts';
import type { ContainerStorage } from './storage-plan.ts';
import { VALUE_OFFSET } from './storage/word-map.ts';

type ContainerStatement = StatementOf<'container'>;

/** One operation on a container as a whole. */
export function emitContainer(to: OperationCompiler, statement: ContainerStatement): void {
  const storage = to.context.storage.container(statement.path);
  const container = containerText(to, statement.path, statement);
  if (statement.name === 'clear') to.writer.line(`${container}.clear();`);
  else if (statement.name === 'length') emitLength(to, statement, container);
  else if (storage.shape.kind === 'growing') emitGrowing(to, statement, storage, container);
  else if (storage.shape.kind === 'list') emitList(to, statement, container, storage.shape.order);
  else emitMap(to, statement, container);
}

function emitLength(to: OperationCompiler, { into }: ContainerStatement, container: string): void {
  if (into === undefined) return;
  promiseCount(to, into);
  to.bindLocal(into, () => `${container}.length`);
}

function emitGrowing(
  to: OperationCompiler,
  { name, into, fields = {} }: ContainerStatement,
  storage: ContainerStorage,
  container: string,
): void {
  if (name !== 'push') throw new Error(`a growing container has no operation "${name}"`);
  to.writer.line(`if (${container}.length === ${container}.limit) ${container}.extend();`);
  const index = to.bind('pushed', `${container}.length++`);
  for (const [field, columns] of storage.fields)
    for (const [component, column] of columns)
      to.writer.line(`${container}.${column}[${index}] = ${to.values.component(fields[field], component)};`);
  if (into === undefined) return;
  promiseCount(to, into);
  to.alias(into, 'low', index);
}

function emitList(
  to: OperationCompiler,
  { name, into, operands }: ContainerStatement,
  container: string,
  order: 'lifo' | 'fifo',
): void {
  if (name === 'push') {
    writeElement(to, operands[0], to.bind('at', `${container}.push()`), `${container}.elements`, 0);
    return;
  }
  if (name !== 'pop') throw new Error(`a list has no operation "${name}"`);
  const at = to.bind('at', `${container}.${order === 'lifo' ? 'popNewest' : 'popOldest'}()`);
  if (into !== undefined) bindOption(to, into, at, `${container}.elements`, 0);
}

function emitMap(to: OperationCompiler, { name, into, operands }: ContainerStatement, container: string): void {
  const [key, value] = operands as readonly [Expression, Expression | undefined];
  const low = to.values.low(key);
  const keyText = `${low}, ${widthOf(key.type) > 32 ? to.values.high(key) : '0'}`;
  if (name === 'delete') to.writer.line(`${container}.remove(${keyText});`);
  else if (name === 'set' && value !== undefined)
    writeElement(to, value, to.bind('at', `${container}.place(${keyText})`), `${container}.entries`, VALUE_OFFSET);
  else if (name === 'get') {
    const at = to.bind('at', `${container}.find(${keyText})`);
    if (into !== undefined) bindOption(to, into, at, `${container}.entries`, VALUE_OFFSET);
  } else throw new Error(`a map has no operation "${name}"`);
}

function writeElement(to: OperationCompiler, value: Expression, at: string, array: string, offset: number): void {
  componentsOf(value.type).forEach((component, index) => {
    const text = to.values.component(value, component as Component);
    to.writer.line(`${array}[${elementIndex(at, offset + index)}] = ${text};`);
  });
}

/** Binds what a container answers: a negative place says that there is nothing, and then every component is 0. */
function bindOption(to: OperationCompiler, into: Local, at: string, array: string, offset: number): void {
  const components = componentsOf(into.type);
  to.bindLocal(into, (component) => {
    if (component === 'present') return `${at} >= 0 ? 1 : 0`;
    const index = components.indexOf(component) - 1;
    return `${at} >= 0 ? ${array}[${elementIndex(at, offset + index)}] : 0`;
  });
}

function elementIndex(at: string, offset: number): string {
  return offset === 0 ? at : `${at} + ${offset}`;
}

/** Typed arrays have fewer than 2^31 elements. */
function promiseCount(to: OperationCompiler, into: Local): void {
  to.values.possible.promise(into, 0x7fff_ffffn);
}
