import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** Wasmtime's table of externrefs: every element is a counted reference to a host value, whose Drop is host code. */
export const externrefTable = representation({
  id: 'externref-table',
  title: 'Wasmtime externref table: counted references to host values',
  summary: 'Setting an element drops the old value, and its Drop may use the very table that is being set.',
  source: ['bytecodealliance/wasmtime PR #1923'],
  parameters: {
    set: choice(['take-first', 'drop-in-place'], 'whether the old value leaves the element before it is dropped'),
  },
  build({ set: order }) {
    const members = state({ elements: roster({ count: word(32) }) });
    const { elements } = members;

    const grow = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for an element', elements.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(elements.push($, { object, count: 1 })));
    });

    const resolve = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('element exists', isPlace($, elements, reference), NULL);
      $.return($.load(elements.at(indexOf(reference)).object));
    });

    /** Wasm code gets an element and lets go of it at once: one count up, one down, and a Drop at zero. */
    const table_get = operation({ index: word(32) }, ($, { index }) => {
      $.guard('element exists', index.lt(elements.length($)));
      const element = elements.at(index);
      const object = $.load(element.object);
      $.guard('element is not null', object.isNull().not());
      const count = $.load(element.count).add(1);
      $.store(element.count, count.sub(1));
      $.if(count.eq(1), () => $.reclaim(object));
    });

    /** `table.set` with null. */
    const table_set = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(resolve, { reference });
      $.guard('element is not null', object.isNull().not());
      const element = elements.at(indexOf(reference));
      if (order === 'take-first') $.store(element.object, NULL);
      const count = $.load(element.count).sub(1);
      $.store(element.count, count);
      $.if(count.eq(0), () => {
        $.callback('host drop');
        $.reclaim(object);
      });
      if (order === 'drop-in-place') $.store(element.object, NULL);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { grow, resolve, table_get, table_set },
      roles: {
        create: grow,
        resolve,
        destroy: table_set,
        extras: { table_get: { operation: table_get, effect: 'none', help: 'wasm gets an element and drops it' } },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
