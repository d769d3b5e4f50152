import { boolean, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { mutex, state } from '../../../src/model/ir/state-builder.ts';
import { Bool, NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/**
 * The end of an object in Molt: finalizer, weakref callbacks, memory. User code runs in two places on the way, and a registry behind
 * a mutex that is not re-entrant holds the weak references.
 */
export const moltWeakref = representation({
  id: 'molt-weakref',
  title: 'Molt reference counts, finalizers and weakref callbacks',
  summary:
    'A reference held across all user code keeps the count above zero; callback objects are released after the lock.',
  source: ['adpena/molt 0e3b062fd', 'adpena/molt fdaf43000'],
  parameters: {
    revival: choice(
      ['across', 'finalizer-only'],
      'whether the reference that revives a dying object is held across its weakref callbacks too',
    ),
    release: choice(
      ['after-lock', 'under-lock'],
      'whether the callback objects of an object are released after the registry is unlocked, or before',
    ),
  },
  build({ revival, release }) {
    const members = state({ registry: mutex(), objects: roster({ count: word(32), isDying: boolean() }) });
    const { registry, objects } = members;

    const object_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for an object', objects.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(objects.push($, { object, count: 1, isDying: 0 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('object exists', isPlace($, objects, reference), NULL);
      $.return($.load(objects.at(indexOf(reference)).object));
    });

    /** Reads the type in the header, to know how to free the object. */
    const dealloc = operation({ index: word(32), object: pointer() }, ($, { index, object }) => {
      $.read(word(32), object);
      $.store(objects.at(index).object, NULL);
      $.reclaim(object);
    });

    /** User code that reaches the object some other way: inc_ref, then dec_ref. */
    const touch_object = operation({ index: word(32) }, ($, { index }) => {
      $.guard('object exists', index.lt(objects.length($)));
      const each = objects.at(index);
      const object = $.load(each.object);
      $.guard('object has its memory', object.isNull().not());
      const count = $.load(each.count);
      $.store(each.count, count);
      $.if(count.eq(0), () => $.call(dealloc, { index, object }));
    });

    const weakref_clear = operation({}, ($) => {
      $.lock(registry, () => {
        if (release === 'under-lock') $.callback('release callback objects');
      });
      if (release === 'after-lock') $.callback('release callback objects');
      $.callback('weakref callback');
    });

    const dec_ref = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('object is alive', object.isNull().not());
      const index = indexOf(reference);
      const { count, isDying } = objects.at(index);
      $.guard('first to give the last reference up', $.load(isDying).not());
      $.store(isDying, Bool.of(true));
      // The reference that is given up becomes the one that revives the object for its finalizer.
      $.callback('finalizer');
      if (revival === 'finalizer-only') $.store(count, 0);
      $.call(weakref_clear, {});
      $.store(count, 0);
      $.call(dealloc, { index, object });
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { object_new, get, touch_object, weakref_clear, dec_ref, dealloc },
      roles: {
        create: object_new,
        resolve: get,
        destroy: dec_ref,
        extras: {
          touch_object: { operation: touch_object, effect: 'none', help: 'takes a reference and gives it up' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
