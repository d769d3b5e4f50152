import { describe, expect, it } from 'vitest';
import { dumpBytes } from '../../src/model/memory/inspection.ts';
import { type TypedLayout, typedLayout } from '../../src/model/memory/typed-layout.ts';
import { flat } from './random-operands.ts';
import { moved, NULL, Subject } from './subject.ts';

const UNINITIALIZED = 'uninitialized-read/uninitialized';

/** Two words, of which the first is padding. */
function secondWord(type: 'integer' | 'pointer' | 'raw'): TypedLayout {
  return typedLayout(16, 1, [{ offset: 8, size: 8, type }]);
}

describe('initialisation', () => {
  it.each([
    ['fail/validity/uninit_float.rs', 4],
    ['fail/validity/uninit_raw_ptr.rs', 8],
  ])('%s', (_name, size) => {
    const subject = new Subject();
    const object = subject.allocate(8, 8, 'stack');
    expect(subject.read(object, size)).toBe(UNINITIALIZED);
    expect(subject.answer(subject.memory.readPointer(...flat(object), 8))).toBe(UNINITIALIZED);
    subject.write(object, 8, 0);
    expect(subject.read(object, size)).toBe('clean');
  });

  it('is byte-accurate at every offset and size', () => {
    for (let offset = 0; offset < 60; offset++) {
      const subject = new Subject();
      const object = subject.filled(64, 1);
      subject.memory.deinitialize(...flat(moved(object, offset)), 1, 1);
      for (let start = Math.max(0, offset - 9); start <= Math.min(56, offset + 2); start++) {
        for (let size = 1; size <= 8; size++) {
          const touches = start <= offset && offset < start + size;
          expect(subject.read(moved(object, start), size)).toBe(touches ? UNINITIALIZED : 'clean');
        }
      }
    }
  });

  it('moves with untyped bytes and is not needed for them (pass/move-uninit-primval.rs)', () => {
    const subject = new Subject();
    const [source, target] = [subject.allocate(8), subject.filled(8, 1)];
    subject.write(source, 2, 7);
    expect(subject.copy(source, target, 4)).toBe('clean');
    expect(subject.read(target, 2)).toBe('clean');
    expect(subject.read(target, 4)).toBe(UNINITIALIZED);
    expect(subject.memory.fault).toMatchObject({ rangeStart: 2, rangeEnd: 4 });
    expect(subject.read(moved(target, 4), 4)).toBe('clean');
  });

  it('does not come back with a reused address', () => {
    const subject = new Subject();
    const first = subject.filled(96, 1);
    subject.free(first);
    const second = subject.allocate(96);
    expect(second.address).toBe(first.address);
    for (const offset of [0, 31, 32, 95]) expect(subject.read(moved(second, offset), 1)).toBe(UNINITIALIZED);
  });
});

describe('typed copies', () => {
  it.each([
    ['fail/uninit/padding-enum.rs', 24, [[0, 8]], 8],
    [
      'fail/uninit/padding-pair.rs',
      16,
      [
        [0, 8],
        [8, 1],
      ],
      9,
    ],
    [
      'fail/uninit/padding-struct-in-union.rs',
      8,
      [
        [0, 2],
        [4, 4],
      ],
      2,
    ],
    ['fail/uninit/padding-wide-ptr.rs', 16, [[0, 8]], 8],
    [
      'fail/uninit/uninit-after-aggregate-assign.rs',
      4,
      [
        [0, 1],
        [2, 2],
      ],
      1,
    ],
  ] as const)('make padding uninitialised: %s', (_name, size, fields, padding) => {
    const subject = new Subject();
    const [source, target] = [subject.filled(size, 0), subject.filled(size, 0)];
    const layout = typedLayout(
      size,
      1,
      fields.map(([offset, length]) => ({ offset, size: length, type: 'integer' })),
    );
    expect(subject.read(moved(target, padding), 1)).toBe('clean');
    expect(subject.copyTyped(source, target, layout)).toBe('clean');
    expect(subject.read(moved(target, padding), 1)).toBe(UNINITIALIZED);
    for (const [offset, length] of fields) expect(subject.read(moved(target, offset), length)).toBe('clean');
    expect(subject.read(moved(source, padding), 1)).toBe('clean');
  });

  it('need initialised integers and pointers, not raw bytes', () => {
    const subject = new Subject();
    const [source, target] = [subject.allocate(16), subject.filled(16, 1)];
    expect(subject.copyTyped(source, target, secondWord('integer'))).toBe(UNINITIALIZED);
    expect(subject.memory.fault).toMatchObject({ rangeStart: 8, rangeEnd: 16 });
    expect(subject.copyTyped(source, target, secondWord('pointer'))).toBe(UNINITIALIZED);
    expect(subject.read(target, 8)).toBe('clean');
    expect(subject.copyTyped(source, target, secondWord('raw'))).toBe('clean');
    expect(subject.read(moved(target, 8), 8)).toBe(UNINITIALIZED);
  });

  it('of an object to itself overlap (fail/overlapping_assignment.rs)', () => {
    const subject = new Subject();
    const object = subject.filled(16, 0, 4, 'stack');
    const layout = typedLayout(16, 4, [{ offset: 0, size: 16, type: 'integer' }]);
    expect(subject.copyTyped(object, object, layout)).toBe('overlap/overlap');
    expect(subject.copyTyped(object, subject.allocate(16, 4), layout)).toBe('clean');
  });

  it('have layouts that make sense', () => {
    expect(() => typedLayout(8, 8, [{ offset: 4, size: 4, type: 'pointer' }])).toThrow('8 bytes');
    expect(() => typedLayout(8, 8, [{ offset: 4, size: 8, type: 'raw' }])).toThrow('12 bytes');
    const overlapping = [0, 1].map((offset) => ({ offset, size: 2, type: 'raw' as const }));
    expect(() => typedLayout(8, 8, overlapping)).toThrow('out of order');
    expect(typedLayout(8, 8, [{ offset: 2, size: 2, type: 'raw' }]).padding).toEqual([
      { offset: 0, size: 2 },
      { offset: 4, size: 4 },
    ]);
  });
});

describe('the comparison of bytes', () => {
  it('needs all of them (fail/uninit/uninit_alloc_diagnostic_with_provenance.rs)', () => {
    const subject = new Subject();
    const [first, second] = [subject.allocate(4, 4, 'static'), subject.allocate(4, 4, 'static')];
    const object = subject.allocate(16);
    const slot = subject.allocate(8);
    subject.writePointer(slot, first);
    subject.copy(slot, object, 1);
    subject.write(moved(object, 1), 2, 0x1312);
    subject.writePointer(slot, second);
    subject.copy(moved(slot, 1), moved(object, 3), 1);
    expect(subject.compare(object, moved(object, 8), 8)).toBe(UNINITIALIZED);
    expect(subject.memory.fault).toMatchObject({ allocation: object.provenance, rangeStart: 4, rangeEnd: 8 });
    expect(subject.memory.fault.message()).toContain('[4..8] was never initialised');
    const dump = dumpBytes(subject.memory.inspect(object.provenance) ?? []);
    expect(dump).toBe('0x00 | 00[#1:0] 12 13 10[#2:1] __ __ __ __ __ __ __ __ __ __ __ __');
  });

  it('is that of unsigned bytes', () => {
    const subject = new Subject();
    const [low, high] = [subject.filled(8, 1), subject.filled(8, 0x81)];
    expect([subject.compare(low, high, 8), subject.value]).toEqual(['clean', 2n ** 64n - 1n]);
    expect([subject.compare(high, low, 8), subject.value]).toEqual(['clean', 1n]);
    expect([subject.compare(high, high, 8), subject.value]).toEqual(['clean', 0n]);
    expect([subject.compare(NULL, high, 0), subject.value]).toEqual(['clean', 0n]);
  });
});
