import { describe, expect, it } from 'vitest';
import { moved, Subject } from './subject.ts';

describe('leaks', () => {
  it('what nobody holds (fail/memleak.rs, fail-dep/libc/malloc_zero_memory_leak.rs)', () => {
    const subject = new Subject();
    const [object, empty] = [subject.filled(4, 42), subject.allocate(0, 1, 'c-heap')];
    const freed = subject.allocate(4);
    subject.free(freed);
    expect(subject.memory.leaks()).toEqual([1, 2]);
    subject.free(object);
    subject.free(empty, -1, -1, 'c-heap');
    expect(subject.memory.leaks()).toEqual([]);
  });

  it('not what a static reaches, over any number of steps (pass/leak-in-static.rs)', () => {
    const subject = new Subject();
    const global = subject.allocate(8, 8, 'static');
    const [first, second, third] = [subject.allocate(24), subject.allocate(16), subject.allocate(4)];
    subject.writePointer(global, first);
    subject.writePointer(moved(first, 16), moved(second, 3));
    subject.writePointer(moved(second, 5), third);
    expect(subject.memory.leaks()).toEqual([]);
    subject.write(moved(first, 16), 8, second.address);
    expect(subject.memory.leaks()).toEqual([3, 4]);
  });

  it('an integer holds nothing, a fragment does', () => {
    const subject = new Subject();
    const global = subject.allocate(8, 8, 'static');
    const object = subject.allocate(8);
    subject.write(global, 8, subject.expose(object));
    expect(subject.memory.leaks()).toEqual([2]);
    subject.writePointer(global, subject.fromExposed(object.address));
    expect(subject.memory.leaks()).toEqual([2]);
    subject.writePointer(global, object);
    subject.write(moved(global, 1), 7, 0);
    expect(subject.memory.leaks()).toEqual([]);
    subject.write(global, 1, 0);
    expect(subject.memory.leaks()).toEqual([2]);
  });

  it('a cycle holds nothing', () => {
    const subject = new Subject();
    const [first, second] = [subject.allocate(8), subject.allocate(8)];
    subject.writePointer(first, second);
    subject.writePointer(second, first);
    expect(subject.memory.leaks()).toEqual([1, 2]);
  });

  it('a thread-local is a root only when named (fail/tls_static_leak.rs, tls_leak_main_thread_allowed.rs)', () => {
    const subject = new Subject();
    const cell = subject.allocate(8, 8, 'thread-local');
    subject.writePointer(cell, subject.allocate(4));
    expect(subject.memory.leaks()).toEqual([2]);
    expect(subject.memory.leaks([cell.provenance])).toEqual([]);
  });

  it('a dead holder holds nothing', () => {
    const subject = new Subject();
    const cell = subject.allocate(8, 8, 'thread-local');
    subject.writePointer(cell, subject.allocate(4));
    subject.free(cell, -1, -1, 'thread-local');
    expect(subject.memory.leaks([cell.provenance])).toEqual([2]);
  });

  it('mapped pages, stack, statics and code may stay', () => {
    const subject = new Subject();
    for (const kind of ['mmap', 'stack', 'static', 'code', 'thread-local'] as const) subject.allocate(8, 8, kind);
    expect(subject.memory.leaks()).toEqual([]);
  });
});
