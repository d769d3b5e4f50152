import type { Expression } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { binary, operand } from '../javascript/operator-text.ts';
import type { Path, Place } from '../state.ts';
import type { Statement } from '../statement.ts';
import { widthOf } from '../type.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import type { ColumnStorage, ContainerStorage } from './storage-plan.ts';

/** How code reads and writes one value of the state. */
export interface PlaceCode {
  read(component: Component): string;
  write(component: Component, text: string): void;
}

/** The code for a place, after its index checks have been written. */
export function placeCode(to: OperationCompiler, place: Place, statement: Statement): PlaceCode {
  const { path, element, field } = place;
  if (element === undefined) return columnCode(to, to.context.storage.columns(path), path, statement);
  const container = containerText(to, path, statement);
  const storage = to.context.storage.container(path);
  const columns = storage.fields.get(field as string) as ReadonlyMap<Component, string>;
  checkBelow(to, element, `${container}.length`, undefined, statement);
  const text = (component: Component): string =>
    `${container}.${columns.get(component) as string}[${to.values.low(element)}]`;
  return { read: text, write: (component, value) => to.writer.line(`${text(component)} = ${value};`) };
}

/** Scalars and locks in columns. A write to a paged table marks its page, once for all components. */
export function columnCode<C extends Parameters<ColumnStorage['columns']['get']>[0]>(
  to: OperationCompiler,
  storage: ColumnStorage,
  path: Path,
  statement: Statement,
): { read(component: C): string; write(component: C, text: string): void } {
  const { pages, columns } = storage;
  checkArrayIndex(to, path, storage.count, statement);
  const text = (component: C): string => `${columns.get(component) as string}[${recordIndex(to, storage, path)}]`;
  let marked = false;
  return {
    read: text,
    write: (component, value) => {
      if (pages !== undefined && !marked) {
        const page = binary(recordIndex(to, storage, path), '>>', String(pages.shift));
        to.writer.line(`${pages.name}[${page}] = 1;`);
        marked = true;
      }
      to.writer.line(`${text(component)} = ${value};`);
    },
  };
}

/** The name of a container, after the check of the array index that leads to it. */
export function containerText(to: OperationCompiler, path: Path, statement: Statement): string {
  const storage = to.context.storage.container(path);
  checkArrayIndex(to, path, storage.count, statement);
  if (storage.isSingle) return storage.instances;
  const index = recordIndex(to, storage, path);
  const key = `${storage.instances}[${index}]`;
  const bind = (): string => to.bind(path.member ?? path.root.name, key);
  return isConstantIndex(to, path) ? to.fact(key, bind) : bind();
}

function isConstantIndex(to: OperationCompiler, { index }: Path): boolean {
  return index === undefined || !to.values.isChanging(index);
}

/** The record of a path in its table: its array index, in the part of its thread. */
function recordIndex(to: OperationCompiler, storage: ColumnStorage | ContainerStorage, { index }: Path): string {
  const own = index === undefined ? '0' : to.values.low(index);
  if (!storage.perThread) return own;
  if (index === undefined) return to.thread();
  return `${to.thread()} * ${storage.count} + ${operand(own)}`;
}

/** Raises `out-of-bounds` unless the array has the index of a path. */
export function checkArrayIndex(to: OperationCompiler, { index }: Path, count: number, statement: Statement): void {
  if (index === undefined || to.values.possible.of(index) < BigInt(count)) return;
  checkBelow(to, index, String(count), `below ${count}`, statement);
}

/** Raises `out-of-bounds` unless the index is below a bound; a fixed bound is checked once for an index. */
function checkBelow(
  to: OperationCompiler,
  index: Expression,
  bound: string,
  fixed: string | undefined,
  statement: Statement,
): void {
  const emit = (): string => {
    const tests = [binary(to.values.unsignedLow(index), '>=', bound)];
    const high = widthOf(index.type) > 32 ? to.values.high(index) : '0';
    if (high !== '0') tests.unshift(binary(high, '!==', '0'));
    to.writer.line(`if (${tests.join(' || ')}) ${to.raise('out-of-bounds', statement)}`);
    return fixed ?? '';
  };
  if (fixed === undefined || to.values.isChanging(index)) emit();
  else to.fact(`${to.values.low(index)} ${fixed}`, emit);
}
