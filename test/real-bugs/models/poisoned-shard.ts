import { layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, rwlock, stack, state } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { flag, integer } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/** One shard of Molt's registry of opaque handles: whoever needs a slot when there is none panics, with the shard's lock held. */
export const poisonedShard = representation({
  id: 'poisoned-shard',
  title: 'Molt registry shard whose lock a panic poisons',
  summary: 'A poisoned lock panics at every later use of its shard; a recovered one goes on.',
  source: ['adpena/molt runtime/molt-obj-model/src/lib.rs: expect("... lock poisoned")'],
  parameters: {
    recovers: flag(true, 'whether later users take the lock although it is poisoned (into_inner)'),
    slotBits: integer(2, { min: 1, max: 8 }, 'bits of the slot number; every slot is used at most once at a time'),
  },
  build({ recovers, slotBits }) {
    const handle = word(layout({ slot: slotBits, generation: 32 }, { spare: 'mustBeZero' }));
    const members = state({
      lock: rwlock({ poisons: !recovers }),
      slots: growing({ object: pointer(), generation: word(32) }),
      free: stack(word(slotBits)),
    });
    const { lock, slots, free } = members;

    const opaque_handle_bits = operation({ object: pointer() }, handle, ($, { object }) => {
      $.lock(lock, () => {
        const reused = free.pop($);
        $.if(reused.isSome(), () => {
          const slot = slots.at(reused.value());
          const generation = $.load(slot.generation).add(1);
          $.store(slot.generation, generation);
          $.store(slot.object, object);
          $.return(handle.of({ slot: reused.value(), generation }));
        });
        const isExhausted = slots.length($).ge(2 ** slotBits);
        // An assertion of the source; whether this process runs into it is for the scenario to say.
        $.if(isExhausted, () => $.mayPanic('slot domain exhausted'));
        $.guard('room for a slot', isExhausted.not(), 0);
        const slot = slots.push($, { object, generation: 1 });
        $.return(handle.of({ slot: slot.resize(slotBits), generation: 1 }));
      });
    });

    const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
      $.guard('spare bits are zero', reference.shr(slotBits + 32).eq(0), NULL);
      $.shared(lock, () => {
        $.guard('slot exists', reference.slot.resize(32).lt(slots.length($)), NULL);
        const slot = slots.at(reference.slot);
        $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
        $.return($.load(slot.object));
      });
    });

    const release = operation({ reference: handle }, ($, { reference }) => {
      const object = $.call(resolve, { reference });
      $.guard('handle resolves', object.isNull().not());
      $.lock(lock, () => {
        $.store(slots.at(reference.slot).object, NULL);
        free.push($, reference.slot);
      });
      $.reclaim(object);
    });

    return {
      reference: handle,
      state: members,
      capacity: 2 ** slotBits,
      operations: { opaque_handle_bits, resolve, release },
      roles: { create: opaque_handle_bits, resolve, destroy: release },
      slotFields: ['slot'],
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 2 ** 32 - 1 }, available: 'unlimited' }),
});
