import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import type { Random } from '../model/vocabulary/random.ts';
import { callbackOf, inside, isInside } from './callback-blocks.ts';
import { LONGEST_PROGRAM, type Generator } from './generator.ts';
import type { Mix } from './mix.ts';
import { joined, operandsOf, setChurnTimes, settleChurns, without } from './operations.ts';
import type { ProgramShape } from './program-shape.ts';

/** Operations that one edit adds to the callbacks of an operation at most, the operation itself included. */
const MOST_ADDED = 8;

/** Changes programs of the corpus: some random edits, or the beginning of one with the end of another. */
export class Mutator {
  readonly #random: Random;
  readonly #generator: Generator;

  constructor(random: Random, generator: Generator) {
    this.#random = random;
    this.#generator = generator;
  }

  /** One to four edits. A long churn, if there is one, goes to a random place. */
  mutate(parent: Int32Array, mix: Mix, shape: ProgramShape, longChurn: number): Int32Array {
    const random = this.#random;
    let code: Int32Array = parent.slice();
    for (let edits = 1 + random.below(4); edits > 0; edits--) code = this.#edit(code, mix, shape);
    const isPlaced = settleChurns(code, longChurn, random);
    return longChurn > 0 && !isPlaced ? this.#insertChurn(code, longChurn) : code;
  }

  splice(first: Int32Array, second: Int32Array): Int32Array {
    const random = this.#random;
    const head = first.subarray(0, random.below(first.length / STRIDE + 1) * STRIDE);
    const tail = second.subarray(random.below(second.length / STRIDE) * STRIDE);
    const code = joined([head, tail]).slice(0, LONGEST_PROGRAM * STRIDE);
    settleChurns(code, 0, random);
    return code;
  }

  #edit(code: Int32Array, mix: Mix, shape: ProgramShape): Int32Array {
    const random = this.#random;
    const count = code.length / STRIDE;
    const at = random.below(count) * STRIDE;
    switch (random.below(mix.callbacks === 0 ? 5 : 6)) {
      case 0:
        return count > 1 ? without(code, at / STRIDE, 1) : code;
      case 1: {
        if (count >= LONGEST_PROGRAM) return code;
        const added = new Int32Array(STRIDE);
        this.#generator.operation(added, 0, mix, shape);
        return joined([code.subarray(0, at), added, code.subarray(at)]);
      }
      case 2: {
        const callback = callbackOf(code[at]);
        this.#generator.operation(code, at, mix, shape);
        code[at] = inside(code[at], callback);
        return code;
      }
      case 3: {
        const other = random.below(count) * STRIDE;
        const kept = code.slice(at, at + STRIDE);
        code.copyWithin(at, other, other + STRIDE);
        code.set(kept, other);
        return code;
      }
      case 4:
        this.#changeOperand(code, at, mix);
        return code;
      default:
        return this.#insertBlocks(code, at, mix, shape);
    }
  }

  /** Something more happens in the callbacks of an operation. */
  #insertBlocks(code: Int32Array, at: number, mix: Mix, shape: ProgramShape): Int32Array {
    if (isInside(code[at]) || code.length / STRIDE >= LONGEST_PROGRAM) return code;
    const added = new Int32Array(MOST_ADDED * STRIDE);
    added.set(code.subarray(at, at + STRIDE));
    const end = this.#generator.blocks(added, 0, MOST_ADDED, mix, shape);
    return joined([code.subarray(0, at), added.subarray(0, end), code.subarray(at + STRIDE)]);
  }

  #changeOperand(code: Int32Array, at: number, { references, pointers }: Mix): void {
    const random = this.#random;
    const operands = operandsOf(code[at]);
    if (code[at] === Opcode.churn) {
      setChurnTimes(code, at, 1 + random.below(8));
      return;
    }
    if (operands.length === 0) return;
    const position = random.below(operands.length);
    const operand = operands[position];
    if (operand === 'reference' || operand === 'newReference') code[at + 1 + position] = random.below(references);
    if (operand === 'pointer' || operand === 'newPointer') code[at + 1 + position] = random.below(pointers);
    if (operand === 'kind') code[at + 1 + position] = 1 + random.below(5);
  }

  #insertChurn(code: Int32Array, times: number): Int32Array {
    const churn = Int32Array.of(Opcode.churn, 0, 0, 1);
    setChurnTimes(churn, 0, times);
    const frees: number[] = [];
    for (let at = 0; at < code.length; at += STRIDE) if (code[at] === Opcode.free) frees.push(at + STRIDE);
    const at = frees.length > 0 ? this.#random.pick(frees) : this.#random.below(code.length / STRIDE + 1) * STRIDE;
    return joined([code.subarray(0, at), churn, code.subarray(at)]);
  }
}
