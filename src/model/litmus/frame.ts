import { bitsOf, highOf, lowOf } from './evaluation.ts';
import type { Value } from './evaluation.ts';

/** Int32 words a register takes: low, high, provenance. */
const STRIDE = 3;

/** Marks the begin of a scope among the stack allocations of a frame; allocation numbers are positive. */
const SCOPE = 0;

/** A pass of a loop that is under way. */
interface Pass {
  /** The registers at its begin. */
  readonly registers: Int32Array;
  /** Whether it has left anything behind. */
  readonly changed: boolean;
}

/**
 * The private state of one thread: program counter, registers, and the stack allocations of its open scopes. It is flat, so
 * that an explorer saves it instead of running a program again.
 */
export class Frame {
  readonly thread: number;
  /** The position of the thread in the program. */
  readonly index: number;
  readonly registers: Int32Array;
  /** Numbers of stack allocations, oldest first, with a mark where each scope begins. */
  readonly stack: number[] = [];
  /** Numbers of the thread-local allocations. */
  readonly locals: number[] = [];
  pc = 0;
  /** The passes of the loops that the thread is in, outermost first. */
  #passes: readonly Pass[] = [];

  constructor(thread: number, registers: number, index = 0) {
    this.thread = thread;
    this.index = index;
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

  beginPass(): void {
    this.#passes = [...this.#passes, { registers: this.registers.slice(), changed: false }];
  }

  get isInPass(): boolean {
    return this.#passes.length > 0;
  }

  /** Notes that something was left behind by all passes under way. */
  markPasses(): void {
    if (this.#passes.some(({ changed }) => !changed))
      this.#passes = this.#passes.map(({ registers }) => ({ registers, changed: true }));
  }

  /**
   * Ends the innermost pass.
   * @param transient registers whose change does not count
   * @returns whether it has left anything behind
   */
  endPass(transient: ReadonlySet<number>): boolean {
    const pass = this.#passes.at(-1);
    this.#passes = this.#passes.slice(0, -1);
    if (pass === undefined || pass.changed) return true;
    return this.registers.some((half, at) => half !== pass.registers[at] && !transient.has(Math.floor(at / STRIDE)));
  }

  /** A frame that stays as this one is now. */
  copy(): Frame {
    const copy = new Frame(this.thread, this.registers.length / STRIDE, this.index);
    copy.registers.set(this.registers);
    return copy;
  }

  /** Remembers the whole frame; the answer brings it back. */
  save(): () => void {
    const registers = this.registers.slice();
    const stack = this.stack.slice();
    const locals = this.locals.slice();
    const pc = this.pc;
    const passes = this.#passes;
    return () => {
      this.#passes = passes;
      this.registers.set(registers);
      this.stack.splice(0, this.stack.length, ...stack);
      this.locals.splice(0, this.locals.length, ...locals);
      this.pc = pc;
    };
  }
}
