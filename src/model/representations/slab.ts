import type { Builder } from '../ir/builder.ts';
import { layout, option, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { array, cell, stack, threadLocal } from '../ir/state-builder.ts';
import { NONE, NULL, type Word } from '../ir/value.ts';
import { choice, integer, type ParameterValues } from '../machine/parameters.ts';

/** What all slabs with lock-free reads are told. */
export const SLAB_PARAMETERS = {
  indexBits: integer(16, { min: 1, max: 16 }, 'bits of the slot index'),
  generationBits: integer(16, { min: 1, max: 32 }, 'bits of the generation'),
  onWrap: choice(['wrap', 'retire'], 'what happens to a slot whose generations are used up'),
};

export type SlabParameters = ParameterValues<typeof SLAB_PARAMETERS>;
export type Slab = ReturnType<typeof slabState>;

/** What a slot is: no object, a live one, one that was retired, and what a design makes of the fourth value. */
export const SlotState = { free: 0, live: 1, retired: 2, other: 3 } as const;

/**
 * The slots that every lock-free slab has. A slot is one word that changes as a whole, its version (the generation of its last tenant,
 * what became of it, and more if a design wants), and a pointer. Slots that were used stand in a list of the thread that freed them,
 * as in https://docs.rs/sharded-slab, together with their next generation; the others are counted. So no list is shared, and none
 * can suffer from ABA.
 * @param more bits of the version above generation and state
 */
export function slabState({ indexBits, generationBits, onWrap }: SlabParameters, more = 0) {
  const handle = word(layout({ index: indexBits, generation: generationBits }, { spare: 'mustBeZero' }));
  const fields: { generation: number; state: number } = {
    generation: generationBits,
    state: 2,
    ...(more === 0 ? {} : { epoch: more }),
  };
  const version = word(layout(fields));
  const members = {
    slots: array(2 ** indexBits, { version, pointer: pointer() }),
    fresh: cell(word(indexBits + 1)),
    free: threadLocal(stack(handle)),
  };
  /** The version of a slot whose tenant has a generation. */
  const versionOf = (generation: Word, state: number): Word => version.of({ generation, state });
  /** The generation after one; NONE when they are used up and the slot with them. */
  const next = operation({ generation: word(generationBits) }, option(word(generationBits)), ($, { generation }) => {
    const isLast = generation.eq(2n ** BigInt(generationBits) - 1n);
    if (onWrap === 'retire') $.guard('generations left', isLast.not(), NONE);
    // 0 is never used, so that a handle is never 0.
    $.return($.select(isLast, word(generationBits).of(1), generation.add(1)));
  });
  return { members, handle, version, versionOf, next, width: indexBits + generationBits, slots: 2 ** indexBits };
}

/** The references to a slab's state that its operations work on. */
export type SlabPlaces = { readonly [Name in keyof Slab['members']]: ReturnType<Slab['members'][Name]['reference']> };

/** `register`: an object gets a slot, and its handle. */
export function registerOperation({ handle, versionOf, slots }: Slab, places: SlabPlaces) {
  const unused = operation({}, handle, ($) => {
    $.retry(() => {
      const index = $.load(places.fresh, 'relaxed');
      $.guard('a slot was never used', index.lt(slots), 0);
      const taken = $.compareExchange(places.fresh, index, index.add(1), 'relaxed');
      $.if(taken.success, () => $.return(handle.of({ index: index.resize(index.type.width - 1), generation: 1 })));
    });
  });
  const register = operation({ object: pointer() }, handle, ($, { object }) => {
    const issued = $.variable(handle, 0, 'issued');
    const reused = places.free.pop($);
    $.if(
      reused.isSome(),
      () => issued.set(reused.value()),
      () => issued.set($.call(unused, {})),
    );
    const reference = issued.get();
    $.guard('there is a slot', reference.ne(0), 0);
    const slot = places.slots.at(reference.index);
    $.store(slot.pointer, object, 'relaxed');
    // Whoever sees the slot live sees its pointer.
    $.store(slot.version, versionOf(reference.generation, SlotState.live), 'release');
    $.return(reference);
  });
  return { unused, register };
}

/** `resolve`: no lock, no write. What came out is safe to use as long as nobody can reclaim it. */
export function resolveOperation({ handle, versionOf, width }: Slab, places: SlabPlaces) {
  return operation({ reference: handle }, pointer(), ($, { reference }) => {
    $.guard('spare bits are zero', reference.shr(width).eq(0), NULL);
    const slot = places.slots.at(reference.index);
    const live = versionOf(reference.generation, SlotState.live);
    $.guard('same generation', $.load(slot.version, 'acquire').eq(live), NULL);
    $.return($.load(slot.pointer, 'relaxed'));
  });
}

/** So many slots are looked through as they are; of more, those that were ever used. */
const FEW_SLOTS = 64;

/** Runs the body for every slot that may have been used. */
export function forUsedSlots($: Builder, { slots }: Slab, places: SlabPlaces, body: (index: Word) => void): void {
  const count = slots <= FEW_SLOTS ? slots : $.load(places.fresh, 'acquire').resize(32);
  $.loop(count, body, { atMost: slots });
}

/** Puts a slot that nobody can reach any more into the list of the thread that runs, unless its generations are used up. */
export function recycleOperation({ handle, next }: Slab, places: SlabPlaces) {
  return operation({ reference: handle }, ($, { reference }) => {
    const generation = $.call(next, { generation: reference.generation });
    $.if(generation.isSome(), () =>
      places.free.push($, handle.of({ index: reference.index, generation: generation.value() })),
    );
  });
}

/** What holds for every slab here, whatever it does about readers. */
export function slabClaims({ indexBits, generationBits, onWrap }: SlabParameters) {
  return {
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    detectsStale: onWrap === 'retire' ? 'always' : { within: 2 ** generationBits - 1 },
    // Only the version of a live slot is compared with, and it has the generation that was issued.
    detectsForged: 'always',
    strictProvenance: true,
    // Slots that were used are for the thread that freed them; every slot is used once by whoever comes.
    available: 2 ** indexBits,
  } as const;
}

/** What diagnostics show of the slot behind a reference. */
export function inspectSlot(places: SlabPlaces) {
  return (reference: never) => {
    const slot = places.slots.at((reference as { index: Word }).index);
    return { version: slot.version, pointer: slot.pointer };
  };
}
