import { cellText, locationText } from './cell-code.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { Instruction } from './flow.ts';
import { acquireChoices } from './lock-code.ts';

/**
 * The text of how many choices a stop has; undefined when it is always one. A load chooses a message, a store a place in modification
 * order, a weak compare-exchange also whether it fails for nothing.
 */
export function stopChoices(to: EntryCompiler, instruction: Instruction): string | undefined {
  if (instruction.kind === 'acquire') return acquireChoices(to, instruction);
  if (instruction.kind !== 'access') return undefined;
  const { statement } = instruction;
  if (!('place' in statement)) return undefined;
  const isWeakExchange = statement.kind === 'compareExchange' && statement.weak;
  const plan = to.context.plan.cell(statement.place.path, statement.place.field);
  if (!to.context.isWeak || !plan.isAtomic || statement.order === 'plain') return isWeakExchange ? '2' : undefined;
  const cell = cellText(to, statement.place, undefined);
  const messages = `order.readable(S, t, ${locationText(to, cell)})`;
  return isWeakExchange ? `2 * ${messages}` : messages;
}
