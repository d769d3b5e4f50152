import { layout, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { array, growing, map, rwlock, stack, state } from '../ir/state-builder.ts';
import { NULL, type Word } from '../ir/value.ts';
import type { Claims } from '../machine/claims.ts';
import { representation, type LogCall } from '../machine/definition.ts';
import { choice, integer } from '../machine/parameters.ts';
import { reusesUntilWrap } from './generation-cycle.ts';

/**
 * The seed team's first handle table (OPT-0003, alternative 2 with the shards of OPT-0004): a generation moves when a slot is
 * given away and again when it is taken back, so a reuse takes two steps of the cycle 1 to 2^16 - 1; the cycle's length is odd,
 * so the first handle still returns only after 65,535 reuses.
 */
export const moltHandleTableV1 = representation({
  id: 'molt-handle-table-v1',
  title: 'Molt handle table, first version: 16 shards, reverse map by address',
  summary:
    'Every reference is a shard, a generation and a slot index; registering an address that is registered already answers the ' +
    'old handle again. Generations wrap, so a stale handle is refused for 65,535 reuses of its slot; bits above the shard are ' +
    'ignored; an object that is freed without unregistering hands its handle to whatever comes to stand at its address.',
  source: [
    'adpena/molt a6950865d, runtime/molt-obj-model/src/handle_table.rs',
    'OPT-0003, phase 1: handle table and pointer map',
    'https://cglab.ca/~abeinges/blah/slab-allocators/',
  ],
  parameters: {
    shardBits: integer(4, { min: 0, max: 6 }, 'bits of the shard number; with 0 there is one shard'),
    generationBits: integer(16, { min: 1, max: 16 }, 'bits of the generation'),
    indexBits: integer(28, { min: 1, max: 28 }, 'bits of the slot index'),
    registerSteps: integer(1, { min: 0, max: 3 }, 'how far register moves the generation of a slot that it uses again'),
    unregisterSteps: integer(1, { min: 0, max: 3 }, 'how far unregister moves the generation of the slot'),
    reclaim: choice(
      ['after', 'before'],
      'whether destroy gives the memory back after it unregistered the object, or before',
    ),
  },
  smallScope: { shardBits: 0, generationBits: 2, indexBits: 1 },
  validate: ({ generationBits, registerSteps, unregisterSteps }) => {
    const steps = Math.max(registerSteps, unregisterSteps);
    return steps < 2 ** generationBits
      ? undefined
      : `a step of ${steps} does not fit ${generationBits} generation bits`;
  },
  build(parameters) {
    const table = tableState(parameters);
    const { handle, shards, next_gen, shard_for_addr } = table;
    const register = registerOperation(table, parameters.indexBits);
    const resolve = resolveOperation(table);
    const unregister = unregisterOperation(table);
    return {
      reference: handle,
      state: table.state,
      // All objects may hash to one shard.
      capacity: 2 ** parameters.indexBits,
      operations: { next_gen, shard_for_addr, register, resolve, unregister },
      roles: {
        create: register,
        resolve,
        // As the runtime does when a reference count reaches zero: it has the pointer, and unregisters by it.
        destroy: operation({ reference: handle }, ($, { reference }) => {
          const object = $.call(resolve, { reference });
          $.guard('handle resolves', object.isNull().not());
          if (parameters.reclaim === 'before') $.reclaim(object);
          $.call(unregister, { object });
          if (parameters.reclaim === 'after') $.reclaim(object);
        }),
      },
      slotFields: ['shard', 'index'],
      inspect: (reference: never) => {
        const { shard, index } = reference as { shard: Word; index: Word };
        const slot = shards.at(shard).slots.at(index);
        return { generation: slot.generation, pointer: slot.pointer };
      },
      log: {
        register: REGISTER,
        resolve: { call: 'resolve', arguments: { reference: 'handle' } },
        unregister: UNREGISTER,
        churn: { repeat: 'times', calls: [REGISTER, UNREGISTER], answer: 0 },
      },
    };
  },
  claims: ({ generationBits, registerSteps, unregisterSteps, reclaim }): Claims => ({
    // An address that is given back before its entry is gone may come to a new object: that finds the entry, whose pointer is the
    // old one, and loses it.
    memorySafe: reclaim === 'after',
    keepsLive: reclaim === 'after',
    threadSafe: true,
    // Whoever lost its handle cannot be destroyed by it either.
    leakFree: reclaim === 'after',
    deadlockFree: true,
    // The lock protects the table, not the object: between resolve and the use, another thread may unregister and free it.
    safeConcurrentUse: false,
    // A free slot's generation may be that of a stale handle too, but its pointer is null then, and resolve answers null.
    detectsStale: { within: reusesUntilWrap(generationBits, registerSteps + unregisterSteps) },
    // Any bit above the shard may be flipped, and the handle still resolves.
    detectsForged: 'never',
    strictProvenance: true,
    available: 'unlimited',
    // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
    boundedGarbage: reclaim === 'after' ? 1 : false,
    nonBlocking: false,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up, or widen the generation; and make unregister part of the only free path',
    'lost-handle': 'unregister an object before its address is given back (reclaim=after)',
    'stale-handle': 'an object was freed without unregister; make unregister part of the only free path',
    'forged-handle': 'refuse handles with a bit above the shard set',
    'use-after-free':
      'keep the object alive across the use: take a reference count or pin an epoch under the read lock',
  },
});

const REGISTER: LogCall = { call: 'register', arguments: { object: 'address' } };
const UNREGISTER: LogCall = { call: 'unregister', arguments: { object: 'address' } };

interface Sizes {
  readonly shardBits: number;
  readonly generationBits: number;
  readonly indexBits: number;
  readonly registerSteps: number;
  readonly unregisterSteps: number;
}

type Table = ReturnType<typeof tableState>;

/** The state, and the two computations on it that several operations share. */
function tableState({ shardBits, generationBits, indexBits, registerSteps, unregisterSteps }: Sizes) {
  // A field needs a bit: without shard bits it is there, always 0 when issued, and a forged 1 names a shard that stays empty.
  const shardWidth = Math.max(shardBits, 1);
  const handle = word(layout({ index: indexBits, generation: generationBits, shard: shardWidth }));
  const members = state({
    shards: array(2 ** shardWidth, {
      lock: rwlock(),
      slots: growing({ pointer: pointer(), generation: word(generationBits) }),
      free: stack(word(indexBits)),
      handles: map(word(64), handle),
    }),
  });

  /** The source casts the pointer `as usize`, which also exposes it; nothing there makes a pointer of an integer, so that is left out. */
  const shard_for_addr = operation({ address: word(64) }, word(shardWidth), ($, { address }) => {
    const folded = address.xor(address.shr(33)).mul(0xff51afd7ed558ccdn);
    const hash = folded.xor(folded.shr(33));
    $.return(hash.and(2 ** shardBits - 1).resize(shardWidth));
  });

  /** The generation some steps on in the cycle 1 to 2^g - 1: 0 is skipped. */
  const next_gen = operation({ generation: word(generationBits), steps: word(2) }, word(generationBits), ($, given) => {
    const wide = given.generation.resize(generationBits + 2).add(given.steps.resize(generationBits + 2));
    const last = 2 ** generationBits - 1;
    $.return($.select(wide.gt(last), wide.sub(last), wide).resize(generationBits));
  });

  return { state: members, shards: members.shards, handle, shard_for_addr, next_gen, registerSteps, unregisterSteps };
}

function registerOperation({ shards, handle, shard_for_addr, next_gen, registerSteps }: Table, indexBits: number) {
  return operation({ object: pointer() }, handle, ($, { object }) => {
    $.guard('pointer is not null', object.isNull().not(), 0);
    const address = object.address();
    const number = $.call(shard_for_addr, { address });
    const shard = shards.at(number);
    $.lock(shard.lock, () => {
      const known = shard.handles.get($, address);
      $.guard('address is new', known.isNone(), known.value());
      const reused = shard.free.pop($);
      $.if(reused.isSome(), () => {
        const index = reused.value();
        const slot = shard.slots.at(index);
        const generation = $.call(next_gen, { generation: $.load(slot.generation), steps: registerSteps });
        $.store(slot.generation, generation);
        $.store(slot.pointer, object);
        const again = handle.of({ shard: number, generation, index });
        shard.handles.set($, address, again);
        $.return(again);
      });
      // The source has no such check: at 2^28 slots a shard, 4 GiB of them, an index would run into the generation. Refusing
      // makes a narrow index a small table, and nothing else.
      $.guard('room for a slot', shard.slots.length($).lt(2 ** indexBits), 0);
      const index = shard.slots.push($, { pointer: object, generation: 1 });
      const first = handle.of({ shard: number, generation: 1, index: index.resize(indexBits) });
      shard.handles.set($, address, first);
      $.return(first);
    });
  });
}

function resolveOperation({ shards, handle }: Table) {
  return operation({ reference: handle }, pointer(), ($, { reference }) => {
    // Handle 0, which register answers for null, has generation 0 too.
    $.guard('generation is not zero', reference.generation.ne(0), NULL);
    const shard = shards.at(reference.shard);
    $.shared(shard.lock, () => {
      $.guard('slot exists', reference.index.resize(32).lt(shard.slots.length($)), NULL);
      const slot = shard.slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
      $.return($.load(slot.pointer));
    });
  });
}

function unregisterOperation({ shards, shard_for_addr, next_gen, unregisterSteps }: Table) {
  return operation({ object: pointer() }, ($, { object }) => {
    $.guard('pointer is not null', object.isNull().not());
    const address = object.address();
    const shard = shards.at($.call(shard_for_addr, { address }));
    $.lock(shard.lock, () => {
      const known = shard.handles.get($, address);
      $.guard('address is registered', known.isSome());
      shard.handles.delete($, address);
      const { index, generation } = known.value();
      const slot = shard.slots.at(index);
      $.guard('same generation', $.load(slot.generation).eq(generation));
      $.guard('same pointer', $.load(slot.pointer).eq(object));
      $.store(slot.pointer, NULL);
      $.store(slot.generation, $.call(next_gen, { generation, steps: unregisterSteps }));
      shard.free.push($, index);
    });
  });
}
