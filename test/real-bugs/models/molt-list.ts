import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

const ELEMENT = 8;
const LONGEST = 16;

/** Molt's lists and a compiled loop over one: the code generator may keep data pointer and length in registers. */
export const moltList = representation({
  id: 'molt-list',
  title: 'Molt list and a loop with a hoisted data pointer',
  summary: 'The body of the loop appends to the list through another name, which moves its elements.',
  source: ['adpena/molt 835f3f719'],
  parameters: {
    hoist: choice(
      ['invalidated', 'kept'],
      'whether an append through an alias ends the hoisting of pointer and length',
    ),
  },
  build({ hoist }) {
    const members = state({ lists: roster({ data: pointer(), length: word(32) }) });
    const { lists } = members;

    const list_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a list', lists.length($).lt(ROSTER_SIZE), 0);
      const data = $.allocate(ELEMENT, 8);
      $.write(data, word(64).of(1));
      $.return(placed(lists.push($, { object, data, length: 1 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('list exists', isPlace($, lists, reference), NULL);
      $.return($.load(lists.at(indexOf(reference)).object));
    });

    const append = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('list is alive', $.call(get, { reference }).isNull().not());
      const list = lists.at(indexOf(reference));
      const length = $.load(list.length);
      $.guard('list may grow', length.lt(LONGEST));
      const old = $.load(list.data);
      const data = $.allocate(length.add(1).mul(ELEMENT).resize(64), 8);
      $.loop(length.add(1), (index) => $.write(data.wrappingOffset(index.mul(ELEMENT).resize(64)), word(64).of(1)), {
        atMost: LONGEST,
      });
      $.deallocate(old, length.mul(ELEMENT).resize(64), 8);
      $.store(list.data, data);
      $.store(list.length, length.add(1));
    });

    /** `for x in L: M.append(x)` with M the same list, twice around. */
    const loop_over = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('list is alive', $.call(get, { reference }).isNull().not());
      const list = lists.at(indexOf(reference));
      const hoisted = $.load(list.data);
      $.loop(2, (index) => {
        const data = hoist === 'kept' ? hoisted : $.load(list.data);
        const bound = $.load(list.length);
        $.if(index.lt(bound), () => void $.read(word(64), data.wrappingOffset(index.mul(ELEMENT).resize(64))));
        $.call(append, { reference });
      });
    });

    const dealloc = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('list is alive', object.isNull().not());
      const list = lists.at(indexOf(reference));
      $.store(list.object, NULL);
      $.deallocate($.load(list.data), $.load(list.length).mul(ELEMENT).resize(64), 8);
      $.reclaim(object);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { list_new, get, append, loop_over, dealloc },
      roles: {
        create: list_new,
        resolve: get,
        destroy: dealloc,
        extras: {
          append: { operation: append, effect: 'none', help: 'appends an element, which moves all of them' },
          loop_over: { operation: loop_over, effect: 'none', help: 'a compiled loop that appends to its own list' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
