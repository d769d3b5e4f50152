import { describe, expect, it } from 'vitest';
import { integer, moved, Subject } from './subject.ts';

const ADDRESS = 'misaligned/address-alignment';
const PROMISED = 'misaligned/promised-alignment';

/** How often each answer comes in fresh memories of many seeds, with addresses as Miri draws them. */
function answers(attempt: (subject: Subject) => string, alignment: 'real' | 'symbolic' = 'real'): Set<string> {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) seen.add(attempt(new Subject({ addresses: 'reuse', alignment }, seed)));
  return seen;
}

describe('alignment by the real address', () => {
  it('two neighbouring bytes are not both aligned (fail/unaligned_pointers/alignment.rs)', () => {
    const both = answers((subject) => {
      const object = subject.allocate(20, 1, 'stack');
      return [0, 1].map((offset) => subject.write(moved(object, offset), 4, 0, 4)).join(' ');
    });
    expect([...both].every((answer) => answer.includes(ADDRESS))).toBe(true);
  });

  it('is a matter of luck without a promise (fail/unaligned_pointers/reference_to_packed.rs)', () => {
    const seen = answers((subject) => subject.check(subject.allocate(8, 1, 'stack'), 4, 4));
    expect(seen).toEqual(new Set(['clean', ADDRESS]));
  });

  it('malloc(3) is sometimes aligned to 4 (libc-mem.rs::test_malloc(align nondet))', () => {
    const seen = answers((subject) => String(subject.allocate(3, 2, 'c-heap').address % 4n === 0n));
    expect(seen).toEqual(new Set(['true', 'false']));
  });

  it('can be made by hand (pass/align.rs::manual_alignment)', () => {
    const seen = answers((subject) => {
      const address = subject.expose(subject.allocate(3, 1, 'stack'));
      return subject.write(subject.fromExposed((address + 1n) & ~1n), 2, 0, 2);
    });
    expect(seen).toEqual(new Set(['clean']));
  });

  it.each([
    ['drop_in_place.rs', 1, 2, 2, ADDRESS],
    ['its aligned neighbour', 2, 2, 2, 'clean'],
    ['field_requires_parent_struct_alignment.rs', 1, 1, 4, ADDRESS],
    ['the field in a place of alignment 1', 1, 1, 1, 'clean'],
  ])('%s', (_name, offset, size, alignment, expected) => {
    const subject = new Subject();
    const object = subject.filled(8, 0, 8);
    expect(subject.check(moved(object, offset), size, alignment)).toBe(expected);
    expect(subject.read(moved(object, offset), size, alignment)).toBe(expected);
  });

  it('says what was found (fail/unaligned_pointers/unaligned_ptr2.rs)', () => {
    const subject = new Subject();
    const object = subject.filled(8, 0, 4);
    expect(subject.read(moved(object, 3), 4, 4)).toBe(ADDRESS);
    expect(subject.memory.fault).toMatchObject({ alignmentRequired: 4, alignmentFound: 1 });
    expect(subject.read(moved(object, 4), 4, 4)).toBe('clean');
    expect(subject.check(moved(object, 4), 4, 2 ** 20)).toBe(ADDRESS);
    expect(subject.memory.fault.alignmentFound).toBe(4);
  });

  it('of an atomic is its size, and comes first', () => {
    const subject = new Subject();
    const object = subject.filled(16, 0, 8);
    expect(subject.atomic(moved(object, 4), 8, 'atomic-load')).toBe(ADDRESS);
    expect(subject.atomic(moved(object, 20), 8, 'atomic-load')).toBe(ADDRESS);
    expect(subject.atomic(moved(object, 24), 8, 'atomic-load')).toBe('out-of-bounds/out-of-bounds');
    expect(subject.atomic(integer(4), 8, 'atomic-store')).toBe(ADDRESS);
    expect(subject.atomic(moved(object, 4), 4, 'atomic-update')).toBe('clean');
  });

  it('comes after bounds and life for plain accesses, before initialisation', () => {
    const subject = new Subject();
    const object = subject.allocate(8);
    expect(subject.read(moved(object, 5), 4, 4)).toBe('out-of-bounds/out-of-bounds');
    expect(subject.read(moved(object, 1), 4, 4)).toBe(ADDRESS);
    expect(subject.read(object, 4, 4)).toBe('uninitialized-read/uninitialized');
    subject.free(object);
    expect(subject.read(moved(object, 1), 4, 4)).toBe('use-after-free/use-after-free');
  });
});

describe('symbolic alignment', () => {
  it('does not trust a lucky address (fail/unaligned_pointers/atomic_unaligned.rs)', () => {
    const subject = new Subject({ alignment: 'symbolic' });
    const object = subject.filled(8, 0, 4);
    expect(object.address % 16n).toBe(0n);
    expect(subject.atomic(object, 8, 'atomic-load')).toBe(PROMISED);
    expect(subject.memory.fault).toMatchObject({ alignmentRequired: 8, alignmentFound: 4 });
    expect(subject.read(object, 8, 8)).toBe(PROMISED);
    expect(subject.read(object, 8, 4)).toBe('clean');
    expect(subject.read(moved(object, 2), 4, 4)).toBe(PROMISED);
    expect(new Subject().read(object, 8, 8)).not.toBe(PROMISED);
  });

  it('goes by the real address without an allocation', () => {
    const subject = new Subject({ alignment: 'symbolic' });
    expect(subject.check(integer(16), 0, 16)).toBe('clean');
    expect(subject.check(integer(8), 0, 16)).toBe(ADDRESS);
  });

  it('takes promises that hold (promise_alignment.rs#call_unaligned_ptr, #read_unaligned_ptr)', () => {
    const subject = new Subject({ alignment: 'symbolic' });
    const object = subject.filled(512, 0, 4);
    const aligned = moved(object, (8n - (object.address % 8n)) % 8n);
    expect(subject.promise(object, 1)).toBe('clean');
    expect(subject.read(object, 4, 4)).toBe('clean');
    expect(subject.read(aligned, 8, 8)).toBe(PROMISED);
    expect(subject.promise(aligned, 8)).toBe('clean');
    expect(subject.promise(moved(aligned, 4), 8)).toBe('unsupported/address-alignment');
    expect(subject.promise(aligned, 1)).toBe('clean');
    expect(subject.read(aligned, 8, 8)).toBe('clean');
    expect(subject.read(moved(aligned, 8), 8, 8)).toBe('clean');
    expect(subject.read(moved(aligned, 4), 8, 8)).toBe(PROMISED);
    expect(subject.read(aligned, 8, 16)).toBe(PROMISED);
  });

  it('a promise ends with its allocation', () => {
    const subject = new Subject({ alignment: 'symbolic' });
    const first = subject.filled(64, 0, 4);
    subject.promise(first, 16);
    expect(subject.read(first, 8, 16)).toBe('clean');
    subject.free(first);
    const second = subject.filled(64, 0, 4);
    expect(second.address).toBe(first.address);
    expect(subject.read(second, 8, 16)).toBe(PROMISED);
  });
});
