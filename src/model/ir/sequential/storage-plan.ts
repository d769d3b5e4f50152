import type { Component } from '../javascript/demands.ts';
import { Identifiers } from '../javascript/identifiers.ts';
import { commentText, type SourceWriter } from '../javascript/source-writer.ts';
import { int32Text } from '../javascript/operator-text.ts';
import {
  MOST_THREADS,
  type ContainerShape,
  type Declaration,
  type GrowingShape,
  type MemberShape,
  type Path,
  type ScalarShape,
} from '../state.ts';
import { componentsOf, widthOf } from '../type.ts';
import type { LockNeeds } from './lock-needs.ts';
import { LARGEST_UNPAGED, pageShift } from './storage/table.ts';

export type LockComponent = 'held' | 'poisoned';
type ColumnName = Component | LockComponent;

/** How many records a declaration has: those of its array (1 otherwise), once or for every thread. */
interface Extent {
  readonly count: number;
  readonly isArray: boolean;
  readonly perThread: boolean;
}

/** Scalars and locks: a column for every component. */
export interface ColumnStorage extends Extent {
  readonly kind: 'columns';
  readonly columns: ReadonlyMap<ColumnName, string>;
  /** The marks of written pages and the power of two of a page, when the table is paged. */
  readonly pages: { readonly name: string; readonly shift: number } | undefined;
}

export interface ContainerStorage extends Extent {
  readonly kind: 'container';
  readonly shape: ContainerShape;
  /** The container, or the array of containers when there are several. */
  readonly instances: string;
  readonly isSingle: boolean;
  /** Columns of a growing container by field and component. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<Component, string>>;
}

type MemberStorage = ColumnStorage | ContainerStorage;

/** Where every piece of a program's state lives in generated code. */
export class StoragePlan {
  readonly #members = new Map<Declaration, ReadonlyMap<string, MemberStorage>>();
  readonly #names: Identifiers;
  readonly #locks: LockNeeds;

  /** Writes the declarations of all state. */
  constructor(declarations: readonly Declaration[], locks: LockNeeds, names: Identifiers, writer: SourceWriter) {
    this.#names = names;
    this.#locks = locks;
    for (const declaration of declarations) this.#declare(declaration, writer);
  }

  columns(path: Path): ColumnStorage {
    const storage = this.#at(path);
    if (storage.kind !== 'columns') throw new Error(`"${path.root.name}" is a container`);
    return storage;
  }

  container(path: Path): ContainerStorage {
    const storage = this.#at(path);
    if (storage.kind !== 'container') throw new Error(`"${path.root.name}" is no container`);
    return storage;
  }

  #at({ root, member }: Path): MemberStorage {
    const storage = this.#members.get(root)?.get(member ?? '');
    if (storage === undefined) throw new Error(`state "${root.name}" has no storage`);
    return storage;
  }

  #declare(declaration: Declaration, writer: SourceWriter): void {
    const { shape, name, scope } = declaration;
    const isArray = shape.kind === 'array';
    const perThread = scope === 'thread';
    const extent: Extent = { count: isArray ? shape.count : 1, isArray, perThread };
    const size = extent.count * (perThread ? MOST_THREADS : 1);
    const members: [string, MemberShape][] = isArray ? Object.entries(shape.record) : [['', shape]];
    const records = isArray ? `, ${shape.count} records` : '';
    writer.line(`// ${commentText(name)}${records}${perThread ? ' for every thread' : ''}`);

    const storages = new Map<string, MemberStorage>();
    const table: [ColumnName, bigint, string][] = [];
    for (const [member, of] of members) {
      const path: Path = { root: declaration, member };
      const base = member === '' ? name : `${name}_${member}`;
      if (of.kind === 'scalar' || of.kind === 'lock') {
        const columns =
          of.kind === 'scalar' ? scalarColumns(of) : this.#lockColumns(isArray ? path : { root: declaration });
        const named = columns.map(([component, initial]) => {
          const column = this.#names.unique(columns.length === 1 ? base : `${base}_${component}`);
          table.push([component, initial, column]);
          return [component, column] as const;
        });
        storages.set(member, { kind: 'columns', ...extent, columns: new Map(named), pages: undefined });
      } else {
        storages.set(member, this.#container(of, base, extent, size, writer));
      }
    }
    this.#members.set(declaration, this.#withTable(storages, table, name, size, writer));
    writer.line('');
  }

  #withTable(
    storages: ReadonlyMap<string, MemberStorage>,
    table: readonly [ColumnName, bigint, string][],
    name: string,
    size: number,
    writer: SourceWriter,
  ): ReadonlyMap<string, MemberStorage> {
    if (table.length === 0) return storages;
    const tableName = this.#names.unique(`${name}_table`);
    const initial = table.map(([, value]) => int32Text(value)).join(', ');
    writer.line(`const ${tableName} = storage.table(${size}, [${initial}]);`);
    writer.line(`const [${table.map(([, , column]) => column).join(', ')}] = ${tableName}.columns;`);
    if (size <= LARGEST_UNPAGED) return storages;
    const pages = { name: this.#names.unique(`${name}_pages`), shift: pageShift(size) };
    writer.line(`const ${pages.name} = ${tableName}.pages;`);
    const paged = [...storages].map(
      ([member, storage]) => [member, storage.kind === 'columns' ? { ...storage, pages } : storage] as const,
    );
    return new Map(paged);
  }

  #lockColumns(path: Path): readonly (readonly [LockComponent, bigint])[] {
    if (!this.#locks.keepsState(path)) return [];
    return [
      ['held', 0n],
      ['poisoned', 0n],
    ];
  }

  #container(
    shape: ContainerShape,
    base: string,
    extent: Extent,
    size: number,
    writer: SourceWriter,
  ): ContainerStorage {
    const instances = this.#names.unique(base);
    const fields = shape.kind === 'growing' ? fieldColumns(shape) : new Map<string, ReadonlyMap<Component, string>>();
    const isSingle = !extent.isArray && !extent.perThread;
    let made: string;
    if (shape.kind === 'growing') {
      const className = this.#names.unique(`${base}_records`);
      writeColumnsClass(
        className,
        [...fields.values()].flatMap((columns) => [...columns.values()]),
        writer,
      );
      made = `new ${className}(touched)`;
    } else if (shape.kind === 'list') {
      made = `new WordList(touched, ${componentsOf(shape.element).length})`;
    } else {
      made = `new WordMap(touched, ${componentsOf(shape.value).length})`;
    }
    const make = isSingle ? 'container(' : `containers(${size}, `;
    writer.line(`const ${instances} = storage.${make}(touched) => ${made});`);
    return { kind: 'container', ...extent, shape, instances, isSingle, fields };
  }
}

function scalarColumns({ type, initial }: ScalarShape): readonly (readonly [Component, bigint])[] {
  const bits = BigInt.asUintN(widthOf(type), initial);
  return componentsOf(type).map((name) => {
    const component = name as Component;
    if (component === 'low') return [component, bits & 0xffff_ffffn];
    return [component, component === 'high' ? bits >> 32n : 0n];
  });
}

/** Columns by field; names that the base class uses are taken. */
function fieldColumns(shape: GrowingShape): ReadonlyMap<string, ReadonlyMap<Component, string>> {
  const names = new Identifiers(['length', 'limit', 'capacity', 'extend', 'clear', 'reset', 'snapshot', 'restore',
    'limitOf', 'resize', 'elementsCopy', 'takeElements', 'columnNames', 'toString', 'valueOf', 'hasOwnProperty']); // prettier-ignore
  const fields = Object.entries(shape.record).map(([field, { type }]) => {
    const components = componentsOf(type) as readonly Component[];
    const columns = components.map(
      (component) => [component, names.unique(components.length === 1 ? field : `${field}_${component}`)] as const,
    );
    return [field, new Map(columns)] as const;
  });
  return new Map(fields);
}

function writeColumnsClass(name: string, columns: readonly string[], writer: SourceWriter): void {
  writer.open(`class ${name} extends RecordColumns {`);
  for (const column of columns) writer.line(`${column} = NO_ELEMENTS;`);
  writer.open('columnNames() {');
  writer.line(`return [${columns.map((column) => `'${column}'`).join(', ')}];`);
  writer.close();
  writer.close();
}
