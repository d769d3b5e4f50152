import { expect, test } from 'vitest';
import { footprintOf } from '../../src/compare/footprint.ts';
import {
  array,
  cell,
  growing,
  layout,
  list,
  map,
  mutex,
  operation,
  pointer,
  representation,
  state,
  word,
} from '../../src/index.ts';
import type { Claims } from '../../src/index.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';

// prettier-ignore
test.each([
  // No state at all.
  ['tagged-pointer', {}, { slotBytes: 0, packedSlotBytes: 0, mapBytes: 0, freeListBytes: 0, fixedBytes: 0, referenceBits: 64 }],
  // A pointer (8) and a generation of 16 bits (2), padded to the pointer's alignment; indexes of 28 bits take 4 bytes.
  ['handle-table', {}, { slotBytes: 16, packedSlotBytes: 10, mapBytes: 0, freeListBytes: 4, fixedBytes: 0, referenceBits: 44 }],
  ['handle-table', { generationBits: 8, indexBits: 12 }, { slotBytes: 16, packedSlotBytes: 9, mapBytes: 0, freeListBytes: 2, fixedBytes: 0, referenceBits: 20 }],
  // And an entry of 64-bit address and handle.
  ['molt-handle-table-v1', {}, { slotBytes: 16, packedSlotBytes: 10, mapBytes: 16, freeListBytes: 4, fixedBytes: 0, referenceBits: 48 }],
  // Address keys leave the slots and the handles of the registry alone.
  ['molt-pointer-registry', {}, { slotBytes: 0, packedSlotBytes: 0, mapBytes: 16, freeListBytes: 0, fixedBytes: 0, referenceBits: 64 }],
  ['molt-pointer-registry', { reference: 'opaque' }, { slotBytes: 16, packedSlotBytes: 10, mapBytes: 16, freeListBytes: 4, fixedBytes: 0, referenceBits: 46 }],
  ['molt-pointer-registry', { reference: 'dual' }, { slotBytes: 16, packedSlotBytes: 10, mapBytes: 32, freeListBytes: 4, fixedBytes: 0, referenceBits: 64 }],
  // The base pointer (8), the top (4) and the epoch (2) of the arena itself.
  ['arena-offset', {}, { slotBytes: 0, packedSlotBytes: 0, mapBytes: 0, freeListBytes: 0, fixedBytes: 14, referenceBits: 32 }],
])('%s %j', (id, parameters, expected) => {
  expect(footprintOf(instantiate(CATALOGUE.get(id)!, parameters))).toEqual(expected);
});

const CLAIMS: Claims = {
  memorySafe: true, keepsLive: true, threadSafe: true, leakFree: true, deadlockFree: true, safeConcurrentUse: false,
  detectsStale: 'never', detectsForged: 'never', strictProvenance: true, available: 'unlimited', boundedGarbage: 0,
  nonBlocking: false,
}; // prettier-ignore

/** A table of 64 records that are there from the start, and one map, list and column that `create` never touches. */
const fixedTable = representation({
  id: 'fixed-table',
  title: 'An array of slots',
  summary: 'For the footprint alone.',
  source: ['a test'],
  parameters: {},
  build() {
    const handle = word(layout({ index: 6 }));
    const members = state({
      lock: mutex(),
      next: cell(word(6)),
      slots: array(64, { mark: word(1), pointer: pointer(), generation: word(20) }),
      counters: array(4, { hits: word(33), misses: word(7) }),
      unused: map(word(64), word(64)),
      spare: list(word(32), 'lifo'),
      columns: growing({ value: word(64) }),
    });
    const create = operation({ object: pointer() }, handle, ($, { object }) => {
      $.lock(members.lock, () => {
        const index = $.load(members.next);
        $.store(members.slots.at(index).pointer, object);
        $.return(handle.of({ index }));
      });
    });
    const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
      $.return($.load(members.slots.at(reference.index).pointer));
    });
    const destroy = operation({ reference: handle }, ($, { reference }) => {
      $.reclaim($.call(resolve, { reference }));
    });
    return { reference: handle, state: members, capacity: 64, operations: {}, roles: { create, resolve, destroy } };
  },
  claims: () => CLAIMS,
});

test('an array of as many records as objects is a slot table, other arrays and cells are fixed', () => {
  expect(footprintOf(instantiate(fixedTable))).toEqual({
    // mark at 0, pointer at 8, generation (20 bits in 4 bytes) at 16, end 20, padded to 24.
    slotBytes: 24,
    packedSlotBytes: 1 + 8 + 4,
    mapBytes: 0,
    freeListBytes: 0,
    // The cell (1) and four records of 8 and 1 bytes.
    fixedBytes: 1 + 4 * 9,
    referenceBits: 6,
  });
});
