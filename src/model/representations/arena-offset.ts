import { layout, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { cell, mutex, state } from '../ir/state-builder.ts';
import { NULL } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { LARGEST_OBJECT, OBJECT_ALIGNMENT, SMALLEST_OBJECT } from '../machine/object-kinds.ts';
import { choice, integer, type ParameterValues } from '../machine/parameters.ts';

const OFFSET_BITS = 32;
const ALIGNMENT_BITS = Math.log2(OBJECT_ALIGNMENT);

const PARAMETERS = {
  arenaBytes: integer(1 << 16, { min: 64, max: 1 << 28 }, 'size of the arena in bytes'),
  epoch: choice(['none', 'checked'], 'whether a reference carries the number of resets at its creation'),
  epochBits: integer(16, { min: 1, max: 32 }, 'bits of that number'),
};

type ArenaParameters = ParameterValues<typeof PARAMETERS>;

/**
 * The arena of OPT-0003, alternative 4: objects are placed one after the other in one allocation, and a reference is the offset of
 * an object in it. Memory comes back all at once, by `reset`.
 */
export const arenaOffset = representation({
  id: 'arena-offset',
  title: 'Arena and bounds-checked offset',
  summary:
    'The arena keeps one pointer, and every reference is an offset from it: provenance is never lost, and no reference leaves ' +
    'the arena. Destroy gives nothing back and marks nothing, so a destroyed object can still be reached until `reset`; after ' +
    '`reset` an old offset reaches the object that was placed there anew, unless references carry the epoch of the arena.',
  source: [
    'OPT-0003, alternative 4: arena and offset scheme',
    'https://doc.rust-lang.org/std/ptr/index.html#strict-provenance',
  ],
  parameters: PARAMETERS,
  build(parameters) {
    const arena = arenaState(parameters);
    const { reference } = arena;
    const operations = arenaOperations(arena, parameters);
    const { alloc, offset_of, resolve, reset } = operations;
    return {
      reference,
      state: arena.state,
      capacity: Math.floor((parameters.arenaBytes - OBJECT_ALIGNMENT) / SMALLEST_OBJECT),
      operations,
      roles: {
        allocate: alloc,
        create: offset_of,
        resolve,
        // An arena gives memory back by reset alone; destroying an object only ends its use.
        destroy: operation({ reference }, () => {}),
        extras: {
          reset: {
            operation: reset,
            effect: 'retiresAll',
            help: 'rewinds the arena: all objects are gone, and their places are given away again',
          },
        },
      },
      slotFields: ['offset'],
    };
  },
  claims: (parameters) => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    // Destroyed objects keep their memory until somebody resets the arena.
    leakFree: false,
    deadlockFree: true,
    safeConcurrentUse: false,
    // An epoch tells the objects of two resets apart; a destroyed object of this one still resolves.
    detectsStale: 'never',
    // Any offset below the top is accepted, also one into the middle of an object.
    detectsForged: 'never',
    strictProvenance: true,
    // Of the largest objects that clients make, whatever was destroyed; offset 0 is never used.
    available: Math.floor((parameters.arenaBytes - OBJECT_ALIGNMENT) / LARGEST_OBJECT),
    boundedGarbage: Math.floor((parameters.arenaBytes - OBJECT_ALIGNMENT) / SMALLEST_OBJECT),
    nonBlocking: false,
  }),
  advice: {
    aba: 'put the epoch of the arena into the reference (epoch=checked)',
    'stale-handle':
      'an arena does not know that one of its objects is gone: end all references with it, or use a table',
    leak: 'reset the arena when its objects are done with',
    exhausted: 'destroy gives nothing back: reset the arena, or make it larger',
    'forged-handle': 'an offset says nothing about where objects begin: check it against the object headers',
  },
});

type Arena = ReturnType<typeof arenaState>;

function arenaState({ epoch, epochBits }: ArenaParameters) {
  const reference =
    epoch === 'checked'
      ? word(layout({ offset: OFFSET_BITS, epoch: epochBits }, { spare: 'mustBeZero' }))
      : word(layout({ offset: OFFSET_BITS }, { spare: 'mustBeZero' }));
  const members = state({
    lock: mutex(),
    base: cell(pointer()),
    // The first place is never given away, so that a reference is never 0.
    top: cell(word(OFFSET_BITS), OBJECT_ALIGNMENT),
    epoch: cell(word(epochBits)),
  });
  return { reference, state: members, ...members };
}

function arenaOperations(arena: Arena, { arenaBytes, epoch, epochBits }: ArenaParameters) {
  const { reference, lock, base, top } = arena;
  const width = epoch === 'checked' ? OFFSET_BITS + epochBits : OFFSET_BITS;

  /** A place of some bytes; null when the arena is full. The arena itself is allocated by the first call. */
  const alloc = operation({ size: word(32) }, pointer(), ($, { size }) => {
    $.lock(lock, () => {
      const offset = $.load(top).resize(64);
      const rounded = size
        .resize(64)
        .max(1)
        .add(OBJECT_ALIGNMENT - 1)
        .shr(ALIGNMENT_BITS)
        .shl(ALIGNMENT_BITS);
      const end = offset.add(rounded);
      $.guard('room in the arena', end.le(arenaBytes), NULL);
      $.if($.load(base).isNull(), () => $.store(base, $.allocate(arenaBytes, OBJECT_ALIGNMENT)));
      $.store(top, end.resize(OFFSET_BITS));
      $.return($.offset($.load(base), offset));
    });
  });

  const offset_of = operation({ object: pointer() }, reference, ($, { object }) => {
    $.lock(lock, () => {
      const offset = object.address().sub($.load(base).address());
      if (epoch === 'none') $.return(offset);
      else $.return(offset.or($.load(arena.epoch).resize(64).shl(OFFSET_BITS)));
    });
  });

  const resolve = operation({ reference }, pointer(), ($, given) => {
    const { offset } = given.reference;
    $.guard('spare bits are zero', given.reference.shr(width).eq(0), NULL);
    $.guard('offset past the first place', offset.ge(OBJECT_ALIGNMENT), NULL);
    $.lock(lock, () => {
      if (epoch === 'checked') {
        const issued = given.reference.bits(OFFSET_BITS, epochBits);
        $.guard('same epoch', $.load(arena.epoch).eq(issued), NULL);
      }
      $.guard('offset below the top', offset.lt($.load(top)), NULL);
      $.return($.offset($.load(base), offset.resize(64)));
    });
  });

  const reset = operation({}, ($) => {
    $.lock(lock, () => {
      $.store(top, OBJECT_ALIGNMENT);
      if (epoch === 'checked') $.store(arena.epoch, $.load(arena.epoch).add(1));
    });
  });

  return { alloc, offset_of, resolve, reset };
}
