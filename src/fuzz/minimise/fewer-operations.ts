import { Opcode, STRIDE } from '../../model/machine/client-program.ts';
import { opcodeOf } from '../callback-blocks.ts';
import { churnTimes, lastOf, operandsOf, picked, setChurnTimes, without } from '../operations.ts';
import type { Reduction } from './reduction.ts';

/**
 * Takes operations away until none can be: first all that have nothing to do with the variables of the last operation, then
 * pieces of half the program down to single operations (delta debugging, Zeller and Hildebrandt 2002).
 */
export function takeOperationsAway(reduction: Reduction): void {
  keepRelated(reduction);
  for (let size = Math.ceil(countOf(reduction) / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    takePieces(reduction, size);
  }
  // A single that could not go before may go once a later one is gone; so until a whole pass takes nothing.
  while (takePieces(reduction, 1));
}

function countOf({ code }: Reduction): number {
  return code.length / STRIDE;
}

/** Tries every piece of a size, from the end; answers whether any was taken away. */
function takePieces(reduction: Reduction, size: number): boolean {
  let taken = false;
  for (let first = countOf(reduction) - size; first > -size; first -= size) {
    const at = Math.max(first, 0);
    const count = Math.min(size, countOf(reduction) - at);
    if (count < 1 || count >= countOf(reduction)) continue;
    if (shrinks(reduction, withoutPiece(reduction.code, at, count))) taken = true;
  }
  return taken;
}

/**
 * The program without a piece. Creates that go are made up for by rounds of a churn: a re-issue comes after so many of them,
 * whoever makes them, and a churn ends by itself when it comes early. So two churns become one.
 */
function withoutPiece(code: Int32Array, first: number, count: number): Int32Array {
  const shorter = without(code, first, count);
  const creates = createsIn(code, first, first + count);
  const churn = lastOf(shorter, Opcode.churn);
  if (creates > 0 && churn >= 0) setChurnTimes(shorter, churn, churnTimes(shorter, churn) + creates + 1);
  return shorter;
}

function createsIn(code: Int32Array, first: number, end: number): number {
  let count = 0;
  for (let at = first * STRIDE; at < end * STRIDE; at += STRIDE)
    if (opcodeOf(code[at]) === Opcode.alloc) count++;
    else if (code[at] === Opcode.churn) count += churnTimes(code, at);
  return count;
}

/** Whether a candidate fails, and with fewer operations than there were. */
function shrinks(reduction: Reduction, code: Int32Array): boolean {
  const before = reduction.code.length;
  return reduction.accepts(code) && reduction.code.length < before;
}

/** The variables of the last operation often are all that matters: one try may leave five operations of a hundred. */
function keepRelated(reduction: Reduction): void {
  const { code } = reduction;
  const last = variablesAt(code, code.length - STRIDE);
  if (last.length === 0) return;
  const numbers = Array.from({ length: countOf(reduction) }, (_, number) => number).filter((number) => {
    const variables = variablesAt(code, number * STRIDE);
    return variables.length === 0 || variables.some((variable) => last.includes(variable));
  });
  reduction.accepts(picked(code, numbers));
}

/** The variables of an operation; pointers are numbered below zero. */
function variablesAt(code: Int32Array, at: number): readonly number[] {
  return operandsOf(code[at]).flatMap((operand, position) => {
    const value = code[at + 1 + position];
    if (operand === 'reference' || operand === 'newReference') return [value];
    return operand === 'pointer' || operand === 'newPointer' ? [-1 - value] : [];
  });
}
