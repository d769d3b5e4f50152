import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** Molt's modules, and the global that remembers the first of them as the builtins module. */
export const moltModule = representation({
  id: 'molt-module',
  title: 'Molt modules and a global that is set once',
  summary: 'Shutdown frees the modules; the global that names one of them is cleared with it, or outlives it.',
  source: ['adpena/molt 6f5953967 (BUILTINS_MODULE_PTR), 35de74380'],
  parameters: {
    global: choice(['cleared', 'set-once'], 'what becomes of the global when its module is freed'),
  },
  build({ global }) {
    const members = state({ modules: roster({}), builtins: cell(pointer()) });
    const { modules, builtins } = members;

    const init = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a module', modules.length($).lt(ROSTER_SIZE), 0);
      $.if($.load(builtins).isNull(), () => $.store(builtins, object));
      $.return(placed(modules.push($, { object })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('module exists', isPlace($, modules, reference), NULL);
      $.return($.load(modules.at(indexOf(reference)).object));
    });

    const free = operation({ index: word(32) }, ($, { index }) => {
      const object = $.load(modules.at(index).object);
      $.guard('module is alive', object.isNull().not());
      $.store(modules.at(index).object, NULL);
      if (global === 'cleared') $.if($.load(builtins).eq(object), () => $.store(builtins, NULL));
      $.reclaim(object);
    });

    const shutdown = operation({}, ($) => {
      $.loop(modules.length($), (index) => $.call(free, { index }), { atMost: ROSTER_SIZE });
    });

    /** Looks at the type of the builtins module. */
    const builtins_type = operation({}, ($) => {
      const object = $.load(builtins);
      $.guard('builtins module is known', object.isNull().not());
      $.read(word(32), object.wrappingOffset(4));
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { init, get, shutdown, builtins_type },
      roles: {
        create: init,
        resolve: get,
        destroy: operation({ reference: PLACE }, ($, { reference }) => {
          $.guard('module exists', isPlace($, modules, reference));
          $.call(free, { index: indexOf(reference) });
        }),
        extras: {
          shutdown: { operation: shutdown, effect: 'retiresAll', help: 'frees all modules' },
          builtins_type: { operation: builtins_type, effect: 'none', help: 'reads the type of the builtins module' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
