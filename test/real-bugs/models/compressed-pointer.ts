import { layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, state } from '../../../src/model/ir/state-builder.ts';
import { representation, type Blueprint } from '../../../src/model/machine/definition.ts';
import { flag } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const TAG_BITS = 16;

/** Boost.Lockfree's tagged pointer: 48 address bits and a tag in one word, or a pointer beside its tag. */
export const compressedPointer = representation({
  id: 'compressed-pointer',
  title: 'Boost.Lockfree tagged_ptr, compressed into one word or not',
  summary: 'Compression assumes that the upper sixteen address bits are zero.',
  source: ['boostorg/lockfree c3a2592, PR #73', 'boost/lockfree/detail/tagged_ptr_ptrcompression.hpp'],
  parameters: { compression: flag(false, 'whether the tag takes the place of the upper sixteen address bits') },
  build({ compression }): Blueprint {
    const members = state({ tag: cell(word(TAG_BITS)) });
    const { tag } = members;
    const blueprint = { state: members, capacity: 2 ** 28 };
    if (!compression) {
      const whole = pointer();
      const keep = operation({ object: whole }, whole, ($, { object }) => $.return(object));
      const get_ptr = operation({ reference: whole }, whole, ($, { reference }) => $.return(reference));
      const free = operation({ reference: whole }, ($, { reference }) => $.reclaim(reference));
      const roles = { create: keep, resolve: get_ptr, destroy: free };
      return { ...blueprint, reference: whole, operations: { get_ptr }, roles };
    }
    const packed = word(layout({ ptr: 48, tag: TAG_BITS }));
    const pack_ptr = operation({ object: pointer() }, packed, ($, { object }) => {
      const next = $.load(tag).add(1);
      $.store(tag, next);
      $.return(packed.of({ ptr: $.expose(object).resize(48), tag: next }));
    });
    const extract_ptr = operation({ reference: packed }, pointer(), ($, { reference }) => {
      $.return($.fromExposed(reference.ptr.resize(64)));
    });
    const free = operation({ reference: packed }, ($, { reference }) => {
      $.reclaim($.call(extract_ptr, { reference }));
    });
    return {
      ...blueprint,
      reference: packed,
      operations: { pack_ptr, extract_ptr },
      roles: { create: pack_ptr, resolve: extract_ptr, destroy: free },
      slotFields: ['ptr'],
    };
  },
  claims: ({ compression }) => ({
    ...ROSTER_CLAIMS,
    detectsStale: 'never',
    detectsForged: 'never',
    strictProvenance: !compression,
    available: 'unlimited',
    nonBlocking: true,
  }),
});
