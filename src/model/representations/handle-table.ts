import { layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { growing, list, mutex, state } from '../ir/state-builder.ts';
import { NONE, NULL, type Word } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { choice, integer, type ParameterValues } from '../machine/parameters.ts';
import { reusesUntilWrap } from './generation-cycle.ts';

const PARAMETERS = {
  indexBits: integer(28, { min: 1, max: 28 }, 'bits of the slot index'),
  generationBits: integer(16, { min: 1, max: 32 }, 'bits of the generation'),
  step: integer(1, { min: 1, max: 3 }, 'how far destroy moves a generation'),
  onWrap: choice(['wrap', 'retire'], 'what happens to a slot whose generations are used up'),
  freeList: choice(['lifo', 'fifo'], 'which free slot is used first'),
};

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
  parameters: PARAMETERS,
  smallScope: { indexBits: 1, generationBits: 2 },
  validate: ({ generationBits, step }) =>
    step < 2 ** generationBits ? undefined : `a step of ${step} does not fit ${generationBits} generation bits`,
  build(parameters) {
    const table = tableState(parameters);
    const { handle, slots } = table;
    const next = nextGeneration(parameters);
    const register = registerOperation(table, parameters);
    const resolve = resolveOperation(table);
    const unregister = unregisterOperation(table, next);
    return {
      reference: handle,
      state: table.state,
      capacity: 2 ** parameters.indexBits,
      operations: { next, register, resolve, unregister },
      roles: {
        create: register,
        resolve,
        destroy: operation({ reference: handle }, ($, { reference }) => {
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
  claims: ({ indexBits, generationBits, step, onWrap }) => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    // The lock protects the table, not the object: between resolve and the use, another thread may destroy it.
    safeConcurrentUse: false,
    detectsStale: onWrap === 'retire' ? 'always' : { within: reusesUntilWrap(generationBits, step) },
    // A slot in use has the generation of the handle that was issued for it, a free or retired one has no pointer.
    detectsForged: 'always',
    strictProvenance: true,
    // The worst clients hold all slots but one and use up the generations of that one: the next create finds no slot.
    available: onWrap === 'wrap' ? 'unlimited' : 2 ** indexBits - 1 + Math.ceil((2 ** generationBits - 1) / step),
    // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
    boundedGarbage: 1,
    nonBlocking: false,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up (onWrap=retire), or widen the generation',
    exhausted: 'retired slots do not come back: widen the index or the generation',
    'use-after-free': 'keep the object alive across the use: take a reference count or pin an epoch under the lock',
  },
});

type TableParameters = ParameterValues<typeof PARAMETERS>;
type Table = ReturnType<typeof tableState>;

function tableState({ indexBits, generationBits, freeList }: TableParameters) {
  const members = state({
    lock: mutex(),
    slots: growing({ pointer: pointer(), generation: word(generationBits) }),
    free: list(word(indexBits), freeList),
  });
  const handle = word(layout({ index: indexBits, generation: generationBits }, { spare: 'mustBeZero' }));
  return { state: members, ...members, handle, width: indexBits + generationBits };
}

/** One past the last generation comes 1; 0 is never used, so that a handle is never 0. */
function nextGeneration({ generationBits, step, onWrap }: TableParameters) {
  const last = 2n ** BigInt(generationBits) - 1n;
  return operation({ generation: word(generationBits) }, option(word(generationBits)), ($, { generation }) => {
    const wide = generation.resize(64).add(step);
    const wraps = wide.gt(last);
    if (onWrap === 'retire') $.guard('generations left', wraps.not(), NONE);
    $.return($.select(wraps, wide.sub(last), wide).resize(generationBits));
  });
}

function registerOperation({ lock, slots, free, handle }: Table, { indexBits }: TableParameters) {
  return operation({ object: pointer() }, handle, ($, { object }) => {
    $.lock(lock, () => {
      const reused = free.pop($);
      $.if(reused.isSome(), () => {
        const slot = slots.at(reused.value());
        $.store(slot.pointer, object);
        $.return(handle.of({ index: reused.value(), generation: $.load(slot.generation) }));
      });
      $.guard('room for a slot', slots.length($).lt(2 ** indexBits), 0);
      const index = slots.push($, { pointer: object, generation: 1 });
      $.return(handle.of({ index: index.resize(indexBits), generation: 1 }));
    });
  });
}

function resolveOperation({ lock, slots, handle, width }: Table) {
  return operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.lock(lock, () => {
      $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
      $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
      const slot = slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
      $.return($.load(slot.pointer));
    });
  });
}

/** Answers the object that the reference stood for, null for a stale reference. */
function unregisterOperation({ lock, slots, free, handle, width }: Table, next: ReturnType<typeof nextGeneration>) {
  return operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.lock(lock, () => {
      $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
      $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
      const slot = slots.at(reference.index);
      $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
      const object = $.load(slot.pointer);
      $.guard('slot in use', object.isNull().not(), NULL);
      $.store(slot.pointer, NULL);
      const following = $.call(next, { generation: reference.generation });
      $.if(following.isSome(), () => {
        $.store(slot.generation, following.value());
        free.push($, reference.index);
      });
      $.return(object);
    });
  });
}
