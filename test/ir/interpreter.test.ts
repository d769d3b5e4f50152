import { describe, expect, it } from 'vitest';
import type { Builder } from '../../src/model/ir/builder.ts';
import { layout, option, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import {
  array,
  cell,
  growing,
  map,
  mutex,
  queue,
  rwlock,
  stack,
  state,
  threadLocal,
  unlocked,
} from '../../src/model/ir/state-builder.ts';
import { NONE, NULL, type Word } from '../../src/model/ir/value.ts';
import { call, hostWith, interpreter } from './reference.ts';

const byte = word(8);
const wide = word(64);

/** The 64 bits that an expression over no parameters gives. */
function bitsOf(compute: (literal: (width: number, value: bigint) => Word, $: Builder) => Word): bigint {
  const literal = (width: number, value: bigint): Word => word(width).of(value);
  const engine = interpreter(state({}), {
    compute: operation({}, wide, ($) => $.return(compute(literal, $).resize(64))),
  });
  engine.entry('compute')();
  return BigInt.asUintN(32, BigInt(engine.registers[0])) | (BigInt.asUintN(32, BigInt(engine.registers[1])) << 32n);
}

describe('words', () => {
  it('wrap at their width', () => {
    expect(bitsOf((n) => n(8, 200n).add(100))).toBe(44n);
    expect(bitsOf((n) => n(3, 1n).sub(2))).toBe(7n);
    expect(bitsOf((n) => n(33, 0x1_0000_0001n).mul(0x1_0000_0001n))).toBe(1n);
    expect(bitsOf((n) => n(64, 0xffff_ffff_ffff_ffffn).mul(0xffff_ffff_ffff_ffffn))).toBe(1n);
    expect(bitsOf((n) => n(5, 0n).not())).toBe(31n);
  });

  it('give 0 for a divisor of 0 and for shifts by the width or more, the sign for signed ones', () => {
    expect(bitsOf((n) => n(16, 7n).div(0))).toBe(0n);
    expect(bitsOf((n) => n(16, 7n).rem(0))).toBe(0n);
    expect(bitsOf((n) => n(16, 7n).rem(4))).toBe(3n);
    expect(bitsOf((n) => n(16, 1n).shl(16))).toBe(0n);
    expect(bitsOf((n) => n(16, 1n).shl(15))).toBe(0x8000n);
    expect(bitsOf((n) => n(64, 1n).shr(64))).toBe(0n);
    expect(bitsOf((n) => n(16, 0x8000n).signed.shr(99))).toBe(0xffffn);
    expect(bitsOf((n) => n(16, 0x8000n).signed.shr(15))).toBe(0xffffn);
    expect(bitsOf((n) => n(16, 0x4000n).signed.shr(99))).toBe(0n);
  });

  it('compare unsigned unless signed is said', () => {
    const truth = (holds: boolean): bigint => (holds ? 1n : 0n);
    expect(bitsOf((n, $) => $.select(n(4, 8n).lt(7), n(1, 1n), n(1, 0n)))).toBe(truth(false));
    expect(bitsOf((n, $) => $.select(n(4, 8n).signed.lt(7), n(1, 1n), n(1, 0n)))).toBe(truth(true));
    expect(bitsOf((n) => n(4, 8n).min(7))).toBe(7n);
    expect(bitsOf((n) => n(4, 8n).max(7))).toBe(8n);
  });

  it('have fields from bit 0 upward', () => {
    const handle = word(layout({ index: 4, generation: 8 }));
    expect(bitsOf(() => handle.of({ index: 5, generation: 3 }))).toBe(0x35n);
    expect(bitsOf(() => handle.of({ index: 5, generation: 3 }).with({ generation: 0xff }))).toBe(0xff5n);
    expect(bitsOf(() => handle.of(0xab5).generation)).toBe(0xabn);
    expect(bitsOf((n) => n(16, 0xabcdn).bits(4, 8))).toBe(0xbcn);
  });
});

describe('containers', () => {
  const table = state({
    slots: unlocked(growing({ generation: byte })),
    free: unlocked(stack(byte)),
    waiting: unlocked(queue(byte)),
    names: unlocked(map(byte, byte)),
    shards: array(2, { count: byte }),
  });

  it('push, take and forget as their kinds say', () => {
    const engine = interpreter(table, {
      push: operation({ a: byte }, ($, { a }) => {
        table.free.push($, a);
        table.waiting.push($, a);
        $.return(table.slots.push($, { generation: a }));
      }),
      pop: operation({}, option(byte), ($) => $.return(table.free.pop($))),
      take: operation({}, option(byte), ($) => $.return(table.waiting.pop($))),
      generation: operation({ index: byte }, ($, { index }) => $.return($.load(table.slots.at(index).generation))),
      clear: operation({}, ($) => table.slots.clear($)),
      length: operation({}, ($) => $.return(table.slots.length($))),
    });
    expect([10, 20].map((value) => call(engine, 'push', value))).toEqual([0, 1]);
    expect([call(engine, 'pop'), engine.registers[1]]).toEqual([1, 20]);
    expect([call(engine, 'take'), engine.registers[1]]).toEqual([1, 10]);
    expect([call(engine, 'pop'), engine.registers[1]]).toEqual([1, 10]);
    expect([call(engine, 'pop'), engine.registers[1]]).toEqual([0, 0]);
    expect([call(engine, 'generation', 1), call(engine, 'generation', 2)]).toEqual([20, 'out-of-bounds']);
    call(engine, 'clear');
    expect([call(engine, 'length'), call(engine, 'generation', 0)]).toEqual([0, 'out-of-bounds']);
  });

  it('map keys, and answer NONE for those that are absent', () => {
    const engine = interpreter(table, {
      set: operation({ key: byte, value: byte }, ($, { key, value }) => table.names.set($, key, value)),
      get: operation({ key: byte }, ($, { key }) => $.return(table.names.get($, key).value())),
      delete: operation({ key: byte }, ($, { key }) => table.names.delete($, key)),
      length: operation({}, ($) => $.return(table.names.length($))),
    });
    call(engine, 'set', 1, 10);
    call(engine, 'set', 1, 11);
    expect([call(engine, 'get', 1), call(engine, 'get', 2), call(engine, 'length')]).toEqual([11, 0, 1]);
    call(engine, 'delete', 1);
    expect([call(engine, 'get', 1), call(engine, 'length')]).toEqual([0, 0]);
  });

  it('and arrays stop at an index outside', () => {
    const engine = interpreter(table, {
      count: operation({ index: wide }, ($, { index }) => $.return($.load(table.shards.at(index).count))),
    });
    expect([call(engine, 'count', 1, 0), call(engine, 'count', 2, 0), call(engine, 'count', 0, 1)]).toEqual([
      0,
      'out-of-bounds',
      'out-of-bounds',
    ]);
  });
});

describe('an operation that runs alone', () => {
  const table = state({
    lock: mutex({ poisons: true }),
    readers: rwlock({ poisons: true }),
    count: cell(byte),
    mine: threadLocal(cell(byte)),
  });

  it('meets a deadlock in a lock that is held, but a reader lets readers in', () => {
    const nested = (outer: 'lock' | 'shared', inner: 'lock' | 'shared') =>
      operation({}, byte, ($) => $[outer](table.readers, () => $[inner](table.readers, () => $.return(7))));
    const engine = interpreter(table, {
      'lock lock': nested('lock', 'lock'),
      'lock shared': nested('lock', 'shared'),
      'shared lock': nested('shared', 'lock'),
      'shared shared': nested('shared', 'shared'),
      again: operation({}, byte, ($) => $.lock(table.readers, () => $.return(8))),
    });
    expect(call(engine, 'shared shared')).toBe(7);
    // Both readers are gone.
    expect(call(engine, 'again')).toBe(8);
    for (const name of ['lock lock', 'lock shared', 'shared lock']) {
      expect(call(engine, name)).toBe('deadlock');
      engine.reset();
    }
  });

  it('meets a deadlock in an await that no one can end, and a livelock after 10,000 passes', () => {
    const passes = (least: number) =>
      operation({}, ($) => {
        const pass = $.variable(word(32), 0);
        $.retry(() => {
          pass.set(pass.get().add(1));
          $.if(pass.get().eq(least), () => $.leave());
        });
      });
    const engine = interpreter(table, {
      wait: operation({}, ($) => $.await(() => $.load(table.count).eq(1))),
      most: passes(10_000),
      tooMany: passes(10_001),
    });
    expect([call(engine, 'wait'), call(engine, 'tooMany')]).toEqual(['deadlock', 'livelock']);
    expect(call(engine, 'most')).not.toBe('livelock');
  });

  it('releases its locks when it panics, and poisons those that it held alone', () => {
    const panicking = (mode: 'lock' | 'shared') =>
      operation({}, ($) =>
        $[mode](table.readers, () =>
          $.lock(table.lock, () =>
            $.onUnwind(
              () => $.mayPanic('allocation'),
              () => $.store(table.count, 9),
            ),
          ),
        ),
      );
    const take = (lock: typeof table.lock) =>
      operation({}, byte, ($) => $.lock(lock, () => $.return($.load(table.count))));
    const operations = {
      panicking: panicking('shared'),
      writing: panicking('lock'),
      lock: take(table.lock),
      readers: take(table.readers),
    };
    const engine = interpreter(table, operations, hostWith({ mayPanic: () => true }));
    expect(call(engine, 'panicking')).toBe('panic: allocation');
    expect([call(engine, 'readers'), call(engine, 'lock')]).toEqual([9, 'panic: poisoned lock']);
    engine.reset();
    expect(call(engine, 'writing')).toBe('panic: allocation');
    expect([call(engine, 'readers'), call(engine, 'lock')]).toEqual(['panic: poisoned lock', 'panic: poisoned lock']);
  });

  it('has thread-local state for every thread', () => {
    const engine = interpreter(table, {
      set: operation({ a: byte }, ($, { a }) => $.store(table.mine, a)),
      get: operation({}, ($) => $.return($.load(table.mine))),
    });
    engine.thread = 1;
    call(engine, 'set', 5);
    const image = engine.snapshot();
    engine.thread = 2;
    expect(call(engine, 'get')).toBe(0);
    call(engine, 'set', 6);
    engine.restore(image);
    expect(call(engine, 'get')).toBe(0);
    engine.thread = 1;
    expect(call(engine, 'get')).toBe(5);
  });

  it('notes the points that it passes, in order', () => {
    const inner = operation({ a: byte }, byte, ($, { a }) => {
      $.guard('small', a.lt(10), 0);
      $.return(a);
    });
    const outer = operation({ a: byte }, ($, { a }) => {
      const answer = $.call(inner, { a });
      $.loop(2, () => $.if(answer.eq(0), () => $.leave()));
      $.return(answer);
    });
    const engine = interpreter(table, { outer });
    // Points: guard passed 0, refused 1, loop entered 2, if then 3, otherwise 4.
    expect([call(engine, 'outer', 5), ...engine.path.subarray(0, engine.pathLength)]).toEqual([5, 0, 2, 4, 2, 4]);
    expect([call(engine, 'outer', 50), ...engine.path.subarray(0, engine.pathLength)]).toEqual([0, 1, 2, 3]);
    expect([...engine.coverage]).toEqual([1, 1, 3, 1, 2]);
  });

  it('uses simulated memory with the faults of the machine', () => {
    const engine = interpreter(state({}), {
      allocate: operation({}, pointer(), ($) => $.return($.allocate(16, 16))),
      write: operation({ p: pointer() }, ($, { p }) => $.write(p, word(32).of(77))),
      read: operation({ p: pointer() }, ($, { p }) => $.return($.read(word(32), p))),
      free: operation({ p: pointer() }, ($, { p }) => $.deallocate(p, 16, 16)),
      end: operation({ p: pointer() }, ($, { p }) => $.return($.offset(p, 16))),
      beyond: operation({ p: pointer() }, ($, { p }) => $.return($.offset(p, 17))),
      strip: operation({ p: pointer() }, ($, { p }) => $.return($.read(word(8), $.withoutProvenance(p.address())))),
    });
    call(engine, 'allocate');
    const p = [...engine.registers.subarray(0, 3)];
    expect(call(engine, 'read', ...p)).toBe('uninitialized-read');
    call(engine, 'write', ...p);
    expect(call(engine, 'read', ...p)).toBe(77);
    expect([call(engine, 'strip', ...p), call(engine, 'beyond', ...p)]).toEqual([
      'no-provenance',
      'pointer-arithmetic',
    ]);
    expect(call(engine, 'end', ...p)).toBe(p[0] + 16);
    call(engine, 'free', ...p);
    expect([call(engine, 'read', ...p), call(engine, 'free', ...p)]).toEqual(['use-after-free', 'double-free']);
  });

  it('gives options apart from their values', () => {
    const half = operation({ a: byte }, ($, { a }) => {
      $.guard('even', a.rem(2).eq(0), NONE);
      $.return(a.div(2));
    });
    const found = operation({ a: option(pointer()) }, ($, { a }) => $.return($.select(a.isSome(), a.value(), NULL)));
    const engine = interpreter(state({}), { half, found });
    expect([call(engine, 'half', 0), engine.registers[1]]).toEqual([1, 0]);
    expect([call(engine, 'half', 6), engine.registers[1]]).toEqual([1, 3]);
    expect([call(engine, 'half', 7), engine.registers[1]]).toEqual([0, 0]);
    call(engine, 'found', 1, 0x1000, 0, 5);
    expect([...engine.registers.subarray(0, 3)]).toEqual([0x1000, 0, 5]);
  });
});
