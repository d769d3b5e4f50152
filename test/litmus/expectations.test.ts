import { describe, expect, it } from 'vitest';
import { EXECUTORS } from '../../src/model/litmus/executors.ts';
import { ASSIGNMENT, FORMS } from '../../src/model/litmus/forms.ts';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import type { LitmusResult } from '../../src/model/litmus/runner.ts';

function run(text: string, seed = 1): LitmusResult {
  return runLitmus(parseLitmus(text, 'f'), { seed });
}

function missedOf(text: string): readonly string[] {
  return run(text).missed.map(({ line, message }) => `${line}: ${message}`);
}

/** A program that looks at the lowest bit of a random address, and an expectation of its tries. */
function oddAddress(expectation: string): string {
  return `machine addresses=reuse\ntries 40 { ${expectation} }\na = alloc heap 8 align 1\nr = addr a % 2\nassert r == 0\nfree a`;
}

describe('expectations', () => {
  it.each([
    ['r = 1', []],
    ['expect clean\nr = 1', []],
    [
      'read 4 null',
      ['1: null-pointer was not expected: memory read failed: attempting to access 4 bytes, but got a null pointer'],
    ],
    ['expect null-pointer\nr = 1', ['1: null-pointer was expected, and did not come out']],
    ['expect clean\nread 4 null expect null-pointer', ['1: clean was expected, and did not come out']],
    [
      'expect invalid-free/kind\na = alloc heap 8\nfree a size 9',
      [
        '3: invalid-free/layout was not expected: deallocation failed: allocation #1 has size 8 and alignment 1, but the caller gave size 9 and any alignment',
        '1: invalid-free/kind was expected, and did not come out',
      ],
    ],
    ['expect invalid-free\na = alloc heap 8\nfree a size 9', []],
    ['r = 1 expect assertion', ['1: assertion was expected here']],
    [
      'assert 1 == 1 expect assertion\nassert 1 == 2',
      ['1: assertion was expected here', '2: assertion/false was not expected: 1 == 2 does not hold'],
    ],
    ['r = 1\nallow r == 1\nforbid r == 2', []],
    ['r = 1\nallow r == 2', ['2: r == 2 must come out, and it never did']],
    ['r = 1\nforbid r == 1', ['2: r == 1 must not come out, and it did']],
    ['r = 1\noutcomes { r=1 }', []],
    ['r = 1\noutcomes { r=1, r=2 }', ['2: the outcomes are not these: never came out: r=2']],
    ['r = 1\noutcomes { }', ['2: the outcomes are not these: came out beside them: any end at all']],
    ['r = 1\noutcomes { r=2 }', ['2: the outcomes are not these: never came out: r=2; came out beside them: r=1']],
    ['r = 1\nassume r == 2\nassert 0\nforbid r == 1', []],
    ['r = 1\nassume r == 2\nallow r == 1', ['3: r == 1 must come out, and it never did']],
    ['expect clean\nassume 0', ['1: clean was expected, and did not come out']],
  ])('judges %j', (text, missed) => {
    expect(missedOf(text)).toEqual(missed);
  });

  it('speaks of all tries together', () => {
    expect(missedOf(oddAddress('expect assertion in some, expect clean in some'))).toEqual([]);
    expect(missedOf(oddAddress('expect assertion in all'))).toEqual([
      '2: assertion was expected in all, and did not come out',
    ]);
    expect(missedOf(oddAddress('expect assertion in some, expect leak in some'))).toEqual([
      '2: leak was expected in some, and did not come out',
    ]);
    expect(missedOf(oddAddress('expect clean in some'))).toEqual([
      '5: assertion/false was not expected: r == 0 does not hold',
    ]);
    const result = run(oddAddress('expect assertion in some, allow r == 0'));
    expect([result.ok, result.executions, result.outcomes, result.findings.length]).toEqual([true, 40, ['r=0'], 1]);
  });

  it('depends on the seed alone', () => {
    const text = 'machine addresses=reuse\na = alloc heap 8 align 1\nn = addr a\nfree a\nforbid n == 0';
    expect(run(text, 7)).toEqual(run(text, 7));
    const outcomes = new Set(Array.from({ length: 20 }, (_, seed) => run(text, seed).outcomes[0]));
    expect(outcomes.size).toBeGreaterThan(3);
  });
});

describe('what is not run', () => {
  it('stops a loop that does not end', () => {
    const { ok, findings } = run('retry {\n  r = 0\n  until r == 1\n}');
    expect([ok, findings[0].code, findings[0].detail]).toEqual([false, 'unsupported', 'steps']);
  });

  it('stops nested loops of many tries', () => {
    const text = `tries 65536 { expect clean in all }\n${'repeat 65536 {\n'.repeat(4)}r = 0\n${'}\n'.repeat(4)}`;
    expect(run(text).findings.map(({ detail }) => detail)).toContain('steps');
  });

  it('does not simulate gigabytes', () => {
    expect(run('a = alloc mmap 0x30000000').findings[0].detail).toBe('too-large');
    expect(run('repeat 100 {\n  a = alloc mmap 0x1000000\n}').findings[0].detail).toBe('too-large');
    expect(run('repeat 100 {\n  a = alloc heap 0x1000000\n  free a\n}').ok).toBe(true);
  });

  it('calls waiting for nobody a deadlock', () => {
    expect(run('r = 0\nawait r == 1 {\n  r = 0\n}').findings[0].code).toBe('deadlock');
    expect(run('l = mutex normal\nlock l\nlock l').findings[0]).toMatchObject({ code: 'deadlock', line: 3 });
  });
});

describe('statements', () => {
  it('can all be run', () => {
    const forms = [...FORMS.map(({ name }) => name), ASSIGNMENT];
    expect(Object.keys(EXECUTORS).toSorted()).toEqual(forms.toSorted());
  });

  it.each([
    ['l = mutex\nlock l\nlock l', 'lock-misuse/relock'],
    ['l = mutex recursive\nlock l\nlock l\nunlock l\nunlock l\nunlock l', 'lock-misuse/not-owner'],
    ['l = mutex errorcheck\nlock l\nlock l\nunlock l', ''],
    ['l = mutex\nok = trylock l\nassert ok\nok = trylock l\nassert !ok', ''],
    ['l = mutex\nunlock l', 'lock-misuse/not-owner'],
    ['l = mutex\nlock l\ndestroy l', 'lock-misuse/destroy-locked'],
    ['l = mutex\ndestroy l\ndestroy l', 'uninitialized-read/destroyed-lock'],
    ['l = rwlock\nrdlock l\nrdlock l\nunlock l\nunlock l\nwrlock l\nunlock l\ndestroy l', ''],
    ['l = rwlock\nrdlock l\nwrlock l', 'deadlock/single-thread'],
    ['l = rwlock\nwrlock l\nrdlock l', 'deadlock/single-thread'],
    ['l = rwlock\nrdlock l\ndestroy l', 'lock-misuse/destroy-locked'],
    ['l = rwlock\nlock l', 'lock-misuse/kind'],
    ['a = alloc heap 8\ncall a', 'out-of-bounds/data'],
    ['a = alloc code 0\ncall a\nn = expose a\np = fromexposed n\ncall p', ''],
    ['a = alloc code 4\ncall (a + 1)', 'out-of-bounds/data'],
    ['a = alloc heap 8\nd = diff (a + 3) a of 2', 'pointer-difference/inexact'],
    ['a = alloc heap 16 init 1', 'unsupported/init'],
    [
      'x = 0\nrepeat 3 {\n  x = x + 1\n  if x == 2 {\n    x = x + 10\n  } else {\n    x = x + 0\n  }\n}\nassert x == 13',
      '',
    ],
    ['assert 7 / 0 == 0 && 7 % 0 == 0 && 1 << 64 == 0 && 1 >> 64 == 0', ''],
    ['assert -1 == 0xffffffffffffffff && ~0 == -1 && !5 == 0 && !0 == 1', ''],
    ['assert 1 + 2 * 3 == 7 && 10 - 2 - 3 == 5 && 1 | 2 ^ 3 & 4 == 1 << 1', 'assertion/false'],
    ['assert (1 | 2 ^ 3 & 4) == 3 && 2 <= 2 && 3 > 2 && 0 - 1 > 5', ''],
  ])('does %j', (text, expected) => {
    const found = run(text).findings.map(({ code, detail }) => `${code}/${detail}`);
    expect(found).toEqual(expected === '' ? [] : [expected]);
  });

  it('does atomics as one thread sees them', () => {
    const { missed } = run(`x = alloc static 8 align 8 init 1
old, ok = cas 8 x 0 0x100 seqcst seqcst
assert old == 1 && !ok
old, ok = cas 8 x 1 0 seqcst relaxed
assert old == 1 && ok
old, ok = cas weak 8 x 0 0x100 acqrel acquire
assert ok
old = fetch max 8 x 0x10 seqcst
old = fetch max 8 x 0x1000 seqcst
assert old == 0x100
old = fetch min 8 x 0x10 relaxed
assert old == 0x1000
old = exchange 8 x 1 release
assert old == 0x10
y = alloc static 4 align 4
old = fetch smin 4 y -1 seqcst
n = load 4 y acquire
assert old == 0 && n == 0xffffffff
old = fetch smin 4 y 1 seqcst
n = load 4 y seqcst
assert n == 0xffffffff
old = fetch smax 4 y 1 seqcst
n = load 4 y relaxed
assert n == 1
old = fetch nand 4 y 3 relaxed
n = load 4 y relaxed
assert n == 0xfffffffe
old = fetch add 4 y 3 relaxed
old = fetch sub 4 y 2 relaxed
assert old == 1
store 4 y 6 release
old = fetch and 4 y 3 relaxed
old = fetch or 4 y 8 relaxed
old = fetch xor 4 y 1 relaxed
n = load 4 y relaxed
assert n == 11
fence seqcst
a = alloc stack 16 align 8 init 0
b = alloc stack 8 align 8 init 0
s = alloc static 8 align 8
p = without 13
storeptr s p relaxed
q = exchangeptr s a acqrel
assert addr q == 13
p = loadptr s acquire
read 8 p
other = withaddr b (addr a)
next = without 0
q, ok = casptr s other next relaxed relaxed
assert ok && q == a
q, ok = casptr s other next relaxed relaxed
assert !ok && q == null
storeptr s a seqcst
q = fetchptr add s 12 relaxed
q = fetchptr sub s 4 relaxed
q = fetchptr or s 3 relaxed
q = fetchptr and s -4 relaxed
q = fetchptr xor s 0xdeadbeef relaxed
q = fetchptr xor s 0xdeadbeef relaxed
p = loadptr s relaxed
read 8 p
assert p == a + 8
`);
    expect(missed).toEqual([]);
  });

  it('tells what happened in causal order', () => {
    const { findings } = run('scope {\n  a = alloc stack 8\n  n = expose a\n}\nread 8 (a + 0)');
    const [{ diagnostic }] = findings;
    expect(diagnostic.events.map(({ kind, line, statement }) => `${line} ${kind}: ${statement}`)).toEqual([
      '2 allocated: a = alloc stack 8',
      '3 exposed: n = expose a',
      '4 freed: end of the scope',
      '5 used: read 8 (a + 0)',
    ]);
  });
});
