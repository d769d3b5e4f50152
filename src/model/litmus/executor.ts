import type { OperationInstruction } from './code.ts';
import type { Value } from './evaluation.ts';
import { highOf, lowOf } from './evaluation.ts';
import type { Frame } from './frame.ts';
import type { LitmusMachine } from './machine.ts';

/** Does one statement: answers with a member of `Step`, or with a fault code. */
export type Executor = (machine: LitmusMachine, instruction: OperationInstruction, frame: Frame) => number;

/** A pointer or word as the memory takes it. */
export interface Word {
  readonly low: number;
  readonly high: number;
  readonly provenance: number;
}

/** The value of an operand. */
export function operand(instruction: OperationInstruction, frame: Frame, name: string): Value {
  return instruction.operands[name](frame);
}

/** The value of an operand in the halves that the memory takes. */
export function word(instruction: OperationInstruction, frame: Frame, name: string): Word {
  const value = instruction.operands[name](frame);
  return { low: lowOf(value), high: highOf(value), provenance: value.provenance };
}

export function hasOperand(instruction: OperationInstruction, name: string): boolean {
  return Object.hasOwn(instruction.operands, name);
}
