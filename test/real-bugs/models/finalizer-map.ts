import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** The identity map of a browser's script bindings: under the address of an object, which wrapper it has. */
export const finalizerMap = representation({
  id: 'finalizer-map',
  title: 'Identity map by address, erased around a finalizer',
  summary:
    'A finalizer gives the memory back and may make a new object there, whose entry must not be erased after it.',
  source: ['lightpanda browser bbe1b40c'],
  parameters: {
    erase: choice(['before', 'after'], 'whether the entry is erased before the finalizer runs, or after it'),
  },
  build({ erase }) {
    const members = state({ wrappers: roster({}), identity: unlocked(map(word(64), word(32))) });
    const { wrappers, identity } = members;

    const wrap = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a wrapper', wrappers.length($).lt(ROSTER_SIZE), 0);
      const index = wrappers.push($, { object });
      identity.set($, object.address(), index);
      $.return(placed(index));
    });

    /** The object of a wrapper, as far as the map knows it. */
    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('wrapper exists', isPlace($, wrappers, reference), NULL);
      const object = $.load(wrappers.at(indexOf(reference)).object);
      const known = identity.get($, object.address());
      $.guard('object is in the map', known.isSome(), NULL);
      $.guard('object has this wrapper', known.value().eq(indexOf(reference)), NULL);
      $.return(object);
    });

    const finalize = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('object is in the map', object.isNull().not());
      if (erase === 'before') identity.delete($, object.address());
      $.reclaim(object);
      $.callback('finalizer');
      if (erase === 'after') identity.delete($, object.address());
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { wrap, get, finalize },
      roles: { create: wrap, resolve: get, destroy: finalize },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
