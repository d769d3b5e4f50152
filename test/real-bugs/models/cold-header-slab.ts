import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { Bool, NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/** Molt's slab of cold headers: an object keeps the index of its cold header, and nothing tells the owners of one slot apart. */
export const coldHeaderSlab = representation({
  id: 'cold-header-slab',
  title: 'Molt ColdHeaderSlab: an index, no generation',
  summary: 'A free list of indices without generations, and three states of its checks.',
  source: ['adpena/molt 01556499d, 79a0b4b'],
  parameters: {
    checks: choice(
      ['live', 'bounds', 'none'],
      'what free looks at: a live bit (79a0b4b), the bounds alone (01556499d), nothing',
    ),
  },
  build({ checks }) {
    // In the source index 0 means that an object has no cold header.
    const index = word(layout({ index: 32 }, { spare: 'mustBeZero' }));
    const members = state({
      entries: unlocked(growing({ owner: pointer(), live: boolean() })),
      free_list: unlocked(stack(word(32))),
    });
    const { entries, free_list } = members;
    const isEntry = operation({ reference: index }, boolean(), ($, { reference }) => {
      $.return(reference.ne(0).and(reference.lt(entries.length($).resize(64))));
    });

    const alloc = operation({ object: pointer() }, index, ($, { object }) => {
      $.if(entries.length($).eq(0), () => void entries.push($, { owner: NULL, live: 0 }));
      const popped = free_list.pop($);
      const isUsable = checks === 'none' ? popped.isSome() : popped.isSome().and(popped.value().lt(entries.length($)));
      $.if(isUsable, () => {
        const entry = entries.at(popped.value());
        $.store(entry.owner, object);
        $.store(entry.live, Bool.of(true));
        $.return(index.of({ index: popped.value() }));
      });
      $.return(index.of({ index: entries.push($, { owner: object, live: 1 }) }));
    });

    const get = operation({ reference: index }, pointer(), ($, { reference }) => {
      $.guard('entry exists', $.call(isEntry, { reference }), NULL);
      const entry = entries.at(reference.index);
      if (checks === 'live') $.guard('entry is live', $.load(entry.live), NULL);
      $.return($.load(entry.owner));
    });

    const free = operation({ reference: index }, ($, { reference }) => {
      if (checks !== 'none') $.guard('entry exists', $.call(isEntry, { reference }));
      if (checks === 'live') {
        const entry = entries.at(reference.index);
        $.guard('entry is live', $.load(entry.live));
        $.store(entry.live, Bool.of(false));
      }
      free_list.push($, reference.index);
    });

    return {
      reference: index,
      state: members,
      capacity: 2 ** 28,
      operations: { alloc, get, free },
      roles: {
        create: alloc,
        resolve: get,
        // The end of an object: it frees its cold header, then its own memory, which no second end can find.
        destroy: operation({ reference: index }, ($, { reference }) => {
          const object = $.call(get, { reference });
          $.call(free, { reference });
          $.guard('object is there', object.isNull().not());
          $.store(entries.at(reference.index).owner, NULL);
          $.reclaim(object);
        }),
      },
      slotFields: ['index'],
    };
  },
  claims: ({ checks }) => ({
    ...ROSTER_CLAIMS,
    // Before the live bit, nothing was said about an index that is freed twice.
    detectsStale: checks === 'live' ? { within: 1 } : 'never',
    available: 'unlimited',
  }),
});
