/**
 * Text of int32 operators. Each takes operands as text, adds parentheses where they are needed, and drops what a constant operand
 * makes superfluous (`x & 0`, `x | 0` of a word, shifts by 0), so that generated code reads like code a person would write.
 */

/** Whether a text is a name or a number: using it twice costs nothing. */
export function isAtom(text: string): boolean {
  return /^-?[\w$]+$/.test(text);
}

/** The text as an operand of any operator. */
export function operand(text: string): string {
  return /^-?[\w$.]+$/.test(text) || /^[\w$.]+[([][^()[\]]*[)\]]$/.test(text) ? text : `(${text})`;
}

export function binary(left: string, operator: string, right: string): string {
  return `${operand(left)} ${operator} ${operand(right)}`;
}

export function bitAnd(left: string, right: string): string {
  if (left === '0' || right === '0') return '0';
  if (left === '-1') return right;
  return right === '-1' ? left : binary(left, '&', right);
}

export function bitOr(left: string, right: string): string {
  if (left === '0') return right;
  return right === '0' ? left : binary(left, '|', right);
}

export function bitXor(left: string, right: string): string {
  if (left === '0') return right;
  return right === '0' ? left : binary(left, '^', right);
}

export function shiftLeft(text: string, amount: number): string {
  return amount === 0 || text === '0' ? text : binary(text, '<<', String(amount));
}

/** Shift with zeros. By 0 the operand stays as it is, negative or not. */
export function shiftRight(text: string, amount: number): string {
  return amount === 0 || text === '0' ? text : binary(text, '>>>', String(amount));
}

export function shiftRightSigned(text: string, amount: number): string {
  return amount === 0 || text === '0' ? text : binary(text, '>>', String(amount));
}

/** A number as a word of some width up to 32: masked below 32 bits, an int32 at 32. */
export function wrapped(text: string, width: number): string {
  if (text === '0') return text;
  return width === 32 ? binary(text, '|', '0') : binary(text, '&', maskText(width));
}

/** The int32 mask of the lowest bits, in hexadecimal. */
export function maskText(width: number): string {
  return width >= 32 ? '-1' : `0x${(2 ** width - 1).toString(16)}`;
}

/** The low or high 32 bits of a value as the text of an int32. */
export function int32Text(value: bigint): string {
  return String(BigInt.asIntN(32, value));
}

/** An int32 read as unsigned: a literal, or `>>> 0` where the sign bit can be set. */
export function unsignedText(text: string, signBitPossible: boolean): string {
  if (/^-?\d+$/.test(text)) return String(Number(text) >>> 0);
  return signBitPossible ? `(${operand(text)} >>> 0)` : text;
}
