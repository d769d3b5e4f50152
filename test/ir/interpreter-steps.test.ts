import { describe, expect, it } from 'vitest';
import type { Interpreter, Outcome } from '../../src/model/ir/interpreter/interpreter.ts';
import type { Steps } from '../../src/model/ir/interpreter/access.ts';
import { word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { array, cell, growing, mutex, state, threadLocal, unlocked } from '../../src/model/ir/state-builder.ts';
import { call, interpreter } from './reference.ts';

const byte = word(8);

describe('an operation that runs in steps', () => {
  const shared = state({
    lock: mutex(),
    count: cell(byte),
    shards: array(2, { slots: unlocked(growing({ generation: byte })) }),
    mine: threadLocal(cell(byte)),
  });
  const increment = operation({}, ($) => $.store(shared.count, $.load(shared.count, 'acquire').add(1), 'release'));
  const locked = operation({}, byte, ($) =>
    $.lock(shared.lock, () => {
      $.call(increment, {});
      $.return($.load(shared.count));
    }),
  );
  const wait = operation({}, byte, ($) => {
    $.await(() => $.load(shared.count).eq(1));
    $.return(3);
  });
  const swap = operation({}, ($) => {
    $.store(shared.mine, 1);
    const { success } = $.compareExchange(shared.count, 0, 5, 'acqrel', { weak: true });
    $.return($.select(success, $.load(shared.mine), 0));
  });
  const push = operation({}, ($) => {
    const slots = shared.shards.at(1).slots;
    $.store(slots.at(slots.push($, { generation: 3 })).generation, 4);
    $.fence('seqcst');
  });
  const engine = (): Interpreter => interpreter(shared, { increment, locked, wait, swap, push });

  /** Runs to the end and lists the steps. */
  function stepsOf(steps: Steps<Outcome>): string[] {
    const seen: string[] = [];
    for (;;) {
      const { done, value } = steps.next();
      if (done === true)
        return [...seen, value.kind === 'answered' ? `answers ${value.components.join(' ')}` : 'panics'];
      seen.push(`${value.kind} ${value.location} ${value.order}${value.blocked ? ' blocked' : ''}`);
    }
  }

  it('yields every shared access before it happens, and no private one', () => {
    const steps = engine();
    expect(stepsOf(steps.step('locked', 0, []))).toEqual([
      'acquire lock acquire',
      'load count acquire',
      'store count release',
      'load count plain',
      'release lock release',
      'answers 1',
    ]);
    expect(stepsOf(steps.step('swap', 0, []))).toEqual(['compareExchange count acqrel', 'answers 0']);
    expect(stepsOf(steps.step('push', 0, []))).toEqual([
      'container shards[1].slots plain',
      'store shards[1].slots[0].generation plain',
      'fence  seqcst',
      'answers ',
    ]);
  });

  it('loses an update when two threads load before either stores, and none under a lock', () => {
    const lost = engine();
    const [one, other] = [lost.step('increment', 1, []), lost.step('increment', 2, [])];
    for (let step = 0; step < 3; step++) for (const thread of [one, other]) thread.next();
    expect(call(lost, 'locked')).toBe(2);

    const kept = engine();
    const [first, second] = [kept.step('locked', 1, []), kept.step('locked', 2, [])];
    expect([first.next().value, second.next().value]).toMatchObject([{ blocked: false }, { blocked: false }]);
    first.next();
    expect(second.next().value).toMatchObject({ kind: 'acquire', location: 'lock', blocked: true });
    expect(second.next().value).toMatchObject({ blocked: true });
    expect(stepsOf(first).at(-1)).toBe('answers 1');
    expect(stepsOf(second).at(-1)).toBe('answers 2');
  });

  it('waits until another thread makes the condition true', () => {
    const both = engine();
    const waiting = both.step('wait', 1, []);
    expect([waiting.next(), waiting.next(), waiting.next()].map(({ value }) => value)).toMatchObject([
      { kind: 'load' },
      { kind: 'await', blocked: true },
      { kind: 'load' },
    ]);
    expect(stepsOf(both.step('increment', 2, []))).toHaveLength(3);
    expect(stepsOf(waiting)).toEqual(['answers 3']);
  });

  it('lets the scheduler fail a weak compare-exchange', () => {
    const steps = engine().step('swap', 0, []);
    expect(steps.next().value).toMatchObject({ kind: 'compareExchange' });
    expect(steps.next({ spuriousFailure: true })).toEqual({
      done: true,
      value: { kind: 'answered', components: [0] },
    });
    expect(stepsOf(engine().step('swap', 0, [])).at(-1)).toBe('answers 1');
  });
});
