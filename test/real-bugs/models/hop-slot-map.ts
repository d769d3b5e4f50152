import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, growing, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/**
 * The HopSlotMap of slotmap. Runs of vacant slots form the free list: the first slot of a run has its links and the index of the
 * last one, the last one has the index of the first. Slot 0 is a sentinel that is always vacant.
 */
export const hopSlotMap = representation({
  id: 'hop-slot-map',
  title: 'HopSlotMap: iteration that hops over runs of vacant slots',
  summary: 'Drain removes the slots it walks over, which changes the very runs that tell it where to go on.',
  source: ['orlp/slotmap issue #69, c16f7be', 'slotmap src/hop.rs'],
  parameters: {
    hop: choice(['before', 'after'], 'whether drain finds its next slot before it removes the present one, or after'),
  },
  build({ hop }) {
    const key = word(layout({ index: 32, version: 32 }));
    const members = state({
      slots: unlocked(
        growing({ value: pointer(), version: word(32), next: word(32), prev: word(32), other_end: word(32) }),
      ),
      num_elems: cell(word(32)),
    });
    const { slots, num_elems } = members;
    const isOccupied = operation({ index: word(32) }, boolean(), ($, { index }) => {
      $.guard('slot exists', index.lt(slots.length($)), 0);
      $.return($.load(slots.at(index).version).and(1).eq(1));
    });

    const insert = operation({ object: pointer() }, key, ($, { object }) => {
      $.if(slots.length($).eq(0), () => {
        slots.push($, { value: NULL, version: 0, next: 0, prev: 0, other_end: 0 });
      });
      $.store(num_elems, $.load(num_elems).add(1));
      const front = $.load(slots.at(0).next);
      const back = $.load(slots.at(front).other_end);
      $.if(back.eq(0), () => {
        const index = slots.push($, { value: object, version: 1, next: 0, prev: 0, other_end: 0 });
        $.return(key.of({ index, version: 1 }));
      });
      $.if(
        front.eq(back),
        () => {
          const head = $.load(slots.at(front).next);
          $.store(slots.at(0).next, head);
          $.store(slots.at(head).prev, 0);
        },
        () => {
          $.store(slots.at(back.sub(1)).other_end, front);
          $.store(slots.at(front).other_end, back.sub(1));
        },
      );
      const version = $.load(slots.at(back).version).or(1);
      $.store(slots.at(back).version, version);
      $.store(slots.at(back).value, object);
      $.return(key.of({ index: back, version }));
    });

    /** `remove_from_slot`: the slot must be occupied, which nobody checks. The value's bytes stay where they were. */
    const remove_from_slot = operation({ index: word(32) }, pointer(), ($, { index }) => {
      const slot = slots.at(index);
      $.store(slot.version, $.load(slot.version).add(1));
      const value = $.load(slot.value);
      const isLeftVacant = $.load(slots.at(index.sub(1)).version)
        .and(1)
        .eq(0);
      const right = index.add(1);
      const isRightVacant = right.lt(slots.length($)).and($.call(isOccupied, { index: right }).not());
      $.if(
        isLeftVacant,
        () => {
          const front = $.load(slots.at(index.sub(1)).other_end);
          $.if(
            isRightVacant,
            () => {
              const prev = $.load(slots.at(right).prev);
              const next = $.load(slots.at(right).next);
              const back = $.load(slots.at(right).other_end);
              $.store(slots.at(prev).next, next);
              $.store(slots.at(next).prev, prev);
              $.store(slots.at(front).other_end, back);
              $.store(slots.at(back).other_end, front);
            },
            () => {
              $.store(slot.other_end, front);
              $.store(slots.at(front).other_end, index);
            },
          );
        },
        () =>
          $.if(
            isRightVacant,
            () => {
              const prev = $.load(slots.at(right).prev);
              const next = $.load(slots.at(right).next);
              const back = $.load(slots.at(right).other_end);
              $.store(slot.prev, prev);
              $.store(slot.next, next);
              $.store(slot.other_end, back);
              $.store(slots.at(back).other_end, index);
              $.store(slots.at(prev).next, index);
              $.store(slots.at(next).prev, index);
            },
            () => {
              const head = $.load(slots.at(0).next);
              $.store(slots.at(0).next, index);
              $.store(slots.at(head).prev, index);
              $.store(slot.other_end, index);
              $.store(slot.next, head);
              $.store(slot.prev, 0);
            },
          ),
      );
      $.store(num_elems, $.load(num_elems).sub(1));
      $.return(value);
    });

    const get = operation({ reference: key }, pointer(), ($, { reference }) => {
      $.guard('slot exists', reference.index.lt(slots.length($)), NULL);
      $.guard('version is of an occupied slot', reference.version.and(1).eq(1), NULL);
      const slot = slots.at(reference.index);
      $.guard('same version', $.load(slot.version).eq(reference.version), NULL);
      $.return($.load(slot.value));
    });

    const remove = operation({ reference: key }, ($, { reference }) => {
      const found = $.call(get, { reference });
      $.guard('key is in the map', found.isNull().not());
      $.reclaim($.call(remove_from_slot, { index: reference.index }));
    });

    const skipVacant = operation({ index: word(32) }, word(32), ($, { index }) => {
      $.guard('slot exists', index.lt(slots.length($)), index);
      $.guard('slot is vacant', $.call(isOccupied, { index }).not(), index);
      $.return($.load(slots.at(index).other_end).add(1));
    });

    const drain = operation({}, ($) => {
      const current = $.variable(word(32), 0, 'current');
      if (hop === 'before') current.set($.call(skipVacant, { index: 0 }));
      $.loop(
        slots.length($).add(1),
        () => {
          const found = current.get();
          const index = hop === 'before' ? found : $.call(skipVacant, { index: found });
          $.if(index.ge(slots.length($)), () => $.leave());
          current.set(hop === 'before' ? $.call(skipVacant, { index: index.add(1) }) : index.add(1));
          $.reclaim($.call(remove_from_slot, { index }));
        },
        { atMost: 0xffff_ffff },
      );
    });

    return {
      reference: key,
      state: members,
      capacity: 2 ** 28,
      operations: { insert, get, remove, remove_from_slot, drain },
      roles: {
        create: insert,
        resolve: get,
        destroy: remove,
        extras: { drain: { operation: drain, effect: 'retiresAll', help: 'removes all values, slot by slot' } },
      },
      slotFields: ['index'],
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 2 ** 31 }, available: 'unlimited' }),
});
