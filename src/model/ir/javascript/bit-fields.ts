import type { Expression } from '../expression.ts';
import { widthOf } from '../type.ts';
import type { OperandSource } from './operand-source.ts';
import { bitAnd, bitOr, int32Text, shiftLeft, wrapped } from './operator-text.ts';
import { ones, type PossibleBits } from './possible-bits.ts';
import { shiftedLeftHigh, shiftedRightLow } from './wide-words.ts';

type Resize = Extract<Expression, { readonly op: 'resize' }>;
type Extraction = Extract<Expression, { readonly op: 'extract' }>;
type Insert = Extract<Expression, { readonly op: 'insert' }>;
type Half = 'low' | 'high';

/** One half of a word at another width. */
export function resized(from: OperandSource, possible: PossibleBits, node: Resize, half: Half): string {
  const text = halfText(from, node.operand, half);
  return masked(text, possible.of(node.operand), widthOf(node.type), half);
}

/** One half of a bit field. */
export function extracted(from: OperandSource, possible: PossibleBits, node: Extraction, half: Half): string {
  const low = (): string => from.low(node.operand);
  const high = (): string => halfText(from, node.operand, 'high');
  const upper = node.low + 32;
  const shifted =
    half === 'low'
      ? shiftedRightLow(low, needsHigh(node) ? high : zero, node.low)
      : shiftedRightLow(high, zero, upper - 32);
  return masked(shifted, possible.of(node.operand) >> BigInt(node.low), widthOf(node.type), half);
}

/** One half of a word with a bit field replaced. */
export function inserted(from: OperandSource, possible: PossibleBits, node: Insert, half: Half): string {
  const shift = half === 'low' ? 0n : 32n;
  const field = ones(widthOf(node.bits.type)) << BigInt(node.low);
  const fieldHalf = (field >> shift) & ones(32);
  const keptText = halfText(from, node.operand, half);
  if (fieldHalf === 0n) return keptText;
  const overwritten = ((possible.of(node.operand) >> shift) & fieldHalf) !== 0n;
  const kept = overwritten ? bitAnd(keptText, int32Text(~fieldHalf)) : keptText;
  return bitOr(kept, moved(from, node, half));
}

/** The bits of a field at their place in one half of the word. */
function moved(from: OperandSource, { bits, low }: Insert, half: Half): string {
  if (half === 'low') return shiftLeft(from.low(bits), low);
  return shiftedLeftHigh(
    () => from.low(bits),
    () => halfText(from, bits, 'high'),
    low,
  );
}

/** Whether the low half of a field reaches into the high half of its word. */
function needsHigh(node: Extraction): boolean {
  return node.low + Math.min(widthOf(node.type), 32) > 32;
}

function halfText(from: OperandSource, node: Expression, half: Half): string {
  if (half === 'low') return from.low(node);
  return widthOf(node.type) > 32 ? from.high(node) : '0';
}

/** A half cut to the width of its word, unless no bit above can be set. */
function masked(text: string, possible: bigint, width: number, half: Half): string {
  const bits = half === 'low' ? possible & ones(32) : (possible >> 32n) & ones(32);
  const halfWidth = half === 'low' ? Math.min(width, 32) : width - 32;
  return bits >> BigInt(halfWidth) === 0n || halfWidth === 32 ? text : wrapped(text, halfWidth);
}

function zero(): string {
  return '0';
}
