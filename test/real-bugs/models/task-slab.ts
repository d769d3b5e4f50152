import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const VERSION_BITS = 31;

/** The slab in which Dioxus kept its tasks: the key of a task stands in wakers and events that outlive it. */
export const taskSlab = representation({
  id: 'task-slab',
  title: 'Slab of tasks, keyed by index or by index and version',
  summary:
    'The last key that was freed is the next one that is issued; a version tells its tasks apart, or nothing does.',
  source: ['DioxusLabs/dioxus PR #2488'],
  parameters: { keys: choice(['versioned', 'index'], 'what a key holds: slotmap keys (#2488), or the index alone') },
  build({ keys }) {
    const key = word(layout({ index: 32, version: VERSION_BITS, issued: 1 }));
    const members = state({
      entries: unlocked(growing({ task: pointer(), version: word(VERSION_BITS) })),
      vacant: unlocked(stack(word(32))),
    });
    const { entries, vacant } = members;

    const spawn = operation({ object: pointer() }, key, ($, { object }) => {
      const reused = vacant.pop($);
      $.if(reused.isSome(), () => {
        const entry = entries.at(reused.value());
        $.store(entry.task, object);
        $.return(key.of({ index: reused.value(), version: $.load(entry.version), issued: 1 }));
      });
      const index = entries.push($, { task: object, version: 0 });
      $.return(key.of({ index, version: 0, issued: 1 }));
    });

    const contains = operation({ reference: key }, boolean(), ($, { reference }) => {
      $.guard('key was issued', reference.issued.eq(1), 0);
      $.guard('entry exists', reference.index.lt(entries.length($)), 0);
      const entry = entries.at(reference.index);
      $.guard('same version', $.load(entry.version).eq(reference.version), 0);
      $.return($.load(entry.task).isNull().not());
    });

    const wake = operation({ reference: key }, pointer(), ($, { reference }) => {
      $.guard('task is there', $.call(contains, { reference }), NULL);
      $.return($.load(entries.at(reference.index).task));
    });

    const complete = operation({ reference: key }, ($, { reference }) => {
      $.guard('task is there', $.call(contains, { reference }));
      const entry = entries.at(reference.index);
      const task = $.load(entry.task);
      $.store(entry.task, NULL);
      if (keys === 'versioned') $.store(entry.version, $.load(entry.version).add(1));
      vacant.push($, reference.index);
      $.reclaim(task);
    });

    return {
      reference: key,
      state: members,
      capacity: 2 ** 28,
      operations: { spawn, wake, complete },
      roles: { create: spawn, resolve: wake, destroy: complete },
      slotFields: ['index'],
    };
  },
  // A waker may be called at any time after its task: what wakes another task is a bug of whoever made the keys.
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 2 ** VERSION_BITS }, available: 'unlimited' }),
});
