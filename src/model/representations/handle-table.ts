import { layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { growing, list, mutex, state } from '../ir/state-builder.ts';
import { NONE, NULL } from '../ir/value.ts';
import type { Claims } from '../machine/claims.ts';
import { representation } from '../machine/definition.ts';
import { choice, integer } from '../machine/parameters.ts';

/**
 * The textbook generational handle table behind one lock (OPT-0003, alternative 2): a slot's generation is between 1 and
 * 2^g - 1, 0 is skipped, and destroy moves it one step. After 2^g - 1 reuses of a slot its first handle comes back, unless the
 * slot is retired when its generations are used up.
 */
export const handleTable = representation({
  id: 'handle-table',
  title: 'Global handle table: one lock, index and generation',
  summary:
    'Every reference is a slot index and a generation; resolve compares generations under one lock. Wrapping generations ' +
    'let a handle come back; retiring a slot instead makes detection certain and the number of creates finite.',
  source: [
    'OPT-0003, alternative 2: global handle table with locking',
    'https://cglab.ca/~abeinges/blah/slab-allocators/',
  ],
  parameters: {
    indexBits: integer(28, { min: 1, max: 28 }, 'bits of the slot index'),
    generationBits: integer(16, { min: 1, max: 32 }, 'bits of the generation'),
    step: integer(1, { min: 1, max: 3 }, 'how far destroy moves a generation'),
    onWrap: choice(['wrap', 'retire'], 'what happens to a slot whose generations are used up'),
    freeList: choice(['lifo', 'fifo'], 'which free slot is used first'),
  },
  validate: ({ generationBits, step }) =>
    step < 2 ** generationBits ? undefined : `a step of ${step} does not fit ${generationBits} generation bits`,
  build({ indexBits, generationBits, step, onWrap, freeList }) {
    const handle = word(layout({ index: indexBits, generation: generationBits }, { spare: 'mustBeZero' }));
    const last = 2n ** BigInt(generationBits) - 1n;
    const table = state({
      lock: mutex(),
      slots: growing({ pointer: pointer(), generation: word(generationBits) }),
      free: list(word(indexBits), freeList),
    });

    /** One past the last generation comes 1; 0 is never used, so that a handle is never 0. */
    const next = operation({ generation: word(generationBits) }, option(word(generationBits)), ($, { generation }) => {
      const wide = generation.resize(64).add(step);
      const wraps = wide.gt(last);
      if (onWrap === 'retire') $.guard('generations left', wraps.not(), NONE);
      $.return($.select(wraps, wide.sub(last), wide).resize(generationBits));
    });

    const register = operation({ object: pointer() }, handle, ($, { object }) => {
      $.lock(table.lock, () => {
        const reused = table.free.pop($);
        $.if(reused.isSome(), () => {
          const index = reused.value();
          const slot = table.slots.at(index);
          $.store(slot.pointer, object);
          $.return(handle.of({ index, generation: $.load(slot.generation) }));
        });
        const length = table.slots.length($);
        $.guard('room for a slot', length.resize(64).lt(2n ** BigInt(indexBits)), 0);
        const index = table.slots.push($, { pointer: object, generation: 1 });
        $.return(handle.of({ index: index.resize(indexBits), generation: 1 }));
      });
    });

    const resolve = operation({ handle }, pointer(), ($, { handle }) => {
      $.lock(table.lock, () => {
        $.guard('spare bits are zero', handle.shr(indexBits + generationBits).eq(0), NULL);
        $.guard('slot exists', handle.index.resize(32).lt(table.slots.length($)), NULL);
        const slot = table.slots.at(handle.index);
        $.guard('same generation', $.load(slot.generation).eq(handle.generation), NULL);
        $.return($.load(slot.pointer));
      });
    });

    const unregister = operation({ handle }, pointer(), ($, { handle }) => {
      $.lock(table.lock, () => {
        $.guard('spare bits are zero', handle.shr(indexBits + generationBits).eq(0), NULL);
        $.guard('slot exists', handle.index.resize(32).lt(table.slots.length($)), NULL);
        const slot = table.slots.at(handle.index);
        $.guard('same generation', $.load(slot.generation).eq(handle.generation), NULL);
        const object = $.load(slot.pointer);
        $.guard('slot in use', object.isNull().not(), NULL);
        $.store(slot.pointer, NULL);
        const following = $.call(next, { generation: handle.generation });
        $.if(following.isSome(), () => {
          $.store(slot.generation, following.value());
          table.free.push($, handle.index);
        });
        $.return(object);
      });
    });

    return {
      reference: handle,
      state: table,
      capacity: Math.min(2 ** indexBits, 2 ** 28),
      operations: { next, register, resolve, unregister },
      roles: {
        create: register,
        resolve,
        destroy: operation({ reference: handle }, ($, { reference }) => {
          const object = $.call(unregister, { handle: reference });
          $.if(object.isNull().not(), () => $.reclaim(object));
        }),
      },
      slotFields: ['index'],
      inspect: (reference: never) => {
        const slot = table.slots.at((reference as { index: never }).index);
        return { generation: slot.generation, pointer: slot.pointer };
      },
    };
  },
  claims: ({ indexBits, generationBits, step, onWrap }): Claims => {
    const generations = 2 ** generationBits - 1;
    return {
      memorySafe: true,
      keepsLive: true,
      threadSafe: true,
      leakFree: true,
      deadlockFree: true,
      safeConcurrentUse: false,
      detectsStale: onWrap === 'retire' ? 'always' : { within: generations / greatestCommonDivisor(step, generations) },
      detectsForged: 'always',
      strictProvenance: true,
      available: onWrap === 'wrap' ? 'unlimited' : 2 ** indexBits * Math.ceil(generations / step),
      boundedGarbage: 0,
      nonBlocking: false,
    };
  },
});

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
