import type { Instruction } from './code.ts';
import type { Frame } from './frame.ts';
import { ASSIGNMENT } from './forms.ts';

/** Statements that neither see nor change anything but registers of their own thread. */
const PRIVATE = words(`${ASSIGNMENT} withaddr without assert assume`);

/** Statements that change nothing in memory or locks, as far as the shared memory and the locks do not say that they did. */
const PURE = words(
  'read readptr memcmp deref call usable offset diff fromexposed load loadptr exchange cas fetch',
  'exchangeptr casptr fetchptr fence trylock yield',
);

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/** Whether a statement changes memory, allocations, locks or threads by itself. */
export function changesState(instruction: Instruction | undefined): boolean {
  if (instruction?.kind !== 'operation') return instruction === undefined || instruction.kind === 'leave';
  const { name } = instruction.statement;
  return !PURE.has(name) && !PRIVATE.has(name);
}

/** Whether only its own thread can see an instruction and be seen by it; an assertion or assumption that fails ends more. */
export function isPrivate(frame: Frame, instruction: Instruction | undefined): boolean {
  if (instruction === undefined) return frame.stack.length + frame.locals.length === 0;
  if (instruction.kind !== 'operation') return !['loop', 'leave', 'start', 'finish'].includes(instruction.kind);
  const { name } = instruction.statement;
  if (name === 'assert' || name === 'assume') return instruction.operands.condition(frame).bits !== 0n;
  return PRIVATE.has(name);
}
