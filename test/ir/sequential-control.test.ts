import { describe, expect, it } from 'vitest';
import { OperationPanic, PATH_CAPACITY, type Host } from '../../src/model/ir/engine.ts';
import { boolean, option, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { compileSequential, sequentialSource } from '../../src/model/ir/sequential/sequential-engine.ts';
import { array, cell, mutex, rwlock, stack, state, unlocked } from '../../src/model/ir/state-builder.ts';
import { NONE, NULL } from '../../src/model/ir/value.ts';
import { bitsOf, compiled, components, first, hostOf, programOf, run } from './sequential-machine.ts';

describe('returns, loops and variables', () => {
  const { declarations, log, locks } = state({
    log: cell(word(32)),
    locks: array(4, { lock: mutex() }),
  });
  const halved = operation({ value: word(32) }, word(32), ($, { value }) => {
    $.guard('even', value.and(1).eq(0), 1000);
    $.return(value.shr(1));
  });
  const engine = compiled(declarations, {
    nested: operation({ value: word(32) }, ($, { value }) => {
      const once = $.call(halved, { value });
      const twice = $.call(halved, { value: once });
      $.return(once.shl(16).or(twice));
    }),
    sum: operation({ count: word(32) }, ($, { count }) => {
      const total = $.variable(word(64), 0);
      $.loop(
        count,
        (index) => {
          $.if(index.eq(7), () => $.leave());
          total.set(total.get().add(index.resize(64)).add(0xffff_ffffn));
        },
        { atMost: 10 },
      );
      $.return(total.get());
    }),
    early: operation({ value: word(32) }, ($, { value }) => {
      $.loop(3, (index) => {
        $.lock(locks.at(index).lock, () => {
          $.fetch('add', log, 1, 'relaxed');
          $.if(index.eq(value), () => $.return(index.add(100)));
        });
      });
      $.return(7);
    }),
    log: operation({}, ($) => $.return($.load(log))),
    spins: operation({}, ($) => {
      $.retry(() => void $.fetch('add', log, 1, 'relaxed'));
    }),
    awaits: operation({ value: word(32) }, ($, { value }) => $.await(() => $.load(log).eq(value))),
    checks: operation({ value: word(32) }, ($, { value }) => $.assert('small', value.lt(10))),
    swap: operation({ left: word(32), right: word(32) }, ($, { left, right }) => {
      const [one, two] = [$.variable(word(32), left), $.variable(word(32), right)];
      const kept = one.get();
      one.set(two.get());
      two.set(kept);
      $.return(one.get().shl(16).or(two.get()));
    }),
  });

  it('a return inside a called operation ends that one alone', () => {
    expect(first(run(engine, 'nested', 12))).toBe((6 << 16) | 3);
    expect(first(run(engine, 'nested', 6))).toBe((3 << 16) | 1000);
    expect(first(run(engine, 'nested', 5))).toBe((1000 << 16) | 500);
  });

  const sumTo = (count: number): bigint => {
    run(engine, 'sum', count);
    return bitsOf(engine.registers[0], engine.registers[1]);
  };

  it('a loop stops at its count, at its bound and when it leaves', () => {
    expect(sumTo(0)).toBe(0n);
    expect(sumTo(3)).toBe(3n + 3n * 0xffff_ffffn);
    expect(sumTo(100)).toBe(21n + 7n * 0xffff_ffffn);
    expect(sumTo(-1)).toBe(21n + 7n * 0xffff_ffffn);
  });

  it('a variable that was read keeps what it was', () => {
    expect(first(run(engine, 'swap', 3, 5))).toBe((5 << 16) | 3);
  });

  it('a return inside a lock inside a loop ends all of them', () => {
    engine.reset();
    expect(first(run(engine, 'early', 1))).toBe(101);
    expect(first(run(engine, 'log'))).toBe(2);
    expect(first(run(engine, 'early', 9))).toBe(7);
    expect(first(run(engine, 'log'))).toBe(5);
  });

  it('what cannot end when run alone is a verdict', () => {
    engine.reset();
    expect(run(engine, 'spins')).toBe('livelock');
    expect(first(run(engine, 'log'))).toBe(10_000);
    expect(run(engine, 'awaits', 1)).toBe('deadlock');
    expect(run(engine, 'awaits', 10_000)).not.toBe('deadlock');
    expect(run(engine, 'checks', 10)).toBe('assertion');
    expect(run(engine, 'checks', 9)).not.toBe('assertion');
  });

  it('an unknown entry is a RangeError', () => {
    expect(() => engine.entry('resolve')).toThrow(RangeError);
  });
});

describe('coverage and path', () => {
  const inner = operation({ value: word(8) }, word(8), ($, { value }) => {
    $.guard('small', value.lt(8), 0);
    $.return(value);
  });
  const program = programOf([], {
    entry: operation({ value: word(8) }, word(8), ($, { value }) => {
      const answer = $.call(inner, { value });
      $.if(
        answer.eq(0),
        () => $.return(1),
        () => $.loop(2, () => {}),
      );
      $.return(2);
    }),
    long: operation({}, ($) => $.loop(1000, () => {})),
  });
  const name = (point: number): string => `${program.points[point]?.name} ${program.points[point]?.outcome}`;

  it('counts each point and remembers their order', () => {
    const engine = compileSequential(program, hostOf(), { coverage: true, path: true });
    run(engine, 'entry', 3);
    expect([...engine.path.subarray(0, engine.pathLength)].map(name)).toEqual([
      'small passed',
      'if otherwise',
      'loop entered',
      'loop entered',
    ]);
    run(engine, 'entry', 9);
    expect([...engine.path.subarray(0, engine.pathLength)].map(name)).toEqual(['small refused', 'if then']);
    const reached = [...engine.coverage].map((count, point) => `${name(point)} ${count}`);
    expect(reached).toEqual([
      'small passed 1',
      'small refused 1',
      'if then 1',
      'if otherwise 1',
      'loop entered 2',
      'loop entered 0',
    ]);
  });

  it('a long path keeps its beginning', () => {
    const engine = compileSequential(program, hostOf(), { path: true });
    run(engine, 'long');
    expect(engine.pathLength).toBe(PATH_CAPACITY);
    expect(engine.coverage.every((count) => count === 0)).toBe(true);
  });

  it('without the options there is no trace of them', () => {
    const source = sequentialSource(program);
    expect(source).not.toContain('coverage[');
    expect(source).not.toContain('pathLength');
  });
});

describe('options', () => {
  const { declarations, list } = state({ list: unlocked(stack(word(64))) });
  const engine = compiled(declarations, {
    push: operation({ value: word(64) }, ($, { value }) => list.push($, value)),
    popped: operation({}, option(word(64)), ($) => {
      const top = list.pop($);
      $.if(top.isNone(), () => $.return(NONE));
      $.return(top.value().add(1));
    }),
    orElse: operation({ value: option(word(8)) }, ($, { value }) =>
      $.return($.select(value.isSome(), value.value(), 99)),
    ),
    chosen: operation({ flag: boolean() }, option(pointer()), ($, { flag }) => {
      const answer = $.variable(option(pointer()), NONE);
      $.if(flag, () => answer.set(NULL as never));
      $.return(answer.get());
    }),
  });

  it('NONE is apart from 0 and from null, and holds zeros', () => {
    expect((run(engine, 'popped') as number[]).slice(0, 3)).toEqual([0, 0, 0]);
    run(engine, 'push', ...components(word(64).type, 0xffff_ffffn));
    expect((run(engine, 'popped') as number[]).slice(0, 3)).toEqual([1, 0, 1]);
    expect(first(run(engine, 'orElse', 1, 0))).toBe(0);
    expect(first(run(engine, 'orElse', 0, 0))).toBe(99);
    expect((run(engine, 'chosen', 1) as number[]).slice(0, 4)).toEqual([1, 0, 0, 0]);
    expect((run(engine, 'chosen', 0) as number[]).slice(0, 4)).toEqual([0, 0, 0, 0]);
  });
});

describe('locks', () => {
  const { declarations, outer, shared, shards, poisoning, hits } = state({
    outer: mutex(),
    shared: rwlock(),
    shards: array(4, { lock: rwlock() }),
    poisoning: rwlock({ poisons: true }),
    hits: cell(word(32)),
  });
  const inside = operation({}, word(32), ($) => {
    $.lock(outer, () => {
      $.fetch('add', hits, 1, 'relaxed');
      $.return(5);
    });
  });
  const at = word(3);
  const operations = {
    plain: inside,
    twice: operation({}, ($) => $.lock(outer, () => void $.call(inside, {}))),
    called: operation({}, ($) => {
      $.lock(shared, () => $.return($.call(inside, {})));
    }),
    readers: operation({ at, other: at }, word(32), ($, given) => {
      $.shared(shards.at(given.at).lock, () => $.shared(shards.at(given.other).lock, () => $.return(1)));
    }),
    upgrade: operation({ at, other: at }, word(32), ($, given) => {
      $.shared(shards.at(given.at).lock, () => $.lock(shards.at(given.other).lock, () => $.return(1)));
    }),
    calls: operation({}, ($) => $.lock(outer, () => $.callback('between'))),
    panics: operation({ write: boolean() }, ($, { write }) => {
      $.if(
        write,
        () => $.lock(poisoning, () => $.mayPanic('inside')),
        () => $.shared(poisoning, () => $.mayPanic('inside')),
      );
    }),
    reads: operation({}, ($) => {
      $.shared(poisoning, () => $.return($.load(hits)));
    }),
  };

  it('state is kept only for locks that can be met while they are held', () => {
    const alone = { reads: operations.called, plain: operations.plain };
    const source = sequentialSource(programOf(declarations, alone));
    expect(source).not.toContain('held');
    expect(sequentialSource(programOf(declarations, operations))).toContain('outer_held');
  });

  it('taking a held lock again is a deadlock, another one is not', () => {
    const engine = compiled(declarations, operations);
    expect(first(run(engine, 'plain'))).toBe(5);
    expect(first(run(engine, 'plain'))).toBe(5);
    expect(first(run(engine, 'called'))).toBe(5);
    expect(run(engine, 'twice')).toBe('deadlock');
    engine.reset();
    expect(first(run(engine, 'plain'))).toBe(5);
    expect(first(run(engine, 'readers', 2, 2))).toBe(1);
    expect(first(run(engine, 'upgrade', 1, 2))).toBe(1);
    expect(first(run(engine, 'upgrade', 2, 1))).toBe(1);
    expect(run(engine, 'upgrade', 3, 4)).toBe('out-of-bounds');
    engine.reset();
    expect(run(engine, 'upgrade', 3, 3)).toBe('deadlock');
  });

  it('what runs in a callback meets the lock that is held', () => {
    let reenter: (() => void) | undefined;
    const engine = compiled(declarations, operations, hostOf({ callback: () => reenter?.() }));
    run(engine, 'calls');
    reenter = () => engine.entry('plain')();
    expect(run(engine, 'calls')).toBe('deadlock');
    engine.reset();
    reenter = () => engine.entry('readers')(0, 0);
    expect(run(engine, 'calls')).not.toBe('deadlock');
    reenter = undefined;
    run(engine, 'calls');
  });

  it('a panic of a writer poisons, a panic of a reader only releases', () => {
    let panics = true;
    const engine = compiled(declarations, operations, hostOf({ mayPanic: () => panics }));
    expect(() => engine.entry('panics')(0)).toThrow(new OperationPanic('inside'));
    run(engine, 'reads');
    const clean = engine.snapshot();
    expect(() => engine.entry('panics')(1)).toThrow(new OperationPanic('inside'));
    panics = false;
    expect(() => engine.entry('reads')()).toThrow(new OperationPanic('poisoned lock'));
    expect(() => engine.entry('panics')(1)).toThrow(new OperationPanic('poisoned lock'));
    engine.restore(clean);
    run(engine, 'panics', 1);
    run(engine, 'reads');
  });
});

describe('panics', () => {
  const { declarations, log, lock } = state({ log: cell(word(32)), lock: mutex() });
  const note = operation({ digit: word(32) }, ($, { digit }) => {
    $.store(log, $.load(log).mul(10).add(digit));
  });
  const inner = operation({}, ($) => {
    $.onUnwind(
      () => {
        $.mayPanic('first');
        void $.call(note, { digit: 1 });
        $.mayPanic('second');
      },
      () => {
        void $.call(note, { digit: 8 });
        $.if($.load(log).lt(80), () => void $.call(note, { digit: 7 }));
      },
    );
  });
  const operations = {
    run: operation({}, ($) => {
      $.onUnwind(
        () => {
          $.lock(lock, () => {
            void $.call(inner, {});
            $.callback('held');
          });
          void $.call(note, { digit: 2 });
        },
        () => void $.call(note, { digit: 9 }),
      );
      void $.call(note, { digit: 3 });
    }),
    log: operation({}, ($) => $.return($.load(log))),
    take: operation({}, ($) => $.lock(lock, () => void $.call(note, { digit: 4 }))),
  };
  const logged = (panicName: string): number | string | undefined => {
    const engine = compiled(declarations, operations, hostOf({ mayPanic: (name) => name === panicName }));
    if (panicName === 'never') engine.entry('run')();
    else expect(() => engine.entry('run')()).toThrow(new OperationPanic(panicName));
    engine.entry('take')();
    return first(run(engine, 'log'));
  };

  it('cleanups run inside out, locks are released, and the panic goes on', () => {
    expect(logged('never')).toBe(1234);
    expect(logged('first')).toBe(8794);
    expect(logged('second')).toBe(18794);
  });
});

describe('callbacks', () => {
  const { declarations, depth } = state({ depth: cell(word(32)) });
  const operations = {
    outer: operation({ value: word(32) }, ($, { value }) => {
      $.guard('before', value.lt(10), 0);
      $.fetch('add', depth, 1, 'relaxed');
      $.callback('middle');
      $.guard('after', value.lt(5), 1);
      $.return(value.add(100));
    }),
    inner: operation({ value: word(32) }, word(32), ($, { value }) => {
      $.guard('within', value.lt(1), 2);
      $.return(3);
    }),
  };

  it('registers and path of the outer call survive what runs inside', () => {
    const program = programOf(declarations, operations);
    const name = (point: number): string => `${program.points[point]?.name} ${program.points[point]?.outcome}`;
    const seen: string[][] = [];
    const callbacks: Host = hostOf({
      callback: () => {
        engine.entry('inner')(4);
        expect(engine.registers[0]).toBe(2);
        seen.push([...engine.path.subarray(0, engine.pathLength)].map(name));
      },
    });
    const engine = compileSequential(program, callbacks, { path: true });
    expect(first(run(engine, 'outer', 3))).toBe(103);
    expect(seen).toEqual([['within refused']]);
    expect([...engine.path.subarray(0, engine.pathLength)].map(name)).toEqual(['before passed', 'after passed']);
  });
});
