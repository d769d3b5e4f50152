import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** Molt's counts of code points (OPT-0001), remembered under the address of a string. */
export const stringCache = representation({
  id: 'string-cache',
  title: 'Molt UTF-8 count cache, keyed by the address of the string',
  summary: 'Freeing a string removes its entry; appending in place keeps the address and must remove it too.',
  source: ['adpena/molt ops_arith.rs: molt_inplace_concat', 'adpena/molt ops_string_utf8.rs'],
  parameters: {
    append: choice(['invalidates', 'keeps'], 'whether an append in place removes the entry of the string'),
  },
  build({ append }) {
    const members = state({ strings: roster({ matches: word(32) }), counts: unlocked(map(word(64), word(32))) });
    const { strings, counts } = members;

    const string_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a string', strings.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(strings.push($, { object, matches: 1 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('string exists', isPlace($, strings, reference), NULL);
      $.return($.load(strings.at(indexOf(reference)).object));
    });

    const utf8_cache_remove = operation({ object: pointer() }, ($, { object }) => {
      counts.delete($, object.address());
    });

    const count = operation({ reference: PLACE }, word(32), ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('string is alive', object.isNull().not(), 0);
      const known = counts.get($, object.address());
      $.guard('count is not cached', known.isNone(), known.value());
      const matches = $.load(strings.at(indexOf(reference)).matches);
      counts.set($, object.address(), matches);
      $.return(matches);
    });

    const matches_of = operation({ reference: PLACE }, word(32), ($, { reference }) => {
      $.return($.load(strings.at(indexOf(reference)).matches));
    });

    const inplace_concat = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('string is alive', object.isNull().not());
      const { matches } = strings.at(indexOf(reference));
      $.store(matches, $.load(matches).add(1));
      if (append === 'invalidates') $.call(utf8_cache_remove, { object });
    });

    const dealloc = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('string is alive', object.isNull().not());
      $.store(strings.at(indexOf(reference)).object, NULL);
      $.call(utf8_cache_remove, { object });
      $.reclaim(object);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { string_new, get, count, inplace_concat, dealloc },
      roles: {
        create: string_new,
        resolve: get,
        destroy: dealloc,
        extras: {
          count: { operation: count, effect: 'none', help: 'counts the matches in a string', truth: matches_of },
          inplace_concat: { operation: inplace_concat, effect: 'none', help: 'appends a match to a string in place' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
