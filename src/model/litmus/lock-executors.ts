import type { OperationInstruction } from './code.ts';
import { integerValue } from './evaluation.ts';
import { hasOperand, operand } from './executor.ts';
import type { Executor } from './executor.ts';
import type { Frame } from './frame.ts';
import type { LitmusMachine } from './machine.ts';
import { Step } from './step.ts';

const NOBODY = -1;

/** A lock of a litmus program. Its kinds are those of POSIX (miri: src/shims/unix/sync.rs). */
export interface LockState {
  readonly kind: string;
  /** The thread that holds it for writing, or -1. */
  owner: number;
  /** How often the owner locked it. */
  depth: number;
  /** How often each thread holds it for reading. */
  readonly readers: Map<number, number>;
  isDestroyed: boolean;
}

/** Locks. A lock that cannot be had blocks its thread. */
export const LOCK_EXECUTORS: Readonly<Record<string, Executor>> = {
  mutex: (machine, instruction, frame) =>
    create(machine, instruction, frame, instruction.statement.words.kind ?? 'default'),
  rwlock: (machine, instruction, frame) => create(machine, instruction, frame, 'rwlock'),
  lock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind === 'rwlock') return misuse(machine, lock);
    if (lock.owner !== frame.thread) return acquire(lock, frame.thread);
    switch (lock.kind) {
      case 'recursive':
        lock.depth++;
        return Step.ran;
      case 'errorcheck':
        // It answers with an error code, which no statement looks at.
        return Step.ran;
      case 'normal':
        return Step.blocked;
      default:
        return machine.fail('lock-misuse', 'relock', 'a default mutex is locked again by the thread that holds it');
    }
  },
  trylock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind === 'rwlock') return misuse(machine, lock);
    const isAgain = lock.owner === frame.thread && lock.kind === 'recursive';
    if (isAgain) lock.depth++;
    const isLocked = isAgain || acquire(lock, frame.thread) === Step.ran;
    machine.result(instruction, frame, 0, integerValue(isLocked ? 1n : 0n));
    return Step.ran;
  },
  rdlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind !== 'rwlock') return misuse(machine, lock);
    if (lock.owner !== NOBODY) return Step.blocked;
    lock.readers.set(frame.thread, (lock.readers.get(frame.thread) ?? 0) + 1);
    return Step.ran;
  },
  wrlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind !== 'rwlock') return misuse(machine, lock);
    return lock.readers.size > 0 ? Step.blocked : acquire(lock, frame.thread);
  },
  unlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed) return misuse(machine, lock);
    const held = lock.readers.get(frame.thread) ?? 0;
    if (held > 1) lock.readers.set(frame.thread, held - 1);
    if (held === 1) lock.readers.delete(frame.thread);
    if (held > 0) return Step.ran;
    if (lock.owner === frame.thread) {
      if (--lock.depth === 0) lock.owner = NOBODY;
      return Step.ran;
    }
    if (lock.kind === 'errorcheck') return Step.ran;
    return machine.fail('lock-misuse', 'not-owner', 'a lock is unlocked by a thread that does not hold it');
  },
  destroy(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed) return misuse(machine, lock);
    if (lock.owner !== NOBODY || lock.readers.size > 0)
      return machine.fail('lock-misuse', 'destroy-locked', 'a lock is destroyed while it is held');
    lock.isDestroyed = true;
    return Step.ran;
  },
};

function create(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame, kind: string): number {
  if (hasOperand(instruction, 'at'))
    return machine.fail('unsupported', 'lock-memory', 'locks that lie in memory of the program are not modelled');
  const state: LockState = { kind, owner: NOBODY, depth: 0, readers: new Map(), isDestroyed: false };
  machine.locks.push(state);
  machine.result(instruction, frame, 0, integerValue(BigInt(machine.locks.length - 1)));
  return Step.ran;
}

function lockOf(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame): LockState {
  return machine.locks[Number(operand(instruction, frame, 'lock').bits)];
}

function acquire(lock: LockState, thread: number): number {
  if (lock.owner !== NOBODY) return Step.blocked;
  lock.owner = thread;
  lock.depth = 1;
  return Step.ran;
}

/** Destroying takes a lock's bytes away, so that using it again reads uninitialised memory. */
function misuse(machine: LitmusMachine, lock: LockState): number {
  if (lock.isDestroyed) return machine.fail('uninitialized-read', 'destroyed-lock', 'a destroyed lock is used');
  return machine.fail('lock-misuse', 'kind', `this operation is not one for a lock of the kind ${lock.kind}`);
}
