import { checkLocked } from './discipline.ts';
import type { RecordedOperation } from './operation.ts';
import { BuildError } from './site.ts';
import type { Declaration } from './state.ts';
import { blocksOf, type Block, type Statement } from './statement.ts';

/** What a coverage point says about the run that reached it. */
export type Outcome = 'passed' | 'refused' | 'then' | 'otherwise' | 'entered';

/** One way past a guard, one branch of a condition, or the body of a loop. */
export interface Point {
  readonly id: number;
  /** The entry of the program in which the statement stands, after inlining. */
  readonly entry: string;
  /** The operation whose source contains the statement. */
  readonly owner: string;
  /** The guard's name, or the kind of the statement. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly statement: Statement;
}

/**
 * The linked state and operations of one representation with one set of parameters. Every engine runs this, and nothing else:
 * the sequential compiler, the interpreter and the stepped compiler.
 */
export interface Program {
  readonly declarations: readonly Declaration[];
  /** Operations that can be called, by entry name. */
  readonly entries: ReadonlyMap<string, RecordedOperation>;
  readonly points: readonly Point[];
  /** The first coverage point of a guard (passed, then refused), an `if` (then, otherwise) or a loop (entered). */
  readonly firstPoint: ReadonlyMap<Statement, number>;
  /** Every statement, numbered in the order in which it is printed; a fault names its statement by this number. */
  readonly statements: readonly Statement[];
  readonly numberOf: ReadonlyMap<Statement, number>;
}

export interface LinkOptions {
  /** Whether containers must be used under a lock (default true); a mutant that drops a lock is linked all the same. */
  readonly checkLocks?: boolean;
}

/**
 * Links recorded operations.
 * @throws BuildError when an operation names state that is not declared, or uses a shared container outside every lock.
 */
export function linkProgram(
  declarations: readonly Declaration[],
  entries: ReadonlyMap<string, RecordedOperation>,
  { checkLocks = true }: LinkOptions = {},
): Program {
  const points: Point[] = [];
  const firstPoint = new Map<Statement, number>();
  const statements: Statement[] = [];
  for (const [entry, { body, operation }] of entries) {
    if (checkLocks) checkLocked(body);
    visitStatements(body, (statement) => {
      checkDeclared(declarations, statement);
      statements.push(statement);
      const outcomes = OUTCOMES[statement.kind];
      if (outcomes === undefined) return;
      firstPoint.set(statement, points.length);
      const owner = 'owner' in statement ? statement.owner.name : operation.name;
      const name = statement.kind === 'guard' ? statement.name : statement.kind;
      for (const outcome of outcomes) points.push({ id: points.length, entry, owner, name, outcome, statement });
    });
  }
  const numberOf = new Map(statements.map((statement, number) => [statement, number]));
  return { declarations, entries, points, firstPoint, statements, numberOf };
}

const OUTCOMES: Readonly<Partial<Record<Statement['kind'], readonly Outcome[]>>> = {
  guard: ['passed', 'refused'],
  if: ['then', 'otherwise'],
  loop: ['entered'],
  retry: ['entered'],
};

/** Visits the statements of a block and of all blocks inside it, in printed order. */
export function visitStatements(block: Block, visit: (statement: Statement) => void): void {
  for (const statement of block) {
    visit(statement);
    for (const inner of blocksOf(statement)) visitStatements(inner, visit);
  }
}

function checkDeclared(declarations: readonly Declaration[], statement: Statement): void {
  const path = 'place' in statement ? statement.place.path : 'path' in statement ? statement.path : undefined;
  const root = path?.root ?? (statement.kind === 'lock' ? statement.lock.root : undefined);
  if (root === undefined || declarations.includes(root)) return;
  throw new BuildError(`state "${root.name}" belongs to another representation`, statement.site);
}
