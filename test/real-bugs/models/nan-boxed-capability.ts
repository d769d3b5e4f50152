import { layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation, type Blueprint } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, resolveIn, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** A capability (address, bounds and a tag that says it is genuine) behind the payload of a NaN, which has room for an address. */
export const nanBoxedCapability = representation({
  id: 'nan-boxed-capability',
  title: 'Capability kept as the payload of a NaN',
  summary:
    'An address that comes out of an integer is no capability; the number of a capability in a table leads to one.',
  source: ['CTSRD-CHERI cheri-specification, rationale', 'adpena/molt OPT-0003'],
  parameters: { payload: choice(['handle', 'address'], 'what stands in the word: a place in a table, or the address') },
  build({ payload }): Blueprint {
    const members = state({ table: roster({}) });
    const { table } = members;
    if (payload === 'address') {
      const boxed = word(layout({ payload: 48, tag: 16 }));
      const box = operation({ object: pointer() }, boxed, ($, { object }) => {
        $.return(boxed.of({ payload: object.address().resize(48), tag: 0x7ffc }));
      });
      const unbox = operation({ reference: boxed }, pointer(), ($, { reference }) => {
        $.guard('word holds a pointer', reference.tag.eq(0x7ffc), NULL);
        $.return($.withoutProvenance(reference.payload.resize(64)));
      });
      const free = operation({ reference: boxed }, ($, { reference }) => {
        const object = $.call(unbox, { reference });
        $.guard('word held a pointer', object.isNull().not());
        $.reclaim(object);
      });
      const roles = { create: box, resolve: unbox, destroy: free };
      return { reference: boxed, state: members, capacity: ROSTER_SIZE, operations: { box, unbox }, roles };
    }
    const box = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room in the table', table.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(table.push($, { object })));
    });
    const unbox = resolveIn(table);
    const free = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('place exists', isPlace($, table, reference));
      const place = table.at(indexOf(reference));
      const object = $.load(place.object);
      $.guard('place is taken', object.isNull().not());
      $.store(place.object, NULL);
      $.reclaim(object);
    });
    const roles = { create: box, resolve: unbox, destroy: free };
    return { reference: PLACE, state: members, capacity: ROSTER_SIZE, operations: { box, unbox }, roles };
  },
  claims: () => ROSTER_CLAIMS,
});
