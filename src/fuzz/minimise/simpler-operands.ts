import { Opcode, STRIDE } from '../../model/machine/client-program.ts';
import { OBJECT_SIZE } from '../../model/machine/object-kinds.ts';
import { callbackOf, inside, isInside, opcodeOf } from '../callback-blocks.ts';
import { churnTimes, operandsOf, setChurnTimes } from '../operations.ts';
import type { Reduction } from './reduction.ts';

const FIRST_KIND = 1;
/** Of a use: no kind is named. */
const OWN_KIND = 0;

/** Makes operands plain: fewer rounds, default sizes and kinds, and few bits in forged words. */
export function simplifyOperands(reduction: Reduction): void {
  for (let operation = 0; operation * STRIDE < reduction.code.length; operation++) {
    if (isInside(reduction.code[operation * STRIDE])) outside(reduction, operation);
    const opcode = opcodeOf(reduction.code[operation * STRIDE]);
    if (opcode === Opcode.churn) fewerRounds(reduction, operation);
    if (opcode === Opcode.alloc) set(reduction, operation, 3, OBJECT_SIZE);
    if (opcode === Opcode.use) set(reduction, operation, 2, 0);
    if (opcode === Opcode.use) set(reduction, operation, 2, OWN_KIND);
    if (opcode === Opcode.hold) useInstead(reduction, operation);
    if (opcode === Opcode.forge) fewerBits(reduction, operation);
    if (opcode === Opcode.extra) fewerBits(reduction, operation);
    const kindAt = operandsOf(opcode).indexOf('kind');
    if (kindAt >= 0) set(reduction, operation, kindAt + 1, FIRST_KIND);
  }
}

/** Tries one operand with another value. */
function set(reduction: Reduction, operation: number, operand: number, value: number): boolean {
  const at = operation * STRIDE + operand;
  if (reduction.code[at] === value) return false;
  const candidate = reduction.code.slice();
  candidate[at] = value;
  return reduction.accepts(candidate);
}

/** What need not happen in a callback happens after its operation. */
function outside(reduction: Reduction, operation: number): void {
  const candidate = reduction.code.slice();
  const at = operation * STRIDE;
  candidate[at] = opcodeOf(candidate[at]);
  reduction.accepts(candidate);
}

/** A hold whose pointer does not matter is a use. */
function useInstead(reduction: Reduction, operation: number): void {
  const candidate = reduction.code.slice();
  const at = operation * STRIDE;
  candidate.set([inside(Opcode.use, callbackOf(candidate[at])), candidate[at + 2], 0, 0], at);
  reduction.accepts(candidate);
}

/** The least number of rounds that fails, if fewer rounds than that never do; else one that fails and whose predecessor does not. */
function fewerRounds(reduction: Reduction, operation: number): void {
  const at = operation * STRIDE;
  const tryRounds = (rounds: number): boolean => {
    const candidate = reduction.code.slice();
    setChurnTimes(candidate, at, rounds);
    return reduction.accepts(candidate);
  };
  let low = 0;
  let high = churnTimes(reduction.code, at);
  if (high <= 1 || !tryRounds(high - 1)) return;
  high = churnTimes(reduction.code, at);
  while (high - low > 1 && !reduction.expired) {
    const middle = low + Math.floor((high - low) / 2);
    if (tryRounds(middle)) high = Math.min(middle, churnTimes(reduction.code, at));
    else low = middle;
  }
}

/** Clears what can be cleared of a forged word or of a number: a whole half, then single bits. */
function fewerBits(reduction: Reduction, operation: number): void {
  for (const operand of [2, 3]) {
    if (set(reduction, operation, operand, 0)) continue;
    for (let bit = 31; bit >= 0; bit--) {
      const value = reduction.code[operation * STRIDE + operand];
      if ((value & (1 << bit)) !== 0) set(reduction, operation, operand, value & ~(1 << bit));
    }
  }
}
