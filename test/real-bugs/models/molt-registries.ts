import { layout, pointer, type Kind } from '../../../src/model/ir/kind.ts';
import { operation, type Operation } from '../../../src/model/ir/operation.ts';
import { NULL, type Pointer, type Word } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice, defaultsOf, flag } from '../../../src/model/machine/parameters.ts';
import { moltHandleTableV1 } from '../../../src/model/representations/molt-handle-table-v1.ts';
import {
  opaqueClaims,
  opaqueUse,
  LOCKED_REGISTRY_CLAIMS,
} from '../../../src/model/representations/molt-opaque-roles.ts';
import { moltRegistry, REGISTRY_PARAMETERS } from '../../../src/model/representations/molt-registry-state.ts';

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

/** Molt's registry with a caller that frees what `release_ptr` says was released. References are the objects' pointers. */
export const moltRelease = representation({
  id: 'molt-release',
  title: 'Molt release_ptr and a caller that trusts its answer',
  summary: 'Release answers for every pointer, or only for those that it knows.',
  source: ['adpena/molt molt-obj-model/src/lib.rs: release_ptr'],
  parameters: { unknown: choice(['refused', 'answered'], 'what release does with a pointer that is not registered') },
  build({ unknown }) {
    const registry = moltRegistry({ ...defaultsOf(REGISTRY_PARAMETERS), reset: false });
    const { opaque_handle, is_registered, release } = registry.operations;
    const whole = pointer(layout({ key: 64 }));
    const toPointer = operation({ reference: whole }, pointer(), ($, { reference }) => {
      $.guard('pointer is registered', $.call(is_registered, { object: reference }), NULL);
      $.return(reference);
    });
    return {
      reference: whole,
      state: registry.state,
      capacity: 2 ** 24,
      operations: registry.operations,
      roles: {
        create: operation({ object: whole }, whole, ($, { object }) => {
          $.call(opaque_handle, { object });
          $.return(object);
        }),
        resolve: toPointer,
        destroy: operation({ reference: whole }, ($, { reference }) => {
          if (unknown === 'refused') $.guard('pointer is registered', $.call(is_registered, { object: reference }));
          const released = $.call(release, { object: reference });
          $.if(released.isSome(), () => $.reclaim(reference));
        }),
      },
      slotFields: ['key'],
    };
  },
  claims: (_parameters, { addresses }) => ({
    ...LOCKED_REGISTRY_CLAIMS,
    detectsStale: addresses === 'bump' ? 'always' : { within: 1 },
    detectsForged: 'never',
    available: 'unlimited',
  }),
});
