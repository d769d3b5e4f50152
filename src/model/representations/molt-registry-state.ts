import { boolean, layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { array, growing, map, rwlock, stack, state } from '../ir/state-builder.ts';
import { Bool, NONE, NULL } from '../ir/value.ts';
import type { LogCall, LogRepeat } from '../machine/definition.ts';
import { flag, integer, type ParameterValues } from '../machine/parameters.ts';

/** Where the registry's behaviour was read and recorded. */
export const REGISTRY_SOURCE = [
  'adpena/molt d90494473, runtime/molt-obj-model/src/lib.rs',
  'OPT-0003 and OPT-0004: the design that came after the handle tables',
] as const;

export const REGISTRY_PARAMETERS = {
  shardBits: integer(6, { min: 0, max: 6 }, 'bits of the shard number; with 0 there is one shard'),
  slotBits: integer(24, { min: 1, max: 24 }, 'bits of the slot number in an opaque handle'),
  generationBits: integer(16, { min: 1, max: 16 }, 'bits of the generation in an opaque handle'),
  reset: flag(true, 'whether clients may reset the registry, which restarts all generations'),
};

export type RegistryParameters = ParameterValues<typeof REGISTRY_PARAMETERS>;
export type MoltRegistry = ReturnType<typeof moltRegistry>;

/**
 * The seed team's present pointer registry, all of it: a map from addresses to pointers, and beside it generational slots for
 * opaque handles with a reverse map by address. Both have shards of their own, each behind a reader-writer lock.
 */
export function moltRegistry(parameters: RegistryParameters) {
  const tables = registryState(parameters);
  const { shard_of } = tables;
  return {
    state: tables.state,
    key: tables.key,
    handle: tables.handle,
    opaque: tables.opaque,
    operations: { shard_of, ...addressOperations(tables), ...opaqueOperations(tables), ...sharedOperations(tables) },
  };
}

type Tables = ReturnType<typeof registryState>;

function registryState({ shardBits, slotBits, generationBits }: RegistryParameters) {
  // A field needs a bit: without shard bits it is there, always 0 when issued, and a forged 1 names a shard that stays empty.
  const shardWidth = Math.max(shardBits, 1);
  const key = word(layout({ key: 64 }));
  const handle = word(
    layout({ shard: shardWidth, slot: slotBits, generation: generationBits }, { spare: 'mustBeZero' }),
  );
  const members = state({
    addresses: array(2 ** shardWidth, { lock: rwlock(), pointers: map(word(64), pointer()) }),
    opaque: array(2 ** shardWidth, {
      lock: rwlock(),
      slots: growing({ pointer: pointer(), generation: word(generationBits) }),
      free: stack(word(slotBits)),
      handles: map(word(64), handle),
    }),
  });
  /** The shard of an address in either map: the upper bits of a multiplicative hash. */
  const shard_of = operation({ address: word(64) }, word(shardWidth), ($, { address }) => {
    const hash = address.mul(0x9e3779b97f4a7c15n);
    $.return(hash.shr(64 - shardBits).resize(shardWidth));
  });
  const { addresses, opaque } = members;
  return { state: members, addresses, opaque, key, handle, shard_of, shardWidth, slotBits, generationBits };
}

/** `register` and `resolve`: the reference is the address itself. */
function addressOperations({ addresses, key, shard_of }: Tables) {
  const register = operation({ object: pointer() }, key, ($, { object }) => {
    $.guard('pointer is not null', object.isNull().not(), 0);
    const address = object.address();
    const shard = addresses.at($.call(shard_of, { address }));
    $.lock(shard.lock, () => shard.pointers.set($, address, object));
    $.return(address);
  });
  const resolve = operation({ reference: key }, option(pointer()), ($, { reference }) => {
    $.guard('key is not zero', reference.ne(0), NONE);
    const shard = addresses.at($.call(shard_of, { address: reference }));
    $.shared(shard.lock, () => {
      $.return(shard.pointers.get($, reference));
    });
  });
  return { register, resolve };
}

/** `opaque_handle` and `resolve_opaque`: the reference is generation, slot and shard, small enough for an immediate integer. */
function opaqueOperations({ opaque, handle, shard_of, shardWidth, slotBits }: Tables) {
  const opaque_handle = operation({ object: pointer() }, handle, ($, { object }) => {
    $.guard('pointer is not null', object.isNull().not(), 0);
    const address = object.address();
    const number = $.call(shard_of, { address });
    const shard = opaque.at(number);
    $.lock(shard.lock, () => {
      const known = shard.handles.get($, address);
      $.guard('address is new', known.isNone(), known.value());
      const reused = shard.free.pop($);
      $.if(reused.isSome(), () => {
        const slot = reused.value();
        const place = shard.slots.at(slot);
        // Slots whose generations are used up never come here, so that this does not wrap.
        const generation = $.load(place.generation).add(1);
        $.store(place.generation, generation);
        $.store(place.pointer, object);
        const again = handle.of({ shard: number, slot, generation });
        shard.handles.set($, address, again);
        $.return(again);
      });
      // The source panics where a shard has no slot left, which poisons the shard's lock; here there is no room.
      $.guard('room for a slot', shard.slots.length($).lt(2 ** slotBits), 0);
      const slot = shard.slots.push($, { pointer: object, generation: 1 });
      const first = handle.of({ shard: number, slot: slot.resize(slotBits), generation: 1 });
      shard.handles.set($, address, first);
      $.return(first);
    });
  });
  const resolve_opaque = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('handle is not zero', reference.ne(0), NULL);
    const shard = opaque.at(reference.shard);
    $.shared(shard.lock, () => {
      $.guard('slot exists', reference.slot.resize(32).lt(shard.slots.length($)), NULL);
      const place = shard.slots.at(reference.slot);
      // All bits above the slot count as the generation, so that spare bits that are set are refused.
      const generation = reference.shr(shardWidth + slotBits);
      $.guard('same generation', $.load(place.generation).resize(64).eq(generation), NULL);
      $.return($.load(place.pointer));
    });
  });
  return { opaque_handle, resolve_opaque };
}

/** `release`, `is_registered` and `reset` look at both maps. */
function sharedOperations({ addresses, opaque, shard_of, shardWidth, generationBits }: Tables) {
  const release = operation({ object: pointer() }, option(word(64)), ($, { object }) => {
    $.guard('pointer is not null', object.isNull().not(), NONE);
    const address = object.address();
    const number = $.call(shard_of, { address });
    const shard = opaque.at(number);
    $.lock(shard.lock, () => {
      const known = shard.handles.get($, address);
      $.if(known.isSome(), () => {
        const { slot, generation } = known.value();
        shard.handles.delete($, address);
        $.store(shard.slots.at(slot).pointer, NULL);
        $.if(generation.ne(2 ** generationBits - 1), () => shard.free.push($, slot));
        // The address map is not touched: an entry that `register` made stays behind.
        $.return(known.value());
      });
    });
    const entries = addresses.at(number);
    $.lock(entries.lock, () => entries.pointers.delete($, address));
    $.return(address);
  });
  const is_registered = operation({ object: pointer() }, boolean(), ($, { object }) => {
    const address = object.address();
    const number = $.call(shard_of, { address });
    const shard = opaque.at(number);
    $.shared(shard.lock, () => $.if(shard.handles.get($, address).isSome(), () => $.return(Bool.of(true))));
    const entries = addresses.at(number);
    $.shared(entries.lock, () => {
      $.return(entries.pointers.get($, address).isSome());
    });
  });
  const reset = operation({}, ($) => {
    $.loop(2 ** shardWidth, (index) => {
      const entries = addresses.at(index);
      $.lock(entries.lock, () => entries.pointers.clear($));
      const shard = opaque.at(index);
      $.lock(shard.lock, () => {
        shard.slots.clear($);
        shard.free.clear($);
        shard.handles.clear($);
      });
    });
  });
  return { release, is_registered, reset };
}

const OPAQUE_HANDLE: LogCall = { call: 'opaque_handle', arguments: { object: 'address' } };
const RELEASE: LogCall = { call: 'release', arguments: { object: 'address' } };

/** The log operations that an opaque handle needs. */
export const OPAQUE_LOG: Readonly<Record<string, LogCall | LogRepeat>> = {
  opaque_handle: OPAQUE_HANDLE,
  resolve_opaque: { call: 'resolve_opaque', arguments: { reference: 'handle' } },
  release: RELEASE,
  is_registered: { call: 'is_registered', arguments: { object: 'address' } },
  reset: { call: 'reset', arguments: {} },
  churn_opaque: { repeat: 'times', calls: [OPAQUE_HANDLE, RELEASE], answer: 0 },
};

/** All log operations of the registry. */
export const REGISTRY_LOG: Readonly<Record<string, LogCall | LogRepeat>> = {
  register: { call: 'register', arguments: { object: 'address' } },
  resolve: { call: 'resolve', arguments: { reference: 'handle' } },
  ...OPAQUE_LOG,
};
