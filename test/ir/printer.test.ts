import { describe, expect, it } from 'vitest';
import type { Builder } from '../../src/model/ir/builder.ts';
import { boolean, cyclic, layout, option, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { printOperation, printProgram, printState } from '../../src/model/ir/printer.ts';
import { linkProgram } from '../../src/model/ir/program.ts';
import {
  array,
  cell,
  growing,
  map,
  mutex,
  queue,
  rwlock,
  stack,
  state,
  threadLocal,
  unlocked,
} from '../../src/model/ir/state-builder.ts';
import { NONE, NULL, type Word } from '../../src/model/ir/value.ts';

const byte = word(8);
const handle = word(layout({ index: 28, generation: 16, shard: 4 }));
const table = state({
  shards: array(16, {
    lock: rwlock(),
    slots: growing({ pointer: pointer(), generation: word(16) }),
    free: stack(word(28)),
    reverse: unlocked(map(word(64), handle)),
  }),
  registry: mutex({ poisons: true }),
  epoch: cell(cyclic(2), 1),
  pin: threadLocal(queue(byte)),
  open: cell(boolean()),
  count: cell(byte),
});

function lines(...expected: readonly string[]): string {
  return [...expected, ''].join('\n');
}

/** The text of an operation with one parameter `a` of 8 bits, without its first line. */
function bodyOf(body: ($: Builder, a: Word) => void): string {
  const built = operation({ a: byte }, ($, { a }) => body($, a));
  return printOperation(built.record()).split('\n').slice(1).join('\n');
}

describe('the text of', () => {
  it('state names every member with its type and what is special about it', () => {
    expect(printState(table.declarations)).toBe(
      lines(
        'state',
        '  shards: array of 16',
        '    lock: rwlock',
        '    slots: growing { pointer: pointer, generation: word 16 }',
        '    free: stack of word 28',
        '    reverse: unlocked map from word 64 to word 64',
        '  registry: poisoning mutex',
        '  epoch: cyclic 2 = 1',
        '  thread-local pin: queue of word 8',
        '  open: boolean',
        '  count: word 8',
      ),
    );
  });

  it('a program is its state and its operations', () => {
    const resolve = operation({ handle }, ($, { handle: given }) => {
      const shard = table.shards.at(given.shard);
      $.shared(shard.lock, () => {
        $.guard('slot exists', given.index.resize(32).lt(shard.slots.length($)), NULL);
        const slot = shard.slots.at(given.index);
        $.guard('same generation', $.load(slot.generation, 'acquire').eq(given.generation), NULL);
        $.return($.load(slot.pointer));
      });
    });
    const program = linkProgram(table.declarations, new Map([['resolve', resolve.record()]]));
    expect(printProgram(program)).toBe(
      `${printState(table.declarations)}\n${lines(
        'operation resolve(handle: word 64 { index: 28, generation: 16, shard: 4 }) -> pointer',
        '  shared shards[handle.shard].lock',
        '    length: word 32 = length shards[handle.shard].slots',
        '    guard "slot exists" (handle.index as 32) < length else return null',
        '    generation: word 16 = load shards[handle.shard].slots[handle.index].generation acquire',
        '    guard "same generation" generation == handle.generation else return null',
        '    pointer: pointer = load shards[handle.shard].slots[handle.index].pointer plain',
        '    return pointer',
      )}`,
    );
  });

  it('an operation that answers an option, inlines another and repeats names', () => {
    const next = operation({ a: byte }, option(byte), ($, { a }) => {
      $.guard('left', a.lt(255), NONE);
      $.return(a.add(1));
    });
    next.name = 'next';
    const twice = operation({ a: byte }, ($, { a }) => {
      const first = $.call(next, { a });
      $.return($.call(next, { a: first.value() }));
    });
    twice.name = 'twice';
    expect(printOperation(twice.record())).toBe(
      lines(
        'operation twice(a: word 8) -> option word 8',
        '  a#2: word 8 = a',
        '  next: option word 8 = call next',
        '    guard "left" a#2 < 255 else return NONE',
        '    return some(a#2 + 1)',
        '  a#3: word 8 = unwrap(next)',
        '  next#2: option word 8 = call next',
        '    guard "left" a#3 < 255 else return NONE',
        '    return some(a#3 + 1)',
        '  return next#2',
      ),
    );
  });

  it('control indents what it holds', () => {
    expect(bodyOf(control)).toBe(
      lines(
        '  variable: word 8 := 0',
        '  loop index < a as 32 at most 4',
        '    variable#2: word 8 = variable',
        '    if variable#2 == 3',
        '      leave',
        '    else',
        '      variable: word 8 := index as 8',
        '  retry',
        '    observed: word 8, success: boolean = weak compare-exchange count, 0 -> a acqrel, on failure acquire',
        '    if success',
        '      leave',
        '  await',
        '    count: word 8 = load count acquire',
        '  until not (count == 0)',
        '  unwinding',
        '    may panic "allocation"',
        '    callback "finalizer"',
        '  on unwind',
        '    fence seqcst',
        '  lock registry',
        '    nothing',
        '  assert "small" a < 3',
      ),
    );
  });

  it('a computation that is used twice stands before the statement that uses it', () => {
    const body = bodyOf(($, a) => {
      const square = a.mul(a);
      $.return(square.mul(square).add(1));
    });
    expect(body).toBe(lines('  %1: word 8 = a * a', '  return (%1 * %1) + 1'));
  });
});

function control($: Builder, a: Word): void {
  const variable = $.variable(byte, 0);
  $.loop(
    a,
    (index) =>
      $.if(
        variable.get().eq(3),
        () => $.leave(),
        () => variable.set(index.resize(8)),
      ),
    { atMost: 4 },
  );
  $.retry(() => {
    const { success } = $.compareExchange(table.count, 0, a, 'acqrel', { weak: true });
    $.if(success, () => $.leave());
  });
  $.await(() => $.load(table.count, 'acquire').eq(0).not());
  $.onUnwind(
    () => {
      $.mayPanic('allocation');
      $.callback('finalizer');
    },
    () => $.fence('seqcst'),
  );
  $.lock(table.registry, () => {});
  $.assert('small', a.lt(3));
}
