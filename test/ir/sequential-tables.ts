import { boolean, layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import type { Program } from '../../src/model/ir/program.ts';
import { array, cell, growing, map, rwlock, stack, state, unlocked } from '../../src/model/ir/state-builder.ts';
import { NULL } from '../../src/model/ir/value.ts';
import { programOf } from './sequential-machine.ts';

/** One table of slots with 16-bit generations; index and generation make a handle. */
export function generationalTable(): Program {
  const handleLayout = layout({ index: 28, generation: 16 });
  const { declarations, slots, free } = state({
    slots: unlocked(growing({ pointer: pointer(), generation: word(16) })),
    free: unlocked(stack(word(28))),
  });
  const handle = word(handleLayout);

  const register = operation({ object: pointer() }, ($, { object }) => {
    const reused = free.pop($);
    $.if(reused.isSome(), () => {
      const slot = slots.at(reused.value());
      $.store(slot.pointer, object);
      $.return(handle.of({ index: reused.value(), generation: $.load(slot.generation) }));
    });
    const index = slots.push($, { pointer: object, generation: 1 });
    $.return(handle.of({ index: index.resize(28), generation: 1 }));
  });
  const resolve = operation({ handle }, ($, { handle: given }) => {
    $.guard('slot exists', given.index.resize(32).lt(slots.length($)), NULL);
    const slot = slots.at(given.index);
    $.guard('same generation', $.load(slot.generation).eq(given.generation), NULL);
    $.return($.load(slot.pointer));
  });
  const unregister = operation({ handle }, boolean(), ($, { handle: given }) => {
    $.guard('slot exists', given.index.resize(32).lt(slots.length($)), 0);
    const slot = slots.at(given.index);
    const generation = $.load(slot.generation);
    $.guard('same generation', generation.eq(given.generation), 0);
    $.store(slot.generation, generation.add(1).max(1));
    $.store(slot.pointer, NULL);
    free.push($, given.index);
    $.return(1);
  });
  return programOf(declarations, { register, resolve, unregister });
}

/** 16 shards chosen by a multiplied address, each with a lock, slots, a free stack and a map from addresses to handles. */
export function shardedTable(): Program {
  const handleLayout = layout({ index: 28, generation: 16, shard: 4 });
  const handle = word(handleLayout);
  const { declarations, shards, count } = state({
    shards: array(16, {
      lock: rwlock(),
      slots: growing({ pointer: pointer(), generation: word(16) }),
      free: stack(word(28)),
      reverse: map(word(64), word(64)),
    }),
    count: cell(word(32)),
  });

  const register = operation({ object: pointer() }, ($, { object }) => {
    const address = object.address();
    const shardIndex = address.shr(4).mul(0x9e3779b97f4a7c15n).bits(60, 4);
    const shard = shards.at(shardIndex);
    $.lock(shard.lock, () => {
      const known = shard.reverse.get($, address);
      $.if(known.isSome(), () => $.return(known.value()));
      const reused = shard.free.pop($);
      $.if(reused.isSome(), () => {
        const slot = shard.slots.at(reused.value());
        const generation = $.load(slot.generation).add(1).max(1);
        $.store(slot.generation, generation);
        $.store(slot.pointer, object);
        const issued = handle.of({ index: reused.value(), generation, shard: shardIndex });
        shard.reverse.set($, address, issued);
        $.return(issued);
      });
      const index = shard.slots.push($, { pointer: object, generation: 1 });
      const issued = handle.of({ index: index.resize(28), generation: 1, shard: shardIndex });
      shard.reverse.set($, address, issued);
      $.fetch('add', count, 1, 'relaxed');
      $.return(issued);
    });
  });
  const resolve = operation({ handle }, ($, { handle: given }) => {
    const shard = shards.at(given.shard);
    $.shared(shard.lock, () => {
      $.guard('slot exists', given.index.resize(32).lt(shard.slots.length($)), NULL);
      const slot = shard.slots.at(given.index);
      $.guard('same generation', $.load(slot.generation).eq(given.generation), NULL);
      $.return($.load(slot.pointer));
    });
  });
  const unregister = operation({ handle }, boolean(), ($, { handle: given }) => {
    const shard = shards.at(given.shard);
    $.lock(shard.lock, () => {
      $.guard('slot exists', given.index.resize(32).lt(shard.slots.length($)), 0);
      const slot = shard.slots.at(given.index);
      const generation = $.load(slot.generation);
      $.guard('same generation', generation.eq(given.generation), 0);
      shard.reverse.delete($, $.load(slot.pointer).address());
      $.store(slot.generation, generation.add(1).max(1));
      $.store(slot.pointer, NULL);
      shard.free.push($, given.index);
      $.return(1);
    });
  });
  return programOf(declarations, { register, resolve, unregister });
}
