import { describe, expect, it } from 'vitest';
import { Kind, mallocAlignment } from '../../src/model/memory/kinds.ts';
import { flat } from './random-operands.ts';
import { integer, moved, NULL, Subject } from './subject.ts';

describe('giving memory back', () => {
  it('needs the exact layout (fail/alloc/deallocate-bad-size.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(1, 1);
    expect(subject.free(object, 2, 1)).toBe('invalid-free/layout');
    expect(subject.memory.fault.message()).toContain(
      'has size 1 and alignment 1, but the caller gave size 2 and alignment 1',
    );
    expect(subject.free(object, 1, 2)).toBe('invalid-free/layout');
    expect(subject.free(object, 1, 1)).toBe('clean');
  });

  it('needs the same kind (fail-dep/libc/mmap_invalid_dealloc.rs)', () => {
    const subject = new Subject();
    const pages = subject.allocate(4096, 4096, 'mmap');
    expect(subject.free(pages, -1, -1, 'c-heap')).toBe('invalid-free/kind');
    expect(subject.memory.fault.message()).toContain('is mmap memory, and this is an operation for C heap memory');
    expect(subject.free(pages, -1, -1, 'mmap')).toBe('clean');
  });

  it('needs the base', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    expect(subject.free(moved(object, 4))).toBe('invalid-free/interior');
    expect(subject.free(moved(object, 8))).toBe('invalid-free/interior');
    expect(subject.free(object)).toBe('clean');
  });

  it('works once: a second free of the same allocation is not one of its successor', () => {
    const subject = new Subject();
    const first = subject.allocate(8);
    expect(subject.free(first)).toBe('clean');
    expect(subject.free(first)).toBe('double-free/double-free');
    const second = subject.allocate(8);
    expect(second.address).toBe(first.address);
    expect(subject.free(first)).toBe('double-free/double-free');
    expect(subject.free(second)).toBe('clean');
  });

  it('needs an allocation', () => {
    const subject = new Subject();
    expect(subject.free(NULL)).toBe('null-pointer/null-pointer');
    expect(subject.free(integer(subject.allocate(8).address))).toBe('no-provenance/no-provenance');
  });

  it('works through a wildcard only while the allocation is exposed and alive', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    const wildcard = subject.fromExposed(object.address);
    expect(subject.free(wildcard)).toBe('no-provenance/no-provenance');
    subject.expose(object);
    expect(subject.free(moved(wildcard, 8))).toBe('no-provenance/no-provenance');
    expect(subject.free(wildcard)).toBe('clean');
    expect(subject.free(wildcard)).toBe('no-provenance/no-provenance');
    expect(subject.read(object, 1)).toBe('use-after-free/use-after-free');
  });

  it('never works for statics, code and read-only memory', () => {
    const subject = new Subject();
    expect(subject.free(subject.allocate(8, 8, 'static'), -1, -1, 'static')).toBe('invalid-free/never-freed');
    expect(subject.free(subject.allocate(0, 1, 'code'), -1, -1, 'code')).toBe('invalid-free/never-freed');
    const object = subject.allocate(8);
    subject.protect(object);
    expect(subject.free(object)).toBe('invalid-free/read-only');
    subject.memory.setReadOnly(...flat(object), false);
    expect(subject.free(object)).toBe('clean');
  });
});

describe('reallocation', () => {
  it('checks the old layout (fail/alloc/reallocate-bad-size.rs) and leaves the allocation alone', () => {
    const subject = new Subject();
    const object = subject.filled(1, 5, 1);
    expect(subject.reallocate(object, 2, 1)).toBe('invalid-free/layout');
    expect(subject.read(object, 1)).toBe('clean');
    expect(subject.reallocate(object, 1, 1)).toBe('clean');
  });

  it('of a dead allocation is a use after free (fail/alloc/reallocate-dangling.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(1, 1);
    subject.free(object);
    expect(subject.reallocate(object, 1, 1)).toBe('use-after-free/use-after-free');
  });

  it('is a new identity even at the same size', () => {
    const subject = new Subject();
    const old = subject.filled(16, 9);
    subject.expose(old);
    expect(subject.reallocate(old, 16, 16)).toBe('clean');
    const fresh = subject.result;
    expect(fresh.provenance).toBe(2);
    expect(subject.read(old, 1)).toBe('use-after-free/use-after-free');
    expect(subject.read(fresh, 8)).toBe('clean');
    expect(subject.memory.isExposed(2)).toBe(false);
  });

  it('keeps the first bytes and their provenance (libc-mem.rs::test_malloc(realloc chain), pass/heap.rs)', () => {
    const subject = new Subject();
    let object = subject.filled(20, 0, 16, 'c-heap');
    subject.writePointer(moved(object, 8), object);
    for (const [from, to] of [
      [20, 40],
      [40, 10],
    ]) {
      expect(subject.reallocate(object, from, to, 'c-heap')).toBe('clean');
      object = subject.result;
      expect(subject.read(object, 8)).toBe('clean');
      expect(subject.value).toBe(0n);
      if (to === 40) expect(subject.pointerAt(moved(object, 8)).provenance).toBe(1);
    }
    expect(subject.memory.inspect(object.provenance)?.[9]).toEqual({ value: 0x10, provenance: 1, fragment: 1 });
    expect(subject.free(object, 10, 16, 'c-heap')).toBe('clean');
  });

  it('a size that is too large is refused and the old allocation stays (libc-mem.rs::test_malloc(too big))', () => {
    const subject = new Subject();
    const object = subject.filled(20, 1, 16, 'c-heap');
    expect(subject.reallocate(object, 20, 2 ** 64, 'c-heap')).toBe('unsupported/too-large');
    expect(subject.answer(subject.memory.allocate(2 ** 64, 16, Kind['c-heap']))).toBe('unsupported/too-large');
    expect(subject.read(object, 1)).toBe('clean');
  });
});

describe('the C heap', () => {
  it('knows the usable size of a base of its own (fail-dep/libc/malloc_usable_size*.rs)', () => {
    const subject = new Subject();
    const usable = (pointer = NULL) => subject.answer(subject.memory.usableSize(...flat(pointer)));
    const block = subject.allocate(1024, 16, 'c-heap');
    expect(usable(subject.allocate(4, 4))).toBe('invalid-free/kind');
    expect(usable(subject.allocate(4, 4, 'stack'))).toBe('invalid-free/kind');
    expect(usable(moved(block, 512))).toBe('invalid-free/interior');
    expect(usable(block)).toBe('clean');
    expect(subject.value).toBe(1024n);
    subject.free(block, -1, -1, 'c-heap');
    expect(usable(block)).toBe('use-after-free/use-after-free');
  });

  it('aligns as malloc promises', () => {
    expect([0, 1, 3, 4, 7, 8, 15, 16, 1000].map(mallocAlignment)).toEqual([1, 1, 2, 4, 4, 8, 8, 16, 16]);
  });

  it.each([
    [8, 64],
    [64, 8],
    [16, 31],
    [64, 0],
  ])('memalign(%i, %i) (libc-mem.rs::test_memalign)', (alignment, size) => {
    for (let seed = 1; seed <= 16; seed++) {
      const subject = new Subject({ addresses: 'reuse' }, seed);
      subject.allocate(3, 1, 'c-heap');
      const block = subject.allocate(size, alignment, 'c-heap');
      expect(block.address).not.toBe(0n);
      expect(block.address % BigInt(alignment)).toBe(0n);
      expect(subject.fillBytes(block, size, 1)).toBe('clean');
      expect(subject.free(block, -1, -1, 'c-heap')).toBe('clean');
    }
  });
});
