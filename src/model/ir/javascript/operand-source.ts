import type { Expression } from '../expression.ts';

/** The texts of operands. Every call stands for one place in the code where the text is written. */
export interface OperandSource {
  low(node: Expression): string;
  high(node: Expression): string;
  /** The truth of a condition as a JavaScript boolean. */
  truth(node: Expression): string;
  /** The low half read as unsigned. */
  unsignedLow(node: Expression): string;
  /** The high half read as unsigned. */
  unsignedHigh(node: Expression): string;
}
