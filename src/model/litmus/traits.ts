import { isStatement } from './names.ts';
import type { Expression, LitmusProgram, Operation, Statement } from './syntax.ts';

/** What the text of a program shows about how its threads meet. */
export interface Traits {
  /** It has sequential accesses, whose axiom looks at where plain accesses stand in program order. */
  readonly notesPlain: boolean;
  /** While there are several threads nothing is written plainly, nothing is given back, and all atomics have one size. */
  readonly isAtomicSafe: boolean;
}

/** Statements that write plainly or end an allocation, and so can race with an atomic access. */
const ENDS_ATOMICS: ReadonlySet<string> = new Set(
  'write writeptr memset copy memcpy copytyped deinit swap free realloc mutex rwlock destroy'.split(' '),
);

const ATOMICS: ReadonlySet<string> = new Set(
  'load store exchange cas fetch loadptr storeptr exchangeptr casptr fetchptr'.split(' '),
);

export function traitsOf(program: LitmusProgram): Traits {
  const setup = operationsOf(program.items.filter(isStatement));
  const threads = operationsOf(program.items.flatMap((item) => (item.kind === 'thread' ? item.body : [])));
  const all = [...setup, ...threads];
  // A spawned thread may run beside the setup.
  const together = spawnedBy(program).size > 0 ? all : threads;
  const sizes = together.filter(({ name }) => ATOMICS.has(name)).map(({ counts }) => counts.size ?? 8);
  return {
    notesPlain: all.some(({ name, words }) => name !== 'fence' && Object.values(words).includes('seqcst')),
    isAtomicSafe: new Set(sizes).size <= 1 && !together.some(endsAtomics),
  };
}

function endsAtomics({ name, words }: Operation): boolean {
  return ENDS_ATOMICS.has(name) || (name === 'alloc' && (words.kind === 'stack' || words.kind === 'threadlocal'));
}

/** The numbers of the threads of a program that have a block, in order of the file. */
export function threadsOf(program: LitmusProgram): readonly number[] {
  return program.items.flatMap((item) => (item.kind === 'thread' ? [item.thread] : []));
}

/** The numbers of the threads that some statement spawns. */
export function spawnedBy(program: LitmusProgram): ReadonlySet<number> {
  const statements = program.items.flatMap((item) =>
    item.kind === 'thread' ? item.body : isStatement(item) ? [item] : [],
  );
  return new Set(
    operationsOf(statements)
      .filter(({ name }) => name === 'spawn')
      .map(({ counts }) => counts.thread),
  );
}

/** The variables that a loop's body sets on every pass before it reads them. */
export function transientOf(body: readonly Statement[]): readonly string[] {
  const read = new Set<string>();
  const transient: string[] = [];
  for (const statement of body) {
    for (const name of readBy(statement)) read.add(name);
    if (statement.kind === 'operation')
      for (const { name } of statement.results) if (!read.has(name)) transient.push(name);
    // What a block sets counts as read after it: it may not have been set.
    if (statement.kind !== 'operation')
      for (const { results } of operationsOf([statement])) for (const { name } of results) read.add(name);
  }
  return transient;
}

function operationsOf(statements: readonly Statement[]): readonly Operation[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'operation') return [statement];
    const otherwise = statement.kind === 'if' ? (statement.otherwise?.body ?? []) : [];
    return [...operationsOf(statement.body), ...operationsOf(otherwise)];
  });
}

function readBy(statement: Statement): readonly string[] {
  const own: Expression[] = [];
  if (statement.kind === 'operation') own.push(...Object.values(statement.operands));
  else {
    if (statement.kind === 'if' || statement.kind === 'await') own.push(statement.condition);
    if (statement.kind === 'retry') own.push(statement.until.condition);
    const otherwise = statement.kind === 'if' ? (statement.otherwise?.body ?? []) : [];
    return [...own.flatMap(variablesOf), ...[...statement.body, ...otherwise].flatMap(readBy)];
  }
  return own.flatMap(variablesOf);
}

function variablesOf(expression: Expression): readonly string[] {
  if (expression.kind === 'variable') return [expression.name];
  if (expression.kind === 'unary') return variablesOf(expression.operand);
  return expression.kind === 'binary' ? [...variablesOf(expression.left), ...variablesOf(expression.right)] : [];
}
