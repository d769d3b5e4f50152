import { pointer } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import type { Claims } from '../machine/claims.ts';
import { representation, type Blueprint } from '../machine/definition.ts';
import { choice } from '../machine/parameters.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { LOCKED_REGISTRY_CLAIMS, opaqueClaims, opaqueUse, resetExtra } from './molt-opaque-roles.ts';
import {
  moltRegistry,
  REGISTRY_LOG,
  REGISTRY_PARAMETERS,
  REGISTRY_SOURCE,
  type MoltRegistry,
  type RegistryParameters,
} from './molt-registry-state.ts';

/**
 * The seed team's present registry with all its operations. Clients refer to objects by address keys (as NaN-boxed words do), by
 * opaque handles, or by address keys of objects that were given an opaque handle too.
 */
export const moltPointerRegistry = representation({
  id: 'molt-pointer-registry',
  title: 'Molt pointer registry: address map and opaque handles, 64 shards each',
  summary:
    'The address of an object is the key under which the registry keeps its pointer, so that no integer ever becomes a pointer: ' +
    'strict provenance holds. But an address identifies whatever stands there: after one reuse of the address a stale key ' +
    'resolves to the new object, although every object was released correctly. An object that was registered both ways keeps ' +
    'its address entry when it is released.',
  source: REGISTRY_SOURCE,
  parameters: {
    reference: choice(
      ['address', 'opaque', 'dual'],
      'what clients keep: address keys, opaque handles, or address keys of objects that have an opaque handle too',
    ),
    ...REGISTRY_PARAMETERS,
  },
  smallScope: { shardBits: 0, slotBits: 1, generationBits: 2 },
  build(parameters) {
    const registry = moltRegistry(parameters);
    const use =
      parameters.reference === 'opaque'
        ? opaqueUse(registry, parameters)
        : addressUse(registry, parameters, parameters.reference === 'dual');
    return { ...use, operations: registry.operations, log: REGISTRY_LOG };
  },
  claims: ({ reference, ...parameters }, machine) => {
    if (reference === 'opaque') return opaqueClaims(parameters);
    return reference === 'dual' ? DUAL_CLAIMS : addressClaims(machine);
  },
  advice: {
    aba: 'a key that is an address names whatever stands there: give objects a generation, and keep it across reset',
    'stale-handle': 'release must remove the address entry of an object that has an opaque handle too',
    'double-free': 'release answers for pointers that it does not know; free only what is_registered',
    exhausted: 'retired slots do not come back: widen the slot or the generation',
    'use-after-free':
      'keep the object alive across the use: take a reference count or pin an epoch under the read lock',
  },
});

/** The registry driven through address keys; `dual` gives every object an opaque handle beside its key. */
function addressUse(
  registry: MoltRegistry,
  parameters: RegistryParameters,
  dual: boolean,
): Omit<Blueprint, 'operations' | 'log'> {
  const { register, resolve, opaque_handle, release } = registry.operations;
  const registerBoth = operation({ object: pointer() }, registry.key, ($, { object }) => {
    $.call(opaque_handle, { object });
    $.return($.call(register, { object }));
  });
  return {
    reference: registry.key,
    state: registry.state,
    // A map has no bound of its own.
    capacity: 2 ** 28,
    roles: {
      create: dual ? registerBoth : register,
      resolve,
      // As the runtime does when a reference count reaches zero: it has the pointer, and releases by it.
      destroy: operation({ reference: registry.key }, ($, { reference }) => {
        const object = $.call(resolve, { reference });
        $.guard('key resolves', object.isSome());
        $.call(release, { object: object.value() });
        $.reclaim(object.value());
      }),
      extras: resetExtra(registry, parameters),
    },
    slotFields: ['key'],
  };
}

/** Correctly released keys are refused until their address is used again: that is one reuse of the slot, which is the address. */
function addressClaims(machine: MachineSettings): Claims {
  return {
    ...LOCKED_REGISTRY_CLAIMS,
    detectsStale: machine.addresses === 'bump' ? 'always' : { within: 1 },
    available: 'unlimited',
  };
}

/** Release leaves the address entry behind: a stale key resolves at once, and destroying twice frees twice. */
const DUAL_CLAIMS: Claims = { ...LOCKED_REGISTRY_CLAIMS, detectsStale: 'never', available: 'unlimited' };
