import { describe, expect, test } from 'vitest';
import { layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { cell, mutex, state } from '../../src/model/ir/state-builder.ts';
import { NULL } from '../../src/model/ir/value.ts';
import { representation } from '../../src/model/machine/definition.ts';
import { flag } from '../../src/model/machine/parameters.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario, type ScenarioRun } from '../../src/model/scenario/run.ts';

/** One object, a number that extras change and answer, and a lock that a panic may poison. */
const oneNumber = representation({
  id: 'one-number',
  title: 'One object and one number',
  summary: 'Answers of every sort, to be held against the number.',
  source: ['test'],
  parameters: { checksKind: flag(true, 'whether resolve looks at the kind') },
  build({ checksKind }) {
    const reference = word(layout({ number: 8 }));
    const members = state({
      lock: mutex({ poisons: true }),
      object: cell(pointer()),
      kind: cell(word(8)),
      value: cell(word(64), 1),
      remembered: cell(word(64)),
    });
    const { lock, object, kind, value, remembered } = members;
    const truth = operation({}, word(64), ($) => $.return($.load(value)));
    const truthOf = operation({ reference }, word(64), ($) => $.return($.load(value)));
    const grow = operation({}, ($) => $.store(value, $.load(value).add(0x1_0000_0000)));
    const resolve = operation({ reference, kind: word(8) }, pointer(), ($, given) => {
      $.lock(lock, () => {
        if (checksKind) $.guard('same kind', $.load(kind).eq(given.kind), NULL);
        $.return($.load(object));
      });
    });
    return {
      reference,
      state: members,
      capacity: 1,
      operations: { resolve },
      roles: {
        create: operation({ object: pointer(), kind: word(8) }, reference, ($, given) => {
          $.store(object, given.object);
          $.store(kind, given.kind);
          $.return(reference.of(1));
        }),
        resolve,
        destroy: operation({ reference }, ($) => {
          const old = $.load(object);
          $.guard('there is an object', old.isNull().not());
          $.store(object, NULL);
          $.reclaim(old);
        }),
        extras: {
          grow: { operation: grow, effect: 'none', help: 'changes the upper half of the number' },
          before: {
            operation: operation({}, word(64), ($) => {
              const old = $.load(value);
              $.call(grow, {});
              $.return(old);
            }),
            effect: 'none',
            help: 'answers what was true at the begin',
            truth,
          },
          after: {
            operation: operation({}, word(64), ($) => {
              $.call(grow, {});
              $.return($.load(value));
            }),
            effect: 'none',
            help: 'answers what is true at the end',
            truth,
          },
          between: {
            operation: operation({}, word(64), ($) => {
              $.callback('first');
              const now = $.load(value);
              $.callback('second');
              $.return(now);
            }),
            effect: 'none',
            help: 'answers what is true between two callbacks',
            truth,
          },
          recall: {
            operation: operation({}, word(64), ($) => {
              const known = $.load(remembered);
              $.guard('nothing is remembered', known.eq(0), known);
              $.store(remembered, $.load(value));
              $.return($.load(value));
            }),
            effect: 'none',
            help: 'answers what it answered first',
            truth,
          },
          guess: {
            operation: operation({ reference }, word(64), ($) => $.return(word(64).of(7))),
            effect: 'none',
            help: 'answers 7 whatever the object is',
            truth: truthOf,
          },
          fail: {
            operation: operation({}, ($) => $.lock(lock, () => $.mayPanic('failure'))),
            effect: 'none',
            help: 'may panic with the lock held',
          },
        },
      },
    };
  },
  claims: () => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    safeConcurrentUse: false,
    detectsStale: 'never',
    detectsForged: 'never',
    strictProvenance: true,
    available: 'unlimited',
    boundedGarbage: 0,
    nonBlocking: false,
  }),
});

function run(client: string, body: string, header = 'one-number'): ScenarioRun {
  const text = `representation ${header}\nclient ${client}\n${body.trim().replace(/^ {4}/gm, '')}\n`;
  const known = new Map([oneNumber, handleTable].map((each) => [each.id, each]));
  return runScenario(parseScenario(text, 'case', (id) => known.get(id), [...known.keys()]));
}

describe('the answer of an extra', () => {
  test.each(['before', 'after'])('may be what was true at one end: %s', (name) => {
    expect(run('exclusive', name).verdict).toBe('clean');
  });

  test('may be what was true between two operations of its callbacks', () => {
    const body = 'between\nduring first:\n  grow\nduring second:\n  grow';
    expect(run('exclusive', body).verdict).toBe('clean');
  });

  test('is stale when it was true before the call alone', () => {
    const { verdict, finding } = run('exclusive', 'recall\ngrow\nrecall');
    expect(verdict).toBe('stale-content');
    expect(finding).toMatchObject({ claim: 'keepsLive', status: 'broken-claim', contract: 'exclusive' });
    expect(finding?.diagnostic.events.at(-1)?.text).toBe('answered 1, but the truth was 4294967297');
  });

  test('is compared with the truth of its argument, as long as that is live', () => {
    expect(run('any', 'a = alloc list\nguess a').verdict).toBe('stale-content');
    expect(run('any', 'a = alloc list\nfree a\nguess a').verdict).toBe('clean');
  });
});

describe('a use as another kind', () => {
  test('is type-confusion when it is not refused, and the concern of detectsForged', () => {
    const { verdict, finding } = run('any', 'a = alloc list\nuse a as dict', 'one-number checksKind=false');
    expect(verdict).toBe('type-confusion');
    expect(finding).toMatchObject({ claim: 'detectsForged', contract: 'any' });
  });

  test('is clean when it is refused, or when the kind is its own', () => {
    expect(run('any', 'a = alloc list\nuse a as dict').verdict).toBe('clean');
    expect(run('exclusive', 'a = alloc list\nuse a as list').verdict).toBe('clean');
  });

  test('is a use like any other where resolve is told no kind', () => {
    expect(run('exclusive', 'a = alloc list\nuse a as dict', 'handle-table').verdict).toBe('clean');
  });

  test('is what tame clients do not do', () => {
    expect(() => run('valid', 'a = alloc list\nuse a as dict')).toThrow('needs "any"');
  });
});

describe('a lock that a panic poisoned', () => {
  const poison = 'fail\nduring failure:\n  panic';

  test('loses the live references behind it', () => {
    const { verdict, finding } = run('exclusive', `a = alloc list\n${poison}\nuse a`);
    expect(verdict).toBe('lost-handle');
    expect(finding).toMatchObject({ claim: 'keepsLive', status: 'broken-claim' });
  });

  test('refuses stale ones as it should', () => {
    expect(run('any', `a = alloc list\nfree a\n${poison}\nuse a`).verdict).toBe('clean');
  });
});
