import { layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { cell, mutex, state } from '../../src/model/ir/state-builder.ts';
import { representation } from '../../src/model/machine/definition.ts';
import type { Representation } from '../../src/model/machine/definition.ts';
import { choice, flag, integer } from '../../src/model/machine/parameters.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';
import { moltHandleTableV1 } from '../../src/model/representations/molt-handle-table-v1.ts';
import { moltOpaqueSlab } from '../../src/model/representations/molt-opaque-slab.ts';

function nothing(help: string) {
  return { effect: 'none', help } as const;
}

/** One slot, with every kind of parameter, extras with every kind of argument, a callback and a panic point. */
export const oneSlot = representation({
  id: 'one-slot-2',
  title: 'One slot',
  summary: 'A table with room for one object, to try the format on.',
  source: ['test'],
  parameters: {
    generationBits: integer(4, { min: 1, max: 8 }, 'bits of the generation'),
    onWrap: choice(['wrap', 'retire'], 'what happens at the end'),
    poisons: flag(false, 'whether a panic poisons the lock'),
  },
  validate: ({ generationBits, poisons }) => (poisons && generationBits === 1 ? 'poisons needs 2 bits' : undefined),
  build: ({ generationBits }) => {
    const handle = word(layout({ generation: generationBits }));
    const slot = state({ lock: mutex(), pointer: cell(pointer()), generation: cell(word(8), 1) });
    const create = operation({ object: pointer() }, handle, ($, { object }) => {
      $.mayPanic('allocation');
      $.lock(slot.lock, () => {
        $.store(slot.pointer, object);
        $.return(handle.of(1));
      });
    });
    const resolve = operation({ reference: handle }, pointer(), ($) => {
      $.lock(slot.lock, () => $.return($.load(slot.pointer)));
    });
    const destroy = operation({ reference: handle }, ($) => {
      $.lock(slot.lock, () => $.callback('run finalizer'));
    });
    return {
      reference: handle,
      state: slot,
      capacity: 1,
      operations: {},
      roles: {
        create,
        resolve,
        destroy,
        extras: {
          reset: { operation: operation({}, () => {}), ...nothing('no argument') },
          grow: { operation: operation({ slots: word(8) }, () => {}), ...nothing('a number') },
          evict: { operation: operation({ reference: handle }, () => {}), ...nothing('a reference') },
          swap: { operation: operation({ reference: handle, other: handle }, () => {}), ...nothing('two references') },
          peek: { operation: operation({ object: pointer(), offset: word(64) }, () => {}), ...nothing('a pointer') },
        },
      },
    };
  },
  claims: () => ({
    memorySafe: false,
    keepsLive: false,
    threadSafe: false,
    leakFree: false,
    deadlockFree: false,
    safeConcurrentUse: false,
    detectsStale: 'never',
    detectsForged: 'never',
    strictProvenance: true,
    available: 1,
    boundedGarbage: false,
    nonBlocking: false,
  }),
});

export const KNOWN: readonly Representation[] = [handleTable, moltHandleTableV1, moltOpaqueSlab, oneSlot];
export const IDS = KNOWN.map((each) => each.id);

export function lookup(id: string): Representation | undefined {
  return KNOWN.find((each) => each.id === id);
}
