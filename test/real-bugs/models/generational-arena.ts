import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, growing, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL, type Word } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { flag } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const GENERATION_BITS = 31;
/** The end of the free list. */
const NOWHERE = 0xffff_ffff;

/** fitzgen/generational-arena: one generation for the whole arena, which `remove` moves on. */
export const generationalArena = representation({
  id: 'generational-arena',
  title: 'Generational arena with one generation for all slots',
  summary: 'Every removal moves the generation of the arena on; a slot keeps the generation of its insertion.',
  source: ['fitzgen/generational-arena 998ff67 (PR #44), c55aeb1'],
  parameters: {
    clearBumps: flag(true, 'whether clear moves the generation on (998ff67)'),
    drainResets: flag(true, 'whether drain resets free list and length, and moves the generation on (c55aeb1)'),
  },
  build({ clearBumps, drainResets }) {
    // An index and generation of zeros is a good reference in the source; one more bit tells it from none.
    const index = word(layout({ index: 32, generation: GENERATION_BITS, issued: 1 }));
    const members = state({
      items: unlocked(growing({ object: pointer(), generation: word(GENERATION_BITS), next: word(32) })),
      freeListHead: cell(word(32), NOWHERE),
      generation: cell(word(GENERATION_BITS)),
      length: cell(word(32)),
    });
    const { items, freeListHead, generation, length } = members;
    const bump = operation({}, ($) => $.store(generation, $.load(generation).add(1)));

    const insert = operation({ object: pointer() }, index, ($, { object }) => {
      const head = $.load(freeListHead);
      const now = $.load(generation);
      $.store(length, $.load(length).add(1));
      $.if(head.ne(NOWHERE), () => {
        const item = items.at(head);
        $.store(freeListHead, $.load(item.next));
        $.store(item.object, object);
        $.store(item.generation, now);
        $.return(index.of({ index: head, generation: now, issued: 1 }));
      });
      const added = items.push($, { object, generation: now, next: NOWHERE });
      $.return(index.of({ index: added, generation: now, issued: 1 }));
    });

    const occupied = operation({ reference: index }, boolean(), ($, { reference }) => {
      $.guard('index was issued', reference.issued.eq(1), 0);
      $.guard('item exists', reference.index.lt(items.length($)), 0);
      const item = items.at(reference.index);
      const same = $.load(item.generation).eq(reference.generation);
      $.return($.load(item.object).isNull().not().and(same));
    });

    const get = operation({ reference: index }, pointer(), ($, { reference }) => {
      $.guard('occupied by this generation', $.call(occupied, { reference }), NULL);
      $.return($.load(items.at(reference.index).object));
    });

    const remove = operation({ reference: index }, ($, { reference }) => {
      $.guard('occupied by this generation', $.call(occupied, { reference }));
      const item = items.at(reference.index);
      const object = $.load(item.object);
      $.store(item.object, NULL);
      $.store(item.next, $.load(freeListHead));
      $.store(freeListHead, reference.index);
      $.store(length, $.load(length).sub(1));
      $.call(bump, {});
      $.reclaim(object);
    });

    const dropItems = operation({}, ($) => {
      $.loop(
        items.length($),
        (each) => {
          const object = $.load(items.at(each).object);
          $.if(object.isNull().not(), () => $.reclaim(object));
        },
        { atMost: NOWHERE },
      );
      items.clear($);
    });

    const clear = operation({}, ($) => {
      if (clearBumps) $.if($.load(length).ne(0), () => $.call(bump, {}));
      $.call(dropItems, {});
      $.store(freeListHead, NOWHERE);
      $.store(length, 0);
    });

    /** The source moves the items out and gives them to the caller, who drops them here. */
    const drain = operation({}, ($) => {
      $.call(dropItems, {});
      if (!drainResets) return;
      $.store(freeListHead, NOWHERE);
      $.store(length, 0);
      $.call(bump, {});
    });

    return {
      reference: index,
      state: members,
      capacity: 2 ** 28,
      operations: { insert, get, remove, clear, drain },
      roles: {
        create: insert,
        resolve: get,
        destroy: remove,
        extras: {
          clear: { operation: clear, effect: 'retiresAll', help: 'removes all items at once' },
          drain: { operation: drain, effect: 'retiresAll', help: 'moves all items out' },
        },
      },
      slotFields: ['index'],
      inspect: (reference: never) => {
        const item = items.at((reference as { index: Word }).index);
        return { generation: item.generation, pointer: item.object };
      },
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 2 ** GENERATION_BITS }, available: 'unlimited' }),
});
