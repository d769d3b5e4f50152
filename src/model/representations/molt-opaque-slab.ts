import { representation } from '../machine/definition.ts';
import { opaqueClaims, opaqueUse } from './molt-opaque-roles.ts';
import { moltRegistry, OPAQUE_LOG, REGISTRY_PARAMETERS, REGISTRY_SOURCE } from './molt-registry-state.ts';

/** The seed team's present registry, driven through its opaque handles only. */
export const moltOpaqueSlab = representation({
  id: 'molt-opaque-slab',
  title: 'Molt opaque handles: 64 shards, slots retired at their last generation',
  summary:
    'A reference is a generation, a slot and a shard, small enough for an immediate integer. A slot is retired when its ' +
    'generations are used up, so a stale handle is always refused, until `reset` restarts the generations and issues the ' +
    'first handles again. An object that is freed without release hands its handle to whatever comes to stand at its address.',
  source: REGISTRY_SOURCE,
  parameters: REGISTRY_PARAMETERS,
  smallScope: { shardBits: 0, slotBits: 1, generationBits: 2 },
  build(parameters) {
    const registry = moltRegistry(parameters);
    const { shard_of, opaque_handle, resolve_opaque, release, is_registered, reset } = registry.operations;
    return {
      ...opaqueUse(registry, parameters),
      operations: { shard_of, opaque_handle, resolve_opaque, release, is_registered, reset },
      log: OPAQUE_LOG,
    };
  },
  claims: (parameters) => opaqueClaims(parameters),
  advice: {
    aba: 'keep generations across reset, or put a number of the registry into the handle; and make release part of the only free path',
    'stale-handle': 'an object was freed without release; make release part of the only free path',
    exhausted: 'retired slots do not come back: widen the slot or the generation',
    'use-after-free':
      'keep the object alive across the use: take a reference count or pin an epoch under the read lock',
  },
});
