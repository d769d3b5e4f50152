import { describe, expect, test } from 'vitest';
import { unboundedCounters } from '../../src/explore/unbounded-counters.ts';
import type { Builder } from '../../src/model/ir/builder.ts';
import { word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { linkProgram } from '../../src/model/ir/program.ts';
import { cell, state } from '../../src/model/ir/state-builder.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';

const members = state({ wide: cell(word(64)), other: cell(word(64)), narrow: cell(word(16)) });
const { wide, other, narrow } = members;

const step = operation({ value: word(64) }, word(64), ($, { value }) => $.return(value.add(1)));

function countersOf(body: ($: Builder) => void): readonly string[] {
  const recorded = operation({}, ($) => {
    body($);
    $.return();
  }).record();
  return unboundedCounters(linkProgram(members.declarations, new Map([['step', recorded]])));
}

describe('a word counts without end', () => {
  test.each<readonly [string, ($: Builder) => void]>([
    ['by a fetch-and-add', ($) => $.fetch('add', wide, 1, 'relaxed')],
    ['by storing one more', ($) => $.store(wide, $.load(wide).add(1))],
    ['by an operation that it calls', ($) => $.store(wide, $.call(step, { value: $.load(wide) }))],
    [
      'through a variable, in one branch',
      ($) => {
        const next = $.variable(word(64), $.load(wide));
        $.if($.load(other).eq(0), () => next.set(next.get().add(2)));
        $.store(wide, next.get());
      },
    ],
  ])('%s', (_how, body) => {
    expect(countersOf(body)).toEqual(['wide']);
  });
});

describe('a word does not count without end', () => {
  test.each<readonly [string, ($: Builder) => void]>([
    ['when it is narrow', ($) => $.fetch('add', narrow, 1, 'relaxed')],
    ['when it comes round', ($) => $.store(wide, $.load(wide).add(1).and(3))],
    ['when its size is looked at', ($) => $.if($.load(wide).lt(9), () => $.store(wide, $.load(wide).add(1)))],
    ['when it takes the sum of another', ($) => $.store(wide, $.load(other).add(1))],
    ['when it is stored as it was', ($) => $.store(wide, $.load(wide))],
    ['when bits of it are set', ($) => $.fetch('or', wide, 1, 'relaxed')],
  ])('%s', (_how, body) => {
    expect(countersOf(body)).toEqual([]);
  });

  test('in the whole catalogue', () => {
    for (const representation of CATALOGUE.values())
      expect(unboundedCounters(instantiate(representation).program), representation.id).toEqual([]);
  });
});
