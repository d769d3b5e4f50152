import {
  array,
  cell,
  layout,
  mutex,
  NULL,
  operation,
  pointer,
  queue,
  representation,
  state,
  word,
  type Detection,
  type Representation,
} from '../../src/index.ts';

/** Slot 0 is never used, so that no handle is 0. */
const SLOTS = 8;
const GENERATION_BITS = 5;
const STEP = 3;

/** Generations run through all 32 values, and 3 and 32 share no factor: the first handle of a slot is back after 32 reuses. */
export const CYCLE = 2 ** GENERATION_BITS;

/**
 * A table that is in no catalogue: eight slots in an array, a queue of free ones, and generations of 5 bits that `put` (not
 * `take`) moves by 3, zero included.
 */
export function ownTable(id: string, detectsStale: Detection): Representation {
  return representation({
    id,
    title: 'Seven slots, generations of 5 bits that move by 3',
    summary: 'A small table with a queue of free slots. A handle comes back after 32 reuses of its slot.',
    source: ['made up for a test'],
    parameters: {},
    build() {
      const handle = word(layout({ slot: 3, generation: GENERATION_BITS }, { spare: 'mustBeZero' }));
      const table = state({
        lock: mutex(),
        fresh: cell(word(4), 1),
        slots: array(SLOTS, { object: pointer(), generation: word(GENERATION_BITS) }),
        free: queue(word(3)),
      });
      const { lock, fresh, slots, free } = table;
      const put = operation({ object: pointer() }, handle, ($, { object }) => {
        $.lock(lock, () => {
          const oldest = free.pop($);
          $.if(oldest.isSome(), () => {
            const slot = slots.at(oldest.value());
            const generation = $.load(slot.generation).add(STEP);
            $.store(slot.generation, generation);
            $.store(slot.object, object);
            $.return(handle.of({ slot: oldest.value(), generation }));
          });
          const next = $.load(fresh);
          $.guard('a slot is left', next.lt(SLOTS), 0);
          $.store(fresh, next.add(1));
          $.store(slots.at(next).object, object);
          $.return(handle.of({ slot: next.resize(3), generation: 0 }));
        });
      });
      const get = operation({ reference: handle }, pointer(), ($, { reference }) => {
        $.lock(lock, () => {
          $.guard('nothing above the fields', reference.shr(3 + GENERATION_BITS).eq(0), NULL);
          const slot = slots.at(reference.slot);
          $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
          $.return($.load(slot.object));
        });
      });
      const take = operation({ reference: handle }, pointer(), ($, { reference }) => {
        $.lock(lock, () => {
          $.guard('nothing above the fields', reference.shr(3 + GENERATION_BITS).eq(0), NULL);
          const slot = slots.at(reference.slot);
          $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
          const object = $.load(slot.object);
          $.guard('slot in use', object.isNull().not(), NULL);
          $.store(slot.object, NULL);
          free.push($, reference.slot);
          $.return(object);
        });
      });
      return {
        reference: handle,
        state: table,
        capacity: SLOTS - 1,
        operations: { put, get, take },
        roles: {
          create: put,
          resolve: get,
          destroy: operation({ reference: handle }, ($, { reference }) => {
            const object = $.call(take, { reference });
            $.if(object.isNull().not(), () => $.reclaim(object));
          }),
        },
        slotFields: ['slot'],
      };
    },
    claims: () => ({
      memorySafe: true,
      keepsLive: true,
      threadSafe: true,
      leakFree: true,
      deadlockFree: true,
      safeConcurrentUse: false,
      detectsStale,
      detectsForged: 'always',
      strictProvenance: true,
      available: 'unlimited',
      boundedGarbage: 0,
      nonBlocking: false,
    }),
  });
}

/** Claims what is true of it. */
export const honestTable = ownTable('my-table', { within: CYCLE });

/** Promises that no stale handle is ever accepted. */
export const overclaimingTable = ownTable('my-table', 'always');
