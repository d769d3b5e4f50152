import { boolean, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';

import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/**
 * flecs' `ecs_ref_t`: a cached way to the table in which an entity stands. The objects are tables; a reference to one is what a
 * ref has cached, and it is good as long as the entity's table is still that one.
 */
export const componentRef = representation({
  id: 'component-ref',
  title: 'flecs ecs_ref_t: a cached table record',
  summary: 'A ref tells by the address of the table, or by its id, whether the table it knows is still there.',
  source: ['SanderMertens/flecs af15e7931'],
  parameters: { identity: choice(['id', 'address'], 'what a ref compares: 64-bit table ids (af15e7931), or pointers') },
  build({ identity }) {
    const members = state({
      refs: roster({ address: word(64), id: word(32) }),
      tables: unlocked(map(word(64), pointer())),
      ids: unlocked(map(word(64), word(32))),
      lastId: cell(word(32)),
    });
    const { refs, tables, ids, lastId } = members;

    const table_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a ref', refs.length($).lt(ROSTER_SIZE), 0);
      const address = object.address();
      const id = $.load(lastId).add(1);
      $.store(lastId, id);
      tables.set($, address, object);
      ids.set($, address, id);
      $.return(placed(refs.push($, { object, address, id })));
    });

    const isSameId = operation({ reference: PLACE }, boolean(), ($, { reference }) => {
      const ref = refs.at(indexOf(reference));
      const id = ids.get($, $.load(ref.address));
      $.guard('a table stands there', id.isSome(), 0);
      $.return(id.value().eq($.load(ref.id)));
    });

    const ref_get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('ref exists', isPlace($, refs, reference), NULL);
      const found = tables.get($, $.load(refs.at(indexOf(reference)).address));
      $.guard('same table', identity === 'id' ? $.call(isSameId, { reference }) : found.isSome(), NULL);
      $.return(found.value());
    });

    /** Tables are deleted by the world, never through a ref. */
    const table_delete = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('ref exists', isPlace($, refs, reference));
      $.guard('table is there', $.call(isSameId, { reference }));
      const ref = refs.at(indexOf(reference));
      const address = $.load(ref.address);
      tables.delete($, address);
      ids.delete($, address);
      $.reclaim($.load(ref.object));
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { table_new, ref_get, table_delete },
      roles: { create: table_new, resolve: ref_get, destroy: table_delete },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
