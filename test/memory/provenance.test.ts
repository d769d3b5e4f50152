import { describe, expect, it } from 'vitest';
import { typedLayout } from '../../src/model/memory/typed-layout.ts';
import { flat } from './random-operands.ts';
import { integer, moved, NULL, Subject, withAddress } from './subject.ts';

const LOST = 'no-provenance/no-provenance';
const WORD = typedLayout(8, 1, [{ offset: 0, size: 8, type: 'integer' }]);
const TWO_POINTERS = typedLayout(16, 1, [
  { offset: 0, size: 8, type: 'pointer' },
  { offset: 8, size: 8, type: 'pointer' },
]);

describe('a pointer in memory', () => {
  it('is lost when it is copied as an integer (fail/provenance/int_copy_looses_provenance1.rs)', () => {
    const subject = new Subject();
    const [object, source, target] = [subject.filled(4, 42), subject.allocate(8), subject.allocate(8)];
    subject.writePointer(source, object);
    expect(subject.copyTyped(source, target, WORD)).toBe('clean');
    expect(subject.pointerAt(target)).toEqual(integer(object.address));
    expect(subject.read(subject.pointerAt(target), 4)).toBe(LOST);
    expect(subject.copy(source, target, 8)).toBe('clean');
    expect(subject.read(subject.pointerAt(target), 4)).toBe('clean');
  });

  it('keeps its provenance in the fields that are pointers (int_copy_looses_provenance2.rs)', () => {
    const subject = new Subject();
    const [object, source, target] = [subject.filled(4, 42), subject.allocate(16), subject.allocate(16)];
    subject.writePointer(source, object);
    subject.writePointer(moved(source, 8), object);
    const layout = typedLayout(16, 8, [
      { offset: 0, size: 8, type: 'pointer' },
      { offset: 8, size: 8, type: 'integer' },
    ]);
    expect(subject.copyTyped(source, target, layout)).toBe('clean');
    expect(subject.read(subject.pointerAt(target), 4)).toBe('clean');
    expect(subject.read(subject.pointerAt(moved(target, 8)), 4)).toBe(LOST);
  });

  it('has provenance at any address (int_copy_looses_provenance3.rs)', () => {
    const subject = new Subject();
    const [object, source, target] = [subject.filled(4, 42), subject.allocate(16), subject.allocate(16)];
    subject.writePointer(source, withAddress(object, 0n));
    subject.writePointer(moved(source, 8), object);
    subject.copyTyped(source, target, WORD);
    expect(subject.read(withAddress(subject.pointerAt(target), object.address), 4)).toBe(LOST);
    subject.copy(source, target, 16);
    expect(subject.read(withAddress(subject.pointerAt(target), object.address), 4)).toBe('clean');
  });

  it('loses everything with one plain byte (pointer_partial_overwrite.rs)', () => {
    const subject = new Subject();
    const [object, slot] = [subject.filled(4, 42), subject.allocate(8)];
    subject.writePointer(slot, object);
    expect(subject.read(subject.pointerAt(slot), 4)).toBe('clean');
    subject.write(moved(slot, 7), 1, 0);
    expect(subject.pointerAt(slot)).toEqual(integer(object.address));
    expect(subject.read(subject.pointerAt(slot), 4)).toBe(LOST);
  });

  it('needs every byte at its place (mix-ptrs2.rs)', () => {
    const subject = new Subject();
    const [object, slot, other] = [subject.filled(4, 42), subject.allocate(8), subject.allocate(8)];
    subject.writePointer(slot, object);
    subject.writePointer(other, object);
    subject.copy(moved(other, 6), moved(slot, 7), 1);
    expect(subject.pointerAt(slot)).toEqual(integer(object.address));
    subject.copy(moved(other, 7), moved(slot, 7), 1);
    expect(subject.pointerAt(slot)).toEqual(object);
  });

  it('needs bytes of one allocation', () => {
    const subject = new Subject();
    const [first, second, slot] = [subject.filled(4, 1), subject.filled(4, 2), subject.allocate(16)];
    subject.writePointer(slot, first);
    subject.writePointer(moved(slot, 8), second);
    subject.copy(moved(slot, 12), moved(slot, 4), 4);
    expect(subject.pointerAt(slot).provenance).toBe(0);
  });

  it('survives in untyped halves, not in typed ones (ptr_copy_loses_partial_provenance0.rs, pass/provenance.rs)', () => {
    const subject = new Subject();
    const [object, source, target] = [subject.filled(4, 42), subject.filled(16, 1), subject.allocate(16)];
    subject.writePointer(moved(source, 4), object);
    subject.copyTyped(source, target, TWO_POINTERS);
    expect(subject.read(subject.pointerAt(moved(target, 4)), 4)).toBe(LOST);
    for (const offset of [0, 8]) subject.copy(moved(source, offset), moved(target, offset), 8);
    expect(subject.read(subject.pointerAt(moved(target, 4)), 4)).toBe('clean');
  });

  it('survives a move byte by byte (pass/provenance.rs::bytewise_ptr_methods)', () => {
    const subject = new Subject();
    const [first, second] = [subject.filled(4, 1), subject.filled(4, 2)];
    const [left, right] = [subject.allocate(8), subject.allocate(8)];
    subject.writePointer(left, first);
    subject.writePointer(right, second);
    for (let byte = 0; byte < 8; byte++) {
      subject.memory.swap(...flat(moved(left, byte)), ...flat(moved(right, byte)), 1, 1);
    }
    expect(subject.pointerAt(left)).toEqual(second);
    expect(subject.pointerAt(right)).toEqual(first);
  });

  it('reads as its address (pass/provenance.rs::int_load_strip_provenance, pass/ptr_int_transmute.rs)', () => {
    const subject = new Subject();
    const [object, slot] = [subject.filled(4, 42), subject.allocate(8)];
    subject.writePointer(slot, object);
    expect(subject.read(slot, 8)).toBe('clean');
    expect(subject.value).toBe(object.address);
    expect(subject.memory.valueProvenance).toBe(0);
  });

  it('leaves nothing behind for the next owner of its bytes', () => {
    const subject = new Subject();
    const object = subject.filled(4, 42);
    const slot = subject.allocate(16);
    subject.writePointer(moved(slot, 3), object);
    subject.free(slot);
    const next = subject.filled(16, 0);
    expect(next.address).toBe(slot.address);
    expect(subject.memory.inspect(next.provenance)?.every((byte) => byte.provenance === 0)).toBe(true);
  });
});

describe('exposure', () => {
  it('makes an integer a pointer again (pass/ptr_int_casts.rs::ptr-int-ptr)', () => {
    const subject = new Subject();
    const object = subject.filled(4, 3);
    expect(subject.read(subject.fromExposed(object.address), 4)).toBe(LOST);
    const address = subject.expose(object);
    expect(subject.read(subject.fromExposed(address + 13n - 13n), 4)).toBe('clean');
  });

  it('of a pointer out of bounds, or at null (pass/ptr_int_from_exposed.rs)', () => {
    const subject = new Subject();
    const object = subject.filled(4, 3);
    const far = subject.expose(moved(object, 512));
    expect(subject.read(moved(subject.fromExposed(far), -512), 4)).toBe('clean');
    const second = subject.filled(4, 42);
    expect(subject.expose(withAddress(second, 0n))).toBe(0n);
    expect(subject.read(withAddress(subject.fromExposed(0n), second.address), 4)).toBe('clean');
  });

  it('ends with the allocation', () => {
    const subject = new Subject();
    const first = subject.filled(4, 1);
    const wildcard = subject.fromExposed(subject.expose(first));
    subject.free(first);
    const second = subject.filled(4, 2);
    expect(second.address).toBe(first.address);
    expect(subject.read(wildcard, 4)).toBe(LOST);
    subject.expose(second);
    // What Miri accepts silently: the stale integer now means the other allocation.
    expect(subject.read(wildcard, 4)).toBe('clean');
    expect(subject.value).toBe(0x0202_0202n);
  });

  it('a wildcard belongs to the allocation after it, or before it for a negative extent', () => {
    const subject = new Subject();
    const [first, second] = [subject.filled(8, 1), subject.filled(8, 2)];
    expect(second.address).toBe(first.address + 8n);
    subject.expose(first);
    const between = subject.fromExposed(second.address);
    expect(subject.check(between, -8)).toBe('clean');
    expect(subject.check(between, 8)).toBe(LOST);
    expect(subject.check(between, 0)).toBe('clean');
    subject.expose(second);
    expect(subject.check(between, 8)).toBe('clean');
    expect(subject.check(between, -9)).toBe('out-of-bounds/out-of-bounds');
  });

  it('is stopped under strict provenance', () => {
    const subject = new Subject({ provenance: 'strict' });
    const object = subject.filled(4, 1);
    const [low, high] = flat(object);
    expect(subject.expose(object)).toBe(object.address);
    expect(subject.answer(subject.memory.fromExposed(low, high))).toBe('exposed-provenance/strict');
    expect(subject.memory.isExposed(1)).toBe(false);
    expect(subject.read(withAddress(NULL, object.address), 4)).toBe(LOST);
    expect(subject.read(withAddress(object, object.address), 4)).toBe('clean');
  });
});
