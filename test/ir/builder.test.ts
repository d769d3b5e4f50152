import { describe, expect, it } from 'vitest';
import type { Builder } from '../../src/model/ir/builder.ts';
import { boolean, cyclic, layout, option, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { linkProgram } from '../../src/model/ir/program.ts';
import { BuildError } from '../../src/model/ir/site.ts';
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
import { NONE, NULL, type Bool, type Word } from '../../src/model/ir/value.ts';

const HERE = /^test\/ir\/builder\.test\.ts:\d+$/;

/** The message of a build error, without its place; the place must be in this file. */
function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    expect(error.site.text).toMatch(HERE);
    return error.message.replace(/ \(at [^)]*\)$/, '');
  }
  return 'no error';
}

const byte = word(8);

/** Records an operation with one parameter `a` of 8 bits and gives the message of its build error. */
function recording(body: ($: Builder, a: Word) => void): string {
  return errorOf(() => operation({ a: byte }, ($, { a }) => body($, a)).record());
}

describe('the scope of values', () => {
  const { lock, count } = state({ lock: mutex(), count: cell(byte) });

  it('refuses a value of a block that has ended, wherever it is used', () => {
    const leak = ($: Builder, a: Word): Word => {
      let inner = a;
      $.lock(lock, () => {
        inner = $.load(count);
      });
      return inner;
    };
    const expected =
      'the value "count" is used outside the block that made it; keep it in a $.variable declared before the block';
    expect(recording(($, a) => $.store(count, leak($, a).add(1)))).toBe(expected);
    expect(recording(($, a) => $.guard('leaked', leak($, a).eq(a)))).toBe(expected);
    expect(recording(($, a) => $.return(leak($, a)))).toBe(expected);
    expect(
      recording(($, a) => {
        $.guard('positive', a.gt(0), leak($, a));
        $.return(a);
      }),
    ).toBe(expected);
  });

  it('refuses a value of one branch in the other, and one of another operation', () => {
    let stranger: Word | undefined;
    operation({ b: byte }, (_, { b }) => void (stranger = b)).record();
    expect(recording(($) => $.store(count, stranger as Word))).toContain('"b" is used outside the block');
    expect(
      recording(($, a) => {
        let then = a;
        $.if(
          a.eq(0),
          () => void (then = $.load(count)),
          () => $.store(count, then),
        );
      }),
    ).toContain('"count" is used outside');
  });

  it('accepts a variable that was declared before the block', () => {
    expect(
      recording(($, a) => {
        const kept = $.variable(byte, a);
        $.lock(lock, () => kept.set($.load(count)));
        $.return(kept.get());
      }),
    ).toBe('no error');
  });
});

describe('the host language', () => {
  const unseen = 'this condition is never used: a host `if` cannot see it; write $.if, $.guard, $.assert or $.select';

  it('notices a host `if` on a condition of any kind', () => {
    const host = (condition: (a: Word) => Bool): string =>
      recording(($, a) => {
        if (condition(a)) $.return(a);
        else $.return(0);
      });
    expect(host((a) => a.lt(3))).toBe(unseen);
    expect(host((a) => a.signed.lt(3))).toBe(unseen);
    expect(host((a) => a.lt(3).not())).toBe(unseen);
    expect(host((a) => a.lt(3).and(a.gt(1)))).toBe(unseen);
    const hostOption = (condition: 'isSome' | 'isNone'): string =>
      errorOf(() =>
        operation({ found: option(byte) }, ($, { found }) => {
          if (found[condition]()) $.return(1);
        }).record(),
      );
    expect(hostOption('isSome')).toBe(unseen);
    expect(hostOption('isNone')).toBe(unseen);
    const hostPointer = errorOf(() =>
      operation({ p: pointer() }, ($, { p }) => {
        if (p.isNull()) $.return(p);
      }).record(),
    );
    expect(hostPointer).toBe(unseen);
  });

  it('notices host operators on words', () => {
    const message =
      'a symbolic value has no value while the operation is built; write $.if, $.guard or select, and eq, lt, add, ...';
    // @ts-expect-error a word is not a number
    expect(recording(($, a) => $.return(a + 1))).toBe(message);
    expect(recording(($, a) => $.return((a as never) > 3 ? 1 : 0))).toBe(message);
    expect(recording(($, a) => $.mayPanic('at '.concat(a as never)))).toBe(message);
  });

  it('counts a condition as used by a return, a guard, a select, an assert or an await', () => {
    expect(recording(($, a) => $.return(a.lt(3)))).toBe('no error');
    expect(recording(($, a) => $.assert('small', a.lt(3)))).toBe('no error');
    expect(recording(($, a) => $.await(() => a.lt(3)))).toBe('no error');
    expect(recording(($, a) => $.return($.select(a.lt(3), a, 0)))).toBe('no error');
    expect(
      recording(($, a) => {
        $.guard('small', a.lt(3), a.lt(2));
        $.return(a.lt(1));
      }),
    ).toBe('no error');
  });
});

describe('loops', () => {
  it('need a bound', () => {
    expect(recording(($, a) => $.loop(a, () => {}))).toBe(
      'a loop needs a bound: give { atMost }, or write $.retry or $.await',
    );
    expect(recording(($, a) => $.loop(a, () => {}, { atMost: 255 }))).toBe('no error');
    expect(recording(($) => $.loop(-1, () => {}))).toBe("a loop's bound is an integer below 2^32, not -1");
    expect(recording(($, a) => $.loop(a, () => {}, { atMost: 1.5 }))).toContain('not 1.5');
  });

  it('are what leave leaves, in the same operation only', () => {
    expect(recording(($) => $.leave())).toBe('leave stands inside a loop or a retry');
    expect(recording(($) => $.retry(() => $.leave()))).toBe('no error');
    const leaving = operation({}, ($) => $.leave());
    expect(recording(($) => $.retry(() => $.call(leaving, {})))).toBe('leave stands inside a loop or a retry');
  });
});

describe('words', () => {
  it('must hold their literals', () => {
    expect(recording(($, a) => $.return(a.add(256)))).toBe('the literal 256 does not fit a word of 8 bits');
    expect(recording(($, a) => $.return(a.add(255)))).toBe('no error');
    expect(recording(($, a) => $.return(a.eq(-1)))).toBe('the literal -1 does not fit a word of 8 bits');
    expect(recording(($, a) => $.return(a.signed.mul(256n)))).toBe('the literal 256 does not fit a word of 8 bits');
    expect(recording(($, a) => $.return(a.shl(0.5)))).toBe('the literal 0.5 is not an integer');
    expect(errorOf(() => cell(word(4), 16))).toBe('the literal 16 does not fit a word of 4 bits');
    expect(errorOf(() => byte.of(300))).toBe('the literal 300 does not fit a word of 8 bits');
    const handle = word(layout({ index: 4, generation: 2 }));
    expect(errorOf(() => handle.of({ index: 16, generation: 0 }))).toBe('the literal 16 does not fit a word of 4 bits');
    expect(errorOf(() => handle.of(64))).toBe('the literal 64 does not fit a word of 6 bits');
  });

  it('have equal widths', () => {
    const pair = (body: ($: Builder, a: Word, b: Word) => void): string =>
      errorOf(() => operation({ a: byte, b: word(9) }, ($, { a, b }) => body($, a, b)).record());
    const unequal = 'operands have equal width: this is a word of 9 where 8 bits are expected; use resize(8)';
    expect(pair(($, a, b) => $.return(a.add(b)))).toBe(unequal);
    expect(pair(($, a, b) => $.return(a.lt(b)))).toBe(unequal);
    expect(pair(($, a, b) => $.return($.select(a.eq(0), a, b)))).toBe('word 8 is expected, but this is word 9');
    expect(pair(($, a, b) => $.return(a.add(b.resize(8))))).toBe('no error');
    const counters = errorOf(() =>
      operation({ c: cyclic(2), d: cyclic(3) }, ($, { c, d }) => $.return(c.eq(d))).record(),
    );
    expect(counters).toBe('cyclic 2 is expected, but this is cyclic 3');
  });

  it('have 1 to 64 bits, and division at most 32', () => {
    expect(errorOf(() => word(0))).toBe('a word has 1 to 64 bits, not 0');
    expect(errorOf(() => word(65))).toBe('a word has 1 to 64 bits, not 65');
    expect(recording(($, a) => $.return(a.bits(5, 4)))).toBe('bits 5 to 8 lie outside a word of 8');
    expect(recording(($, a) => $.return(a.resize(33).div(2)))).toBe(
      'div takes words of 32 bits at most; resize them or shift',
    );
  });

  it('have fields with names of their own', () => {
    // @ts-expect-error a field may not be named like a method of a word
    const clash = (): unknown => layout({ index: 4, add: 4 });
    expect(errorOf(clash)).toBe('a field may not be named like the method "add" of a word');
    expect(errorOf(() => layout({ index: 0 }))).toBe('field "index" needs a width of 1 to 64 bits, not 0');
    expect(errorOf(() => layout({ index: 60, generation: 5 }))).toBe('the fields need 65 bits; a reference has 64');
    const handle = word(layout({ index: 4 }));
    const other = operation({ handle }, ($, { handle: given }) => $.return(given.with({ shard: 1 })));
    expect(errorOf(() => other.record())).toBe('this word has no field "shard"');
  });
});

describe('answers', () => {
  it('are given on every path, or on none', () => {
    expect(recording(($, a) => $.if(a.eq(0), () => $.return(a)))).toBe(
      'this operation can end without an answer; end it with $.return',
    );
    expect(
      recording(($, a) => {
        $.guard('positive', a.gt(0));
        $.return(a);
      }),
    ).toBe('this operation answers word 8; give an answer here too');
    expect(
      recording(($, a) => {
        $.if(a.eq(0), () => $.return());
        $.return(a);
      }),
    ).toBe('this operation answers word 8; give an answer here too');
    expect(errorOf(() => operation({}, byte, () => {}).record())).toContain('can end without an answer');
    expect(recording(($, a) => $.guard('positive', a.gt(0)))).toBe('no error');
  });

  it('have one type', () => {
    expect(
      recording(($, a) => {
        $.guard('positive', a.gt(0), a.resize(9));
        $.return(a);
      }),
    ).toBe('the answer is word 9 elsewhere, here word 8');
    expect(recording(($) => $.return(3))).toBe('the type of the answer is not known; give its kind to operation()');
    expect(errorOf(() => operation({}, byte, ($) => $.return(256)).record())).toBe(
      'the literal 256 does not fit a word of 8 bits',
    );
    expect(errorOf(() => operation({}, byte, ($) => $.return(NONE)).record())).toBe(
      'NONE is given where word 8 is expected; declare it an option',
    );
    expect(errorOf(() => operation({}, pointer(), ($) => $.return(0)).record())).toBe(
      'a pointer is expected; write NULL for none',
    );
    expect(errorOf(() => operation({}, pointer(), ($) => $.return(NULL)).record())).toBe('no error');
  });

  it('become options beside NONE', () => {
    const maybe = operation({ a: byte }, ($, { a }) => {
      $.guard('positive', a.gt(0), NONE);
      $.return(a);
    }).record();
    expect(maybe.result).toEqual({ kind: 'option', of: { kind: 'word', width: 8 } });
  });
});

describe('locks', () => {
  it('have a shared mode only when they are reader-writer locks', () => {
    const { exclusive, readers } = state({ exclusive: mutex(), readers: rwlock() });
    expect(recording(($) => $.shared(exclusive, () => {}))).toBe('a mutex has no shared mode; declare an rwlock');
    expect(recording(($) => $.shared(readers, () => {}))).toBe('no error');
    expect(recording(($) => $.lock(readers, () => {}))).toBe('no error');
  });

  it('are held around every operation on a shared container', () => {
    const table = state({
      lock: mutex(),
      free: stack(byte),
      shards: array(2, { lock: rwlock(), reverse: map(byte, byte), waiting: queue(byte) }),
      mine: threadLocal(stack(byte)),
      cache: unlocked(map(byte, byte)),
    });
    const linking = (body: ($: Builder, a: Word) => void): string =>
      errorOf(() => {
        const entry = operation({ a: byte }, ($, { a }) => body($, a)).record();
        linkProgram(table.declarations, new Map([['entry', entry]]));
      });
    const push = operation({ a: byte }, ($, { a }) => table.free.push($, a));
    expect(linking(($, a) => table.free.push($, a))).toBe(
      'push on "free" has no lock around it; write $.lock, or declare the container unlocked(…) if only one thread ever reaches it',
    );
    expect(linking(($, a) => $.call(push, { a }))).toContain('push on "free" has no lock');
    expect(linking(($, a) => $.if(a.eq(0), () => void table.shards.at(1).reverse.get($, a)))).toContain(
      'get on "shards.reverse" has no lock',
    );
    expect(
      linking(($) => {
        $.lock(table.lock, () => {});
        table.shards.at(0).waiting.pop($);
      }),
    ).toContain('pop on "shards.waiting" has no lock');
    expect(linking(($, a) => $.lock(table.lock, () => void $.call(push, { a })))).toBe('no error');
    expect(linking(($, a) => $.shared(table.shards.at(0).lock, () => void table.shards.at(0).reverse.get($, a)))).toBe(
      'no error',
    );
    expect(linking(($, a) => table.mine.push($, a))).toBe('no error');
    expect(linking(($, a) => table.cache.set($, a, a))).toBe('no error');
    const unchecked = new Map([['push', push.record()]]);
    expect(errorOf(() => linkProgram(table.declarations, unchecked, { checkLocks: false }))).toBe('no error');
  });
});

describe('containers', () => {
  const { slots } = state({ slots: unlocked(growing({ pointer: pointer(), generation: byte })) });

  it('take exactly the fields of their records', () => {
    // @ts-expect-error a field is missing
    expect(recording(($) => slots.push($, { pointer: NULL }))).toBe('push needs a value for field "generation"');
    // @ts-expect-error there is no such field
    expect(recording(($) => slots.push($, { pointer: NULL, generation: 1, shard: 2 }))).toBe(
      'push: the record has no field "shard"',
    );
    expect(recording(($) => slots.push($, { pointer: NULL, generation: 256 }))).toBe(
      'the literal 256 does not fit a word of 8 bits',
    );
    // @ts-expect-error a word is not a pointer
    expect(recording(($, a) => slots.push($, { pointer: a, generation: a }))).toBe(
      'pointer is expected, but this is word 8',
    );
    expect(recording(($, a) => slots.push($, { pointer: NULL, generation: a }))).toBe('no error');
  });

  it('are indexed by words, and stand in arrays of one level', () => {
    const condition = (a: Word): never => a.eq(0) as never;
    expect(recording(($, a) => $.return($.load(slots.at(condition(a)).generation)))).toBe('an index is a word');
    expect(errorOf(() => array(0, { a: byte }))).toBe('an array has at least 1 record, not 0');
    expect(errorOf(() => array(1, { inner: array(1, { a: byte }) }))).toBe(
      'an array stands at the top of the state, not inside a record',
    );
  });

  it('belong to the representation that is linked', () => {
    const length = operation({}, ($) => $.return(slots.length($))).record();
    expect(errorOf(() => linkProgram([], new Map([['length', length]])))).toBe(
      'state "slots" belongs to another representation',
    );
  });
});

describe('blocks that control must fall out of', () => {
  const { count } = state({ count: cell(byte) });

  it('are the cleanup of a panic', () => {
    const cleanup = (body: ($: Builder, a: Word) => void): string =>
      recording(($, a) =>
        $.onUnwind(
          () => $.mayPanic('allocation'),
          () => body($, a),
        ),
      );
    expect(cleanup(($) => $.return())).toBe('return cannot stand inside a cleanup, after which the panic goes on');
    expect(cleanup(($, a) => $.guard('small', a.lt(3)))).toContain('guard cannot stand inside a cleanup');
    expect(cleanup(($) => $.loop(2, () => $.leave()))).toBe('no error');
    const guarded = operation({ a: byte }, ($, { a }) => $.guard('small', a.lt(3)));
    expect(cleanup(($, a) => $.call(guarded, { a }))).toBe('no error');
  });

  it('are the condition of an await, which only loads', () => {
    expect(
      recording(($) =>
        $.await(() => {
          $.store(count, 1);
          return $.load(count).eq(1);
        }),
      ),
    ).toBe('an await only loads, but this is store; write $.retry instead');
    expect(
      recording(($, a) =>
        $.await(() => {
          $.guard('small', a.lt(3));
          return $.load(count).eq(1);
        }),
      ),
    ).toBe('guard cannot stand inside an await');
    expect(recording(($) => $.await(() => $.load(count).eq(1)))).toBe('no error');
  });
});

describe('simulated memory', () => {
  it('holds what has a natural alignment', () => {
    const access = (body: ($: Builder, p: never) => void): string =>
      errorOf(() => operation({ p: pointer() }, ($, { p }) => body($, p as never)).record());
    expect(access(($, p) => void $.read(word(24), p))).toBe(
      'simulated memory holds pointers and words of 8, 16, 32 or 64 bits, not word 24',
    );
    expect(access(($, p) => void $.read(boolean(), p))).toContain('not boolean');
    expect(access(($, p) => $.write(p, $.load(state({ small: cell(word(4)) }).small)))).toContain('not word 4');
    expect(access(($, p) => void $.read(pointer(), p))).toBe('no error');
  });
});
