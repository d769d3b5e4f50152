import { unexpectedWord } from '../text/nearest.ts';
import { quoted } from '../text/source.ts';
import { InputError } from '../vocabulary/input-error.ts';
import type { InputLocation } from '../vocabulary/input-error.ts';
import { namesIn } from './forms.ts';
import type { NameType, NameUse } from './forms.ts';
import type { ScenarioStatement, ScenarioThread } from './scenario.ts';

/** Where the parts of a statement stand in its line: columns by slot. */
export type PartColumns = WeakMap<ScenarioStatement, Readonly<Record<string, number>>>;

/** For each thread, the names of references that it has at some time. */
type References = ReadonlyMap<number, Set<string>>;

/**
 * Checks that every variable is set before it is used, as what it is: references are private to their thread and the threads
 * they are sent to, pointers are held until they are dropped.
 * @throws InputError at the word that is wrong
 */
export function checkNames(threads: readonly ScenarioThread[], file: string, columns: PartColumns): void {
  const received = receivedReferences(threads);
  const around = { file, columns, received, own: ownReferences(threads) };
  for (const { thread, statements } of threads) new ThreadNames(thread, around).check(statements);
}

interface Surroundings {
  readonly file: string;
  readonly columns: PartColumns;
  /** What other threads send to a thread, and what it sets itself. */
  readonly received: References;
  readonly own: References;
}

class ThreadNames {
  readonly #thread: number;
  readonly #names = new Map<string, NameType>();
  readonly #around: Surroundings;

  constructor(thread: number, around: Surroundings) {
    this.#thread = thread;
    this.#around = around;
    for (const name of around.received.get(thread) ?? []) this.#names.set(name, 'reference');
  }

  check(statements: readonly ScenarioStatement[]): void {
    for (const statement of statements) {
      const uses = namesIn(statement);
      for (const use of uses) {
        if (use.role === 'set') continue;
        this.#used(statement, use);
        if (use.role === 'ended') this.#names.delete(use.name);
      }
      if (statement.op === 'send') this.#destination(statement, statement.thread);
      // A callback runs before the statement has its result.
      for (const block of statement.during ?? []) this.check(block.statements);
      for (const use of uses) if (use.role === 'set') this.#set(statement, use);
    }
  }

  #used(statement: ScenarioStatement, { name, type, slot }: NameUse): void {
    const actual = this.#names.get(name);
    if (actual === type) return;
    const at = this.#place(statement, slot);
    if (actual === 'reference')
      throw InputError.expected("a pointer that 'hold' keeps", `the reference ${quoted(name)}`, at);
    if (actual === 'pointer') throw InputError.expected('a reference', `the pointer ${quoted(name)}`, at);
    if (type === 'reference' && this.#belongsElsewhere(name))
      throw InputError.expected(
        `a reference of thread ${this.#thread} ('send ${name} to thread ${this.#thread}' hands it over)`,
        `${quoted(name)} of another thread`,
        at,
      );
    const expected = type === 'reference' ? 'a reference that is set before' : "a pointer that 'hold' keeps";
    const known = [...this.#names].filter((entry) => entry[1] === type).map((entry) => entry[0]);
    throw unexpectedWord(expected, name, at, known.length > 1000 ? [] : known);
  }

  #belongsElsewhere(name: string): boolean {
    const { own } = this.#around;
    return own.get(this.#thread)?.has(name) !== true && [...own.values()].some((names) => names.has(name));
  }

  #set(statement: ScenarioStatement, { name, type, slot }: NameUse): void {
    const actual = this.#names.get(name);
    if (actual === 'pointer' || (actual === 'reference' && type === 'pointer')) {
      const found = actual === 'pointer' ? `the pointer ${quoted(name)}` : `the reference ${quoted(name)}`;
      const expected =
        actual === type ? "a name that holds nothing ('drop' ends a hold)" : `a name that is no ${actual}`;
      throw InputError.expected(expected, found, this.#place(statement, slot));
    }
    this.#names.set(name, type);
  }

  #destination(statement: ScenarioStatement, thread: number): void {
    const threads = [...this.#around.received.keys()].filter((each) => each !== this.#thread);
    if (threads.includes(thread)) return;
    const expected = threads.length === 0 ? 'a thread block to send to' : `another thread (${threads.join(', ')})`;
    throw InputError.expected(expected, quoted(String(thread)), this.#place(statement, 'thread'));
  }

  #place(statement: ScenarioStatement, slot: string): InputLocation {
    const column = this.#around.columns.get(statement)?.[slot] ?? statement.column;
    return { file: this.#around.file, line: statement.line, column };
  }
}

function ownReferences(threads: readonly ScenarioThread[]): References {
  return new Map(
    threads.map(({ thread, statements }) => {
      const names = new Set<string>();
      visit(statements, (statement) => addReferences(names, statement));
      return [thread, names];
    }),
  );
}

/**
 * What each thread is sent by others. A thread can send on what it was sent, so this goes round until nothing changes: at most
 * once for every thread, since a name reaches at least one more thread each time.
 */
function receivedReferences(threads: readonly ScenarioThread[]): References {
  const received = new Map(threads.map(({ thread }) => [thread, new Set<string>()]));
  let grew = true;
  while (grew) {
    grew = false;
    for (const { thread, statements } of threads) {
      const names = new Set(received.get(thread));
      visit(statements, (statement) => {
        addReferences(names, statement);
        const receiver = statement.op === 'send' ? received.get(statement.thread) : undefined;
        if (statement.op !== 'send' || receiver === undefined || receiver.has(statement.name)) return;
        if (!names.has(statement.name)) return;
        receiver.add(statement.name);
        grew = true;
      });
    }
  }
  return received;
}

function addReferences(names: Set<string>, statement: ScenarioStatement): void {
  for (const { role, type, name } of namesIn(statement)) if (role === 'set' && type === 'reference') names.add(name);
}

/** Visits statements in the order in which they set variables: what runs during a statement comes before its own result. */
function visit(statements: readonly ScenarioStatement[], see: (statement: ScenarioStatement) => void): void {
  for (const statement of statements) {
    for (const block of statement.during ?? []) visit(block.statements, see);
    see(statement);
  }
}
