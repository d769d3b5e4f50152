import { layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { cell, growing, mutex, stack, state, threadLocal } from '../ir/state-builder.ts';
import { NONE, NULL, type Word } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { choice, integer, type ParameterValues } from '../machine/parameters.ts';

/** A counter of so many bits does not come round. */
const NEVER_WRAPS = 64;

const PARAMETERS = {
  indexBits: integer(28, { min: 1, max: 28 }, 'bits of the slot index'),
  generationBits: integer(16, { min: 1, max: 32 }, 'bits of the generation'),
  onWrap: choice(['wrap', 'retire'], 'what happens to a slot whose generations are used up'),
  validate: choice(
    ['none', 'generation', 'epoch'],
    'what a hit of the cache is compared with: nothing, the generation of its slot, or a count of all destroyed objects',
  ),
  epochBits: integer(NEVER_WRAPS, { min: 1, max: NEVER_WRAPS }, 'bits of that count'),
};

type CachedParameters = ParameterValues<typeof PARAMETERS>;
type CachedTable = ReturnType<typeof cachedTable>;

/** OPT-0004, alternative 3: the last reference that a thread resolved, and its pointer, stand before the table with its lock. */
export const cachedHandleTable = representation({
  id: 'cached-handle-table',
  title: 'Handle table with one lock, and a cached reference for every thread',
  summary:
    'A thread keeps the reference that it resolved last, and its pointer: the same reference again takes no lock. But the cache does ' +
    'not hear of what other threads destroy. Without validation it answers for objects that are gone; validated by the generation of ' +
    'the slot or by a count of destroyed objects it costs one load and refuses them, though an object may still go away after the check.',
  source: [
    'OPT-0004, alternative 3: thread-local cache and fallback to global lock',
    'OPT-0004, hypothesis 3: a small thread-local handle cache',
  ],
  parameters: PARAMETERS,
  smallScope: { indexBits: 1, generationBits: 2, epochBits: 2 },
  build(parameters) {
    const table = cachedTable(parameters);
    const { handle, slots, cached } = table;
    const { next, register, lookup, unregister } = tableOperations(table, parameters);
    const resolve = resolveOperation(table, parameters, lookup);
    return {
      reference: handle,
      state: table.state,
      capacity: 2 ** parameters.indexBits,
      operations: { next, register, lookup, resolve, unregister },
      roles: {
        create: register,
        resolve,
        destroy: operation({ reference: handle }, ($, { reference }) => {
          // A thread hears of what it destroys itself.
          $.if($.load(cached).eq(reference), () => $.store(cached, 0));
          const object = $.call(unregister, { reference });
          $.if(object.isNull().not(), () => $.reclaim(object));
        }),
      },
      slotFields: ['index'],
      inspect: (reference: never) => {
        const slot = slots.at((reference as { index: Word }).index);
        return { generation: slot.generation, pointer: slot.pointer };
      },
    };
  },
  claims: ({ indexBits, generationBits, onWrap, validate, epochBits }) => {
    const countsForEver = validate === 'epoch' && epochBits === NEVER_WRAPS;
    // When a handle comes back for another object, the cache of some thread may still lead to the first one.
    const answersForOwn = onWrap === 'retire' || countsForEver;
    const validates = validate === 'generation' || countsForEver;
    const detects = onWrap === 'retire' ? 'always' : ({ within: 2 ** generationBits - 1 } as const);
    return {
      memorySafe: answersForOwn,
      keepsLive: answersForOwn,
      threadSafe: true,
      leakFree: true,
      deadlockFree: true,
      // Between the check and the use, another thread may destroy the object.
      safeConcurrentUse: false,
      detectsStale: validates ? detects : 'never',
      detectsForged: 'always',
      strictProvenance: true,
      available: onWrap === 'wrap' ? 'unlimited' : 2 ** indexBits - 1 + (2 ** generationBits - 1),
      // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
      boundedGarbage: 1,
      nonBlocking: false,
    };
  },
  advice: {
    'stale-handle': 'compare a hit with something that destroy changes: validate=generation or validate=epoch',
    aba: 'retire a slot when its generations are used up (onWrap=retire), and validate hits',
    'wrong-object': 'retire a slot when its generations are used up (onWrap=retire)',
    'use-after-free': 'keep the object alive across the use: take a reference count or pin an epoch',
    exhausted: 'retired slots do not come back: widen the index or the generation',
  },
});

function cachedTable({ indexBits, generationBits, validate, epochBits }: CachedParameters) {
  const handle = word(layout({ index: indexBits, generation: generationBits }, { spare: 'mustBeZero' }));
  const members = state({
    lock: mutex(),
    slots: growing({ pointer: pointer(), generation: word(generationBits) }),
    free: stack(word(indexBits)),
    destroyed: cell(word(epochBits)),
    cached: threadLocal(cell(handle)),
    cachedPointer: threadLocal(cell(pointer())),
    cachedEpoch: threadLocal(cell(word(epochBits))),
  });
  const counting = ['destroyed', 'cachedEpoch'];
  const declarations = members.declarations.filter(({ name }) => validate === 'epoch' || !counting.includes(name));
  return { ...members, state: { declarations }, handle, width: indexBits + generationBits };
}

function tableOperations(table: CachedTable, { indexBits, generationBits, onWrap, validate }: CachedParameters) {
  const { lock, slots, free, destroyed, cached, cachedPointer, cachedEpoch, handle } = table;
  const next = operation({ generation: word(generationBits) }, option(word(generationBits)), ($, { generation }) => {
    const isLast = generation.eq(2n ** BigInt(generationBits) - 1n);
    if (onWrap === 'retire') $.guard('generations left', isLast.not(), NONE);
    $.return($.select(isLast, word(generationBits).of(1), generation.add(1)));
  });
  const register = operation({ object: pointer() }, handle, ($, { object }) => {
    $.lock(lock, () => {
      const reused = free.pop($);
      $.if(reused.isSome(), () => {
        const slot = slots.at(reused.value());
        $.store(slot.pointer, object);
        $.return(handle.of({ index: reused.value(), generation: $.load(slot.generation, 'relaxed') }));
      });
      $.guard('room for a slot', slots.length($).lt(2 ** indexBits), 0);
      const index = slots.push($, { pointer: object, generation: 1 });
      $.return(handle.of({ index: index.resize(indexBits), generation: 1 }));
    });
  });
  /** The way through the lock, which fills the cache. */
  const lookup = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.lock(lock, () => {
      $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
      const slot = slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation, 'relaxed').eq(reference.generation), NULL);
      const object = $.load(slot.pointer);
      $.guard('slot in use', object.isNull().not(), NULL);
      $.store(cached, reference);
      $.store(cachedPointer, object);
      if (validate === 'epoch') $.store(cachedEpoch, $.load(destroyed, 'relaxed'));
      $.return(object);
    });
  });
  /** Answers the object that the reference stood for, null for a stale reference. */
  const unregister = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(table.width).eq(0), NULL);
    $.lock(lock, () => {
      $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
      const slot = slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation, 'relaxed').eq(reference.generation), NULL);
      const object = $.load(slot.pointer);
      $.guard('slot in use', object.isNull().not(), NULL);
      $.store(slot.pointer, NULL);
      const following = $.call(next, { generation: reference.generation });
      // A retired slot has generation 0, which no handle has.
      $.store(slot.generation, $.select(following.isSome(), following.value(), 0), 'release');
      if (validate === 'epoch') $.store(destroyed, $.load(destroyed, 'relaxed').add(1), 'release');
      $.if(following.isSome(), () => free.push($, reference.index));
      $.return(object);
    });
  });
  return { next, register, lookup, unregister };
}

function resolveOperation(
  { slots, destroyed, cached, cachedPointer, cachedEpoch, handle, width }: CachedTable,
  { validate }: CachedParameters,
  lookup: ReturnType<typeof tableOperations>['lookup'],
) {
  return operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
    $.guard('generation is not zero', reference.generation.ne(0), NULL);
    $.if($.load(cached).eq(reference), () => {
      if (validate === 'none') $.return($.load(cachedPointer));
      else {
        const isValid =
          validate === 'generation'
            ? $.load(slots.at(reference.index).generation, 'acquire').eq(reference.generation)
            : $.load(destroyed, 'acquire').eq($.load(cachedEpoch));
        $.if(isValid, () => $.return($.load(cachedPointer)));
      }
    });
    $.return($.call(lookup, { reference }));
  });
}
