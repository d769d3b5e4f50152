import { visitStatements, type Program } from '../program.ts';
import { shapeAt, type Declaration, type LockShape, type Path } from '../state.ts';
import type { Statement } from '../statement.ts';

type Lock = Extract<Statement, { readonly kind: 'lock' }>;

/**
 * Which locks of a program need state when it runs alone. A lock that no operation can meet while it is held costs nothing: state is
 * kept only where a lock is taken inside a scope of the same lock, where a callback runs inside its scope (the driver may call any
 * operation there), or where a panic inside poisons it.
 */
export class LockNeeds {
  readonly #kept = new Map<Declaration, Set<string>>();

  constructor(program: Program) {
    for (const { body } of program.entries.values()) {
      visitStatements(body, (statement) => {
        if (statement.kind === 'lock' && mayMeetItself(statement)) this.#keep(statement.lock);
      });
    }
  }

  keepsState({ root, member }: Path): boolean {
    return this.#kept.get(root)?.has(member ?? '') ?? false;
  }

  /** Whether a panic inside the scope has something to release or to poison. */
  unwinds(statement: Lock): boolean {
    return this.keepsState(statement.lock) && contains(statement, isPanicSource);
  }

  #keep({ root, member }: Path): void {
    const members = this.#kept.get(root) ?? new Set<string>();
    this.#kept.set(root, members.add(member ?? ''));
  }
}

export function lockShape(path: Path): LockShape {
  const shape = shapeAt(path);
  if (shape.kind !== 'lock') throw new Error(`"${path.root.name}" is no lock`);
  return shape;
}

function mayMeetItself(statement: Lock): boolean {
  const { root, member } = statement.lock;
  return contains(statement, (inner) => {
    if (inner.kind === 'callback') return true;
    if (inner.kind === 'lock' && inner.lock.root === root && inner.lock.member === member) return true;
    return lockShape(statement.lock).poisons && isPanicSource(inner);
  });
}

/** A callback counts: what the driver runs there may panic through it. */
function isPanicSource(statement: Statement): boolean {
  if (statement.kind === 'mayPanic' || statement.kind === 'callback') return true;
  return statement.kind === 'lock' && lockShape(statement.lock).poisons;
}

function contains(statement: Lock, matches: (inner: Statement) => boolean): boolean {
  let found = false;
  visitStatements(statement.body, (inner) => {
    found ||= matches(inner);
  });
  return found;
}
