import { POISONED } from '../engine.ts';
import type { Path } from '../state.ts';
import { linearIndex } from './cell-code.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { Instruction } from './flow.ts';
import { Status } from './stepped-program.ts';

type Acquire = Extract<Instruction, { readonly kind: 'acquire' }>;
type Release = Extract<Instruction, { readonly kind: 'release' }>;

/** The place of a lock's state in the row, and its number. */
function lockAt(to: EntryCompiler, lock: Path, statement: Acquire['statement']): { held: string; number: string } {
  const plan = to.context.plan.lock(lock);
  const index = linearIndex(to, lock, plan, statement);
  if (/^\d+$/.test(index))
    return { held: `S[${plan.base + 2 * Number(index)}]`, number: `${plan.number + Number(index)}` };
  const bound = to.bind('lock', index);
  return { held: `S[${plan.base} + 2 * ${bound}]`, number: `${plan.number} + ${bound}` };
}

/** Takes the lock, or cannot be taken now. A lock that is poisoned is taken, and then panics. */
export function emitAcquire(to: EntryCompiler, { statement, lock, poisoned }: Acquire): void {
  const { held, number } = lockAt(to, lock, statement);
  const { shared } = statement;
  to.writer.line(`if (${held} ${shared ? '<' : '!=='} 0) return ${Status.blocked};`);
  to.writer.line(shared ? `${held}++;` : `${held} = -1;`);
  if (to.context.ordersLocks) to.writer.line(`order.lock(S, t, ${number}, ${String(shared)});`);
  if (poisoned === undefined) return;
  const poison = held.replace(/\]$/, ' + 1]');
  to.writer.line(`if (${poison} !== 0) { order.panic = ${to.panicNumber(POISONED)}; ${to.goto(poisoned)} }`);
}

export function emitRelease(to: EntryCompiler, { statement, lock, poisons }: Release): void {
  const { held, number } = lockAt(to, lock, statement);
  const { shared } = statement;
  to.writer.line(shared ? `${held}--;` : `${held} = 0;`);
  if (poisons) to.writer.line(`${held.replace(/\]$/, ' + 1]')} = 1;`);
  if (to.context.ordersLocks) to.writer.line(`order.unlock(S, t, ${number}, ${String(shared)});`);
}

/** The condition under which the lock can be taken, as a number of choices. */
export function acquireChoices(to: EntryCompiler, { statement, lock }: Acquire): string {
  const plan = to.context.plan.lock(lock);
  const index = linearIndex(to, lock, plan, undefined);
  return `S[${plan.base} + 2 * (${index})] ${statement.shared ? '<' : '!=='} 0 ? 0 : 1`;
}
