import type { Memory } from '../memory/memory.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import { AllocationLog } from './allocation-log.ts';
import type { Instruction, LitmusCode, OperationInstruction, ThreadCode } from './code.ts';
import { Frame } from './frame.ts';
import { EXECUTORS } from './executors.ts';
import type { Value } from './evaluation.ts';

/** What a step did, beside a fault, which is a positive code. */
export const Step = {
  /** The step was done. */
  ran: 0,
  /** The thread has nothing more to do. */
  ended: -1,
  /** The thread cannot go on now; nothing was done. */
  blocked: -2,
  /** The execution is dropped: an assumption does not hold. */
  discarded: -3,
} as const;

/** A fault that is not one of memory: which case, and the sentence about it. */
export interface Problem {
  readonly detail: string;
  readonly message: string;
}

/** Bytes that a litmus program may have at once; it is a small program, and each byte is simulated. */
const MAX_LIVE_BYTES = 1 << 26;

/**
 * Runs a flattened litmus program, one statement a step. It decides nothing by itself: who calls `step` picks the thread, so that a
 * program with several threads can be explored with the same steps. All state is in the frames, the memory and the log.
 */
export class LitmusMachine {
  readonly code: LitmusCode;
  readonly memory: Memory;
  readonly frames: (Frame | undefined)[];
  readonly log = new AllocationLog();
  /** Set when the last fault was not one of memory. */
  problem: Problem | undefined;
  #liveBytes = 0;

  /** Main is ready to run; the other threads wait for `start`. */
  constructor(code: LitmusCode, memory: Memory) {
    this.code = code;
    this.memory = memory;
    this.frames = code.threads.map(() => undefined);
    this.frames[0] = new Frame(0, code.threads[0].registers);
  }

  /** Makes a thread ready to run. It begins with the values that the variables of the setup have now. */
  start(index: number): void {
    const { thread, registers } = this.code.threads[index];
    const frame = new Frame(thread, registers);
    for (let slot = 0; slot < this.code.setupRegisters; slot++) frame.set(slot, (this.frames[0] as Frame).get(slot));
    this.frames[index] = frame;
  }

  /** The frame of a thread that was started. */
  frameOf(index: number): Frame {
    return this.frames[index] as Frame;
  }

  /** The instruction that a thread does next; undefined at its end. */
  next(index: number): Instruction | undefined {
    return (this.code.threads[index] as ThreadCode).instructions[this.frameOf(index).pc];
  }

  /** Does one step of a thread and answers with a member of {@link Step} or a fault code. */
  step(index: number): number {
    const frame = this.frameOf(index);
    const instruction = this.next(index);
    this.problem = undefined;
    this.memory.thread = frame.thread;
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
        return this.#leave(frame, instruction.line);
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
    const line = 0;
    while (frame.stack.length > 0) {
      const fault = this.#leave(frame, line);
      if (fault !== Step.ran) return fault;
    }
    if (frame.thread === 0) return Step.ended;
    for (const number of frame.locals.splice(0)) {
      const fault = this.#release(number, line);
      if (fault !== Step.ran) return fault;
    }
    return Step.ended;
  }

  #leave(frame: Frame, line: number): number {
    for (let number = frame.leaveScope(); number !== 0; number = frame.leaveScope()) {
      const fault = this.#release(number, line);
      if (fault !== Step.ran) return fault;
    }
    return Step.ran;
  }

  /** Gives a stack or thread-local allocation back with what it was made with. */
  #release(number: number, line: number): number {
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
    if (fault === 0) this.freed(number, size, line, 'its scope ends');
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

  /** Whether so many more bytes may be allocated. */
  hasRoom(size: number): boolean {
    return this.#liveBytes + size <= MAX_LIVE_BYTES;
  }

  /** Notes a new allocation for diagnostics. */
  allocated(number: number, size: number, line: number, text: string): void {
    this.#liveBytes += size;
    this.log.allocated(number, line, text);
  }

  /** Notes that an allocation is gone. */
  freed(number: number, size: number, line: number, text: string): void {
    this.#liveBytes -= size;
    this.log.freed(number, line, text);
  }
}
