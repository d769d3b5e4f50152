import type { Expression } from '../expression.ts';
import type { Program } from '../program.ts';
import type { Declaration, Path } from '../state.ts';
import { blocksOf, type Block, type Ordering, type Statement } from '../statement.ts';
import { isPrivate } from './flow.ts';

/** Cells of the same kind: a declaration, a member of its records, and a field of a growing member's elements. */
export interface CellClass {
  readonly root: Declaration;
  readonly member: string;
  readonly field: string;
}

/** What the accesses of a linked program say about one class of cells. */
export interface CellUse {
  readonly cell: CellClass;
  /** Whether anybody accesses it with an ordering. */
  isAtomic: boolean;
  isPlain: boolean;
  /** Locks that are held in every access; for an access that only reads, for reading at least. */
  guards: readonly string[] | undefined;
}

/**
 * Reads a program for the locks that protect its cells: one that is held in every access of the linked program orders all of them, so
 * that the cell can neither race nor be seen half changed (Eraser: Savage et al., TOCS 1997, where locks are looked for as the
 * program runs; here they stand in its text).
 */
export class Protection {
  readonly #uses = new Map<string, CellUse>();

  constructor(program: Program) {
    for (const [entry, { body }] of program.entries) if (!isInspection(entry)) this.#walk(body, []);
  }

  use({ root, member, field }: CellClass): CellUse {
    const key = `${root.name}/${member}/${field}`;
    const known = this.#uses.get(key);
    if (known !== undefined) return known;
    const made: CellUse = { cell: { root, member, field }, isAtomic: false, isPlain: false, guards: undefined };
    this.#uses.set(key, made);
    return made;
  }

  /** Whether one lock protects the cells in every access. */
  isProtected(cell: CellClass): boolean {
    return (this.use(cell).guards?.length ?? 0) > 0;
  }

  #walk(block: Block, held: readonly string[]): void {
    for (const statement of block) {
      this.#note(statement, held);
      const inner = statement.kind === 'lock' ? [...held, ...lockKeys(statement)] : held;
      for (const each of blocksOf(statement)) this.#walk(each, inner);
    }
  }

  #note(statement: Statement, held: readonly string[]): void {
    if ('place' in statement) {
      const { path, field } = statement.place;
      const reads = statement.kind === 'load';
      const cell = { root: path.root, member: path.member ?? '', field: field ?? '' };
      this.#access(cell, path, statement.order, reads, held);
      return;
    }
    if (statement.kind !== 'container') return;
    const { path, name, fields } = statement;
    const cell = { root: path.root, member: path.member ?? '', field: '' };
    this.#access(cell, path, 'plain', name === 'get' || name === 'length', held);
    for (const field of Object.keys(fields ?? {})) this.#access({ ...cell, field }, path, 'plain', false, held);
  }

  #access(cell: CellClass, path: Path, order: Ordering, reads: boolean, held: readonly string[]): void {
    if (isPrivate(path)) return;
    const use = this.use(cell);
    if (order === 'plain') use.isPlain = true;
    else use.isAtomic = true;
    const index = indexKey(path.index);
    const mode = reads ? 'read' : 'write';
    // A lock of the same record protects a record by record; a lock without an index protects everything.
    const guarding = held
      .filter((key) => key.startsWith(mode))
      .map((key) => key.slice(mode.length))
      .filter((key) => !key.includes('[') || key.endsWith(`@${path.root.name}[${index}]`))
      .map((key) => key.replace(/\[.*$/, '[]'));
    use.guards = use.guards === undefined ? guarding : use.guards.filter((key) => guarding.includes(key));
  }
}

/** What a held lock allows: an exclusive one reading and writing, a shared one reading. */
function lockKeys({ lock, shared }: Extract<Statement, { readonly kind: 'lock' }>): readonly string[] {
  const index = lock.index === undefined ? '' : `[${indexKey(lock.index)}]`;
  const key = `${lock.member ?? ''}@${lock.root.name}${index}`;
  return shared ? [`read${key}`] : [`read${key}`, `write${key}`];
}

const NUMBERS = new WeakMap<object, number>();
let numbered = 0;

/** Equal for indexes that are surely the same value: the same constant, or the same local that never changes. */
function indexKey(index: Expression | undefined): string {
  if (index === undefined) return '';
  if (index.op === 'constant') return `=${index.value}`;
  const identity = index.op === 'local' && !index.local.mutable ? index.local : index;
  const known = NUMBERS.get(identity) ?? ++numbered;
  NUMBERS.set(identity, known);
  return `#${known}`;
}

/** Inspections are the diagnostics' own: they run in no thread. */
function isInspection(entry: string): boolean {
  return entry.startsWith('inspect:') || entry.startsWith('truth:');
}
