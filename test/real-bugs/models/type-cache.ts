import { pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/**
 * CPython's type version tags: what a lookup of one name in a type finds is remembered under the type's version. The objects are
 * the types; the attribute of a type is a number that changes with the type.
 */
export const typeCache = representation({
  id: 'type-cache',
  title: 'CPython type versions and the caches that trust them',
  summary: 'A version stands for the content of one type at one time, as long as it is never given to another content.',
  source: ['python/cpython bpo-44914, PR #27773', 'python/cpython gh-99293'],
  parameters: {
    counter: choice(['monotonic', 'reset'], 'what becomes of the version counter when the type cache is cleared'),
    modified: choice(['both', 'flag-only'], 'what a change of a type takes back: flag and version, or the flag alone'),
  },
  build({ counter, modified }) {
    const members = state({
      types: roster({ attribute: word(32), isValid: word(1), version: word(32) }),
      nextVersion: cell(word(32), 1),
      nextAttribute: cell(word(32), 1),
      inlineCache: unlocked(map(word(32), word(32))),
    });
    const { types, nextVersion, nextAttribute, inlineCache } = members;
    const newAttribute = operation({}, word(32), ($) => {
      const attribute = $.load(nextAttribute);
      $.store(nextAttribute, attribute.add(1));
      $.return(attribute);
    });

    const type_new = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a type', types.length($).lt(ROSTER_SIZE), 0);
      const attribute = $.call(newAttribute, {});
      $.return(placed(types.push($, { object, attribute, isValid: 0, version: 0 })));
    });

    const get = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('type exists', isPlace($, types, reference), NULL);
      $.return($.load(types.at(indexOf(reference)).object));
    });

    const assign_version_tag = operation({ index: word(32) }, word(32), ($, { index }) => {
      const type = types.at(index);
      const version = $.load(type.version);
      $.guard('version is not valid', $.load(type.isValid).eq(0), version);
      $.store(type.isValid, 1);
      $.guard('version was taken back', version.eq(0), version);
      const fresh = $.load(nextVersion);
      $.store(nextVersion, fresh.add(1));
      $.store(type.version, fresh);
      $.return(fresh);
    });

    /** Looks the name up: by the inline cache when it knows the version, in the type otherwise. */
    const type_lookup = operation({ reference: PLACE }, word(32), ($, { reference }) => {
      $.guard('type exists', isPlace($, types, reference), 0);
      const index = indexOf(reference);
      const version = $.call(assign_version_tag, { index });
      const known = inlineCache.get($, version);
      $.guard('version is not cached', known.isNone(), known.value());
      const attribute = $.load(types.at(index).attribute);
      inlineCache.set($, version, attribute);
      $.return(attribute);
    });

    const attribute_of = operation({ reference: PLACE }, word(32), ($, { reference }) => {
      $.return($.load(types.at(indexOf(reference)).attribute));
    });

    const set_attribute = operation({ reference: PLACE }, ($, { reference }) => {
      $.guard('type exists', isPlace($, types, reference));
      const type = types.at(indexOf(reference));
      $.store(type.attribute, $.call(newAttribute, {}));
      $.store(type.isValid, 0);
      if (modified === 'both') $.store(type.version, 0);
    });

    /** `PyType_ClearCache`: takes back every version. Inline caches keep theirs, for no version is said to come again. */
    const clear_cache = operation({}, ($) => {
      $.loop(
        types.length($),
        (index) => {
          $.store(types.at(index).isValid, 0);
          $.store(types.at(index).version, 0);
        },
        { atMost: ROSTER_SIZE },
      );
      if (counter === 'reset') $.store(nextVersion, 1);
    });

    const dealloc = operation({ reference: PLACE }, ($, { reference }) => {
      const object = $.call(get, { reference });
      $.guard('type is alive', object.isNull().not());
      $.store(types.at(indexOf(reference)).object, NULL);
      $.reclaim(object);
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { type_new, get, type_lookup, set_attribute, clear_cache, dealloc },
      roles: {
        create: type_new,
        resolve: get,
        destroy: dealloc,
        extras: {
          type_lookup: {
            operation: type_lookup,
            effect: 'none',
            help: 'looks the attribute of a type up',
            truth: attribute_of,
          },
          set_attribute: { operation: set_attribute, effect: 'none', help: 'changes the attribute of a type' },
          clear_cache: { operation: clear_cache, effect: 'none', help: 'takes back all versions' },
        },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
