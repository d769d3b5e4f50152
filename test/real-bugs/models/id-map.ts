import { boolean, pointer } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { Bool, NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** The id-map crate: values, and a bitmap that says which of them are initialised. */
export const idMap = representation({
  id: 'id-map',
  title: 'Map from ids to values with a bitmap of what is initialised',
  summary:
    'Whatever runs while values are dropped or cloned may panic, and the bitmap then decides what is dropped again.',
  source: ['RUSTSEC-2021-0052'],
  parameters: {
    bookkeeping: choice(['first', 'last'], 'whether the ids are cleared before their values are dropped, or after all'),
  },
  build({ bookkeeping }) {
    const members = state({ values: roster({ isSet: boolean() }) });
    const { values } = members;

    const insert = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a value', values.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(values.push($, { object, isSet: 1 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('id exists', isPlace($, values, reference), NULL);
      const value = values.at(indexOf(reference));
      $.guard('id is set', $.load(value.isSet), NULL);
      $.return($.load(value.object));
    });

    const remove = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('id is set', object.isNull().not());
      $.store(values.at(indexOf(reference)).isSet, Bool.of(false));
      $.reclaim(object);
    });

    const drop_values = operation({}, ($) => {
      $.loop(
        values.length($),
        (index) => {
          const value = values.at(index);
          $.if($.load(value.isSet), () => {
            if (bookkeeping === 'first') $.store(value.isSet, Bool.of(false));
            $.reclaim($.load(value.object));
          });
        },
        { atMost: ROSTER_SIZE },
      );
    });

    const clear_ids = operation({}, ($) => {
      $.loop(values.length($), (index) => $.store(values.at(index).isSet, Bool.of(false)), { atMost: ROSTER_SIZE });
    });

    /** Clones a map whose values no client can name; when all went well, only its ids are set. */
    const clone_from = operation({}, ($) => {
      $.call(drop_values, {});
      $.mayPanic('clone');
      $.call(clear_ids, {});
    });

    const drop = operation({}, ($) => {
      $.call(drop_values, {});
      $.call(clear_ids, {});
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { insert, get, remove, clone_from, drop },
      roles: {
        create: insert,
        resolve: get,
        destroy: remove,
        extras: {
          clone_from: { operation: clone_from, effect: 'retiresAll', help: 'replaces all values by clones' },
          drop_map: { operation: drop, effect: 'retiresAll', help: 'drops every value whose id is set' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
