import { boolean, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { cell, perThread, state, threadLocal } from '../ir/state-builder.ts';
import { MOST_THREADS } from '../ir/state.ts';
import { Bool, NULL, THREAD, THREADS, type Word } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { choice, flag, integer, type ParameterValues } from '../machine/parameters.ts';
import {
  forUsedSlots,
  inspectSlot,
  recycleOperation,
  registerOperation,
  SLAB_PARAMETERS,
  slabClaims,
  slabState,
  SlotState,
} from './slab.ts';

const PARAMETERS = {
  ...SLAB_PARAMETERS,
  hazards: integer(
    1,
    { min: 1, max: 8 },
    'hazard pointers of a thread; the last one protects everything when they do not suffice',
  ),
  collects: choice(['destroy', 'callers'], 'who collects: every destroy when it is done, or callers alone'),
  fence: flag(true, 'whether a sequential fence follows a hazard; without one it is seen too late under rc11'),
  recheck: flag(true, 'whether the generation is compared again when the hazard is published'),
};

type HazardParameters = ParameterValues<typeof PARAMETERS>;
type HazardTable = ReturnType<typeof hazardTable>;

/** A retired slot that one thread is about to give back. */
const CLAIMED = SlotState.other;
/** What a hazard holds that protects every object. */
const EVERYTHING = 1;

/**
 * Michael's hazard pointers over the slab: a reader announces the one object that it uses, and checks that the object was not retired
 * before the announcement could be seen.
 */
export const hazardSlab = representation({
  id: 'hazard-slab',
  title: 'Lock-free slab with hazard pointers',
  summary:
    'A reader publishes the pointer that it is about to use and compares the generation again; whoever gives objects back leaves alone ' +
    'those that a hazard names. Every resolve pays a store and a fence, and a thread that stops for ever keeps only what its hazards ' +
    'name. A thread that holds more pointers than it has hazards makes its last hazard one for everything until it leaves.',
  source: [
    'Michael, Hazard pointers, IEEE TPDS 15(6), 2004',
    'OPT-0004, alternative 2, with another way to reclaim',
    'https://docs.rs/haphazard/',
  ],
  parameters: PARAMETERS,
  smallScope: { indexBits: 1, generationBits: 2 },
  build(parameters) {
    const table = hazardTable(parameters);
    const { slab, places } = table;
    const { unused, register } = registerOperation(slab, places);
    const { protect, resolve, leave } = readerOperations(table, parameters);
    const { isProtected, collect, recycle } = collectOperations(table, parameters);
    const unregister = operation({ reference: slab.handle }, ($, { reference }) => {
      $.guard('spare bits are zero', reference.shr(slab.width).eq(0));
      const slot = places.slots.at(reference.index);
      const [live, retired] = [SlotState.live, SlotState.retired].map((each) =>
        slab.versionOf(reference.generation, each),
      );
      const ended = $.compareExchange(slot.version, live, retired, 'acqrel');
      $.guard('same generation', ended.success);
      if (parameters.collects === 'destroy') $.call(collect, {});
    });
    return {
      reference: slab.handle,
      state: places,
      capacity: slab.slots,
      operations: { next: slab.next, unused, register, protect, resolve, unregister, recycle, isProtected },
      roles: {
        create: register,
        resolve,
        destroy: unregister,
        leave,
        extras: {
          collect: { operation: collect, effect: 'none', help: 'reclaims what is retired and named by no hazard' },
        },
      },
      slotFields: ['index'],
      inspect: inspectSlot(places),
    };
  },
  claims: (parameters, { model }) => ({
    ...slabClaims(parameters),
    // Between the two comparisons the generations may have come round.
    safeConcurrentUse: parameters.onWrap === 'retire' && parameters.recheck && (parameters.fence || model === 'sc'),
    // What hazards name, of all threads that there may be, and what the stalled one was about to give back; for threads that hold no more
    // pointers than they have hazards. Where nobody need collect, nothing bounds it but the slots.
    boundedGarbage:
      parameters.collects === 'destroy'
        ? Math.min(2 ** parameters.indexBits, MOST_THREADS * parameters.hazards + 1)
        : false,
    nonBlocking: true,
  }),
  advice: {
    aba: 'retire a slot when its generations are used up (onWrap=retire), or widen the generation',
    'use-after-free': 'publish the hazard, fence, and compare the generation again',
    'wrong-object': 'compare the generation again, and retire a slot when its generations are used up',
    exhausted: 'garbage keeps its slots while a hazard names it, and slots are for the thread that freed them',
  },
});

function hazardTable(parameters: HazardParameters) {
  const slab = slabState(parameters);
  const places = state({
    ...slab.members,
    hazards: perThread(parameters.hazards, { pointer: pointer() }),
    used: threadLocal(cell(word(8))),
  });
  /** The number of a thread's hazard. */
  const own = (hazard: Word): Word => THREAD.mul(parameters.hazards).add(hazard.resize(32));
  return { slab, places, own };
}

function readerOperations({ slab, places, own }: HazardTable, { hazards, fence, recheck }: HazardParameters) {
  const { handle, versionOf, width } = slab;
  /** Publishes a hazard for an object: the next one, or the last one for everything. */
  const protect = operation({ object: pointer() }, ($, { object }) => {
    const used = $.load(places.used);
    const isLeft = used.lt(hazards);
    const named = $.select(isLeft, object, $.withoutProvenance(EVERYTHING));
    $.store(places.hazards.at(own($.select(isLeft, used, word(8).of(hazards - 1)))).pointer, named, 'release');
    // Either whoever reclaims sees the hazard, or this thread sees that the object is retired.
    if (fence) $.fence('seqcst');
  });
  const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
    const slot = places.slots.at(reference.index);
    const live = versionOf(reference.generation, SlotState.live);
    $.guard('same generation', $.load(slot.version, 'acquire').eq(live), NULL);
    const object = $.load(slot.pointer, 'relaxed');
    $.call(protect, { object });
    if (recheck) $.guard('still the same generation', $.load(slot.version, 'acquire').eq(live), NULL);
    $.store(places.used, $.load(places.used).add(1).min(hazards));
    $.return(object);
  });
  const leave = operation({}, ($) => {
    $.store(places.used, 0);
    $.loop(hazards, (hazard) => $.store(places.hazards.at(own(hazard)).pointer, NULL, 'release'));
  });
  return { protect, resolve, leave };
}

function collectOperations({ slab, places }: HazardTable, { hazards, generationBits }: HazardParameters) {
  const recycle = recycleOperation(slab, places);
  const isProtected = operation({ object: pointer() }, boolean(), ($, { object }) => {
    $.loop(
      THREADS.mul(hazards),
      (hazard) => {
        const named = $.load(places.hazards.at(hazard).pointer, 'acquire');
        $.if(named.eq(object).or(named.address().eq(EVERYTHING)), () => $.return(Bool.of(true)));
      },
      { atMost: places.hazards.count },
    );
    $.return(Bool.of(false));
  });
  const collect = operation({}, ($) => {
    forUsedSlots($, slab, places, (index) => {
      const slot = places.slots.at(index);
      const version = $.load(slot.version, 'acquire');
      $.if(version.state.eq(SlotState.retired), () => {
        const { generation } = version;
        const claimed = slab.versionOf(generation, CLAIMED);
        $.if($.compareExchange(slot.version, version, claimed, 'acqrel').success, () => {
          $.fence('seqcst');
          const object = $.load(slot.pointer, 'relaxed');
          $.if(
            $.call(isProtected, { object }),
            () => $.store(slot.version, slab.versionOf(generation, SlotState.retired), 'release'),
            () => {
              // The slot stays claimed until its next tenant comes, which is this thread's to choose.
              $.reclaim(object);
              const reference = slab.handle.of({ index: index.resize(slab.width - generationBits), generation });
              $.call(recycle, { reference });
            },
          );
        });
      });
    });
  });
  return { isProtected, collect, recycle };
}
