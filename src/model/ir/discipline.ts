import { BuildError, Site } from './site.ts';
import { shapeAt } from './state.ts';
import { blocksOf, type Block, type Statement, type StatementKind } from './statement.ts';
import { typeText, type ValueType } from './type.ts';
import type { Caller } from './word-value.ts';

/**
 * One operation on a container is one shared access, so it is made under a lock, unless the container is thread-local or declared
 * `unlocked`. Any lock will do here: whether it is the right one shows as a data race when the program runs.
 * @throws BuildError at the first operation that has no lock around it.
 */
export function checkLocked(block: Block): void {
  for (const statement of block) {
    if (statement.kind === 'lock') continue;
    if (statement.kind === 'container') checkContainer(statement);
    for (const inner of blocksOf(statement)) checkLocked(inner);
  }
}

function checkContainer({ name, path, site }: Extract<Statement, { kind: 'container' }>): void {
  const shape = shapeAt(path);
  if (path.root.scope === 'thread' || ('isPrivate' in shape && shape.isPrivate)) return;
  const container = path.member === undefined ? path.root.name : `${path.root.name}.${path.member}`;
  throw new BuildError(
    `${name} on "${container}" has no lock around it; write $.lock, or declare the container unlocked(…) if only one thread ever reaches it`,
    site,
  );
}

/** What changes nothing that another thread, or the next evaluation, could see. */
const OBSERVING: readonly StatementKind[] = [
  'load',
  'let',
  'assign',
  'lock',
  'if',
  'loop',
  'inline',
  'assert',
  'fence',
];

/** The condition of an `await` is computed from loads alone, since it is computed again and again. @throws BuildError otherwise. */
export function checkAwaited(block: Block): void {
  for (const statement of block) {
    const observes =
      statement.kind === 'container'
        ? statement.name === 'get' || statement.name === 'length'
        : OBSERVING.includes(statement.kind) || isExit(statement);
    if (!observes)
      throw new BuildError(`an await only loads, but this is ${statement.kind}; write $.retry instead`, statement.site);
    for (const inner of blocksOf(statement)) checkAwaited(inner);
  }
}

/** Control must reach the end of some blocks: it may not go elsewhere by return, guard or leave. @throws BuildError if it may. */
export function checkFallsThrough(block: Block, what: string, insideLoop = false): void {
  for (const statement of block) {
    // Another operation's returns end that operation alone.
    if (statement.kind === 'inline') continue;
    if (isExit(statement) && !(statement.kind === 'leave' && insideLoop))
      throw new BuildError(`${statement.kind} cannot stand inside ${what}`, statement.site);
    const loops = insideLoop || statement.kind === 'loop' || statement.kind === 'retry';
    for (const inner of blocksOf(statement)) checkFallsThrough(inner, what, loops);
  }
}

/** The widths of words that have a natural alignment. */
const MEMORY_WIDTHS: readonly number[] = [8, 16, 32, 64];

/** What simulated memory reads and writes. @throws BuildError for other types. */
export function checkMemoryType(type: ValueType, caller: Caller): void {
  if (type.kind === 'pointer' || (type.kind === 'word' && MEMORY_WIDTHS.includes(type.width))) return;
  throw new BuildError(
    `simulated memory holds pointers and words of 8, 16, 32 or 64 bits, not ${typeText(type)}`,
    Site.of(caller),
  );
}

function isExit({ kind }: Statement): boolean {
  return kind === 'return' || kind === 'guard' || kind === 'leave';
}
