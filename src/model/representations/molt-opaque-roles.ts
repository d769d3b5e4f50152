import { operation } from '../ir/operation.ts';
import type { Word } from '../ir/value.ts';
import type { Claims } from '../machine/claims.ts';
import type { Blueprint, Roles } from '../machine/definition.ts';
import type { MoltRegistry, RegistryParameters } from './molt-registry-state.ts';

/** What the roles of a registry leave to whoever lists its operations and its log. */
type OpaqueUse = Pick<Blueprint, 'reference' | 'state' | 'capacity' | 'roles' | 'slotFields' | 'inspect'>;

/** The registry driven through its opaque handles. */
export function opaqueUse(registry: MoltRegistry, parameters: RegistryParameters): OpaqueUse {
  const { opaque_handle, resolve_opaque, release } = registry.operations;
  return {
    reference: registry.handle,
    state: registry.state,
    // All objects may hash to one shard.
    capacity: 2 ** parameters.slotBits,
    roles: {
      create: opaque_handle,
      resolve: resolve_opaque,
      // As the runtime does when a reference count reaches zero: it has the pointer, and releases by it.
      destroy: operation({ reference: registry.handle }, ($, { reference }) => {
        const object = $.call(resolve_opaque, { reference });
        $.guard('handle resolves', object.isNull().not());
        $.call(release, { object });
        $.reclaim(object);
      }),
      extras: resetExtra(registry, parameters),
    },
    slotFields: ['shard', 'slot'],
    inspect: (reference: never) => {
      const { shard, slot } = reference as { shard: Word; slot: Word };
      const place = registry.opaque.at(shard).slots.at(slot);
      return { generation: place.generation, pointer: place.pointer };
    },
  };
}

/** `reset` for clients, unless the parameters take it away. */
export function resetExtra({ operations }: MoltRegistry, { reset }: RegistryParameters): NonNullable<Roles['extras']> {
  if (!reset) return {};
  const help = 'empties every map, slot and free list, as at runtime shutdown; generations start again at 1';
  return { reset: { operation: operations.reset, effect: 'retiresAll', help } };
}

/** What holds for the registry however it is used: every map is behind locks, and nothing is freed later than at destroy. */
export const LOCKED_REGISTRY_CLAIMS = {
  memorySafe: true,
  keepsLive: true,
  threadSafe: true,
  leakFree: true,
  deadlockFree: true,
  // A lock protects its map, not the object: between resolve and the use, another thread may release and free it.
  safeConcurrentUse: false,
  // Resolve compares all bits of a key or handle with what was issued.
  detectsForged: 'always',
  // The source exposes addresses to use them as keys, but every pointer that comes back was stored as a pointer.
  strictProvenance: true,
  // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
  boundedGarbage: 1,
  nonBlocking: false,
} as const;

/** What the registry claims for its opaque handles. */
export function opaqueClaims({ slotBits, generationBits, reset }: RegistryParameters): Claims {
  return {
    ...LOCKED_REGISTRY_CLAIMS,
    // A slot's generation only grows, and the slot is retired at the last one. After a reset the first create in a shard issues
    // slot 0, generation 1 again, whatever was issued before: one reuse.
    detectsStale: reset ? { within: 1 } : 'always',
    // The worst clients hold all slots of a shard but one and use up the generations of that one: the next create finds no slot.
    available: 2 ** slotBits - 1 + (2 ** generationBits - 1),
  };
}
