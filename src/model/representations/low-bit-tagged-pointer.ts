import { layout, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { state } from '../ir/state-builder.ts';
import { representation } from '../machine/definition.ts';
import { OBJECT_ALIGNMENT } from '../machine/object-kinds.ts';
import { integer } from '../machine/parameters.ts';

/** The address bits that the alignment of objects leaves free. */
const ALIGNMENT_BITS = Math.log2(OBJECT_ALIGNMENT);

/**
 * The kind of an object in the alignment bits of its pointer. The tag goes in and out by `map_addr`, so that the reference stays a
 * pointer with its own provenance and no integer is ever made into one.
 */
export const lowBitTaggedPointer = representation({
  id: 'low-bit-tagged-pointer',
  title: 'Pointer with a tag in its alignment bits',
  summary:
    'The reference is the pointer itself, with the kind of the object in address bits that alignment leaves free. Strict ' +
    'provenance holds, no address bit is lost, and a use after free is found by whoever checks memory; but the reference ' +
    'itself detects nothing: a stale one resolves as before.',
  source: [
    'https://doc.rust-lang.org/std/ptr/index.html#strict-provenance, pointer tagging by map_addr',
    'OPT-0003, research references: Rust strict provenance',
  ],
  parameters: { tagBits: integer(3, { min: 1, max: ALIGNMENT_BITS }, 'alignment bits that hold the tag') },
  build({ tagBits }) {
    const tagged = pointer(layout({ tag: tagBits, untagged: 64 - tagBits }));
    const mask = 2 ** tagBits - 1;

    const tag = operation({ object: pointer(), kind: word(8) }, tagged, ($, { object, kind }) => {
      $.return(object.mapAddress((address) => address.or(kind.and(mask).resize(64))));
    });
    const untag = operation({ reference: tagged }, pointer(), ($, { reference }) => {
      $.return(reference.mapAddress((address) => address.shr(tagBits).shl(tagBits)));
    });
    const tag_of = operation({ reference: tagged }, word(tagBits), ($, { reference }) => {
      $.return(reference.tag);
    });

    return {
      reference: tagged,
      state: state({}),
      // As many as memory holds.
      capacity: 2 ** 28,
      operations: { tag, untag, tag_of },
      roles: {
        create: tag,
        resolve: untag,
        destroy: operation({ reference: tagged }, ($, { reference }) => {
          $.reclaim($.call(untag, { reference }));
        }),
      },
      slotFields: ['untagged'],
    };
  },
  claims: () => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    safeConcurrentUse: false,
    detectsStale: 'never',
    detectsForged: 'never',
    strictProvenance: true,
    available: 'unlimited',
    boundedGarbage: 0,
    nonBlocking: true,
  }),
  advice: {
    'stale-handle': 'the pointer does not change when its object is freed: use a table with generations',
    aba: 'the pointer does not change when its object is freed: use a table with generations',
    'use-after-free': 'the pointer does not change when its object is freed: use a table with generations',
    'forged-handle': 'any address is a reference: use a table that compares with what was issued',
  },
});
