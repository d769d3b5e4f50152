import { layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import type { Word } from '../../../src/model/ir/value.ts';
import type { Builder } from '../../../src/model/ir/builder.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice, flag } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const TAG_AT = 48;

/** Tags by kind. Of constant weight none is a part of another; the others are those of a table that grew without that rule. */
const TAGS = {
  'constant-weight': [0x00ff, 0x01fe, 0x03fc, 0x07f8, 0x0ff0],
  subset: [0x000f, 0x001f, 0x003f, 0x007f, 0x00ff],
} as const;

/**
 * V8's external pointer table: an entry is a pointer with the tag of its type in the upper sixteen bits, and a load takes the
 * expected tag off. What remains there makes the address one that no access survives.
 */
export const externalPointerTable = representation({
  id: 'external-pointer-table',
  title: 'V8 external pointer table: type tags in the upper address bits',
  summary:
    'A wrong type is caught by the bits that remain; tags that cover one another, and addresses up there, are not.',
  source: ['v8/v8 include/v8-internal.h: ExternalPointerTag', 'v8/v8 src/sandbox/external-pointer-table.h'],
  parameters: {
    tags: choice(['constant-weight', 'subset'], 'how the tags of the types are chosen'),
    rejectsWide: flag(true, 'whether a pointer with upper bits of its own is refused when it is stored'),
  },
  build({ tags, rejectsWide }) {
    const handle = word(layout({ index: 32 }, { spare: 'mustBeZero' }));
    const members = state({
      entries: unlocked(growing({ entry: pointer(), isUsed: word(1) })),
      freelist: unlocked(stack(word(32))),
    });
    const { entries, freelist } = members;
    const tagOf = ($: Builder, kind: Word): Word =>
      TAGS[tags].reduce<Word>(
        (tag, bits, number) => $.select(kind.eq(number + 1), word(64).of(BigInt(bits) << BigInt(TAG_AT)), tag),
        word(64).of(0),
      );

    const allocate = operation({ object: pointer(), kind: word(8) }, handle, ($, { object, kind }) => {
      if (rejectsWide) $.guard('address fits below the tag', object.address().shr(TAG_AT).eq(0), 0);
      const entry = object.mapAddress((address) => address.or(tagOf($, kind)));
      const reused = freelist.pop($);
      $.if(reused.isSome(), () => {
        $.store(entries.at(reused.value()).entry, entry);
        $.store(entries.at(reused.value()).isUsed, 1);
        $.return(handle.of({ index: reused.value().add(1) }));
      });
      $.return(handle.of({ index: entries.push($, { entry, isUsed: 1 }).add(1) }));
    });

    const load = operation({ reference: handle, kind: word(8) }, pointer(), ($, { reference, kind }) => {
      $.guard('entry exists', reference.sub(1).lt(entries.length($).resize(64)), NULL);
      const place = entries.at(reference.index.sub(1));
      $.guard('entry is in use', $.load(place.isUsed).eq(1), NULL);
      const object = $.load(place.entry).mapAddress((address) => address.and(tagOf($, kind).not()));
      // The access that follows traps.
      $.guard('no upper bit remains', object.address().shr(TAG_AT).eq(0), NULL);
      $.return(object);
    });

    const free = operation({ reference: handle, kind: word(8) }, ($, { reference, kind }) => {
      const object = $.call(load, { reference, kind });
      $.guard('entry is of the type', object.isNull().not());
      $.store(entries.at(reference.index.sub(1)).isUsed, 0);
      freelist.push($, reference.index.sub(1));
      $.reclaim(object);
    });

    return {
      reference: handle,
      state: members,
      capacity: 2 ** 28,
      operations: { allocate, load, free },
      roles: { create: allocate, resolve: load, destroy: free },
      slotFields: ['index'],
    };
  },
  claims: (_parameters, { hostBits }) => ({
    ...ROSTER_CLAIMS,
    // A stale handle of the same type reaches the next pointer.
    detectsStale: { within: 1 },
    // On a wider host the table has no place for what lies above.
    available: hostBits > TAG_AT ? 0 : 'unlimited',
  }),
});
