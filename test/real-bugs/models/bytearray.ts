import { boolean, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice, flag } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

const STEP = 32;

/**
 * A bytearray and a memoryview of it, as three implementations have them: the view keeps the data pointer of the moment when it
 * was made, and the bytearray gets new storage when it is resized. The bytearray object itself stays where it is.
 */
export const bytearray = representation({
  id: 'bytearray',
  title: 'Bytearray with a memoryview that keeps its data pointer',
  summary: 'An export count refuses to resize while there is a view; user code may run between a check and the access.',
  source: [
    'adpena/molt object/memoryview.rs, ops_bytes.rs (OPT-0002)',
    'micropython/micropython issue #18168',
    'python/cpython gh-92888, PR #92946',
  ],
  parameters: {
    exports: choice(['counted', 'uncounted'], 'whether a view counts as an export, which refuses to resize'),
    oldStorage: choice(
      ['freed', 'collected'],
      'whether a resize gives the old storage back, or a collector does later',
    ),
    recheck: flag(true, 'whether an assignment looks again after the user code that gave the index'),
  },
  build({ exports, oldStorage, recheck }) {
    const members = state({
      arrays: roster({ data: pointer(), size: word(32), view: pointer(), views: word(32) }),
      garbage: unlocked(stack(pointer())),
      garbageSizes: unlocked(stack(word(32))),
    });
    const { arrays, garbage, garbageSizes } = members;

    const isAlive = operation({ reference: PLACE }, boolean(), ($, { reference }) => {
      $.guard('bytearray exists', isPlace($, arrays, reference), 0);
      $.return(
        $.load(arrays.at(indexOf(reference)).object)
          .isNull()
          .not(),
      );
    });
    const hasView = operation({ reference: PLACE }, boolean(), ($, { reference }) => {
      $.guard('bytearray is alive', $.call(isAlive, { reference }), 0);
      $.return(
        $.load(arrays.at(indexOf(reference)).view)
          .isNull()
          .not(),
      );
    });

    const bytearray_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a bytearray', arrays.length($).lt(ROSTER_SIZE), 0);
      const data = $.allocate(STEP, 8);
      $.write(data, word(64).of(0));
      $.return(placed(arrays.push($, { object, data, size: STEP, view: NULL, views: 0 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('bytearray is alive', $.call(isAlive, { reference }), NULL);
      $.return($.load(arrays.at(indexOf(reference)).object));
    });

    const memoryview = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('bytearray is alive', $.call(isAlive, { reference }));
      const array = arrays.at(indexOf(reference));
      $.guard('no view yet', $.load(array.view).isNull());
      $.store(array.view, $.load(array.data));
      $.store(array.views, $.load(array.views).add(1));
    });

    const release = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('view is there', $.call(hasView, { reference }));
      $.store(arrays.at(indexOf(reference)).view, NULL);
    });

    /** New storage, one step larger: `extend`, `resize`, a slice assignment that grows. */
    const resize = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('bytearray is alive', $.call(isAlive, { reference }));
      const array = arrays.at(indexOf(reference));
      if (exports === 'counted') $.guard('no exports', $.load(array.view).isNull());
      const old = $.load(array.data);
      const size = $.load(array.size);
      const data = $.allocate(size.add(STEP).resize(64), 8);
      $.write(data, $.read(word(64), old));
      $.store(array.data, data);
      $.store(array.size, size.add(STEP));
      if (oldStorage === 'freed') $.deallocate(old, size.resize(64), 8);
      else {
        garbage.push($, old);
        garbageSizes.push($, size);
      }
    });

    const gc = operation({}, ($) => {
      $.loop(garbage.length($), () => $.deallocate(garbage.pop($).value(), garbageSizes.pop($).value().resize(64), 8), {
        atMost: ROSTER_SIZE,
      });
    });

    const get_item = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('view is there', $.call(hasView, { reference }));
      $.read(word(8), $.load(arrays.at(indexOf(reference)).view));
    });

    /** `m[index] = value`: the index is an object whose `__index__` is user code. */
    const set_item = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('view is there', $.call(hasView, { reference }));
      const array = arrays.at(indexOf(reference));
      const buffer = $.load(array.view);
      const number = $.load(array.views);
      $.callback('index');
      if (recheck) {
        $.guard('view is still there', $.call(hasView, { reference }));
        // A view that was released and one that was made since are two.
        $.guard('same view', $.load(array.views).eq(number));
      }
      $.write(buffer, word(8).of(1));
    });

    const dealloc = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('bytearray is alive', $.call(isAlive, { reference }));
      const array = arrays.at(indexOf(reference));
      const object = $.load(array.object);
      $.store(array.object, NULL);
      $.store(array.view, NULL);
      $.deallocate($.load(array.data), $.load(array.size).resize(64), 8);
      $.reclaim(object);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { bytearray_new, get, memoryview, release, resize, gc, get_item, set_item, dealloc },
      roles: {
        create: bytearray_new,
        resolve: get,
        destroy: dealloc,
        extras: {
          memoryview: { operation: memoryview, effect: 'none', help: 'makes a view of the bytearray' },
          release: { operation: release, effect: 'none', help: 'releases the view' },
          resize: { operation: resize, effect: 'none', help: 'gives the bytearray new, larger storage' },
          get_item: { operation: get_item, effect: 'none', help: 'reads a byte through the view' },
          set_item: { operation: set_item, effect: 'none', help: 'writes a byte through the view' },
          ...(oldStorage === 'collected' && {
            gc: { operation: gc, effect: 'none', help: 'gives old storage back' },
          }),
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
