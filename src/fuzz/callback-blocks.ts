import { Opcode, STRIDE, type CallbackPrograms, type ClientProgram } from '../model/machine/client-program.ts';
import type { CallbackShape } from './program-shape.ts';

/*
 * Operations of a search are one flat sequence. What runs inside a callback of an operation stands behind it and carries the number
 * of the callback, plus one, in the high bits of its opcode. So every sequence is a program, whatever mutation, splicing and
 * minimising take away: a piece that loses its operation belongs to the one before.
 */

const OPCODE_BITS = 8;
const OPCODE_MASK = 2 ** OPCODE_BITS - 1;

/** The opcode of a word of the code, whether it stands in a callback or not. */
export function opcodeOf(word: number): number {
  return word & OPCODE_MASK;
}

/** The number of the callback in which an operation stands, or -1. */
export function callbackOf(word: number): number {
  return (word >>> OPCODE_BITS) - 1;
}

/** The word of an operation inside a callback; outside of all for -1. */
export function inside(opcode: number, callback: number): number {
  return opcodeOf(opcode) | ((callback + 1) << OPCODE_BITS);
}

/** Whether an operation stands in a callback. */
export function isInside(word: number): boolean {
  return word > OPCODE_MASK;
}

/** A flat sequence as the driver runs it, with the way back. */
export interface Nesting {
  readonly program: ClientProgram;
  /** By number of an outer operation: the numbers in the sequence of its own place, and of the place behind its blocks. */
  readonly first: readonly number[];
  readonly end: readonly number[];
  /** The numbers in the sequence of what stands in each block. */
  readonly blocks: ReadonlyMap<ClientProgram, readonly number[]>;
}

const NO_CALLBACKS: ReadonlyMap<number, CallbackPrograms> = new Map();

/** Whether anything stands in a callback: only then the sequence is not the program itself. */
export function hasBlocks(code: Int32Array): boolean {
  for (let at = 0; at < code.length; at += STRIDE) if (isInside(code[at])) return true;
  return false;
}

/** Operations as a program of the driver, when none stands in a callback. */
export function programOf(code: Int32Array): ClientProgram {
  return { code, callbacks: NO_CALLBACKS };
}

/**
 * A sequence as a program with blocks. What stands before the first operation is left out.
 * @param callbacks those of the shape for which the sequence was made
 */
export function nestingOf(code: Int32Array, callbacks: readonly CallbackShape[]): Nesting {
  const count = code.length / STRIDE;
  const first: number[] = [];
  const end: number[] = [];
  const inner = new Map<number, Map<string, number[]>>();
  for (let operation = 0; operation < count; operation++) {
    const word = code[operation * STRIDE];
    if (!isInside(word)) {
      first.push(operation);
      end.push(operation + 1);
      continue;
    }
    const name = callbacks[callbackOf(word)]?.name;
    if (first.length === 0 || name === undefined) continue;
    const outer = first.length - 1;
    end[outer] = operation + 1;
    const blocks = inner.get(outer) ?? new Map<string, number[]>();
    blocks.set(name, [...(blocks.get(name) ?? []), operation]);
    inner.set(outer, blocks);
  }
  const blocks = new Map<ClientProgram, readonly number[]>();
  const nested = new Map<number, CallbackPrograms>();
  for (const [outer, named] of inner) {
    const programs = new Map<string, ClientProgram>();
    for (const [name, numbers] of named) {
      const program = programOf(outermost(code, numbers));
      programs.set(name, program);
      blocks.set(program, numbers);
    }
    nested.set(outer, programs);
  }
  return { program: { code: outermost(code, first), callbacks: nested }, first, end, blocks };
}

/** Some operations without the marks of their callbacks. */
function outermost(code: Int32Array, numbers: readonly number[]): Int32Array {
  const result = new Int32Array(numbers.length * STRIDE);
  numbers.forEach((operation, position) => {
    const at = operation * STRIDE;
    result.set(code.subarray(at, at + STRIDE), position * STRIDE);
    result[position * STRIDE] = opcodeOf(code[at]);
  });
  return result;
}

/** A program of the driver as a sequence; undefined when a block of a block, or an unknown callback, cannot be said. */
export function flattened(program: ClientProgram, callbacks: readonly CallbackShape[]): Int32Array | undefined {
  const words: number[] = [];
  for (let at = 0; at < program.code.length; at += STRIDE) {
    words.push(...program.code.subarray(at, at + STRIDE));
    for (const [name, block] of program.callbacks.get(at / STRIDE) ?? []) {
      const callback = callbacks.findIndex((each) => each.name === name);
      if (callback < 0 || block.callbacks.size > 0) return undefined;
      for (let inner = 0; inner < block.code.length; inner += STRIDE)
        words.push(inside(block.code[inner], callback), ...block.code.subarray(inner + 1, inner + STRIDE));
    }
  }
  return Int32Array.from(words);
}

/**
 * The operations of a sequence, by number, that can be where they stand: callbacks differ between configurations, a panic is for
 * callbacks alone, and what runs in every round of a churn is no business of searches.
 * @param isKnown whether an operation, by its place in the code, exists at all
 */
export function standing(
  code: Int32Array,
  callbacks: readonly CallbackShape[],
  isKnown: (at: number) => boolean,
): readonly number[] {
  const numbers: number[] = [];
  let outer = -1;
  for (let at = 0; at < code.length; at += STRIDE) {
    const word = code[at];
    const isBlock = isInside(word);
    const mayStand = isBlock
      ? outer >= 0 && outer !== Opcode.churn && mayRun(word, callbacks)
      : opcodeOf(word) !== Opcode.panic;
    if (!mayStand || !isKnown(at)) continue;
    if (!isBlock) outer = word;
    numbers.push(at / STRIDE);
  }
  return numbers;
}

/** Whether a callback exists and an operation is one that may run there. */
function mayRun(word: number, callbacks: readonly CallbackShape[]): boolean {
  const callback = callbackOf(word);
  if (callback >= callbacks.length) return false;
  const { runs, panics } = callbacks[callback];
  return opcodeOf(word) === Opcode.panic ? panics : runs;
}
