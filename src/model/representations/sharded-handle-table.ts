import type { Builder } from '../ir/builder.ts';
import { layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { array, growing, rwlock, stack, state, threadLocal, unlocked, type Spec } from '../ir/state-builder.ts';
import { NONE, NULL, THREAD, type Word } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { choice, integer, type ParameterValues } from '../machine/parameters.ts';

const PARAMETERS = {
  shardBits: integer(4, { min: 1, max: 6 }, 'bits of the shard number'),
  indexBits: integer(24, { min: 1, max: 24 }, 'bits of the slot index in a shard'),
  generationBits: integer(16, { min: 1, max: 32 }, 'bits of the generation'),
  onWrap: choice(['wrap', 'retire'], 'what happens to a slot whose generations are used up'),
  readLock: choice(['lookup', 'use'], 'how long a reader has the lock of a shard: for its lookup, or until it leaves'),
};

type ShardedParameters = ParameterValues<typeof PARAMETERS>;
type ShardedTable = ReturnType<typeof shardedTable>;

/** A shard's own lock in one word: how many readers have it, or that a writer has. */
const WRITER = 255;

/**
 * OPT-0004, alternative 1. A thread makes its objects in the shard of its number. With `readLock=use` a reader keeps the lock of the
 * shard until it leaves, as with the guards of https://docs.rs/dashmap: the lock is then a word of the shard, since scoped locks end
 * with the operation that took them.
 */
export const shardedHandleTable = representation({
  id: 'sharded-handle-table',
  title: 'Sharded handle table: a reader-writer lock a shard',
  summary:
    'A reference is a shard, a slot index and a generation, and every shard has a reader-writer lock. Lookups in different shards do ' +
    'not wait for each other, nor do readers of one shard. The lock protects the shard and not the object: when it is given back after ' +
    'the lookup, another thread may free what was found. When it is kept for the use, nobody can; but a thread that destroys anything ' +
    'of a shard that it reads itself waits for ever.',
  source: ['OPT-0004, alternative 1: sharded RwLock table keyed by handle index', 'https://docs.rs/dashmap/'],
  parameters: PARAMETERS,
  smallScope: { shardBits: 1, indexBits: 1, generationBits: 2 },
  build(parameters) {
    const table = shardedTable(parameters);
    const { handle, shards } = table;
    const { next, register, unregister } = writerOperations(table, parameters);
    const { resolve, leave } = readerOperations(table, parameters);
    return {
      reference: handle,
      state: table.state,
      // A thread that runs alone fills its own shard.
      capacity: 2 ** parameters.indexBits,
      operations: { next, register, resolve, unregister },
      roles: {
        create: register,
        resolve,
        destroy: operation({ reference: handle }, ($, { reference }) => {
          const object = $.call(unregister, { reference });
          $.if(object.isNull().not(), () => $.reclaim(object));
        }),
        ...(parameters.readLock === 'use' ? { leave } : {}),
      },
      slotFields: ['shard', 'index'],
      inspect: (reference: never) => {
        const { shard, index } = reference as { shard: Word; index: Word };
        const slot = shards.at(shard).slots.at(index);
        return { generation: slot.generation, pointer: slot.pointer };
      },
    };
  },
  claims: ({ indexBits, generationBits, onWrap, readLock }) => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    // A reader that destroys something of the same shard waits for itself.
    deadlockFree: readLock === 'lookup',
    // A writer that waits for its readers keeps none of them from its object; but a thread may wait for itself.
    safeConcurrentUse: readLock === 'use',
    detectsStale: onWrap === 'retire' ? 'always' : { within: 2 ** generationBits - 1 },
    detectsForged: 'always',
    strictProvenance: true,
    available: onWrap === 'wrap' ? 'unlimited' : 2 ** indexBits - 1 + (2 ** generationBits - 1),
    // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
    boundedGarbage: 1,
    nonBlocking: false,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up (onWrap=retire), or widen the generation',
    'use-after-free': 'keep the lock for the use (readLock=use), or keep the object alive by a count or an epoch',
    deadlock: 'drop what was resolved from a shard before anything of that shard is destroyed',
    exhausted: 'retired slots do not come back: widen the index or the generation',
  },
});

function shardedTable({ shardBits, indexBits, generationBits, readLock }: ShardedParameters) {
  const handle = word(
    layout({ index: indexBits, generation: generationBits, shard: shardBits }, { spare: 'mustBeZero' }),
  );
  // Where the lock is a word, no lock stands around the accesses in the text of the operations.
  const guarded = <Reference>(of: Spec<Reference>): Spec<Reference> => (readLock === 'use' ? unlocked(of) : of);
  const members = state({
    shards: array(2 ** shardBits, {
      lock: rwlock(),
      users: word(8),
      slots: guarded(growing({ pointer: pointer(), generation: word(generationBits) })),
      free: guarded(stack(word(indexBits))),
    }),
    reads: threadLocal(array(2 ** shardBits, { held: word(1) })),
  });
  const unused = readLock === 'use' ? [] : ['reads'];
  const declarations = members.declarations.filter(({ name }) => !unused.includes(name));
  return { ...members, state: { declarations }, handle, width: indexBits + generationBits + shardBits };
}

/** Runs the body as the only one in a shard. */
function alone($: Builder, { shards }: ShardedTable, shard: Word, readLock: string, body: () => void): void {
  const { lock, users } = shards.at(shard);
  if (readLock === 'lookup') {
    $.lock(lock, body);
    return;
  }
  $.retry(() => {
    $.await(() => $.load(users, 'relaxed').eq(0));
    $.if($.compareExchange(users, 0, WRITER, 'acquire').success, () => $.leave());
  });
  body();
  $.store(users, 0, 'release');
}

function writerOperations(table: ShardedTable, parameters: ShardedParameters) {
  const { handle, shards, width } = table;
  const { indexBits, generationBits, shardBits, onWrap, readLock } = parameters;
  const next = operation({ generation: word(generationBits) }, option(word(generationBits)), ($, { generation }) => {
    const isLast = generation.eq(2n ** BigInt(generationBits) - 1n);
    if (onWrap === 'retire') $.guard('generations left', isLast.not(), NONE);
    $.return($.select(isLast, word(generationBits).of(1), generation.add(1)));
  });
  const insert = operation({ object: pointer(), number: word(shardBits) }, handle, ($, { object, number }) => {
    const shard = shards.at(number);
    const reused = shard.free.pop($);
    $.if(reused.isSome(), () => {
      const slot = shard.slots.at(reused.value());
      $.store(slot.pointer, object);
      $.return(handle.of({ shard: number, index: reused.value(), generation: $.load(slot.generation) }));
    });
    $.guard('room for a slot', shard.slots.length($).lt(2 ** indexBits), 0);
    const index = shard.slots.push($, { pointer: object, generation: 1 });
    $.return(handle.of({ shard: number, index: index.resize(indexBits), generation: 1 }));
  });
  insert.name = 'insert';
  const register = operation({ object: pointer() }, handle, ($, { object }) => {
    const number = THREAD.resize(shardBits);
    const issued = $.variable(handle, 0, 'issued');
    alone($, table, number, readLock, () => issued.set($.call(insert, { object, number })));
    $.return(issued.get());
  });
  const remove = operation({ reference: handle }, pointer(), ($, { reference }) => {
    const shard = shards.at(reference.shard);
    $.guard('slot exists', reference.index.resize(32).lt(shard.slots.length($)), NULL);
    const slot = shard.slots.at(reference.index);
    $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
    const object = $.load(slot.pointer);
    $.guard('slot in use', object.isNull().not(), NULL);
    $.store(slot.pointer, NULL);
    const following = $.call(next, { generation: reference.generation });
    $.if(following.isSome(), () => {
      $.store(slot.generation, following.value());
      shard.free.push($, reference.index);
    });
    $.return(object);
  });
  remove.name = 'remove';
  const unregister = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
    const removed = $.variable(pointer(), NULL, 'removed');
    alone($, table, reference.shard, readLock, () => removed.set($.call(remove, { reference })));
    $.return(removed.get());
  });
  return { next, register, unregister };
}

function readerOperations(table: ShardedTable, { shardBits, readLock }: ShardedParameters) {
  const { handle, shards, reads, width } = table;
  /** Comes in as a reader of a shard, unless the thread is one already. */
  const enterShard = operation({ number: word(shardBits) }, ($, { number }) => {
    $.guard('shard is not read yet', $.load(reads.at(number).held).eq(0));
    const { users } = shards.at(number);
    $.retry(() => {
      $.await(() => $.load(users, 'relaxed').ne(WRITER));
      const readers = $.load(users, 'relaxed');
      $.if(readers.ne(WRITER), () => {
        $.if($.compareExchange(users, readers, readers.add(1), 'acquire').success, () => $.leave());
      });
    });
    $.store(reads.at(number).held, 1);
  });
  enterShard.name = 'enterShard';
  const leave = operation({}, ($) => {
    $.loop(reads.count, (number) => {
      $.if($.load(reads.at(number).held).ne(0), () => {
        $.store(reads.at(number).held, 0);
        $.fetch('sub', shards.at(number).users, 1, 'release');
      });
    });
  });
  const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
    const shard = shards.at(reference.shard);
    const find = (): void => {
      $.guard('slot exists', reference.index.resize(32).lt(shard.slots.length($)), NULL);
      const slot = shard.slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
      $.return($.load(slot.pointer));
    };
    if (readLock === 'lookup') $.shared(shard.lock, find);
    else {
      $.call(enterShard, { number: reference.shard });
      find();
    }
  });
  return { resolve, leave };
}
