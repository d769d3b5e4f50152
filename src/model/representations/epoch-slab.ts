import { representation } from '../machine/definition.ts';
import { choice, flag, integer } from '../machine/parameters.ts';
import { epochSlabState } from './epoch-slab-operations.ts';
import { inspectSlot, SLAB_PARAMETERS, slabClaims } from './slab.ts';

export const EPOCH_PARAMETERS = {
  ...SLAB_PARAMETERS,
  epochBits: integer(2, { min: 2, max: 16 }, 'bits of the epoch, which counts modulo 2^bits'),
  collects: choice(['destroy', 'callers'], 'who collects: every destroy when it is done, or callers alone'),
  pinFence: flag(true, 'whether a pin ends with a sequential fence; without one a pin is seen too late under rc11'),
  advances: integer(2, { min: 1, max: 3 }, 'how many advances of the epoch an object waits for; one is too few'),
  recycleIndex: choice(
    ['reclaim', 'unlink'],
    'when a slot is free again: with its object, or as soon as the object is retired, which is too early',
  ),
  bumpGeneration: choice(
    ['early', 'late'],
    'whether destroy ends the generation before it reads the epoch, or after it, which is too late',
  ),
};

/**
 * OPT-0004, alternative 2. What makes it sound: a pin is published before anything is read under it; a destroyed object is
 * unreachable before its epoch is read; an object and its slot wait for two advances; whoever advances is pinned meanwhile, so that
 * nobody advances twice past its scan, although epochs are counted modulo 2^k.
 */
export const epochSlab = representation({
  id: 'epoch-slab',
  title: 'Lock-free slab with epoch reclamation',
  summary:
    'Readers announce the epoch that they read in; a destroyed object keeps its memory and its slot until the epoch has advanced twice, ' +
    'which it does only when every pinned thread has seen the present one. What is resolved between enter and leave stays usable, ' +
    'without a lock. A thread that never leaves keeps all garbage from then on, and with it the slots.',
  source: [
    'OPT-0004, alternative 2: lock-free slab with atomic generation and epoch GC',
    'https://docs.rs/crossbeam-epoch/',
    'Fraser, Practical lock-freedom, 2004, section 5.2.3',
  ],
  parameters: EPOCH_PARAMETERS,
  smallScope: { indexBits: 1, generationBits: 2, epochBits: 2, collects: 'callers' },
  validate: ({ advances, epochBits }) =>
    advances < 2 ** epochBits ? undefined : `${advances} advances cannot be told apart by ${epochBits} epoch bits`,
  build(parameters) {
    const { slab, places, operations, enter, leave, collect } = epochSlabState(parameters);
    const { register, resolve, unregister } = operations;
    return {
      reference: slab.handle,
      state: places,
      capacity: slab.slots,
      operations,
      roles: {
        create: register,
        resolve,
        destroy: unregister,
        enter,
        leave,
        extras: {
          collect: {
            operation: collect,
            effect: 'none',
            help: 'advances the epoch if every pinned thread has seen it, and reclaims what is two advances old',
          },
        },
      },
      slotFields: ['index'],
      inspect: inspectSlot(places),
    };
  },
  claims: (parameters, { model }) => ({
    ...slabClaims(parameters),
    // A reference that was read before enter may be one of a generation that has come round by the time of the pin.
    safeConcurrentUse:
      parameters.onWrap === 'retire' &&
      (parameters.pinFence || model === 'sc') &&
      parameters.advances >= 2 &&
      parameters.recycleIndex === 'reclaim' &&
      parameters.bumpGeneration === 'early',
    // A thread that is pinned for ever keeps whatever is retired from then on.
    boundedGarbage: false,
    nonBlocking: true,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up (onWrap=retire), or widen the generation',
    'use-after-free': 'two advances, a fence in the pin, and a generation that ends before the epoch is read',
    'wrong-object': 'give a slot back together with its object, and retire it when its generations are used up',
    exhausted: 'garbage keeps its slots while a thread is pinned: leave, collect, or have more slots',
  },
});
