import { describe, expect, it } from 'vitest';
import { halves } from './random-operands.ts';
import { integer, moved, NULL, Subject } from './subject.ts';

describe('in-bounds offsets', () => {
  it('stay inside one allocation, its end included (fail/dangling_pointers/out_of_bounds_project.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(4, 4, 'stack');
    expect(subject.offset(object, 4)).toBe('clean');
    expect(subject.result).toEqual(moved(object, 4));
    expect(subject.offset(object, 8)).toBe('pointer-arithmetic/out-of-bounds');
    expect(subject.memory.fault.message()).toContain('by 8 bytes, but 0x1000[#1] is only 4 bytes from the end');
    expect(subject.offset(object, -1)).toBe('pointer-arithmetic/out-of-bounds');
    expect(subject.offset(moved(object, 4), -4)).toBe('clean');
    expect(subject.offset(object, 2n ** 62n)).toBe('pointer-arithmetic/out-of-bounds');
  });

  it('of a dead allocation (fail/dangling_pointers/dangling_pointer_project_underscore_let.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(4, 4);
    expect(subject.offset(object, 1)).toBe('clean');
    subject.free(object);
    expect(subject.offset(object, 1)).toBe('pointer-arithmetic/use-after-free');
    expect(subject.offset(object, 0)).toBe('clean');
  });

  it('of no allocation (fail/provenance/ptr_invalid_offset.rs, fail/intrinsics/ptr_offset_int_plus_int.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(4, 4, 'stack');
    expect(subject.offset(integer(object.address), 1)).toBe('pointer-arithmetic/no-provenance');
    expect(subject.offset(subject.fromExposed(1), 1)).toBe('pointer-arithmetic/no-provenance');
    expect(subject.offset(NULL, 1)).toBe('pointer-arithmetic/null-pointer');
  });

  it('of an unsigned size (fail/intrinsics/ptr_offset_unsigned_overflow.rs)', () => {
    const subject = new Subject();
    const middle = moved(subject.allocate(8, 4), 4);
    expect(subject.offset(middle, -1)).toBe('clean');
    expect(subject.add(middle, 2n ** 64n - 1n)).toBe('pointer-arithmetic/overflow');
    expect(subject.add(middle, 4n)).toBe('clean');
  });

  it('through a wildcard look in their direction', () => {
    const subject = new Subject();
    const object = subject.allocate(20, 4);
    const end = subject.fromExposed(subject.expose(object) + 20n);
    expect(subject.offset(end, -20)).toBe('clean');
    expect(subject.result).toEqual({ address: object.address, provenance: -1 });
    expect(subject.offset(end, 1)).toBe('pointer-arithmetic/no-provenance');
  });

  it('carry across the halves of an address', () => {
    const subject = new Subject({ placement: 'high', hostBits: 57 });
    subject.memory.allocateAt(-4, 7, 8, 4, 0);
    const object = subject.result;
    expect(object.address).toBe(0x7_ffff_fffcn);
    expect(subject.offset(object, 8)).toBe('clean');
    expect(subject.result.address).toBe(0x8_0000_0004n);
    expect(subject.write(moved(object, 4), 4, 1)).toBe('clean');
    expect(subject.offset(subject.result, 0)).toBe('clean');
  });
});

describe('pointer differences', () => {
  it('are within one allocation (pass/ptr_offset.rs::test_offset_from)', () => {
    const subject = new Subject();
    const object = subject.allocate(16, 4);
    const wildcard = subject.fromExposed(subject.expose(object));
    expect(subject.difference(moved(object, 12), object)).toBe('clean');
    expect(subject.value).toBe(12n);
    expect(subject.difference(object, moved(object, 12))).toBe('clean');
    expect(subject.value).toBe(2n ** 64n - 12n);
    expect(subject.difference(moved(object, 12), wildcard)).toBe('clean');
    expect(subject.difference(wildcard, moved(object, 12))).toBe('clean');
    expect(subject.value).toBe(2n ** 64n - 12n);
    expect(subject.difference(moved(wildcard, 16), object)).toBe('clean');
  });

  it('of different allocations, even of neighbours', () => {
    const subject = new Subject();
    const [first, second] = [subject.allocate(8), subject.allocate(8)];
    expect(moved(first, 8).address).toBe(second.address);
    expect(subject.difference(second, first)).toBe('pointer-difference/different-allocations');
    expect(subject.difference(second, moved(first, 8))).toBe('clean');
    expect(subject.difference(moved(first, 8), first)).toBe('clean');
  });

  it('of integers (fail/intrinsics/ptr_offset_from_different_ints.rs)', () => {
    const subject = new Subject();
    expect(subject.difference(integer(10), integer(10))).toBe('clean');
    expect(subject.difference(integer(10), integer(11))).toBe('pointer-difference/different-allocations');
  });

  it('beyond the bounds, or of the dead', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    expect(subject.difference(moved(object, 9), object)).toBe('pointer-difference/range-between');
    expect(subject.difference(moved(object, 8), object)).toBe('clean');
    subject.free(object);
    expect(subject.difference(moved(object, 8), object)).toBe('pointer-difference/range-between');
    expect(subject.difference(object, object)).toBe('clean');
  });

  it('unsigned ones do not go down (fail/intrinsics/ptr_offset_from_unsigned_neg.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(8, 1, 'stack');
    expect(subject.difference(object, moved(object, 4), true)).toBe('pointer-difference/negative');
    expect(subject.difference(moved(object, 4), object, true)).toBe('clean');
    expect(subject.value).toBe(4n);
  });

  it('fit in a signed word', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    expect(subject.difference(moved(object, 2n ** 63n), object)).toBe('pointer-difference/too-far');
    expect(subject.difference(moved(object, 2n ** 63n - 1n), object)).toBe('pointer-difference/range-between');
  });
});

describe('extents', () => {
  it.each([
    ['fail/intrinsics/write_bytes_overflow.rs', 2n ** 63n, 4, 'size-overflow/count'],
    ['just too many', 2n ** 61n, 4, 'size-overflow/count'],
    ['just fits', 2n ** 61n - 1n, 4, 'clean'],
    ['no overflow into nothing', 2n ** 62n, 4, 'size-overflow/count'],
    ['elements of no size', 2n ** 63n, 0, 'clean'],
    ['a carry', 0xffff_ffffn, 24, 'clean'],
  ])('%s', (_name, count, size, expected) => {
    const subject = new Subject();
    expect(subject.answer(subject.memory.extentOf(...halves(count), size))).toBe(expected);
    if (expected === 'clean') expect(subject.value).toBe(count * BigInt(size));
  });
});
