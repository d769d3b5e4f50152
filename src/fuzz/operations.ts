import { Opcode, OPCODE_NAMES, STRIDE, type OpcodeName } from '../model/machine/client-program.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { opcodeOf, standing } from './callback-blocks.ts';
import { SHORT_CHURN } from './churn-plan.ts';
import type { ProgramShape } from './program-shape.ts';

/** What an operand of an operation is. */
export type Operand = 'reference' | 'newReference' | 'pointer' | 'newPointer' | 'kind' | 'other';

/** The operands of each operation, in order; an extra's depend on the extra. */
export const OPERANDS: Readonly<Record<OpcodeName, readonly Operand[]>> = {
  alloc: ['newReference', 'kind', 'other'],
  free: ['reference'],
  use: ['reference'],
  hold: ['newPointer', 'reference'],
  touch: ['pointer'],
  drop: ['pointer'],
  copy: ['newReference', 'reference'],
  forge: ['newReference', 'other', 'other'],
  corrupt: ['newReference', 'reference', 'other'],
  abandon: ['reference'],
  send: ['reference', 'other'],
  churn: ['other', 'other', 'kind'],
  stall: [],
  extra: ['other', 'other', 'other'],
  panic: [],
};

const BY_OPCODE = OPCODE_NAMES.map((name) => OPERANDS[name]);

export function operandsOf(opcode: number): readonly Operand[] {
  return BY_OPCODE[opcodeOf(opcode)] ?? [];
}

/** How often a churn at this place of the code repeats. */
export function churnTimes(code: Int32Array, at: number): number {
  return (code[at + 1] >>> 0) + code[at + 2] * 0x1_0000_0000;
}

export function setChurnTimes(code: Int32Array, at: number, times: number): void {
  code[at + 1] = times | 0;
  code[at + 2] = Math.floor(times / 0x1_0000_0000);
}

/**
 * Long churns of a parent have been paid for once: one of them gets the new length, if there is one, and the others become short.
 * Answers whether the new length is placed.
 */
export function settleChurns(code: Int32Array, longChurn: number, random: Random): boolean {
  let isPlaced = false;
  for (let at = 0; at < code.length; at += STRIDE) {
    if (code[at] !== Opcode.churn || churnTimes(code, at) <= SHORT_CHURN) continue;
    setChurnTimes(code, at, !isPlaced && longChurn > 0 ? longChurn : 1 + random.below(8));
    isPlaced = isPlaced || longChurn > 0;
  }
  return isPlaced;
}

/** Whether a program has a churn that must be paid for. */
export function churnsLong(code: Int32Array): boolean {
  for (let at = 0; at < code.length; at += STRIDE)
    if (code[at] === Opcode.churn && churnTimes(code, at) > SHORT_CHURN) return true;
  return false;
}

/** An operation by itself. */
export function single(opcode: number, a = 0, b = 0, c = 0): Int32Array {
  return Int32Array.of(opcode, a, b, c);
}

export function churnOf(times: number, kind: number): Int32Array {
  const code = single(Opcode.churn, 0, 0, kind);
  setChurnTimes(code, 0, times);
  return code;
}

/** Several pieces of code as one. */
export function joined(pieces: readonly Int32Array[]): Int32Array {
  const result = new Int32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** Some operations of a program, by number, in order. */
export function picked(code: Int32Array, numbers: readonly number[]): Int32Array {
  return joined(numbers.map((number) => code.subarray(number * STRIDE, (number + 1) * STRIDE)));
}

/** The program without some operations that follow each other. */
export function without(code: Int32Array, first: number, count: number): Int32Array {
  return joined([code.subarray(0, first * STRIDE), code.subarray((first + count) * STRIDE)]);
}

/** Where the last operation of a kind stands in the code, or -1. */
export function lastOf(code: Int32Array, opcode: number): number {
  for (let at = code.length - STRIDE; at >= 0; at -= STRIDE) if (code[at] === opcode) return at;
  return -1;
}

/** The program without extras and callbacks of numbers that do not exist: how many there are depends on the parameters. */
export function withKnownParts(code: Int32Array, { extras, callbacks }: ProgramShape): Int32Array {
  const isKnown = (at: number): boolean => opcodeOf(code[at]) !== Opcode.extra || code[at + 1] < extras.length;
  const numbers = standing(code, callbacks, isKnown);
  return numbers.length * STRIDE === code.length ? code : picked(code, numbers);
}

/** The program without operations that make bits which nobody issued. */
export function withoutForging(code: Int32Array): Int32Array {
  return only(code, (at) => {
    const opcode = opcodeOf(code[at]);
    return opcode !== Opcode.forge && opcode !== Opcode.corrupt;
  });
}

/** The operations of a program that are wanted, by where they stand in the code; the program itself when all are. */
function only(code: Int32Array, isWanted: (at: number) => boolean): Int32Array {
  const wanted: number[] = [];
  for (let at = 0; at < code.length; at += STRIDE) if (isWanted(at)) wanted.push(at / STRIDE);
  return wanted.length * STRIDE === code.length ? code : picked(code, wanted);
}
