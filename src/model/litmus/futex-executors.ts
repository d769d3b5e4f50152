import type { Clock } from '../concurrency/clock.ts';
import { ORDERS } from '../concurrency/order.ts';
import { integerValue } from './evaluation.ts';
import { operand, word } from './executor.ts';
import type { Executor } from './executor.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

/** A thread that waits on a futex. It never changes; a step replaces it. */
export interface Waiter {
  readonly thread: number;
  readonly address: bigint;
  /** What happened before it was woken; undefined as long as it was not. */
  readonly woken: Clock | undefined;
}

const SIZE = 4;
const NOBODY: Clock = new Int32Array(0);

/**
 * Futexes: waiting begins only when the expected value is still there, and both sides have a sequential fence, so that no wake is lost
 * (miri: src/shims/unix/linux_like/sync.rs).
 */
export const FUTEX_EXECUTORS: Readonly<Record<string, Executor>> = {
  futexwait(machine, instruction, frame) {
    const waiter = machine.waiters.find(({ thread }) => thread === frame.index);
    if (waiter !== undefined) {
      if (waiter.woken === undefined) return Step.blocked;
      machine.waiters.splice(machine.waiters.indexOf(waiter), 1);
      machine.sync(frame, waiter.woken);
      machine.result(instruction, frame, 0, integerValue(1n));
      return Step.ran;
    }
    const { memory, shared } = machine;
    const address = word(instruction, frame, 'pointer');
    const { low, high, provenance } = address;
    let fault = memory.checkAtomic(low, high, provenance, SIZE, 'atomic-load');
    if (fault !== 0) return fault;
    shared?.fence(frame.index, ORDERS.seqcst);
    // The system looks at the value and queues the thread as one step: a store that is still to come wakes it later.
    fault =
      shared === undefined
        ? memory.readInteger(low, high, provenance, SIZE, 1)
        : shared.loadNewest(frame.index, address, SIZE, ORDERS.relaxed);
    if (fault !== 0) return fault;
    const found = (shared === undefined ? memory.valueLow : shared.content.low) | 0;
    if (found !== Number(BigInt.asIntN(32, operand(instruction, frame, 'expected').bits))) {
      machine.result(instruction, frame, 0, integerValue(0n));
      return Step.ran;
    }
    const { bits } = operand(instruction, frame, 'pointer');
    machine.waiters.push({ thread: frame.index, address: bits, woken: undefined });
    turn(machine);
    // The statement is done again, until the thread is woken.
    frame.pc--;
    return Step.ran;
  },
  futexwake(machine, instruction, frame) {
    const { memory, shared } = machine;
    const { low, high, provenance } = word(instruction, frame, 'pointer');
    if (memory.check(low, high, provenance, SIZE, 1) !== 0) {
      machine.result(instruction, frame, 0, integerValue(-1n));
      return Step.ran;
    }
    shared?.fence(frame.index, ORDERS.seqcst);
    const clock = machine.sync(frame, undefined) ?? NOBODY;
    const { bits } = operand(instruction, frame, 'pointer');
    let left = operand(instruction, frame, 'count').bits;
    let count = 0n;
    for (const [at, waiter] of machine.waiters.entries()) {
      if (left === 0n || waiter.address !== bits || waiter.woken !== undefined) continue;
      machine.waiters[at] = { ...waiter, woken: clock };
      left--;
      count++;
    }
    turn(machine);
    machine.result(instruction, frame, 0, integerValue(count));
    return Step.ran;
  },
};

/** All threads see what is done to the queues in one order. */
function turn(machine: LitmusMachine): void {
  if (machine.shared !== undefined) machine.shared.observed += `f${machine.queueTurns}`;
  machine.queueTurns++;
}
