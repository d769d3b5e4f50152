import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** Molt's buffer leases for C types: a type registers the hooks that export its kind. The objects are the types. */
export const exporterRegistry = representation({
  id: 'exporter-registry',
  title: 'Molt C heap types and their buffer exporters',
  summary: 'Unregistering a type drops the hooks that it registered, or leaves them for the next export.',
  source: ['adpena/molt 29e8fbe70'],
  parameters: { hooks: choice(['dropped', 'kept'], 'what becomes of the hooks of a type that is unregistered') },
  build({ hooks }) {
    const members = state({ types: roster({ kind: word(8) }), exporters: unlocked(map(word(8), pointer())) });
    const { types, exporters } = members;

    const register_type = operation({ object: pointer(), kind: word(8) }, PLACE, ($, { object, kind }) => {
      $.guard('room for a type', types.length($).lt(ROSTER_SIZE), 0);
      exporters.set($, kind, object);
      $.return(placed(types.push($, { object, kind })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('type exists', isPlace($, types, reference), NULL);
      $.return($.load(types.at(indexOf(reference)).object));
    });

    const unregister_type = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('type is registered', object.isNull().not());
      const type = types.at(indexOf(reference));
      $.store(type.object, NULL);
      if (hooks === 'dropped') {
        const kind = $.load(type.kind);
        // A type that came later may have taken the kind over.
        $.if(exporters.get($, kind).value().eq(object), () => exporters.delete($, kind));
      }
      $.reclaim(object);
    });

    /** Calls the exporter of a kind, which lies in its type. */
    const export_buffer = operation({ exported: word(8) }, ($, { exported }) => {
      const exporter = exporters.get($, exported);
      $.guard('kind has an exporter', exporter.isSome());
      $.read(word(64), exporter.value().wrappingOffset(8));
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { register_type, get, unregister_type, export_buffer },
      roles: {
        create: register_type,
        resolve: get,
        destroy: unregister_type,
        extras: { export_buffer: { operation: export_buffer, effect: 'none', help: 'exports a buffer of a kind' } },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
