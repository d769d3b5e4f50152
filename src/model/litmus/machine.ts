import type { Memory } from '../memory/memory.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Instruction, LitmusCode, OperationInstruction } from './code.ts';
import { Frame } from './frame.ts';
import { EXECUTORS } from './executors.ts';
import type { Value } from './evaluation.ts';
import type { LockState } from './lock-executors.ts';
import { Step } from './step.ts';

/** A fault that is not one of memory: which case, and the sentence about it. */
export interface Problem {
  readonly detail: string;
  readonly message: string;
}

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
  /** Set when the last fault was not one of memory. */
  problem: Problem | undefined;
  #liveBytes = 0;

  constructor(code: LitmusCode, memory: Memory) {
    this.code = code;
    this.memory = memory;
    this.frames = code.threads.map(({ thread, registers }) => new Frame(thread, registers));
  }

  /** Lets a thread begin, with the values that the variables of the setup have now. */
  start(index: number): void {
    for (let slot = 0; slot < this.code.setupRegisters; slot++) this.frames[index].set(slot, this.frames[0].get(slot));
  }

  /** Remembers the whole state; the answer brings it back, any number of times. */
  save(): () => void {
    const { memory, locks } = this;
    const snapshot = memory.snapshot();
    const frames = this.frames.map((frame) => frame.save());
    const states = locks.map((lock) => ({ ...lock, readers: new Map(lock.readers) }));
    const liveBytes = this.#liveBytes;
    return () => {
      memory.restore(snapshot);
      for (const restore of frames) restore();
      locks.splice(0, locks.length, ...states.map((lock) => ({ ...lock, readers: new Map(lock.readers) })));
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
    if (instruction === undefined) return this.#end(frame);
    const answer = this.#perform(instruction, frame);
    if (answer === Step.ran) frame.pc++;
    return answer;
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
      case 'until':
        if (instruction.condition(frame).bits === 0n) frame.pc = instruction.to - 1;
        return Step.ran;
      default:
        if (instruction.condition(frame).bits !== 0n) return Step.ran;
        // The loads are done again when the thread gets its next turn.
        frame.pc = instruction.to;
        return Step.blocked;
    }
  }

  /** Ends the scopes that are still open, and the thread's own allocations, as its function returns. */
  #end(frame: Frame): number {
    while (frame.stack.length > 0) {
      const fault = this.#leave(frame);
      if (fault !== Step.ran) return fault;
    }
    if (frame.thread === 0) return Step.ended;
    for (const number of frame.locals.splice(0)) {
      const fault = this.#release(number);
      if (fault !== Step.ran) return fault;
    }
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

/** The line of the file that memory is to blame and to note. */
function lineOf(instruction: Instruction | undefined): number {
  if (instruction?.kind === 'operation') return instruction.statement.at.line;
  return instruction?.kind === 'leave' ? instruction.line : -1;
}
