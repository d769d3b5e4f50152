import { boolean, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { cell, perThread, queue, state, threadLocal } from '../ir/state-builder.ts';
import { Bool, THREAD, THREADS, type Word } from '../ir/value.ts';
import type { ParameterValues } from '../machine/parameters.ts';
import type { EPOCH_PARAMETERS } from './epoch-slab.ts';
import { forUsedSlots, recycleOperation, registerOperation, resolveOperation, slabState, SlotState } from './slab.ts';

type EpochParameters = ParameterValues<typeof EPOCH_PARAMETERS>;
type EpochTable = ReturnType<typeof epochTable>;

/** A retired slot whose version says in which epoch it was retired. */
const STAMPED = SlotState.other;

/** The state of the slab with its epochs, and all operations on it. */
export function epochSlabState(parameters: EpochParameters) {
  const table = epochTable(parameters);
  const { slab, places } = table;
  const { pin, enter, leave, everybodyHasSeen } = pinOperations(table, parameters);
  const recycle = recycleOperation(slab, places);
  const reclaimExpired =
    parameters.recycleIndex === 'reclaim'
      ? reclaimSlots(table, parameters, recycle)
      : reclaimObjects(table, parameters);
  const somethingWaits = waitingOperation(table, parameters);
  const collect = operation({}, ($) => {
    // A thread that is pinned already has an epoch of its own, which may be the last one.
    $.guard('thread is not pinned', $.load(places.inside).not());
    $.guard('something waits', $.call(somethingWaits, {}));
    const current = $.call(pin, {});
    $.if($.call(everybodyHasSeen, { current }), () => {
      const advanced = $.compareExchange(places.epoch, current, current.add(1), 'acqrel');
      // Nobody can advance again before this thread leaves: what is expired now, nobody else reclaims meanwhile.
      $.if(advanced.success, () => $.call(reclaimExpired, { now: current.add(1) }));
    });
    $.store(places.announced.at(THREAD).epoch, 0, 'release');
  });
  const retire = retireOperation(table, parameters, recycle);
  const unregister = operation({ reference: slab.handle }, ($, { reference }) => {
    $.call(retire, { reference });
    if (parameters.collects === 'destroy') $.call(collect, {});
  });
  const { unused, register } = registerOperation(slab, places);
  const resolve = resolveOperation(slab, places);
  const operations = {
    next: slab.next,
    unused,
    register,
    resolve,
    pin,
    recycle,
    retire,
    unregister,
    somethingWaits,
    everybodyHasSeen,
    reclaimExpired,
  };
  return { slab, places, operations, enter, leave, collect };
}

function epochTable(parameters: EpochParameters) {
  const { epochBits, recycleIndex } = parameters;
  const slab = slabState(parameters, epochBits);
  const places = state({
    ...slab.members,
    epoch: cell(word(epochBits)),
    // 0 for a thread that is not pinned; else the epoch with a bit above it.
    announced: perThread(1, { epoch: word(epochBits + 1) }),
    inside: threadLocal(cell(boolean())),
    objects: threadLocal(queue(pointer())),
    stamps: threadLocal(queue(word(epochBits))),
  });
  // Objects wait in their slots; apart from them only where slots are given away at once.
  const apart = ['objects', 'stamps'];
  const declarations = places.declarations.filter(({ name }) => recycleIndex === 'unlink' || !apart.includes(name));
  const announcement = (epoch: Word): Word => epoch.resize(epochBits + 1).or(2 ** epochBits);
  return { slab, places: { ...places, declarations }, announcement, epochBits };
}

function pinOperations({ places, announcement, epochBits }: EpochTable, { pinFence }: EpochParameters) {
  const { epoch, announced, inside } = places;
  const pin = operation({}, word(epochBits), ($) => {
    $.retry(() => {
      const current = $.load(epoch, 'acquire');
      $.store(announced.at(THREAD).epoch, announcement(current), 'release');
      // Either whoever reclaims sees the announcement, or this thread sees that the object is gone.
      if (pinFence) $.fence('seqcst');
      // An epoch that is not the present one any more would look like it again when the count has come round.
      $.if($.load(epoch, 'acquire').eq(current), () => $.return(current));
    });
  });
  const enter = operation({}, ($) => {
    $.call(pin, {});
    $.store(inside, 1);
  });
  const leave = operation({}, ($) => {
    $.store(inside, 0);
    $.store(announced.at(THREAD).epoch, 0, 'release');
  });
  /** Whether every other thread is not pinned, or pinned in the present epoch. */
  const everybodyHasSeen = operation({ current: word(epochBits) }, boolean(), ($, { current }) => {
    $.loop(
      THREADS,
      (thread) => {
        $.if(thread.ne(THREAD), () => {
          const other = $.load(announced.at(thread).epoch, 'acquire');
          $.guard('thread has seen the epoch', other.eq(0).or(other.eq(announcement(current))), Bool.of(false));
        });
      },
      { atMost: announced.count },
    );
    $.return(Bool.of(true));
  });
  return { pin, enter, leave, everybodyHasSeen };
}

/** Makes the object unreachable, then notes the epoch: whoever could still reach it was pinned in that one or before. */
function retireOperation(
  { slab, places }: EpochTable,
  { recycleIndex, bumpGeneration }: EpochParameters,
  recycle: ReturnType<typeof recycleOperation>,
) {
  const { slots, epoch, objects, stamps } = places;
  const { handle, width, versionOf } = slab;
  return operation({ reference: handle }, ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0));
    const slot = slots.at(reference.index);
    const live = versionOf(reference.generation, SlotState.live);
    const early = bumpGeneration === 'late' ? $.load(epoch, 'relaxed') : undefined;
    const stamped = (stamp: Word): Word => versionOf(reference.generation, STAMPED).with({ epoch: stamp });
    const unreachable = early === undefined ? versionOf(reference.generation, SlotState.retired) : stamped(early);
    const ended = $.compareExchange(slot.version, live, unreachable, 'acqrel');
    $.guard('same generation', ended.success);
    if (early === undefined) $.fence('seqcst');
    const stamp = early ?? $.load(epoch, 'relaxed');
    if (recycleIndex === 'unlink') {
      objects.push($, $.load(slot.pointer, 'relaxed'));
      stamps.push($, stamp);
      $.call(recycle, { reference });
    } else if (early === undefined) $.store(slot.version, stamped(stamp), 'release');
  });
}

/** Whether any object waits to be given back; an epoch that nothing waits for need not advance. */
function waitingOperation({ slab, places }: EpochTable, { recycleIndex }: EpochParameters) {
  return operation({}, boolean(), ($) => {
    if (recycleIndex === 'unlink') $.return(places.objects.length($).ne(0));
    else {
      forUsedSlots($, slab, places, (index) => {
        const version = $.load(places.slots.at(index).version, 'acquire');
        $.if(version.state.eq(STAMPED), () => $.return(Bool.of(true)));
      });
      $.return(Bool.of(false));
    }
  });
}

/** Gives back every object that has waited long enough, and its slot with it. */
function reclaimSlots(
  { slab, places, epochBits }: EpochTable,
  { advances, generationBits }: EpochParameters,
  recycle: ReturnType<typeof recycleOperation>,
) {
  return operation({ now: word(epochBits) }, ($, { now }) => {
    forUsedSlots($, slab, places, (index) => {
      const slot = places.slots.at(index);
      const version = $.load(slot.version, 'acquire');
      const age = now.sub(version.bits(generationBits + 2, epochBits));
      $.if(version.state.eq(STAMPED).and(age.ge(advances)), () => {
        const object = $.load(slot.pointer, 'relaxed');
        $.store(slot.version, slab.versionOf(version.generation, SlotState.free), 'release');
        $.reclaim(object);
        const reference = slab.handle.of({
          index: index.resize(slab.width - generationBits),
          generation: version.generation,
        });
        $.call(recycle, { reference });
      });
    });
  });
}

/** Gives back what this thread retired and what has waited long enough; the slots are given away already. */
function reclaimObjects({ places, slab, epochBits }: EpochTable, { advances }: EpochParameters) {
  const { objects, stamps } = places;
  return operation({ now: word(epochBits) }, ($, { now }) => {
    $.loop(
      objects.length($),
      () => {
        const [object, stamp] = [objects.pop($).value(), stamps.pop($).value()];
        $.if(
          now.sub(stamp).ge(advances),
          () => $.reclaim(object),
          () => {
            objects.push($, object);
            stamps.push($, stamp);
          },
        );
      },
      { atMost: 4 * slab.slots },
    );
  });
}
