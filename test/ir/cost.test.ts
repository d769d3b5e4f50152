import { describe, expect, it } from 'vitest';
import type { Builder } from '../../src/model/ir/builder.ts';
import { costOf, type OperationCost } from '../../src/model/ir/cost.ts';
import { layout, option, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { array, cell, growing, map, mutex, rwlock, state, threadLocal } from '../../src/model/ir/state-builder.ts';
import { NONE, NULL, type Word } from '../../src/model/ir/value.ts';

const byte = word(8);
const handle = word(layout({ index: 28, generation: 16, shard: 4 }));
const table = state({
  shards: array(16, { lock: rwlock(), slots: growing({ pointer: pointer(), generation: word(16) }) }),
  lock: mutex(),
  names: map(byte, byte),
  next: array(8, { link: byte }),
  count: cell(byte),
  mine: threadLocal(cell(byte)),
});

const NOTHING: OperationCost = {
  loads: 0,
  stores: 0,
  readModifyWrites: 0,
  fences: 0,
  locks: 0,
  containerOperations: 0,
  branches: 0,
  privateAccesses: 0,
  memoryAccesses: 0,
  allocations: 0,
  dependentLoads: 0,
};

/** The cost of a body with a parameter `a` of 8 bits is that of nothing but for some figures. */
function expectCost(body: ($: Builder, a: Word) => void, figures: Partial<OperationCost>): void {
  const built = operation({ a: byte }, ($, { a }) => body($, a));
  expect(costOf(built.record())).toEqual({ ...NOTHING, ...figures });
}

/** Follows a link some steps. */
function follow($: Builder, from: Word, steps: number): Word {
  let at = from;
  for (let step = 0; step < steps; step++) at = $.load(table.next.at(at).link);
  return at;
}

describe('the static cost', () => {
  it('of a lookup counts what happens when every guard passes', () => {
    const resolve = operation({ handle }, ($, { handle: given }) => {
      const shard = table.shards.at(given.shard);
      $.shared(shard.lock, () => {
        $.guard('slot exists', given.index.resize(32).lt(shard.slots.length($)), NULL);
        const slot = shard.slots.at(given.index);
        $.guard('same generation', $.load(slot.generation).eq(given.generation), NULL);
        $.return($.load(slot.pointer));
      });
    });
    // The loads of the slot depend on the handle alone; the length, a condition, is no link.
    expect(costOf(resolve.record())).toEqual({
      ...NOTHING,
      locks: 1,
      containerOperations: 1,
      branches: 2,
      loads: 2,
      dependentLoads: 1,
    });
  });

  it('follows chains of loads through indexes, pointers, inlined operations and variables', () => {
    expectCost(($, a) => $.return(follow($, a, 3)), { loads: 3, dependentLoads: 3 });
    expectCost(
      ($, a) => {
        follow($, a, 1);
        follow($, a, 2);
      },
      { loads: 3, dependentLoads: 2 },
    );
    const inner = operation({ a: byte }, byte, ($, { a }) => {
      $.guard('small', a.lt(8), 0);
      $.return($.load(table.next.at(a).link));
    });
    expectCost(
      ($, a) => {
        const kept = $.variable(byte, 0);
        kept.set($.call(inner, { a }).and(7));
        $.return(follow($, kept.get(), 1));
      },
      { loads: 2, branches: 1, dependentLoads: 2 },
    );
    expectCost(
      ($, a) => {
        const pointed = $.withoutProvenance(follow($, a, 1).resize(64));
        $.return($.read(byte, $.offset(pointed, 8)));
      },
      { loads: 1, memoryAccesses: 1, dependentLoads: 2 },
    );
    expectCost(($, a) => $.lock(table.lock, () => $.return(table.names.get($, follow($, a, 1)).value())), {
      locks: 1,
      loads: 1,
      containerOperations: 1,
      dependentLoads: 2,
    });
  });

  it('counts accesses by what they do', () => {
    expectCost(
      ($, a) => {
        $.store(table.count, a);
        $.exchange(table.count, a, 'acqrel');
        $.compareExchange(table.count, a, 1, 'acqrel');
        $.fetch('add', table.count, 1, 'relaxed');
        $.fence('seqcst');
        $.store(table.mine, $.load(table.mine));
        $.deallocate($.allocate(8, 8), 8, 8);
      },
      { stores: 1, readModifyWrites: 3, fences: 1, privateAccesses: 2, allocations: 2, dependentLoads: 1 },
    );
  });

  it('takes the dearer branch, figure by figure, also when one of them returns', () => {
    expectCost(
      ($, a) =>
        $.if(
          a.eq(0),
          () => void follow($, a, 2),
          () => $.store(table.count, a),
        ),
      { branches: 1, loads: 2, dependentLoads: 2, stores: 1 },
    );
    const early = operation({ a: byte }, option(byte), ($, { a }) => {
      $.if(a.eq(0), () => {
        $.store(table.count, 1);
        $.store(table.count, 2);
        $.return(NONE);
      });
      $.store(table.count, 3);
      $.return(follow($, a, 1));
    });
    expect(costOf(early.record())).toEqual({ ...NOTHING, branches: 1, stores: 2, loads: 1, dependentLoads: 1 });
  });

  it('multiplies loops by their passes, and counts one pass of what waits', () => {
    expectCost(($) => $.loop(5, (index) => void $.load(table.next.at(index).link)), { loads: 5, dependentLoads: 1 });
    expectCost(($, a) => $.loop(a, () => $.store(table.count, 1), { atMost: 100_000 }), { stores: 100_000 });
    const chase = ($: Builder, a: Word): void => {
      const at = $.variable(byte, a);
      $.loop(6, () => at.set(follow($, at.get(), 1)));
    };
    expectCost(chase, { loads: 6, dependentLoads: 6 });
    // The last pass finds it, and reads on.
    const scan = ($: Builder, a: Word): void => {
      $.loop(10, (index) => {
        const link = $.load(table.next.at(index).link);
        $.if(link.eq(a), () => $.return(follow($, link, 2)));
      });
      $.return(0);
    };
    const scanning = operation({ a: byte }, byte, ($, { a }) => scan($, a));
    expect(costOf(scanning.record())).toEqual({ ...NOTHING, loads: 12, branches: 10, dependentLoads: 3 });
    expectCost(
      ($) => {
        $.await(() => $.load(table.count).eq(1));
        $.retry(() => {
          const { success } = $.compareExchange(table.count, 1, 2, 'acqrel');
          $.if(success, () => $.leave());
          $.store(table.mine, 1);
        });
        $.store(table.count, 0);
      },
      { loads: 1, readModifyWrites: 1, branches: 1, stores: 1, dependentLoads: 1 },
    );
  });
});
