import { ALLOCATION_KINDS, type AllocationKind, Kind } from '../../src/model/memory/kinds.ts';
import type { Memory } from '../../src/model/memory/memory.ts';
import { type TypedField, typedLayout } from '../../src/model/memory/typed-layout.ts';
import { verdictOf } from '../../src/model/vocabulary/verdicts.ts';
import type { ReferenceAddresses } from './reference-addresses.ts';
import { flat, halves, Operands, type Step, wordOf } from './random-operands.ts';
import type { Pointer } from './reference-allocation.ts';
import type { Answer, ReferenceMemory } from './reference-memory.ts';

const ALIGNMENTS = [1, 2, 4, 8, 16];
const SIZES = [8, 16, 24, 32, 40, 0, 1, 3, 100];
const ATOMIC_INTENTS = ['atomic-load', 'atomic-ordered-load', 'atomic-store', 'atomic-update'] as const;
/** Mostly programs use heap memory; the other kinds come now and then. */
const KINDS: readonly AllocationKind[] = ['heap', 'heap', 'heap', 'c-heap', 'stack', 'static', 'thread-local', 'mmap'];

const LAYOUTS = (
  [
    [{ offset: 0, size: 8, type: 'pointer' }],
    [
      { offset: 0, size: 8, type: 'pointer' },
      { offset: 8, size: 8, type: 'integer' },
    ],
    [
      { offset: 0, size: 2, type: 'integer' },
      { offset: 4, size: 3, type: 'raw' },
      { offset: 8, size: 8, type: 'pointer' },
    ],
  ] satisfies TypedField[][]
).map((fields, index) => typedLayout(index === 0 ? 8 : 16, 4, fields));

/**
 * Runs the same steps on the memory and on the reference and compares every answer.
 */
export class Comparison {
  readonly #memory: Memory;
  readonly #reference: ReferenceMemory;
  /** Undefined when the policy draws at random: then the reference follows the memory's addresses. */
  readonly #addresses: ReferenceAddresses | undefined;
  readonly #seen: Map<string, number>;
  readonly #operands = new Operands();

  /** @param seen counts the faults, each as `verdict/cause`. */
  constructor(
    memory: Memory,
    reference: ReferenceMemory,
    addresses: ReferenceAddresses | undefined,
    seen: Map<string, number>,
  ) {
    this.#memory = memory;
    this.#reference = reference;
    this.#addresses = addresses;
    this.#seen = seen;
  }

  /** Runs one step; the text of a difference, or undefined when both agree. */
  run(step: Step): string | undefined {
    this.#operands.begin(step);
    const operation = this.#operations[this.#operands.draw(this.#operations.length)];
    const [code, expected, actual] = operation();
    const verdict = verdictOf(code);
    const cause = verdict === 'clean' ? undefined : this.#memory.fault.cause;
    if (cause !== undefined) this.#seen.set(`${verdict}/${cause}`, (this.#seen.get(`${verdict}/${cause}`) ?? 0) + 1);
    if (verdict !== expected.code || cause !== expected.cause) {
      return `${operation.name}: expected ${expected.code}/${expected.cause}, found ${verdict}/${cause}`;
    }
    if (verdict !== 'clean')
      return this.#memory.fault.message().includes('undefined') ? 'a hole in a message' : undefined;
    if (expected.value !== undefined && expected.value !== actual?.address) {
      return `${operation.name}: expected the value ${expected.value}, found ${actual?.address}`;
    }
    if (expected.provenance !== undefined && expected.provenance !== actual?.provenance) {
      return `${operation.name}: expected the provenance ${expected.provenance}, found ${actual?.provenance}`;
    }
    return undefined;
  }

  /** Compares everything that can be seen from outside; the text of a difference, or undefined. */
  compareStates(): string | undefined {
    const memory = this.#memory;
    for (const { number, isLive, isExposed, base, size, bytes } of this.#reference.allocations) {
      const [low, high] = halves(base);
      const record = memory.recordOf(number);
      if (record >= 0 !== isLive) return `allocation ${number} should be ${isLive ? 'live' : 'dead'}`;
      if (!isLive) continue;
      if (memory.recordAt(low, high) !== record) return `no record at the base of allocation ${number}`;
      const end = base + BigInt(size);
      const beyond = memory.recordAt(...halves(end));
      const expected = this.#reference.at(end)?.number ?? 0;
      if ((beyond < 0 ? 0 : memory.number[beyond]) !== expected) return `wrong record at the end of ${number}`;
      if (memory.isExposed(number) !== isExposed) return `allocation ${number}: exposed or not`;
      const found = memory.inspect(number) ?? [];
      const isEqual = bytes.every((byte, index) => {
        const value = byte.isInitialized ? byte.value : undefined;
        const { value: other, provenance, fragment } = found[index];
        return value === other && provenance === byte.provenance && fragment === byte.fragment;
      });
      if (!isEqual || found.length !== bytes.length) return `the bytes of allocation ${number} differ`;
    }
    const roots = [1, 2];
    const leaks = [memory.leaks(roots).join(), this.#reference.leaks(roots).join()];
    return leaks[0] === leaks[1] ? undefined : `leaks: expected ${leaks[1]}, found ${leaks[0]}`;
  }

  /** The pointer in the memory's result fields. */
  #result(): Pointer {
    const { low, high, provenance } = this.#memory;
    return { address: wordOf(low, high), provenance };
  }

  #value(): Pointer {
    const { valueLow, valueHigh, valueProvenance } = this.#memory;
    return { address: wordOf(valueLow, valueHigh), provenance: valueProvenance };
  }

  #place(size: number, alignment: number): bigint {
    return this.#addresses === undefined ? this.#result().address : this.#addresses.take(size, alignment);
  }

  readonly #allocate = (): Outcome => {
    const size = this.#operands.pick(SIZES);
    const alignment = this.#operands.pick(ALIGNMENTS);
    const kind = this.#operands.pick(KINDS);
    const code = this.#memory.allocate(size, alignment, Kind[kind]);
    const address = this.#place(size, alignment);
    const overlapping = this.#reference.allocations.find(
      (each) =>
        each.isLive &&
        address < each.base + BigInt(Math.max(each.size, 1)) &&
        each.base < address + BigInt(Math.max(size, 1)),
    );
    const expected = this.#reference.allocate(address, size, alignment, kind);
    this.#operands.remember(this.#result());
    if (overlapping !== undefined) return [code, { code: 'overlap', cause: 'overlap' }];
    return [code, expected, this.#result()];
  };

  readonly #deallocate = (): Outcome => {
    const pointer = this.#operands.pointer();
    const { kind, size, alignment } = this.#layoutFor(pointer);
    const found = this.#reference.releasable(pointer, kind, size, alignment, 'free');
    const code = this.#memory.deallocate(...flat(pointer), Kind[kind], size, alignment);
    if ('code' in found) return [code, found];
    found.allocation.isLive = false;
    this.#addresses?.give(found.allocation.base, found.allocation.size, found.allocation.alignment);
    return [code, { code: 'clean' }];
  };

  readonly #reallocate = (): Outcome => {
    const pointer = this.#operands.pointer();
    const { kind, size, alignment } = this.#layoutFor(pointer);
    const newSize = this.#operands.pick(SIZES);
    const found = this.#reference.releasable(pointer, kind, size, alignment, 'reallocate');
    const code = this.#memory.reallocate(...flat(pointer), Kind[kind], size, alignment, newSize);
    if ('code' in found) return [code, found];
    const { allocation: old } = found;
    const expected = this.#reference.allocate(this.#place(newSize, old.alignment), newSize, old.alignment, kind);
    const fresh = this.#reference.allocations[this.#reference.allocations.length - 1];
    fresh.bytes.forEach((byte, index) => Object.assign(byte, old.bytes[index] ?? {}));
    old.isLive = false;
    this.#addresses?.give(old.base, old.size, old.alignment);
    this.#operands.remember(this.#result());
    return [code, expected, this.#result()];
  };

  readonly #read = (): Outcome => {
    const pointer = this.#operands.pointer();
    const size = this.#operands.pick([8, 4, 1, 2, 3, 5, 6, 7]);
    const alignment = this.#operands.pick(ALIGNMENTS.slice(0, 4));
    const expected = this.#reference.read(pointer, size, alignment, false);
    return [this.#memory.readInteger(...flat(pointer), size, alignment), expected, this.#value()];
  };

  readonly #readPointer = (): Outcome => {
    const pointer = this.#operands.pointer();
    const alignment = this.#operands.pick([1, 8, 4]);
    const expected = this.#reference.read(pointer, 8, alignment, true);
    const code = this.#memory.readPointer(...flat(pointer), alignment);
    if (code === 0 && this.#value().provenance !== 0) this.#operands.remember(this.#value());
    return [code, expected, this.#value()];
  };

  readonly #write = (): Outcome => {
    const pointer = this.#operands.pointer();
    const size = this.#operands.pick([8, 4, 1, 2, 3, 5, 6, 7]);
    const alignment = this.#operands.pick(ALIGNMENTS.slice(0, 4));
    const word = this.#operands.word();
    const expected = this.#reference.write(pointer, size, alignment, word, 0);
    return [this.#memory.writeInteger(...flat(pointer), size, alignment, ...halves(word)), expected];
  };

  readonly #writePointer = (): Outcome => {
    const pointer = this.#operands.pointer();
    const alignment = this.#operands.pick([1, 8, 4]);
    const value = this.#operands.pointer();
    const expected = this.#reference.write(pointer, 8, alignment, value.address, value.provenance);
    return [this.#memory.writePointer(...flat(pointer), alignment, ...flat(value)), expected];
  };

  readonly #fill = (): Outcome => {
    const pointer = this.#operands.pointer();
    const size = this.#operands.pick([16, 8, 0, 1, 5, 24, 32, 90]);
    const alignment = this.#operands.pick([1, 8]);
    const byte = this.#operands.draw(256);
    const isByte = this.#operands.draw(2) === 0;
    const word = isByte ? BigInt(byte) * 0x0101_0101_0101_0101n : this.#operands.word();
    const expected = this.#reference.fill(pointer, size, alignment, word);
    const code = isByte
      ? this.#memory.fillBytes(...flat(pointer), size, alignment, byte)
      : this.#memory.fill(...flat(pointer), size, alignment, ...halves(word));
    return [code, expected];
  };

  readonly #deinitialize = (): Outcome => {
    const pointer = this.#operands.pointer();
    const size = this.#operands.pick([1, 2, 7, 8, 0, 16, 40]);
    const expected = this.#reference.deinitialize(pointer, size, 1);
    return [this.#memory.deinitialize(...flat(pointer), size, 1), expected];
  };

  readonly #copy = (): Outcome => {
    const [source, target] = [this.#operands.pointer(), this.#operands.pointer()];
    const size = this.#operands.pick([8, 1, 1, 2, 4, 0, 16, 24, 3, 40]);
    const alignment = this.#operands.pick([1, 1, 4, 8]);
    const apart = this.#operands.draw(3) === 0;
    const expected = this.#reference.copy(source, target, size, alignment, apart);
    return [this.#memory.copy(...flat(source), ...flat(target), size, alignment, apart), expected];
  };

  readonly #copyTyped = (): Outcome => {
    const [source, target] = [this.#operands.pointer(), this.#operands.pointer()];
    const layout = this.#operands.pick(LAYOUTS);
    const expected = this.#reference.copyTyped(source, target, layout);
    return [this.#memory.copyTyped(...flat(source), ...flat(target), layout), expected];
  };

  readonly #swap = (): Outcome => {
    const [first, second] = [this.#operands.pointer(), this.#operands.pointer()];
    const size = this.#operands.pick([8, 1, 16, 3, 0]);
    const alignment = this.#operands.pick([1, 8]);
    const expected = this.#reference.swap(first, second, size, alignment);
    return [this.#memory.swap(...flat(first), ...flat(second), size, alignment), expected];
  };

  readonly #compare = (): Outcome => {
    const [first, second] = [this.#operands.pointer(), this.#operands.pointer()];
    const size = this.#operands.pick([4, 1, 8, 0]);
    const expected = this.#reference.compare(first, second, size);
    return [this.#memory.compare(...flat(first), ...flat(second), size), expected, this.#value()];
  };

  readonly #check = (): Outcome => {
    const pointer = this.#operands.pointer();
    const extent = this.#operands.pick([8, -8, 0, 1, -1, 16, 32, -24, 200]);
    const alignment = this.#operands.pick(ALIGNMENTS);
    const expected = this.#reference.check(pointer, extent, alignment);
    return [this.#memory.check(...flat(pointer), extent, alignment), expected];
  };

  readonly #checkAtomic = (): Outcome => {
    const pointer = this.#operands.pointer();
    const size = this.#operands.pick([8, 4, 2, 1]);
    const intent = this.#operands.pick(ATOMIC_INTENTS);
    const expected = this.#reference.checkAtomic(pointer, size, intent);
    return [this.#memory.checkAtomic(...flat(pointer), size, intent), expected];
  };

  readonly #promise = (): Outcome => {
    const pointer = this.#operands.pointer();
    const alignment = this.#operands.pick([8, 16, 4, 32]);
    return [this.#memory.promiseAlignment(...flat(pointer), alignment), this.#reference.promise(pointer, alignment)];
  };

  readonly #protect = (): Outcome => {
    const pointer = this.#operands.pointer();
    const isReadOnly = this.#operands.draw(4) === 0;
    const expected = this.#reference.protect(pointer, isReadOnly);
    return [this.#memory.setReadOnly(...flat(pointer), isReadOnly), expected];
  };

  readonly #requireAllocation = (): Outcome => {
    const pointer = this.#operands.pointer();
    return [this.#memory.requireAllocation(...flat(pointer)), this.#reference.requireAllocation(pointer)];
  };

  readonly #expose = (): Outcome => {
    const pointer = this.#operands.pointer();
    const expected = this.#reference.expose(pointer);
    if (pointer.provenance > 0) this.#operands.remember({ address: pointer.address, provenance: -1 });
    return [this.#memory.expose(...flat(pointer)), expected, this.#value()];
  };

  readonly #fromExposed = (): Outcome => {
    const { address } = this.#operands.pointer();
    const code = this.#memory.fromExposed(...halves(address));
    return [code, this.#reference.fromExposed(address), this.#result()];
  };

  readonly #offset = (): Outcome => {
    const pointer = this.#operands.pointer();
    const delta = this.#operands.pick([8n, -8n, 0n, 1n, 4n, 16n, -1n, 32n, -16n, 2n ** 40n, -(2n ** 62n)]);
    const unsigned = this.#operands.draw(4) === 0;
    const given = unsigned ? BigInt.asUintN(64, delta) : delta;
    const expected = this.#reference.offset(pointer, given, unsigned);
    const [low, high] = halves(delta);
    const code = unsigned
      ? this.#memory.addInBounds(...flat(pointer), low, high)
      : this.#memory.offsetInBounds(...flat(pointer), low, high);
    if (code === 0) this.#operands.remember(this.#result());
    return [code, expected, this.#result()];
  };

  readonly #difference = (): Outcome => {
    const [first, second] = [this.#operands.pointer(), this.#operands.pointer()];
    const unsigned = this.#operands.draw(3) === 0;
    const expected = this.#reference.difference(first, second, unsigned);
    return [this.#memory.difference(...flat(first), ...flat(second), unsigned), expected, this.#value()];
  };

  /** Usually what the allocation of a pointer really is, so that frees succeed. */
  #layoutFor(pointer: Pointer): { kind: AllocationKind; size: number; alignment: number } {
    const allocation =
      this.#reference.resolve(pointer, 0) ?? this.#reference.allocations[Math.max(pointer.provenance, 1) - 1];
    const mode = this.#operands.draw(10);
    return {
      kind: mode === 0 || allocation === undefined ? this.#operands.pick(ALLOCATION_KINDS).name : allocation.kind,
      size: mode === 1 || allocation === undefined ? this.#operands.pick(SIZES) : mode === 2 ? -1 : allocation.size,
      alignment:
        mode === 3 || allocation === undefined
          ? this.#operands.pick(ALIGNMENTS)
          : mode === 4
            ? -1
            : allocation.alignment,
    };
  }

  /** What a step may do; an operation that is listed again is done more often. */
  readonly #operations: readonly (() => Outcome)[] = [
    this.#allocate,
    this.#allocate,
    this.#allocate,
    this.#allocate,
    this.#write,
    this.#write,
    this.#write,
    this.#fill,
    this.#fill,
    this.#writePointer,
    this.#writePointer,
    this.#writePointer,
    this.#read,
    this.#read,
    this.#readPointer,
    this.#readPointer,
    this.#readPointer,
    this.#deallocate,
    this.#deallocate,
    this.#reallocate,
    this.#copy,
    this.#copy,
    this.#copy,
    this.#copyTyped,
    this.#swap,
    this.#compare,
    this.#check,
    this.#checkAtomic,
    this.#promise,
    this.#protect,
    this.#requireAllocation,
    this.#expose,
    this.#expose,
    this.#fromExposed,
    this.#fromExposed,
    this.#deinitialize,
    this.#offset,
    this.#difference,
  ];
}

/** The memory's code, the reference's answer, and the memory's result. */
type Outcome = readonly [number, Answer, Pointer?];
