import type { Builder } from '../ir/builder.ts';
import { layout, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { array, cell, state } from '../ir/state-builder.ts';
import { NULL, type Word } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { integer } from '../machine/parameters.ts';

/** The key of a cell that nothing ever stood in. */
const EMPTY = 0;
/** Knuth's multiplier: the upper bits of the product spread consecutive numbers. */
const MULTIPLIER = 2_654_435_761;

/**
 * An open-addressed map from numbers to pointers, after Folly's AtomicHashMap: a cell belongs to whoever puts a key into it by one
 * compare-exchange, lookups probe without a lock, and an erased key leaves a tombstone for ever. Numbers are never given out twice.
 */
export const atomicHashMap = representation({
  id: 'atomic-hash-map',
  title: 'Atomic hash map: lock-free lookups, tombstones for ever',
  summary:
    'Every object gets the next number, and a map of fixed size leads from numbers to pointers. Nothing is ever used again, neither ' +
    'numbers nor cells, so that a stale number is refused always; and when every cell was used once, the map is full for good. Lookups ' +
    'take no lock, and nothing keeps what they found alive.',
  source: [
    'OPT-0004, research references: Folly AtomicHashMap (lock-free reads)',
    'https://github.com/facebook/folly/blob/main/folly/AtomicHashMap.h',
  ],
  parameters: { indexBits: integer(10, { min: 1, max: 20 }, 'bits of the number of cells') },
  smallScope: { indexBits: 2 },
  build({ indexBits }) {
    const map = mapState(indexBits);
    const { reference, places, hash, unused } = map;
    const { insert, find, erase } = mapOperations(map);
    return {
      reference,
      state: places,
      capacity: map.cells,
      operations: { hash, unused, insert, find, erase },
      roles: { create: insert, resolve: find, destroy: erase },
      slotFields: ['id'],
      inspect: (given: never) => {
        // Where probing begins.
        const first = places.cells.at(firstCell((given as { id: Word }).id, indexBits));
        return { firstKey: first.key, firstPointer: first.pointer };
      },
    };
  },
  claims: ({ indexBits }) => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    // What a lookup found may be erased and freed before it is used.
    safeConcurrentUse: false,
    detectsStale: 'always',
    detectsForged: 'always',
    strictProvenance: true,
    available: 2 ** indexBits,
    // Of two threads that destroy one object, the one that was too late may end first, while the other has yet to give it back.
    boundedGarbage: 1,
    nonBlocking: true,
  }),
  advice: {
    exhausted: 'tombstones are never given back: make the map larger, or rebuild it',
    'use-after-free': 'give memory back later: epochs (epoch-slab) or hazard pointers (hazard-slab)',
  },
});

type HashMap = ReturnType<typeof mapState>;

function firstCell(id: Word, indexBits: number): Word {
  return id
    .resize(32)
    .mul(MULTIPLIER)
    .shr(32 - indexBits);
}

function mapState(indexBits: number) {
  const cells = 2 ** indexBits;
  const number = word(indexBits + 1);
  const reference = word(layout({ id: indexBits + 1 }, { spare: 'mustBeZero' }));
  const places = state({
    next: cell(number, 1),
    cells: array(cells, { key: number, pointer: pointer() }),
  });
  const hash = operation({ id: number }, word(indexBits), ($, { id }) =>
    $.return(firstCell(id, indexBits).resize(indexBits)),
  );
  const unused = operation({}, number, ($) => {
    $.retry(() => {
      const id = $.load(places.next, 'relaxed');
      $.guard('a cell was never used', id.le(cells), EMPTY);
      $.if($.compareExchange(places.next, id, id.add(1), 'relaxed').success, () => $.return(id));
    });
  });
  return { indexBits, cells, number, reference, places, hash, unused };
}

function mapOperations({ indexBits, cells, reference, places, hash, unused }: HashMap) {
  const tombstone = 2 ** (indexBits + 1) - 1;
  /** Runs the body for every cell where a number may stand, in the order of probing. */
  const probe = ($: Builder, id: Word, body: (at: ReturnType<typeof places.cells.at>) => void): void => {
    const first = $.call(hash, { id });
    $.loop(cells, (step) => body(places.cells.at(first.add(step.resize(indexBits)))));
  };
  const insert = operation({ object: pointer() }, reference, ($, { object }) => {
    const id = $.call(unused, {});
    $.guard('there is a number', id.ne(EMPTY), 0);
    probe($, id, (at) => {
      $.if($.compareExchange(at.key, EMPTY, id, 'acqrel').success, () => {
        $.store(at.pointer, object, 'release');
        $.return(reference.of({ id }));
      });
    });
    // There are as many cells as numbers.
    $.return(reference.of(0));
  });
  const find = operation({ reference }, pointer(), ($, given) => {
    const { id } = given.reference;
    $.guard('spare bits are zero', given.reference.shr(indexBits + 1).eq(0), NULL);
    $.guard('number may have been issued', id.ne(EMPTY).and(id.le(cells)), NULL);
    probe($, id, (at) => {
      const key = $.load(at.key, 'acquire');
      $.if(key.eq(id), () => $.return($.load(at.pointer, 'acquire')));
      $.guard('probing goes on', key.ne(EMPTY), NULL);
    });
    $.return(NULL);
  });
  const erase = operation({ reference }, ($, given) => {
    const { id } = given.reference;
    $.guard('spare bits are zero', given.reference.shr(indexBits + 1).eq(0));
    $.guard('number may have been issued', id.ne(EMPTY).and(id.le(cells)));
    probe($, id, (at) => {
      const key = $.load(at.key, 'acquire');
      $.if(key.eq(id), () => {
        const erased = $.compareExchange(at.key, id, tombstone, 'acqrel');
        $.guard('nobody was faster', erased.success);
        $.reclaim($.load(at.pointer, 'acquire'));
        $.return();
      });
      $.guard('probing goes on', key.ne(EMPTY));
    });
  });
  return { insert, find, erase };
}
