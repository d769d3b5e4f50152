import { bitsOf, highOf, lowOf } from './evaluation.ts';
import type { Value } from './evaluation.ts';

/** Int32 words a register takes: low, high, provenance. */
const STRIDE = 3;

/** Marks the begin of a scope among the stack allocations of a frame; allocation numbers are positive. */
const SCOPE = 0;

/**
 * The private state of one thread: program counter, registers, and the stack allocations of its open scopes. It is flat, so
 * that an explorer saves it instead of running a program again.
 */
export class Frame {
  readonly thread: number;
  readonly registers: Int32Array;
  /** Numbers of stack allocations, oldest first, with a mark where each scope begins. */
  readonly stack: number[] = [];
  /** Numbers of the thread-local allocations. */
  readonly locals: number[] = [];
  pc = 0;

  constructor(thread: number, registers: number) {
    this.thread = thread;
    this.registers = new Int32Array(registers * STRIDE);
  }

  get(slot: number): Value {
    const at = slot * STRIDE;
    return { bits: bitsOf(this.registers[at], this.registers[at + 1]), provenance: this.registers[at + 2] };
  }

  set(slot: number, value: Value): void {
    const at = slot * STRIDE;
    this.registers[at] = lowOf(value);
    this.registers[at + 1] = highOf(value);
    this.registers[at + 2] = value.provenance;
  }

  enterScope(): void {
    this.stack.push(SCOPE);
  }

  /** Takes the newest stack allocation of the innermost scope off the frame; 0 when the scope has none left and is closed. */
  leaveScope(): number {
    return this.stack.pop() ?? SCOPE;
  }

  /** Remembers the whole frame; the answer brings it back. */
  save(): () => void {
    const registers = this.registers.slice();
    const stack = this.stack.slice();
    const locals = this.locals.slice();
    const pc = this.pc;
    return () => {
      this.registers.set(registers);
      this.stack.splice(0, this.stack.length, ...stack);
      this.locals.splice(0, this.locals.length, ...locals);
      this.pc = pc;
    };
  }
}
