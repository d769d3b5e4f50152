import { operation } from '../ir/operation.ts';
import { state } from '../ir/state-builder.ts';
import { representation } from '../machine/definition.ts';
import {
  inspectSlot,
  recycleOperation,
  registerOperation,
  resolveOperation,
  SLAB_PARAMETERS,
  slabClaims,
  slabState,
  SlotState,
} from './slab.ts';

/** OPT-0004, hypothesis 2 without its epochs: lock-free reads that check a generation, and memory that is freed at once. */
export const lockFreeSlab = representation({
  id: 'lock-free-slab',
  title: 'Lock-free slab: atomic generation checks, memory freed at once',
  summary:
    'A slot is an atomic word with its generation, and a pointer. Resolve compares the generation and takes the pointer, without ' +
    'a lock and without a write. The check says that the object was there at that moment, and nothing of the next: whoever destroys ' +
    'it frees it under its readers, and may give its slot to another object while a reader stands between check and pointer.',
  source: [
    'OPT-0004, hypothesis 2 and alternative 2: lock-free slab with atomic generation',
    'https://docs.rs/sharded-slab',
    'https://cglab.ca/~abeinges/blah/slab-allocators/',
  ],
  parameters: SLAB_PARAMETERS,
  smallScope: { indexBits: 1, generationBits: 2 },
  build(parameters) {
    const slab = slabState(parameters);
    const places = state(slab.members);
    const { handle, versionOf, next } = slab;
    const { unused, register } = registerOperation(slab, places);
    const resolve = resolveOperation(slab, places);
    const recycle = recycleOperation(slab, places);
    const unregister = operation({ reference: handle }, ($, { reference }) => {
      $.guard('spare bits are zero', reference.shr(slab.width).eq(0));
      const slot = places.slots.at(reference.index);
      const [live, free] = [SlotState.live, SlotState.free].map((each) => versionOf(reference.generation, each));
      const ended = $.compareExchange(slot.version, live, free, 'acqrel');
      $.guard('same generation', ended.success);
      $.reclaim($.load(slot.pointer, 'relaxed'));
      $.call(recycle, { reference });
    });
    return {
      reference: handle,
      state: places,
      capacity: slab.slots,
      operations: { next, unused, register, resolve, recycle, unregister },
      roles: { create: register, resolve, destroy: unregister },
      slotFields: ['index'],
      inspect: inspectSlot(places),
    };
  },
  claims: (parameters) => ({
    ...slabClaims(parameters),
    safeConcurrentUse: false,
    // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
    boundedGarbage: 1,
    nonBlocking: true,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up (onWrap=retire), or widen the generation',
    'use-after-free': 'give memory back later: epochs (epoch-slab) or hazard pointers (hazard-slab)',
    'wrong-object': 'a slot must not be used again while a reader may stand between check and pointer',
    exhausted: 'slots that a thread freed are for that thread: share the lists, or have more slots',
  },
});
