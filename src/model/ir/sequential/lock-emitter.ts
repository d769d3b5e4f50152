import { POISONED } from '../engine.ts';
import type { Expression } from '../expression.ts';
import type { Path } from '../state.ts';
import type { Block, Statement } from '../statement.ts';
import { commentText } from '../javascript/source-writer.ts';
import { lockShape } from './lock-needs.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import { checkArrayIndex, columnCode } from './places.ts';
import type { StatementOf } from './statement-emitters.ts';
import type { LockComponent } from './storage-plan.ts';

/**
 * A lock scope. Run alone, it costs nothing unless the program can meet the lock while it is held. `held` is -1 for a writer and
 * counts readers otherwise. Readers do not poison, as in Rust.
 */
export function emitLock(to: OperationCompiler, statement: StatementOf<'lock'>): void {
  const { lock, shared, body } = statement;
  to.writer.line(`// ${shared ? 'shared ' : ''}lock ${commentText(pathText(lock))}`);
  if (!to.context.locks.keepsState(lock)) {
    checkArrayIndex(to, lock, to.context.storage.columns(lock).count, statement);
    to.statements(body);
    return;
  }
  // The scope ends with the index that it began with.
  const fixed = lock.index === undefined ? lock : { ...lock, index: fixedIndex(to, statement, lock.index) };
  const place = columnCode<LockComponent>(to, to.context.storage.columns(lock), fixed, statement);
  const held = place.read('held');
  const release = (): void => place.write('held', shared ? `${held} - 1` : '0');

  to.writer.line(`if (${held} ${shared ? '<' : '!=='} 0) ${to.raise('deadlock', statement)}`);
  if (lockShape(lock).poisons)
    to.writer.line(`if (${place.read('poisoned')} !== 0) throw new OperationPanic('${POISONED}');`);
  place.write('held', shared ? `${held} + 1` : '-1');
  const emitBody = (): void => to.exits.inLock(release, () => to.statements(body));
  if (!to.context.locks.unwinds(statement)) {
    emitBody();
    if (!endsEarly(body)) release();
    return;
  }
  to.writer.open('try {');
  to.inBlock(emitBody);
  to.writer.turn('} catch (panic) {');
  to.writer.open('if (panic instanceof OperationPanic) {');
  release();
  if (lockShape(lock).poisons && !shared) place.write('poisoned', '1');
  to.writer.close();
  to.writer.line('throw panic;');
  to.writer.close();
  if (!endsEarly(body)) release();
}

/** The index as a value that no assignment in the scope changes. */
function fixedIndex(to: OperationCompiler, statement: Statement, index: Expression): Expression {
  if (!to.values.isChanging(index)) return index;
  const fixed = to.made.get(statement) ?? localOf(index);
  to.made.set(statement, fixed);
  if (fixed.op === 'local') to.bindLocal(fixed.local, (component) => to.values.component(index, component));
  return fixed;
}

function localOf({ type }: Expression): Expression {
  return { op: 'local', type, local: { id: -1, name: 'index', type, mutable: false } };
}

/** Whether the end of a block is never reached, because its last statement left it and released what it held. */
function endsEarly(block: Block): boolean {
  const last = block.at(-1)?.kind;
  return last === 'return' || last === 'leave';
}

function pathText({ root, member }: Path): string {
  return member === undefined ? root.name : `${root.name}.${member}`;
}
