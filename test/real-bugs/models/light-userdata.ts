import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, growing, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { Bool, NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { flag, integer } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const OFFSET_BITS = 39;
const TAG_AT = 56;

/**
 * LuaJIT's lightuserdata on 64-bit hosts: the lower 39 address bits, and the number of the upper bits in a table of segments that
 * is never cleaned. Memory tagging gives every allocation a tag in bits 56 to 59, drawn here from a full cycle.
 */
export const lightUserdata = representation({
  id: 'light-userdata',
  title: 'LuaJIT lightuserdata: interned upper address bits',
  summary: 'As many segments as there are different upper halves: a tag that memory tagging puts there counts as one.',
  source: ['LuaJIT/LuaJIT issue #986'],
  parameters: {
    segments: integer(254, { min: 2, max: 254 }, 'entries of the segment table'),
    stripTag: flag(true, 'whether the memory tag is removed before the upper bits are interned'),
  },
  build({ segments, stripTag }) {
    const reference = word(layout({ offset: OFFSET_BITS, segment: 8 }, { spare: 'mustBeZero' }));
    const members = state({ segmap: unlocked(growing({ up: word(25) })), tag: cell(word(4)) });
    const { segmap, tag } = members;

    const newlightud = operation({ object: pointer() }, reference, ($, { object }) => {
      const drawn = $.load(tag).mul(5).add(3);
      $.store(tag, drawn);
      const address = $.expose(object);
      const tagged = stripTag ? address : address.or(drawn.resize(64).shl(TAG_AT));
      const up = tagged.shr(OFFSET_BITS).resize(25);
      const segment = $.variable(word(32), 0, 'segment');
      const found = $.variable(boolean(), 0, 'found');
      $.loop(
        segmap.length($),
        (index) => {
          $.if($.load(segmap.at(index).up).eq(up), () => {
            segment.set(index);
            found.set(Bool.of(true));
            $.leave();
          });
        },
        { atMost: segments },
      );
      $.if(found.get().not(), () => {
        // LJ_ERR_BADLU: bad light userdata pointer.
        $.guard('room for a segment', segmap.length($).lt(segments), 0);
        segment.set(segmap.push($, { up }));
      });
      $.return(reference.of({ offset: tagged.bits(0, OFFSET_BITS), segment: segment.get().resize(8) }));
    });

    const lightudV = operation({ reference }, pointer(), ($, given) => {
      const { offset, segment } = given.reference;
      $.guard('segment exists', segment.resize(32).lt(segmap.length($)), NULL);
      const up = $.load(segmap.at(segment).up).resize(64);
      // The hardware takes the tag off before it looks for the memory.
      const address = up.shl(OFFSET_BITS).or(offset.resize(64)).bits(0, TAG_AT);
      $.return($.fromExposed(address.resize(64)));
    });

    return {
      reference,
      state: members,
      capacity: 2 ** 28,
      operations: { newlightud, lightudV },
      roles: {
        create: newlightud,
        resolve: lightudV,
        destroy: operation({ reference }, ($, given) => {
          const object = $.call(lightudV, { reference: given.reference });
          $.guard('pointer is known', object.isNull().not());
          $.reclaim(object);
        }),
      },
      slotFields: ['offset', 'segment'],
    };
  },
  claims: (_parameters, { hostBits }) => ({
    ...ROSTER_CLAIMS,
    // The tag stands in bits that a wider host uses for addresses.
    memorySafe: hostBits <= TAG_AT,
    keepsLive: hostBits <= TAG_AT,
    leakFree: hostBits <= TAG_AT,
    detectsStale: 'never',
    detectsForged: 'never',
    strictProvenance: false,
    available: 'unlimited',
  }),
});
