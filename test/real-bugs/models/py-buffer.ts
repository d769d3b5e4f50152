import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

const BYTES = 32;
const LENGTH = 0n;
const SHAPE = 8n;
const BUF = 16n;

/** A Py_buffer of one dimension, whose shape points at its own length. */
export const pyBuffer = representation({
  id: 'py-buffer',
  title: 'Py_buffer with a pointer to one of its own fields',
  summary: 'The struct is filled where it stays, or filled in a frame and moved, which leaves its pointer behind.',
  source: ['adpena/molt 7da58cff8, reverted by 219b10d98'],
  parameters: { fill: choice(['in-place', 'moved'], 'whether a view is filled in its final place or in a frame') },
  build({ fill }) {
    const members = state({ views: roster({ view: pointer() }) });
    const { views } = members;

    const fill_view = operation({ view: pointer(), object: pointer() }, ($, { view, object }) => {
      $.write(view.wrappingOffset(LENGTH), word(64).of(1));
      $.write(view.wrappingOffset(SHAPE), view);
      $.write(view.wrappingOffset(BUF), object);
    });

    const memoryview_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a view', views.length($).lt(ROSTER_SIZE), 0);
      const view = $.allocate(BYTES, 8);
      if (fill === 'in-place') $.call(fill_view, { view, object });
      else {
        const frame = $.allocate(BYTES, 8);
        $.call(fill_view, { view: frame, object });
        $.write(view.wrappingOffset(LENGTH), $.read(word(64), frame.wrappingOffset(LENGTH)));
        $.write(view.wrappingOffset(SHAPE), $.read(pointer(), frame.wrappingOffset(SHAPE)));
        $.write(view.wrappingOffset(BUF), $.read(pointer(), frame.wrappingOffset(BUF)));
        $.deallocate(frame, BYTES, 8);
      }
      $.return(placed(views.push($, { object, view })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('view exists', isPlace($, views, reference), NULL);
      $.return($.load(views.at(indexOf(reference)).object));
    });

    const shape_of = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('view is alive', $.call(get, { reference }).isNull().not());
      const view = $.load(views.at(indexOf(reference)).view);
      $.read(word(64), $.read(pointer(), view.wrappingOffset(SHAPE)));
    });

    const dealloc = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('view is alive', object.isNull().not());
      const entry = views.at(indexOf(reference));
      $.store(entry.object, NULL);
      $.deallocate($.load(entry.view), BYTES, 8);
      $.reclaim(object);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { memoryview_new, get, shape_of, dealloc },
      roles: {
        create: memoryview_new,
        resolve: get,
        destroy: dealloc,
        extras: { shape_of: { operation: shape_of, effect: 'none', help: 'reads the shape of the view' } },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
