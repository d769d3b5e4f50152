import { describe, expect, it } from 'vitest';
import { flat } from './random-operands.ts';
import type { Pointer } from './reference-allocation.ts';
import { integer, moved, NULL, Subject, withAddress } from './subject.ts';

/** Each test pairs a program that must be flagged with its nearest sound neighbour. File names are those of Miri's suite. */
describe('an access needs an allocation', () => {
  it('null (fail/dangling_pointers/null_pointer_deref.rs)', () => {
    const subject = new Subject();
    expect(subject.read(NULL, 4)).toBe('null-pointer/null-pointer');
    expect(subject.memory.fault.message()).toBe(
      'memory read failed: attempting to access 4 bytes, but got a null pointer',
    );
    expect(subject.read(subject.filled(4, 1), 4)).toBe('clean');
  });

  it('an integer (fail/dangling_pointers/deref-invalid-ptr.rs, wild_pointer_deref.rs)', () => {
    const subject = new Subject();
    expect(subject.read(subject.fromExposed(16), 4)).toBe('no-provenance/no-provenance');
    expect(subject.read(integer(44), 4)).toBe('no-provenance/no-provenance');
    expect(subject.memory.fault.message()).toContain('0x2c[noalloc]');
    expect(subject.read(subject.fromExposed(0), 1)).toBe('null-pointer/null-pointer');
  });

  it('a live allocation at the same address does not help a pointer without provenance', () => {
    const subject = new Subject();
    const object = subject.filled(4, 1);
    expect(subject.read(integer(object.address), 4)).toBe('no-provenance/no-provenance');
    expect(subject.read(object, 4)).toBe('clean');
  });

  it('alive: also when another allocation has taken the address (fail/dangling_pointers/dangling_primitive.rs)', () => {
    const subject = new Subject();
    const first = subject.filled(8, 1);
    subject.free(first);
    expect(subject.read(first, 8)).toBe('use-after-free/use-after-free');
    const second = subject.filled(8, 2);
    expect(second.address).toBe(first.address);
    expect(subject.read(first, 8)).toBe('use-after-free/use-after-free');
    expect(subject.memory.fault.allocation).toBe(1);
    expect(subject.read(second, 8)).toBe('clean');
  });

  it('code has no data (fail/function_pointers/deref_fn_ptr.rs)', () => {
    const subject = new Subject();
    const code = subject.allocate(0, 1, 'code');
    expect(subject.read(code, 1)).toBe('out-of-bounds/code');
    expect(subject.memory.requireAllocation(...flat(code))).toBe(0);
    expect(subject.answer(subject.memory.requireAllocation(...flat(integer(42))))).toBe('no-provenance/no-provenance');
  });
});

describe('an access stays in bounds', () => {
  it.each([
    ['out_of_bounds_read_neg_offset.rs, before misalignment', -5, 2, 2, 'out-of-bounds/out-of-bounds'],
    ['out_of_bounds_write.rs', 5, 2, 2, 'out-of-bounds/out-of-bounds'],
    ['one byte over the end', 3, 2, 1, 'out-of-bounds/out-of-bounds'],
    ['at the end', 4, 1, 1, 'out-of-bounds/out-of-bounds'],
    ['the last byte', 3, 1, 1, 'clean'],
    ['all of it', 0, 4, 2, 'clean'],
  ])('%s', (_name, offset, size, alignment, expected) => {
    const subject = new Subject();
    subject.filled(16, 0);
    const object = subject.filled(4, 7, 2);
    subject.filled(16, 0);
    expect(subject.read(moved(object, offset), size, alignment)).toBe(expected);
    expect(subject.write(moved(object, offset), size, 0, alignment)).toBe(expected);
  });

  it('across the end of the address space', () => {
    const subject = new Subject();
    const object = subject.filled(8, 1);
    expect(subject.read(withAddress(object, 2n ** 64n - 4n), 8)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.read(moved(moved(object, 2n ** 63n), 2n ** 63n), 8)).toBe('clean');
    expect(subject.read(moved(object, 2n ** 32n), 8)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.read(moved(object, -(2n ** 32n)), 8)).toBe('out-of-bounds/out-of-bounds');
  });

  it('only the accessed field counts (pass/ptr_raw.rs::deref_partially_dangling)', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    subject.write(moved(object, 4), 4, 13);
    expect(subject.read(moved(object, 4), 4)).toBe('clean');
    expect(subject.value).toBe(13n);
    expect(subject.read(object, 4)).toBe('uninitialized-read/uninitialized');
  });

  it('scattered stores (fail/intrinsics/simd-scatter.rs)', () => {
    const subject = new Subject();
    const object = subject.allocate(9, 1);
    const answers = [3, 0, 8, 9, 17].map((offset) => subject.write(moved(object, offset), 1, 0));
    const outside = 'out-of-bounds/out-of-bounds';
    expect(answers).toEqual(['clean', 'clean', 'clean', outside, outside]);
  });

  it('a promise of a dereferenceable range looks in its direction (fail-dep/libc/mprotect_out_of_bounds.rs)', () => {
    const subject = new Subject();
    const pages = subject.allocate(4096, 4096, 'mmap');
    expect(subject.check(pages, 4097)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.check(pages, 4096)).toBe('clean');
    expect(subject.check(moved(pages, 4096), -4096)).toBe('clean');
    expect(subject.check(moved(pages, 4096), -4097)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.check(moved(pages, 4096), 1)).toBe('out-of-bounds/out-of-bounds');
  });
});

function pointers(subject: Subject): Record<string, Pointer> {
  const object = subject.filled(4, 1);
  const freed = subject.filled(24, 1);
  subject.free(freed);
  return {
    null: NULL,
    without_provenance: integer(1),
    out_of_bounds: moved(object, 200),
    use_after_free: freed,
  };
}

describe('no bytes are always fine (pass/zero-sized-accesses-and-offsets.rs)', () => {
  it.each(['null', 'without_provenance', 'out_of_bounds', 'use_after_free'])('%s', (name) => {
    const subject = new Subject();
    const pointer = pointers(subject)[name];
    const other = subject.filled(8, 1);
    expect(subject.check(pointer, 0)).toBe('clean');
    expect(subject.copy(pointer, pointer, 0)).toBe('clean');
    expect(subject.copy(other, pointer, 0)).toBe('clean');
    expect(subject.fillBytes(pointer, 0, 1)).toBe('clean');
    expect(subject.compare(pointer, other, 0)).toBe('clean');
    expect(subject.offset(pointer, 0)).toBe('clean');
    expect(subject.result).toEqual(pointer);
    for (const twin of [pointer, integer(pointer.address), withAddress(other, pointer.address)]) {
      expect(subject.difference(pointer, twin)).toBe('clean');
      expect(subject.value).toBe(0n);
    }
    // One byte is not fine with any of them.
    expect(subject.check(pointer, 1)).not.toBe('clean');
    expect(subject.copy(other, pointer, 1)).not.toBe('clean');
    expect(subject.fillBytes(pointer, 1, 1)).not.toBe('clean');
  });

  it('but the pointer is aligned', () => {
    const subject = new Subject();
    expect(subject.check(integer(2), 0, 4)).toBe('misaligned/address-alignment');
    expect(subject.check(integer(4), 0, 4)).toBe('clean');
  });

  it('C asks for an allocation even then (fail-dep/libc/memcpy_zero.rs)', () => {
    const subject = new Subject();
    const freed = subject.allocate(8);
    subject.free(freed);
    const require = (pointer: Pointer) => subject.answer(subject.memory.requireAllocation(...flat(pointer)));
    expect(subject.copy(integer(42), integer(23), 0)).toBe('clean');
    expect(require(integer(23))).toBe('no-provenance/no-provenance');
    expect(require(NULL)).toBe('null-pointer/null-pointer');
    expect(require(freed)).toBe('clean');
  });
});

describe('read-only memory', () => {
  it('refuses writes (fail/static_memory_modification1.rs to 3.rs)', () => {
    const subject = new Subject();
    const constant = subject.filled(14, 0x41, 1, 'static');
    expect(subject.write(moved(constant, 4), 1, 42)).toBe('clean');
    expect(subject.protect(constant)).toBe('clean');
    expect(subject.write(moved(constant, 4), 1, 42)).toBe('read-only-write/read-only');
    expect(subject.writePointer(constant, NULL)).toBe('read-only-write/read-only');
    expect(subject.fillBytes(constant, 14, 0)).toBe('read-only-write/read-only');
    expect(subject.copy(subject.filled(8, 1), constant, 8)).toBe('read-only-write/read-only');
    expect(subject.read(moved(constant, 4), 1)).toBe('clean');
    expect(subject.copy(constant, subject.allocate(8), 8)).toBe('clean');
    expect(subject.value).toBe(42n);
  });

  it('bounds come before permission, permission before alignment', () => {
    const subject = new Subject();
    const constant = subject.filled(8, 1, 8, 'static');
    subject.protect(constant);
    expect(subject.write(moved(constant, 5), 4, 0, 4)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.write(moved(constant, 1), 4, 0, 4)).toBe('read-only-write/read-only');
    expect(subject.read(moved(constant, 1), 4, 4)).toBe('misaligned/address-alignment');
  });

  it('refuses atomic updates, failing ones too, and ordered loads (fail/concurrency/read_only_atomic_cmpxchg.rs)', () => {
    const subject = new Subject();
    const constant = subject.filled(4, 0, 4, 'static');
    const intents = ['atomic-load', 'atomic-ordered-load', 'atomic-store', 'atomic-update'] as const;
    expect(intents.map((intent) => subject.atomic(constant, 4, intent))).toEqual(['clean', 'clean', 'clean', 'clean']);
    subject.protect(constant);
    const refused = 'read-only-write/read-only';
    expect(intents.map((intent) => subject.atomic(constant, 4, intent))).toEqual(['clean', refused, refused, refused]);
  });
});

describe('copies', () => {
  it('that must be apart (fail/intrinsics/copy_overlapping.rs, fail/overlapping_assignment.rs)', () => {
    const subject = new Subject();
    const object = subject.filled(16, 0, 1);
    expect(subject.copy(object, moved(object, 1), 2)).toBe('overlap/overlap');
    expect(subject.copy(object, object, 16)).toBe('overlap/overlap');
    expect(subject.copy(moved(object, 1), object, 2)).toBe('overlap/overlap');
    expect(subject.copy(object, moved(object, 2), 2)).toBe('clean');
    expect(subject.copy(object, moved(object, 1), 2, false)).toBe('clean');
  });

  it('keep the order of overlapping bytes in both directions', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    subject.write(object, 8, 0x0807_0605_0403_0201n);
    subject.copy(object, moved(object, 2), 6, false);
    subject.read(object, 8);
    expect(subject.value).toBe(0x0605_0403_0201_0201n);
    subject.copy(moved(object, 2), object, 6, false);
    subject.read(object, 8);
    expect(subject.value).toBe(0x0605_0605_0403_0201n);
  });

  it('a failed copy changes nothing', () => {
    const subject = new Subject();
    const [source, target] = [subject.filled(16, 1), subject.filled(8, 2)];
    expect(subject.copy(source, target, 16)).toBe('out-of-bounds/out-of-bounds');
    subject.read(target, 8);
    expect(subject.value).toBe(0x0202_0202_0202_0202n);
  });

  it('swaps untyped bytes, padding included (pass/issues/issue-134713-swap_nonoverlapping_untyped.rs)', () => {
    const subject = new Subject();
    const [first, second] = [subject.filled(16, 1), subject.filled(16, 2)];
    expect(subject.answer(subject.memory.swap(...flat(first), ...flat(second), 16, 8))).toBe('clean');
    subject.read(moved(first, 8), 8);
    expect(subject.value).toBe(0x0202_0202_0202_0202n);
    expect(subject.answer(subject.memory.swap(...flat(first), ...flat(moved(first, 8)), 9, 1))).toBe(
      'out-of-bounds/out-of-bounds',
    );
    expect(subject.answer(subject.memory.swap(...flat(first), ...flat(moved(first, 7)), 8, 1))).toBe('overlap/overlap');
  });
});

describe('values are little-endian', () => {
  it('pass/union-overwrite.rs#little-endian', () => {
    const subject = new Subject();
    const union = subject.allocate(8);
    subject.write(union, 8, 0xdead_beef_dead_beefn);
    subject.write(union, 4, 0xbaad_f00d);
    subject.read(union, 8);
    expect(subject.value).toBe(0xdead_beef_baad_f00dn);
    subject.write(union, 4, 0xdead_dead);
    subject.write(union, 3, 0);
    subject.read(union, 4);
    expect(subject.value).toBe(0xde00_0000n);
    subject.write(union, 4, 0xdead_dead);
    subject.write(moved(union, 1), 3, 0);
    subject.read(union, 4);
    expect(subject.value).toBe(0xadn);
  });

  it('pass/write-bytes.rs', () => {
    const subject = new Subject();
    const [first, second] = [subject.filled(80, 0xab), subject.filled(240, 0xcd)];
    for (let offset = 0; offset < 240; offset += 8) {
      subject.read(moved(second, offset), 8, 8);
      expect(subject.value).toBe(0xcdcd_cdcd_cdcd_cdcdn);
      if (offset >= 80) continue;
      subject.read(moved(first, offset), 8, 8);
      expect(subject.value).toBe(0xabab_abab_abab_ababn);
    }
  });
});
