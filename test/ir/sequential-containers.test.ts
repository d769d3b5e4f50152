import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import {
  array,
  cell,
  growing,
  map,
  queue,
  stack,
  state,
  threadLocal,
  unlocked,
} from '../../src/model/ir/state-builder.ts';
import { WordMap } from '../../src/model/ir/sequential/storage/word-map.ts';
import { TouchedContainers } from '../../src/model/ir/sequential/storage/container.ts';
import { bitsOf, compiled, components, first, run } from './sequential-machine.ts';

type Step =
  | { readonly kind: 'push' | 'set'; readonly at: number; readonly value: bigint }
  | { readonly kind: 'pop' | 'length' | 'clear' | 'reset' | 'get' | 'delete' | 'save' | 'load'; readonly at: number };

const values = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const shard = fc.nat(2);

describe.each([
  ['stack', 20],
  ['stack', 64],
  ['queue', 32],
  ['queue', 50],
] as const)('a %s of words of %i bits in an array', (order, width) => {
  const element = word(width);
  const { declarations, shards } = state({
    shards: array(3, { list: unlocked(order === 'stack' ? stack(element) : queue(element)) }),
  });
  const at = word(2);
  const engine = compiled(declarations, {
    push: operation({ at, value: element }, ($, { at: index, value }) => shards.at(index).list.push($, value)),
    pop: operation({ at }, ($, { at: index }) => $.return(shards.at(index).list.pop($))),
    length: operation({ at }, ($, { at: index }) => $.return(shards.at(index).list.length($))),
    clear: operation({ at }, ($, { at: index }) => shards.at(index).list.clear($)),
  });

  it('answers what an array answers, across growth, clear, reset, snapshot and restore', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.record({ kind: fc.constant('push' as const), at: shard, value: values }) },
        { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('pop' as const, 'length' as const), at: shard }) },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constantFrom('clear' as const, 'save' as const, 'load' as const),
            at: shard,
          }),
        },
      ),
      { maxLength: 150, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (given: readonly Step[]) => {
        engine.reset();
        let model: bigint[][] = [[], [], []];
        let saved = { image: engine.snapshot(), model: structuredClone(model) };
        for (const step of given) {
          const list = model[step.at];
          if (step.kind === 'push') {
            const value = BigInt.asUintN(width, step.value);
            run(engine, 'push', step.at, ...components(element.type, value));
            list.push(value);
          } else if (step.kind === 'pop') {
            run(engine, 'pop', step.at);
            const expected = order === 'stack' ? list.pop() : list.shift();
            const [present, low, high] = engine.registers;
            expect(present).toBe(expected === undefined ? 0 : 1);
            expect(bitsOf(low, width > 32 ? high : 0)).toBe(expected ?? 0n);
          } else if (step.kind === 'save') saved = { image: engine.snapshot(), model: structuredClone(model) };
          else if (step.kind === 'load') {
            engine.restore(saved.image);
            model = structuredClone(saved.model);
          } else {
            run(engine, step.kind, step.at);
            if (step.kind === 'clear') list.length = 0;
            else expect(engine.registers[0]).toBe(list.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.each([
  [16, 64],
  [64, 64],
  [48, 8],
])('a map from words of %i bits to words of %i', (keyWidth, valueWidth) => {
  const [key, value] = [word(keyWidth), word(valueWidth)];
  const { declarations, entries } = state({ entries: unlocked(map(key, value)) });
  const engine = compiled(declarations, {
    get: operation({ key }, ($, given) => $.return(entries.get($, given.key))),
    set: operation({ key, value }, ($, given) => entries.set($, given.key, given.value)),
    delete: operation({ key }, ($, given) => entries.delete($, given.key)),
    length: operation({}, ($) => $.return(entries.length($))),
    clear: operation({}, ($) => entries.clear($)),
  });

  /** Spread keys, so that both halves matter. */
  const keyOf = (at: number): bigint => BigInt.asUintN(keyWidth, BigInt(at) * 0x1_0000_0001_0001n);

  it('answers what a Map answers, across growth, deletion, clear, snapshot and restore', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.record({ kind: fc.constant('set' as const), at: fc.nat(60), value: values }) },
        {
          weight: 10,
          arbitrary: fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), at: fc.nat(60) }),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constantFrom('length' as const, 'clear' as const, 'save' as const, 'load' as const),
            at: fc.constant(0),
          }),
        },
      ),
      { maxLength: 250, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (given: readonly Step[]) => {
        engine.reset();
        let model = new Map<bigint, bigint>();
        let saved = { image: engine.snapshot(), model: new Map(model) };
        for (const step of given) {
          const bits = keyOf(step.at);
          const keyed = components(key.type, bits);
          if (step.kind === 'set') {
            const stored = BigInt.asUintN(valueWidth, step.value);
            run(engine, 'set', ...keyed, ...components(value.type, stored));
            model.set(bits, stored);
          } else if (step.kind === 'get') {
            run(engine, 'get', ...keyed);
            const [present, low, high] = engine.registers;
            const expected = model.get(bits);
            expect(present).toBe(expected === undefined ? 0 : 1);
            expect(bitsOf(low, valueWidth > 32 ? high : 0)).toBe(expected ?? 0n);
          } else if (step.kind === 'delete') {
            run(engine, 'delete', ...keyed);
            model.delete(bits);
          } else if (step.kind === 'save') saved = { image: engine.snapshot(), model: new Map(model) };
          else if (step.kind === 'load') {
            engine.restore(saved.image);
            model = new Map(saved.model);
          } else if (step.kind === 'clear') {
            run(engine, 'clear');
            model.clear();
          } else {
            run(engine, 'length');
            expect(engine.registers[0]).toBe(model.size);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the map itself', () => {
  it('does not grow while keys come and go', () => {
    const entries = new WordMap(new TouchedContainers(), 1);
    for (let key = 0; key < 100_000; key++) {
      entries.place(key, 7);
      if (key >= 8) entries.remove(key - 8, 7);
    }
    expect(entries.length).toBe(8);
    expect(entries.capacity).toBe(16);
  });
});

describe('records', () => {
  const slot = { pointer: pointer(), generation: word(16), tag: word(64) };
  const { declarations, slots } = state({ slots: unlocked(growing(slot)) });
  const index = word(32);
  const engine = compiled(declarations, {
    push: operation({ generation: word(16), tag: word(64) }, ($, given) => {
      const pushed = slots.push($, { pointer: $.withoutProvenance(given.tag), ...given });
      $.return(pushed);
    }),
    tag: operation({ index }, ($, given) => $.return($.load(slots.at(given.index).tag))),
    far: operation({ index: word(64) }, ($, given) => $.return($.load(slots.at(given.index).generation))),
    set: operation({ index, tag: word(64) }, ($, given) => $.store(slots.at(given.index).tag, given.tag)),
    clear: operation({}, ($) => slots.clear($)),
  });

  it('keeps every field across growth, and forgets all at a reset', () => {
    engine.reset();
    for (let count = 0; count < 1000; count++) {
      run(engine, 'push', count & 0xffff, count, -count);
      expect(engine.registers[0]).toBe(count);
    }
    for (let count = 0; count < 1000; count++)
      expect((run(engine, 'tag', count) as number[]).slice(0, 2)).toEqual([count, 0 - count]);
    const image = engine.snapshot();
    engine.reset();
    expect(run(engine, 'tag', 0)).toBe('out-of-bounds');
    engine.restore(image);
    expect((run(engine, 'far', 999, 0) as number[])[0]).toBe(999);
  });

  it('an index at or past the length is out of bounds, at every width, and after clear', () => {
    engine.reset();
    expect(run(engine, 'tag', 0)).toBe('out-of-bounds');
    run(engine, 'push', 1, 2, 3);
    expect((run(engine, 'tag', 0) as number[])[0]).toBe(2);
    expect(run(engine, 'tag', 1)).toBe('out-of-bounds');
    expect(run(engine, 'tag', -1)).toBe('out-of-bounds');
    expect(run(engine, 'set', 1, 0, 0)).toBe('out-of-bounds');
    expect(run(engine, 'far', 0, 1)).toBe('out-of-bounds');
    run(engine, 'clear');
    expect(run(engine, 'tag', 0)).toBe('out-of-bounds');
  });
});

describe('arrays, cells and threads', () => {
  const count = 3000;
  const { declarations, table, shared, own, ownTable } = state({
    table: array(count, { first: word(64), second: cell(word(16), 7) }),
    shared: cell(word(33), 0x1_2345_6789n),
    own: threadLocal(cell(word(32), 9)),
    ownTable: threadLocal(array(2, { value: word(8), list: unlocked(stack(word(8))) })),
  });
  const at = word(32);
  const engine = compiled(declarations, {
    read: operation({ at }, ($, given) => {
      const record = table.at(given.at);
      $.return($.load(record.first).add($.load(record.second).resize(64)));
    }),
    write: operation({ at, first: word(64), second: word(16) }, ($, given) => {
      const record = table.at(given.at);
      $.store(record.first, given.first);
      $.store(record.second, given.second);
    }),
    // Both halves of the index are computed, none of them is a plain name.
    chosen: operation({ flag: boolean(), one: word(64), other: word(64) }, ($, { flag, one, other }) => {
      $.return($.load(table.at($.select(flag, one, other)).second));
    }),
    shared: operation({}, ($) => $.return($.load(shared))),
    setShared: operation({ value: word(33) }, ($, { value }) => $.store(shared, value)),
    bump: operation({}, ($) => $.return($.fetch('add', own, 1, 'relaxed'))),
    ownPush: operation({ at: word(1), value: word(8) }, ($, given) => {
      ownTable.at(given.at).list.push($, given.value);
      $.store(ownTable.at(given.at).value, given.value);
    }),
    ownLength: operation({ at: word(1) }, ($, given) => $.return(ownTable.at(given.at).list.length($))),
    ownValue: operation({ at: word(1) }, ($, given) => $.return($.load(ownTable.at(given.at).value))),
  });

  it('initial values come back at every reset, also in a table that is reset by pages', () => {
    for (const index of [0, 255, 256, 1023, 2999]) {
      expect(first(run(engine, 'read', index))).toBe(7);
      run(engine, 'write', index, 100, 0, 1);
      expect(first(run(engine, 'read', index))).toBe(101);
    }
    run(engine, 'setShared', 1, 0);
    const image = engine.snapshot();
    engine.reset();
    for (const index of [0, 255, 256, 1023, 2999]) expect(first(run(engine, 'read', index))).toBe(7);
    expect((run(engine, 'shared') as number[]).slice(0, 2)).toEqual([0x23456789, 1]);
    engine.restore(image);
    expect(first(run(engine, 'read', 2999))).toBe(101);
    expect((run(engine, 'shared') as number[]).slice(0, 2)).toEqual([1, 0]);
    engine.reset();
    expect(first(run(engine, 'read', 2999))).toBe(7);
  });

  it('an index past the array is out of bounds', () => {
    expect(run(engine, 'read', count)).toBe('out-of-bounds');
    expect(run(engine, 'read', -1)).toBe('out-of-bounds');
    expect(run(engine, 'write', count, 0, 0, 0)).toBe('out-of-bounds');
    expect(first(run(engine, 'chosen', 1, 5, 0, 5, 1))).toBe(7);
    expect(run(engine, 'chosen', 0, 5, 0, 5, 1)).toBe('out-of-bounds');
    expect(run(engine, 'chosen', 1, count, 0, 5, 0)).toBe('out-of-bounds');
  });

  it('thread-local state is apart for every thread', () => {
    for (const thread of [0, 1, 63]) {
      engine.thread = thread;
      expect(first(run(engine, 'bump'))).toBe(9);
      for (let pushes = 0; pushes <= thread; pushes++) run(engine, 'ownPush', 1, pushes);
    }
    for (const thread of [0, 1, 63]) {
      engine.thread = thread;
      expect(first(run(engine, 'bump'))).toBe(10);
      expect([0, 1].map((index) => first(run(engine, 'ownLength', index)))).toEqual([0, thread + 1]);
      expect([0, 1].map((index) => first(run(engine, 'ownValue', index)))).toEqual([0, thread]);
    }
    expect(() => (engine.thread = 64)).toThrow(RangeError);
    engine.reset();
    expect(first(run(engine, 'ownLength', 1))).toBe(0);
    engine.thread = 0;
  });
});
