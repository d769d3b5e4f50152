import { visitExpressions, type Expression, type Local } from '../expression.ts';
import { expressionsOf } from '../statement.ts';
import { isExit, targetsOf, type Instruction, type Label } from './flow.ts';

/** By instruction: the locals whose values somebody may still want before it. What is dead is no part of a thread's state. */
export function liveBefore(instructions: readonly Instruction[]): readonly ReadonlySet<Local>[] {
  const at = new Map<Label, number>();
  instructions.forEach((instruction, index) => {
    if (instruction.kind === 'label') at.set(instruction.label, index);
  });
  const uses = instructions.map(usedBy);
  const live = instructions.map(() => new Set<Local>());
  for (let changed = true; changed;) {
    changed = false;
    for (let index = instructions.length - 1; index >= 0; index--) {
      const instruction = instructions[index];
      const own = live[index];
      const before = own.size;
      const defined = definedBy(instruction);
      const following = targetsOf(instruction).map((label) => at.get(label) as number);
      if (!isExit(instruction) && index + 1 < instructions.length) following.push(index + 1);
      for (const next of following) for (const local of live[next]) if (!defined.includes(local)) own.add(local);
      for (const local of uses[index]) own.add(local);
      changed ||= own.size !== before;
    }
  }
  return live;
}

function usedBy(instruction: Instruction): readonly Local[] {
  const used = new Set<Local>();
  visitExpressions(expressionsIn(instruction), (node) => {
    if (node.op === 'local') used.add(node.local);
  });
  if (instruction.kind === 'end' && instruction.answer !== undefined) used.add(instruction.answer);
  return [...used];
}

function expressionsIn(instruction: Instruction): readonly Expression[] {
  switch (instruction.kind) {
    case 'branch':
      return [instruction.condition];
    case 'set':
      return [instruction.value];
    case 'access':
    case 'assert':
      return expressionsOf(instruction.statement);
    case 'acquire':
    case 'release':
      return instruction.lock.index === undefined ? [] : [instruction.lock.index];
    default:
      return [];
  }
}

/** The locals that an instruction gives a value, whatever they had before. */
export function definedBy(instruction: Instruction): readonly Local[] {
  if (instruction.kind === 'set') return [instruction.into];
  if (instruction.kind !== 'access') return [];
  const { statement } = instruction;
  const into = 'into' in statement && statement.into !== undefined ? [statement.into] : [];
  return statement.kind === 'compareExchange' ? [...into, statement.success] : into;
}
