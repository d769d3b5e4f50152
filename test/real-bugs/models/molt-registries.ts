import { pointer, type Kind } from '../../../src/model/ir/kind.ts';
import { operation, type Operation } from '../../../src/model/ir/operation.ts';
import { state } from '../../../src/model/ir/state-builder.ts';
import { NULL, type Pointer, type Word } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice, defaultsOf, flag } from '../../../src/model/machine/parameters.ts';
import { moltHandleTableV1 } from '../../../src/model/representations/molt-handle-table-v1.ts';
import { opaqueClaims, opaqueUse } from '../../../src/model/representations/molt-opaque-roles.ts';
import { moltRegistry, REGISTRY_PARAMETERS } from '../../../src/model/representations/molt-registry-state.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/** Molt's first handle table with a second way to free an object, which unregisters it or forgets to. */
export const moltFreePaths = representation({
  id: 'molt-free-paths',
  title: 'Molt handle table, first version, with two ways to free an object',
  summary:
    'Registering an address that is registered already answers the old handle, so that every free must unregister.',
  source: ['adpena/molt a6950865d handle_table.rs: register_ptr'],
  parameters: { unregisters: flag(true, 'whether the second way to free an object unregisters it') },
  build({ unregisters }) {
    const table = moltHandleTableV1.build(defaultsOf(moltHandleTableV1.parameters));
    const reference = table.reference as Kind<Word>;
    const { resolve, unregister } = table.operations as unknown as {
      readonly resolve: Operation<{ reference: Kind<Word> }, Pointer>;
      readonly unregister: Operation<{ object: Kind<Pointer> }, undefined>;
    };
    const dealloc = operation({ reference }, ($, given) => {
      const object = $.call(resolve, { reference: given.reference });
      $.guard('handle resolves', object.isNull().not());
      if (unregisters) $.call(unregister, { object });
      $.reclaim(object);
    });
    const help = 'frees an object on another path than the reference count';
    const extras = { dealloc: { operation: dealloc, effect: 'retires', help } } as const;
    return { ...table, operations: { ...table.operations, dealloc }, roles: { ...table.roles, extras } };
  },
  claims: (_parameters, machine) => moltHandleTableV1.claims(defaultsOf(moltHandleTableV1.parameters), machine),
});

/** Molt's opaque handles with a reset that keeps generations, or restarts them. */
export const moltReset = representation({
  id: 'molt-reset',
  title: 'Molt opaque handles and what reset leaves of them',
  summary: 'A reset that forgets generations issues the first handles again.',
  source: ['adpena/molt molt-obj-model/src/lib.rs: reset_ptr_registry'],
  parameters: { generations: choice(['kept', 'restarted'], 'what reset does with the generations of the slots') },
  build({ generations }) {
    const parameters = defaultsOf(REGISTRY_PARAMETERS);
    const registry = moltRegistry(parameters);
    const use = opaqueUse(registry, parameters);
    const { opaque } = registry;
    const emptied = operation({}, ($) => {
      $.loop(opaque.count, (number) => {
        const shard = opaque.at(number);
        $.lock(shard.lock, () => {
          shard.handles.clear($);
          $.loop(
            shard.slots.length($),
            (index) => {
              const slot = shard.slots.at(index);
              const isTaken = $.load(slot.pointer).isNull().not();
              // A slot at its last generation is retired.
              const isUsable = $.load(slot.generation).ne(2 ** parameters.generationBits - 1);
              $.store(slot.pointer, NULL);
              $.if(isTaken.and(isUsable), () => shard.free.push($, index.resize(parameters.slotBits)));
            },
            { atMost: 2 ** parameters.slotBits },
          );
        });
      });
    });
    const reset = generations === 'restarted' ? registry.operations.reset : emptied;
    const extras = { reset: { operation: reset, effect: 'retiresAll', help: 'empties the registry' } } as const;
    return { ...use, operations: registry.operations, roles: { ...use.roles, extras } };
  },
  claims: () => opaqueClaims({ ...defaultsOf(REGISTRY_PARAMETERS), reset: false }),
});

/**
 * Molt's registry with a caller that frees what `release_ptr` says was released. Clients refer to the pointers that the caller
 * keeps, which stay where they are when their objects are gone.
 */
export const moltRelease = representation({
  id: 'molt-release',
  title: 'Molt release_ptr and a caller that trusts its answer',
  summary: 'Release answers for every pointer, or only for those that it knows.',
  source: ['adpena/molt molt-obj-model/src/lib.rs: release_ptr'],
  parameters: { unknown: choice(['refused', 'answered'], 'what release does with a pointer that is not registered') },
  build({ unknown }) {
    const registry = moltRegistry({ ...defaultsOf(REGISTRY_PARAMETERS), reset: false });
    const { opaque_handle, is_registered, release } = registry.operations;
    const { declarations, kept } = state({ kept: roster({}) });
    const create = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a pointer', kept.length($).lt(ROSTER_SIZE), 0);
      $.call(opaque_handle, { object });
      $.return(placed(kept.push($, { object })));
    });
    const resolve = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('pointer exists', isPlace($, kept, reference), NULL);
      const object = $.load(kept.at(indexOf(reference)).object);
      $.guard('pointer is registered', $.call(is_registered, { object }), NULL);
      $.return(object);
    });
    const free = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('pointer exists', isPlace($, kept, reference));
      const object = $.load(kept.at(indexOf(reference)).object);
      if (unknown === 'refused') $.guard('pointer is registered', $.call(is_registered, { object }));
      const released = $.call(release, { object });
      $.if(released.isSome(), () => $.reclaim(object));
    });
    return {
      reference: PLACE,
      state: { declarations: [...registry.state.declarations, ...declarations] },
      capacity: ROSTER_SIZE,
      operations: registry.operations,
      roles: { create, resolve, destroy: free },
      slotFields: ['place'],
    };
  },
  // Where addresses are used again, a pointer that is kept names whatever stands there: that is another bug.
  claims: (_parameters, { addresses }) => ({
    ...ROSTER_CLAIMS,
    detectsStale: addresses === 'bump' ? 'always' : 'never',
  }),
});
