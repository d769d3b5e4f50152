import { layout, pointer, word, type ScalarKind } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, unlocked, type PlaceReference } from '../../../src/model/ir/state-builder.ts';
import type { Builder } from '../../../src/model/ir/builder.ts';
import { NULL, type Operand, type Pointer, type Word } from '../../../src/model/ir/value.ts';
import type { Claims } from '../../../src/model/machine/claims.ts';

/*
 * A roster gives every object a place that is never used again. Bugs that are not about references at all are modelled on one, so
 * that nothing but the bug can go wrong: stale and forged references are always refused. The models are sequential, hence no lock.
 */

const PLACE_BITS = 24;

/** The place plus one, so that no reference is 0. */
export const PLACE = word(layout({ place: PLACE_BITS }, { spare: 'mustBeZero' }));

/** As many objects as there are places. */
export const ROSTER_SIZE = 2 ** PLACE_BITS - 1;

/** What a roster needs to know of its records. */
interface Places {
  at(index: Operand): { readonly object: PlaceReference<Pointer> };
  length($: Builder): Word;
}

export function roster<R extends Readonly<Record<string, ScalarKind>>>(fields: R) {
  return unlocked(growing({ object: pointer(), ...fields }));
}

/** The reference to a new place. */
export function placed(index: Word) {
  return PLACE.of({ place: index.add(1).resize(PLACE_BITS) });
}

/** The index of a reference's place; only after `isPlace`. */
export function indexOf(reference: Word): Word {
  return reference.sub(1).resize(32);
}

/** Whether a reference names a place; its spare bits are then zero too. */
export function isPlace($: Builder, places: Places, reference: Word) {
  return reference.sub(1).lt(places.length($).resize(64));
}

/** The object of a place; null once it is gone. */
export function resolveIn(places: Places) {
  return operation({ reference: PLACE }, pointer(), ($, { reference }) => {
    $.guard('place exists', isPlace($, places, reference), NULL);
    $.return($.load(places.at(indexOf(reference)).object));
  });
}

/**
 * What a design on a roster claims when nothing is wrong with it. The models of two forms of one design claim the same: the bug
 * breaks what the fixed form keeps.
 */
export const ROSTER_CLAIMS: Claims = {
  memorySafe: true,
  keepsLive: true,
  threadSafe: true,
  leakFree: true,
  deadlockFree: true,
  safeConcurrentUse: false,
  detectsStale: 'always',
  detectsForged: 'always',
  strictProvenance: true,
  available: ROSTER_SIZE,
  boundedGarbage: 0,
  nonBlocking: false,
};
