import { joined } from '../concurrency/clock.ts';
import type { Clock } from '../concurrency/clock.ts';
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
  readonly number: number;
  readonly kind: string;
  /** The thread that holds it for writing, or -1. */
  owner: number;
  /** How often the owner locked it. */
  depth: number;
  /** How often each thread holds it for reading. */
  readonly readers: Map<number, number>;
  isDestroyed: boolean;
  /** How many operations succeeded; all threads see them in one order. */
  turns: number;
  /** What was released by who held it for writing, and by who held it for reading; undefined with one thread. */
  released: Clock | undefined;
  releasedByReaders: Clock | undefined;
  /** The threads that wait to write, which keep later readers out. */
  readonly waiting: Set<number>;
}

/** Locks. A lock that cannot be had blocks its thread. */
export const LOCK_EXECUTORS: Readonly<Record<string, Executor>> = {
  mutex: (machine, instruction, frame) =>
    create(machine, instruction, frame, instruction.statement.words.kind ?? 'default'),
  rwlock: (machine, instruction, frame) => create(machine, instruction, frame, 'rwlock'),
  lock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind === 'rwlock') return misuse(machine, lock);
    if (lock.owner !== frame.thread) return acquire(machine, lock, frame);
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
    const isLocked = isAgain || acquire(machine, lock, frame) === Step.ran;
    if (!isLocked) observe(machine, lock);
    machine.result(instruction, frame, 0, integerValue(isLocked ? 1n : 0n));
    return Step.ran;
  },
  rdlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind !== 'rwlock') return misuse(machine, lock);
    if (lock.owner !== NOBODY || lock.waiting.size > 0) return Step.blocked;
    lock.readers.set(frame.thread, (lock.readers.get(frame.thread) ?? 0) + 1);
    machine.sync(frame, lock.released);
    turn(machine, lock);
    return Step.ran;
  },
  wrlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed || lock.kind !== 'rwlock') return misuse(machine, lock);
    if (lock.readers.size > 0 || lock.owner !== NOBODY) return waitToWrite(machine, lock, frame);
    lock.waiting.delete(frame.thread);
    return acquire(machine, lock, frame);
  },
  unlock(machine, instruction, frame) {
    const lock = lockOf(machine, instruction, frame);
    if (lock.isDestroyed) return misuse(machine, lock);
    const held = lock.readers.get(frame.thread) ?? 0;
    if (held > 0) {
      if (held > 1) lock.readers.set(frame.thread, held - 1);
      else lock.readers.delete(frame.thread);
      const clock = machine.sync(frame, undefined);
      lock.releasedByReaders = clock && joined(clock, lock.releasedByReaders);
      turn(machine, lock);
      return Step.ran;
    }
    if (lock.owner === frame.thread) {
      if (--lock.depth > 0) return Step.ran;
      lock.owner = NOBODY;
      lock.released = machine.sync(frame, undefined);
      turn(machine, lock);
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
    turn(machine, lock);
    return Step.ran;
  },
};

/** A copy that does not change with the lock. */
export function copyOfLock(lock: LockState): LockState {
  return { ...lock, readers: new Map(lock.readers), waiting: new Set(lock.waiting) };
}

function create(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame, kind: string): number {
  if (hasOperand(instruction, 'at'))
    return machine.fail('unsupported', 'lock-memory', 'locks that lie in memory of the program are not modelled');
  const number = machine.locks.length;
  const state: LockState = {
    kind,
    number,
    owner: NOBODY,
    depth: 0,
    readers: new Map(),
    waiting: new Set(),
    isDestroyed: false,
    turns: 0,
    released: undefined,
    releasedByReaders: undefined,
  };
  machine.locks.push(state);
  if (machine.shared !== undefined) machine.shared.observed += `l${number}`;
  machine.result(instruction, frame, 0, integerValue(BigInt(number)));
  return Step.ran;
}

function lockOf(machine: LitmusMachine, instruction: OperationInstruction, frame: Frame): LockState {
  const lock = machine.locks[Number(operand(instruction, frame, 'lock').bits)];
  return lock;
}

function acquire(machine: LitmusMachine, lock: LockState, frame: Frame): number {
  if (lock.owner !== NOBODY) return Step.blocked;
  lock.owner = frame.thread;
  lock.depth = 1;
  const { released, releasedByReaders } = lock;
  machine.sync(frame, released === undefined ? releasedByReaders : joined(released, releasedByReaders));
  turn(machine, lock);
  return Step.ran;
}

/** Locks are fair: once a writer waits, later readers wait behind it. */
function waitToWrite(machine: LitmusMachine, lock: LockState, frame: Frame): number {
  if (lock.waiting.has(frame.thread)) return Step.blocked;
  lock.waiting.add(frame.thread);
  turn(machine, lock);
  // The statement is done again, until it gets the lock.
  frame.pc--;
  return Step.ran;
}

/** All threads see the successful operations on a lock in one order. */
function turn({ shared }: LitmusMachine, lock: LockState): void {
  if (shared !== undefined) {
    shared.observed += `L${lock.number}.${lock.turns}`;
    shared.changed = true;
  }
  lock.turns++;
}

function observe({ shared }: LitmusMachine, lock: LockState): void {
  if (shared !== undefined) shared.observed += `l${lock.number}.${lock.turns}`;
}

/** Destroying takes a lock's bytes away, so that using it again reads uninitialised memory. */
function misuse(machine: LitmusMachine, lock: LockState): number {
  if (lock.isDestroyed) return machine.fail('uninitialized-read', 'destroyed-lock', 'a destroyed lock is used');
  return machine.fail('lock-misuse', 'kind', `this operation is not one for a lock of the kind ${lock.kind}`);
}
