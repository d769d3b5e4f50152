import type { MemorySnapshot } from '../memory/allocator.ts';
import type { Memory } from '../memory/memory.ts';
import type { Clock } from '../concurrency/clock.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Instruction, LitmusCode, OperationInstruction, UntilInstruction } from './code.ts';
import type { Word } from './executor.ts';
import { Frame } from './frame.ts';
import { EXECUTORS } from './executors.ts';
import type { Value } from './evaluation.ts';
import { copyOfLock } from './lock-executors.ts';
import type { LockState } from './lock-executors.ts';
import { SharedMemory } from './shared-memory.ts';
import type { Waiter } from './futex-executors.ts';
import { changesState } from './instruction-class.ts';
import { Step } from './step.ts';

/** A fault that is not one of memory: which case, and the sentence about it. */
export interface Problem {
  readonly detail: string;
  readonly message: string;
}

/** Where a thread stands in its life. It never changes; a step replaces it. */
export interface ThreadLife {
  readonly state: 'new' | 'running' | 'ended';
  readonly isJoined: boolean;
  readonly isDetached: boolean;
  /** What happened before its end. */
  readonly clock: Clock | undefined;
}

const NOT_BEGUN: ThreadLife = { state: 'new', isJoined: false, isDetached: false, clock: undefined };

/** Bytes that a litmus program may have at once; it is a small program, and each byte is simulated. */
const MAX_LIVE_BYTES = 1 << 26;

/**
 * Runs a flattened litmus program, one statement a step. It decides nothing by itself: who calls `step` picks the thread, so that a
 * program with several threads can be explored with the same steps. All state is in the frames, the locks and the memory.
 */
export class LitmusMachine {
  readonly code: LitmusCode;
  readonly memory: Memory;
  /** The threads in the order of the code; only main has begun at first. */
  readonly frames: readonly Frame[];
  readonly locks: LockState[] = [];
  /** Who waits on futexes, longest first, and how often the queues were changed. */
  readonly waiters: Waiter[] = [];
  queueTurns = 0;
  /** The life of each thread, by position. */
  readonly threads: ThreadLife[];
  /** What several threads do to memory; undefined for a program of one thread. */
  readonly sharedMemory: SharedMemory | undefined;
  /** Set when the last fault was not one of memory. */
  problem: Problem | undefined;
  #liveBytes = 0;
  /** Whether a thread beside main has begun. */
  #hasBegun = false;
  /** The snapshot that the memory agrees with; undefined when it was changed since. */
  #snapshot: MemorySnapshot | undefined;
  /** The position of the thread that steps. */
  running = 0;

  constructor(code: LitmusCode, memory: Memory, model: MachineSettings['model'] = 'sc') {
    this.code = code;
    this.memory = memory;
    this.frames = code.threads.map(({ thread, registers }, index) => new Frame(thread, registers, index));
    this.threads = code.threads.map((_, index) => ({ ...NOT_BEGUN, state: index === 0 ? 'running' : 'new' }));
    this.sharedMemory =
      this.frames.length === 1 ? undefined : new SharedMemory(memory, this.frames.length, model, code.traits);
  }

  /**
   * The shared memory, as soon as a second thread has begun. What was done before happens before everything that threads do, so that
   * the bytes in memory say it all.
   */
  get shared(): SharedMemory | undefined {
    return this.#hasBegun ? this.sharedMemory : undefined;
  }

  /** Lets a thread begin, with the values that the variables of the setup have now. */
  start(index: number): void {
    for (let slot = 0; slot < this.code.setupRegisters; slot++) this.frames[index].set(slot, this.frames[0].get(slot));
    this.threads[index] = { ...NOT_BEGUN, state: 'running' };
    this.#hasBegun = true;
  }

  /** Remembers the whole state; the answer brings it back, any number of times. */
  save(): () => void {
    const { memory, locks } = this;
    const snapshot = (this.#snapshot ??= memory.snapshot());
    const frames = this.frames.map((frame) => frame.save());
    const states = locks.map(copyOfLock);
    const liveBytes = this.#liveBytes;
    const threads = this.threads.slice();
    const waiters = this.waiters.slice();
    const { queueTurns } = this;
    const shared = this.sharedMemory?.save();
    const hasBegun = this.#hasBegun;
    return () => {
      shared?.();
      this.#hasBegun = hasBegun;
      this.threads.splice(0, threads.length, ...threads);
      this.waiters.splice(0, this.waiters.length, ...waiters);
      this.queueTurns = queueTurns;
      if (this.#snapshot !== snapshot) memory.restore(snapshot);
      this.#snapshot = snapshot;
      for (const restore of frames) restore();
      locks.splice(0, locks.length, ...states.map(copyOfLock));
      this.#liveBytes = liveBytes;
    };
  }

  /** The instruction that a thread does next; undefined at its end. */
  next(index: number): Instruction | undefined {
    return this.code.threads[index].instructions[this.frames[index].pc];
  }

  /** Does one step of a thread and answers with a member of {@link Step} or a fault code. */
  step(index: number): number {
    const frame = this.frames[index];
    const instruction = this.next(index);
    this.problem = undefined;
    this.memory.thread = frame.thread;
    this.memory.site = lineOf(instruction);
    const { shared } = this;
    this.running = index;
    const changes = changesState(instruction);
    shared?.begin(changes);
    if (changes || shared === undefined) this.#snapshot = undefined;
    if (instruction === undefined) return this.#end(frame);
    const answer = this.#perform(instruction, frame);
    if (shared === undefined ? changes : shared.changed) frame.markPasses();
    if (shared?.wroteMemory === true) {
      this.#snapshot = undefined;
      shared.wroteMemory = false;
    }
    if (answer > 0 && shared?.isUninitialized === true)
      this.fail('uninitialized-read', 'message', 'an atomic load reads bytes from before the first write to them');
    if (answer === Step.ran) frame.pc++;
    return answer;
  }

  /** Looks for races of a plain access that the memory is about to make. */
  touch(frame: Frame, address: Word, size: number, kind: 'read' | 'write'): number {
    return this.shared?.plain(frame.index, address, size, kind) ?? 0;
  }

  /** Lets what a thread knows and what it did before be known by whoever gets the answer; `acquired` is what it learns. */
  sync(frame: Frame, acquired: Clock | undefined): Clock | undefined {
    return this.shared?.graph.sync(frame.index, acquired, this.memory.site).clock;
  }

  #perform(instruction: Instruction, frame: Frame): number {
    switch (instruction.kind) {
      case 'operation':
        return EXECUTORS[instruction.statement.name](this, instruction, frame);
      case 'enter':
        frame.enterScope();
        return Step.ran;
      case 'leave':
        return this.#leave(frame);
      case 'jump':
        frame.pc = instruction.to - 1;
        return Step.ran;
      case 'unless':
        if (instruction.condition(frame).bits === 0n) frame.pc = instruction.to - 1;
        return Step.ran;
      case 'begin-repeat':
        frame.set(instruction.slot, { bits: BigInt(instruction.count), provenance: 0 });
        return Step.ran;
      case 'end-repeat': {
        const left = frame.get(instruction.slot).bits - 1n;
        frame.set(instruction.slot, { bits: left, provenance: 0 });
        if (left > 0n) frame.pc = instruction.to - 1;
        return Step.ran;
      }
      case 'loop':
        frame.beginPass();
        return Step.ran;
      case 'until':
        return this.#until(instruction, frame);
      case 'start':
        for (const thread of instruction.threads) this.spawn(frame, thread);
        return Step.ran;
      default:
        return this.#finish(instruction.threads, frame);
    }
  }

  /** Lets a thread begin that knows what the given one knows. */
  spawn(frame: Frame, thread: number): void {
    this.start(thread);
    const clock = this.sync(frame, undefined);
    if (clock !== undefined) this.shared?.graph.learn(thread, clock);
  }

  #until({ condition, to, waits }: UntilInstruction, frame: Frame): number {
    const holds = condition(frame).bits !== 0n;
    const loop = this.code.threads[frame.index].instructions[to];
    const changed = frame.endPass(loop.kind === 'loop' ? loop.transient : NOTHING);
    if (holds) return Step.ran;
    if (this.shared === undefined ? !waits : changed) {
      frame.pc = to - 1;
      return Step.ran;
    }
    frame.pc = to;
    return this.shared === undefined ? Step.blocked : Step.idle;
  }

  #finish(threads: readonly number[], frame: Frame): number {
    if (threads.some((thread) => this.threads[thread].state !== 'ended')) return Step.blocked;
    for (const thread of threads) this.sync(frame, this.threads[thread].clock);
    return Step.ran;
  }

  /** Ends the scopes that are still open, and the thread's own allocations, as its function returns. */
  #end(frame: Frame): number {
    while (frame.stack.length > 0) {
      const fault = this.#leave(frame);
      if (fault !== Step.ran) return fault;
    }
    // The thread-locals of main stay: they are roots when leaks are looked for.
    for (const number of frame.thread === 0 ? [] : frame.locals.splice(0)) {
      const fault = this.#release(number);
      if (fault !== Step.ran) return fault;
    }
    const life = this.threads[frame.index];
    this.threads[frame.index] = { ...life, state: 'ended', clock: this.sync(frame, undefined) };
    return Step.ended;
  }

  #leave(frame: Frame): number {
    for (let number = frame.leaveScope(); number !== 0; number = frame.leaveScope()) {
      const fault = this.#release(number);
      if (fault !== Step.ran) return fault;
    }
    return Step.ran;
  }

  /** Gives a stack or thread-local allocation back with what it was made with. */
  #release(number: number): number {
    const { memory } = this;
    const record = memory.recordOf(number);
    if (record < 0) return Step.ran;
    const size = memory.size[record];
    const race = this.shared?.deallocates(this.running, number) ?? 0;
    if (race !== 0) return race;
    const fault = memory.deallocate(
      memory.baseLow[record],
      memory.baseHigh[record],
      number,
      memory.kindOf[record],
      size,
      memory.alignmentOf[record],
    );
    if (fault === 0) this.freed(size);
    return fault;
  }

  /** Sets the result of a statement, if the program wants it. */
  result(instruction: OperationInstruction, frame: Frame, index: number, value: Value): void {
    if (index < instruction.results.length) frame.set(instruction.results[index], value);
  }

  /** A fault that is not one of memory. */
  fail(code: VerdictCode, detail: string, message: string): number {
    this.problem = { detail, message };
    return Fault[code];
  }

  /** The numbers of the allocations that nobody can give back; the thread-locals of main are reachable. */
  leaks(): readonly number[] {
    return this.memory.leaks(this.frames[0].locals);
  }

  /** Whether so many more bytes may be allocated. */
  hasRoom(size: number): boolean {
    return this.#liveBytes + size <= MAX_LIVE_BYTES;
  }

  allocated(size: number): void {
    this.#liveBytes += size;
  }

  freed(size: number): void {
    this.#liveBytes -= size;
  }
}

const NOTHING: ReadonlySet<number> = new Set();

/** The line of the file that memory is to blame and to note. */
function lineOf(instruction: Instruction | undefined): number {
  if (instruction?.kind === 'operation') return instruction.statement.at.line;
  return instruction !== undefined && 'line' in instruction ? instruction.line : -1;
}
