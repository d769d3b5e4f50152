import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice, integer } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/** Bits below the generation in a key: the address in the pages, and the thread. */
const KEY_SHIFT = 32;
const STATE_BITS = 2;

/**
 * hawkw/sharded-slab, one shard: a key packs address, thread and generation; the lifecycle word of a slot packs its state, a count
 * of references and, at the top, the generation. With no reserved bits the generation stands in one place in both.
 */
export const shardedSlab = representation({
  id: 'sharded-slab',
  title: 'sharded-slab: keys and lifecycle words that pack one generation',
  summary: 'Reserved bits narrow the generation, and part its place in the key from its place in the lifecycle word.',
  source: ['hawkw/sharded-slab src/cfg.rs', 'hawkw/sharded-slab ca090279 (PR #80), issue #83'],
  parameters: {
    reservedBits: integer(0, { min: 0, max: 30 }, 'bits at the top of a key that the slab leaves alone'),
    packing: choice(['lifecycle', 'key'], 'whose layout the generation is packed with into the lifecycle word'),
  },
  build({ reservedBits, packing }) {
    const generationBits = 64 - KEY_SHIFT - reservedBits;
    // Generations are numbers modulo 2^n - 1.
    const period = 2n ** BigInt(generationBits) - 1n;
    const refsBits = 64 - STATE_BITS - generationBits;
    const shift = packing === 'key' ? KEY_SHIFT : 64 - generationBits;
    const key = word(layout({ slot: 24, thread: 8, generation: generationBits }, { spare: 'mustBeZero' }));
    const members = state({
      slots: unlocked(growing({ lifecycle: word(64), item: pointer() })),
      free: unlocked(stack(word(24))),
    });
    const { slots, free } = members;

    const insert = operation({ object: pointer() }, key, ($, { object }) => {
      const reused = free.pop($);
      $.if(reused.isSome(), () => {
        const slot = slots.at(reused.value());
        $.store(slot.item, object);
        const generation = $.load(slot.lifecycle).bits(shift, generationBits);
        $.return(key.of({ slot: reused.value(), thread: 1, generation }));
      });
      $.guard('room for a slot', slots.length($).lt(2 ** 24), 0);
      const address = slots.push($, { lifecycle: 0, item: object });
      $.return(key.of({ slot: address.resize(24), thread: 1, generation: 0 }));
    });

    const contains = operation({ reference: key }, boolean(), ($, { reference }) => {
      $.guard('reserved bits are zero', reference.shr(KEY_SHIFT).lt(2n ** BigInt(generationBits)), 0);
      $.guard('key is of this shard', reference.thread.eq(1), 0);
      $.guard('slot exists', reference.slot.resize(32).lt(slots.length($)), 0);
      const slot = slots.at(reference.slot);
      const generation = $.load(slot.lifecycle).bits(shift, generationBits);
      $.guard('same generation', generation.eq(reference.generation), 0);
      $.return($.load(slot.item).isNull().not());
    });

    const get = operation({ reference: key }, pointer(), ($, { reference }) => {
      $.guard('key is in the slab', $.call(contains, { reference }), NULL);
      $.return($.load(slots.at(reference.slot).item));
    });

    const remove = operation({ reference: key }, ($, { reference }) => {
      $.guard('key is in the slab', $.call(contains, { reference }));
      const slot = slots.at(reference.slot);
      const advanced = reference.generation.resize(64).add(1);
      const generation = $.select(advanced.ge(period), advanced.sub(period), advanced);
      const mask = period << BigInt(shift);
      const lifecycle = $.load(slot.lifecycle).and(BigInt.asUintN(64, ~mask)).or(generation.shl(shift));
      $.store(slot.lifecycle, lifecycle);
      // With references out, whoever lets the last one go clears the slot.
      $.guard('no references', lifecycle.bits(STATE_BITS, refsBits).eq(0));
      const item = $.load(slot.item);
      $.store(slot.item, NULL);
      free.push($, reference.slot);
      $.reclaim(item);
    });

    return {
      reference: key,
      state: members,
      capacity: 2 ** 24,
      operations: { insert, get, remove },
      roles: { create: insert, resolve: get, destroy: remove },
      slotFields: ['slot', 'thread'],
    };
  },
  claims: ({ reservedBits }) => ({
    ...ROSTER_CLAIMS,
    detectsStale: { within: 2 ** (64 - KEY_SHIFT - reservedBits) - 1 },
    available: 'unlimited',
  }),
});
