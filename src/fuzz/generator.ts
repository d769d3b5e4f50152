import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import { OBJECT_KINDS, OBJECT_SIZE, SMALLEST_OBJECT } from '../model/machine/object-kinds.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { inside } from './callback-blocks.ts';
import { SHORT_CHURN } from './churn-plan.ts';
import type { Mix } from './mix.ts';
import { setChurnTimes } from './operations.ts';
import { callbacksAt, type ProgramShape } from './program-shape.ts';

/** Operations of one execution at most. */
export const LONGEST_PROGRAM = 200;
const SHORTEST_PROGRAM = 4;
/** Operations that run in callbacks, in one block and in one execution at most; how often one more block follows. */
const LONGEST_BLOCK = 3;
const LONGEST_BLOCKS = LONGEST_PROGRAM;
const ANOTHER_BLOCK = 0.2;
/** How often a block that may do more ends in a panic. */
const PANICS_AT_THE_END = 0.1;
/** How often a long churn has no free before it. */
const CHURNS_ALONE = 0.1;
/** Variables that generators name; there are more (`REFERENCES`), which are for cases. */
const VARIABLES = 15;

const UNSET = 0;
const LIVE = 1;
const STALE = 2;

/**
 * Makes programs. It follows what its own operations do to the variables, roughly, so that most operations have something to
 * work on; it knows nothing of what it drives but the fields of a reference and the extras.
 */
export class Generator {
  readonly #random: Random;
  readonly #code = new Int32Array((LONGEST_PROGRAM + 2 + LONGEST_BLOCKS) * STRIDE);
  readonly #states = new Uint8Array(VARIABLES);
  readonly #held = new Uint8Array(8);

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * A new program, a view that the next one overwrites. A long churn, if one is asked for, stands behind a free in most
   * programs, which are short then: only then a reference is stale while its place, and hardly another, is used again.
   */
  program(mix: Mix, shape: ProgramShape, longChurn: number): Int32Array {
    const random = this.#random;
    const length = longChurn > 0 ? 2 + random.below(random.chance(0.5) ? 3 : 10) : this.#length(mix);
    this.#states.fill(UNSET);
    this.#held.fill(0);
    const churnAt = longChurn > 0 ? 1 + random.below(length - 1) : -1;
    let isPlaced = longChurn === 0;
    let at = 0;
    for (let operation = 0; operation < length; operation++) {
      if (longChurn > 0 && operation === 0) this.#alloc(this.#code, 0, mix);
      else this.operation(this.#code, at, mix, shape);
      at = this.blocks(this.#code, at, LONGEST_BLOCKS + operation + 1, mix, shape);
      if (isPlaced || operation < churnAt) continue;
      isPlaced = true;
      if (this.#code[at - STRIDE] !== Opcode.free && !random.chance(CHURNS_ALONE)) {
        this.#write(at, Opcode.free, this.#reference(mix, LIVE));
        this.#states[this.#code[at + 1]] = STALE;
        at += STRIDE;
      }
      this.#write(at, Opcode.churn, 0, 0, 1);
      setChurnTimes(this.#code, at, longChurn);
      at += STRIDE;
    }
    return this.#code.subarray(0, at);
  }

  /**
   * Writes what runs in the callbacks of the operation at a place, behind it; nothing for most operations. Answers the place behind
   * the last operation.
   * @param end the number of operations that the code may have by then
   */
  blocks(code: Int32Array, at: number, end: number, mix: Mix, shape: ProgramShape): number {
    const next = at + STRIDE;
    if (mix.callbacks === 0) return next;
    const random = this.#random;
    const reached = callbacksAt(shape, code[at], code[at + 1]);
    if (reached.length === 0 || !random.chance(mix.callbacks)) return next;
    let to = next;
    do to = this.#block(code, to, end, random.pick(reached), mix, shape);
    while (random.chance(ANOTHER_BLOCK));
    return to;
  }

  #block(code: Int32Array, from: number, end: number, callback: number, mix: Mix, shape: ProgramShape): number {
    const random = this.#random;
    const { runs, panics } = shape.callbacks[callback];
    const length = runs ? 1 + random.below(LONGEST_BLOCK) : 0;
    let at = from;
    for (let operation = 0; operation < length && at < end * STRIDE; operation++, at += STRIDE) {
      this.operation(code, at, mix, shape);
      code[at] = inside(code[at], callback);
    }
    if (!panics || (runs && !random.chance(PANICS_AT_THE_END)) || at >= end * STRIDE) return at;
    code.fill(0, at, at + STRIDE);
    code[at] = inside(Opcode.panic, callback);
    return at + STRIDE;
  }

  /** Writes one operation. */
  operation(code: Int32Array, at: number, mix: Mix, shape: ProgramShape): void {
    const random = this.#random;
    const opcode = mix.opcodes[random.below(mix.opcodes.length)] ?? Opcode.alloc;
    code[at] = opcode;
    code[at + 1] = 0;
    code[at + 2] = 0;
    code[at + 3] = 0;
    switch (opcode) {
      case Opcode.alloc:
        this.#alloc(code, at, mix);
        return;
      case Opcode.free:
      case Opcode.abandon:
        code[at + 1] = this.#reference(mix);
        this.#states[code[at + 1]] = STALE;
        return;
      case Opcode.use:
        code[at + 1] = this.#reference(mix);
        if (shape.resolvesByKind && mix.stale > 0 && random.chance(0.1)) code[at + 2] = this.#kind(mix);
        return;
      case Opcode.hold:
        code[at + 1] = this.#pointer(mix, 0);
        code[at + 2] = this.#reference(mix);
        this.#held[code[at + 1]] = 1;
        return;
      case Opcode.touch:
        code[at + 1] = this.#pointer(mix, 1);
        return;
      case Opcode.drop:
        code[at + 1] = this.#pointer(mix, 1);
        this.#held[code[at + 1]] = 0;
        return;
      case Opcode.copy:
        code[at + 2] = this.#reference(mix);
        code[at + 1] = this.#target(mix);
        this.#states[code[at + 1]] = this.#states[code[at + 2]];
        return;
      case Opcode.churn:
        code[at + 1] = 1 + random.below(random.chance(0.9) ? 3 : SHORT_CHURN);
        code[at + 3] = this.#kind(mix);
        return;
      default:
        this.#wild(code, at, mix, shape);
    }
  }

  #write(at: number, ...words: readonly number[]): void {
    this.#code.fill(0, at, at + STRIDE);
    this.#code.set(words, at);
  }

  #alloc(code: Int32Array, at: number, mix: Mix): void {
    code[at] = Opcode.alloc;
    code[at + 1] = this.#target(mix);
    code[at + 2] = this.#kind(mix);
    code[at + 3] = this.#size(mix);
    this.#states[code[at + 1]] = LIVE;
  }

  #wild(code: Int32Array, at: number, mix: Mix, shape: ProgramShape): void {
    const random = this.#random;
    switch (code[at]) {
      case Opcode.forge:
        code[at + 1] = this.#target(mix);
        this.#forgedBits(code, at, shape);
        this.#states[code[at + 1]] = STALE;
        return;
      case Opcode.corrupt:
        code[at + 2] = this.#reference(mix);
        code[at + 1] = this.#target(mix);
        code[at + 3] = random.below(64);
        this.#states[code[at + 1]] = STALE;
        return;
      case Opcode.extra:
        code[at + 1] = random.below(shape.extras.length);
        this.#extraArgument(code, at, mix, shape);
        return;
      default:
    }
  }

  /** Every field by itself is 0, small, all ones, or anything. */
  #forgedBits(code: Int32Array, at: number, { fields }: ProgramShape): void {
    const random = this.#random;
    let low = 0;
    let high = 0;
    for (const field of fields) {
      const shape = random.below(4);
      for (let bit = 0; bit < field.width; bit++) {
        const isSet = shape === 1 ? bit < 3 && random.chance(0.5) : shape === 2 || (shape === 3 && random.chance(0.5));
        const position = field.low + bit;
        if (isSet && position < 32) low |= 1 << position;
        else if (isSet) high |= 1 << (position - 32);
      }
    }
    code[at + 2] = low;
    code[at + 3] = high;
  }

  #extraArgument(code: Int32Array, at: number, mix: Mix, { extras }: ProgramShape): void {
    const random = this.#random;
    const { argument, width } = extras[code[at + 1]] ?? { argument: 'none', width: 0 };
    if (argument === 'reference') code[at + 2] = this.#reference(mix);
    if (argument !== 'number') return;
    const bits = 1 + random.below(width);
    const word = random.next();
    code[at + 2] = bits >= 32 ? word : word & (2 ** bits - 1);
    if (bits > 32) code[at + 3] = bits === 64 ? random.next() : random.next() & (2 ** (bits - 32) - 1);
  }

  /** Geometric around the mix's length. */
  #length({ length }: Mix): number {
    const random = this.#random;
    const draw = (random.below(2 ** 24) + 1) / 2 ** 24;
    return Math.min(LONGEST_PROGRAM, SHORTEST_PROGRAM + Math.floor(-Math.log(draw) * length));
  }

  #target({ references }: Mix): number {
    return this.#random.below(references);
  }

  /** A variable that is set; a live one unless the mix wants stale ones too. */
  #reference({ references, stale }: Mix, wanted?: number): number {
    const random = this.#random;
    const state = wanted ?? (stale > 0 && random.chance(stale) ? STALE : LIVE);
    let variable = random.below(references);
    for (let tries = 0; tries < 3 && this.#states[variable] !== state; tries++) variable = random.below(references);
    return variable;
  }

  #pointer({ pointers }: Mix, held: number): number {
    const random = this.#random;
    const pointer = random.below(pointers);
    return this.#held[pointer] === held ? pointer : random.below(pointers);
  }

  #kind({ plainObjects }: Mix): number {
    return plainObjects ? 1 : 1 + this.#random.below(OBJECT_KINDS.length);
  }

  #size({ plainObjects }: Mix): number {
    const random = this.#random;
    if (plainObjects || random.chance(0.7)) return OBJECT_SIZE;
    return random.chance(0.9) ? SMALLEST_OBJECT * (1 + random.below(8)) : SMALLEST_OBJECT + random.below(4096);
  }
}
