import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARISONS, ARITHMETIC, type ArithmeticName, type ComparisonName } from '../../src/model/ir/expression.ts';
import { boolean, pointer, word } from '../../src/model/ir/kind.ts';
import { operation, type Operation } from '../../src/model/ir/operation.ts';
import { Bool, Word, type Operand } from '../../src/model/ir/value.ts';
import { sequentialSource } from '../../src/model/ir/sequential/sequential-engine.ts';
import { bitsOf, compiled, components, programOf } from './sequential-machine.ts';

const WIDTHS = [1, 7, 16, 31, 32, 33, 48, 63, 64] as const;

const mask = (width: number): bigint => (1n << BigInt(width)) - 1n;
const signed = (width: number, bits: bigint): bigint => BigInt.asIntN(width, bits);

/** What each operation means, on unbounded integers, before the result wraps. */
const MEANING: Readonly<Record<ArithmeticName, (left: bigint, right: bigint, width: number) => bigint>> = {
  add: (left, right) => left + right,
  sub: (left, right) => left - right,
  mul: (left, right) => left * right,
  div: (left, right) => (right === 0n ? 0n : left / right),
  rem: (left, right) => (right === 0n ? 0n : left % right),
  and: (left, right) => left & right,
  or: (left, right) => left | right,
  xor: (left, right) => left ^ right,
  shl: (left, right, width) => (right >= BigInt(width) ? 0n : left << right),
  shr: (left, right, width) => (right >= BigInt(width) ? 0n : left >> right),
  signedShr: (left, right, width) => signed(width, left) >> (right >= BigInt(width) ? BigInt(width - 1) : right),
  min: (left, right) => (left < right ? left : right),
  max: (left, right) => (left > right ? left : right),
};

const COMPARISON: Readonly<Record<ComparisonName, (left: bigint, right: bigint, width: number) => boolean>> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  signedLt: (left, right, width) => signed(width, left) < signed(width, right),
};

const applied = (name: ArithmeticName, left: Word, right: Operand): Word =>
  name === 'signedShr' ? left.signed.shr(right) : left[name](right);
const compared = (name: ComparisonName, left: Word, right: Operand): Bool =>
  name === 'signedLt' ? left.signed.lt(right) : left[name](right);

/** Words with corners at every power of two, since carries and sign bits live there. */
function words(width: number): fc.Arbitrary<bigint> {
  const corners = fc
    .tuple(fc.integer({ min: 0, max: width }), fc.constantFrom(-1n, 0n, 1n))
    .map(([bit, offset]) => ((1n << BigInt(bit)) + offset) & mask(width));
  return fc.oneof(corners, fc.bigInt({ min: 0n, max: mask(width) }));
}

/** Amounts of a shift: mostly within the word, sometimes past it. */
function amounts(width: number): fc.Arbitrary<bigint> {
  return fc.oneof(
    fc.bigInt({ min: 0n, max: BigInt(width) }).map((amount) => amount & mask(width)),
    words(width),
  );
}

const isShift = (name: ArithmeticName): boolean => name === 'shl' || name === 'shr' || name === 'signedShr';
const namesAt = (width: number): readonly ArithmeticName[] =>
  ARITHMETIC.filter((name) => width <= 32 || (name !== 'div' && name !== 'rem'));

type Operations = Record<string, Operation>;
const recorded = (of: unknown): Operation => of as Operation;

describe.each(WIDTHS)('words of %i bits', (width) => {
  const kind = word(width);
  const given = { left: kind, right: kind };
  const operations: Operations = {};
  for (const name of namesAt(width))
    operations[name] = recorded(operation(given, ($, { left, right }) => $.return(applied(name, left, right))));
  for (const name of COMPARISONS)
    operations[name] = recorded(operation(given, ($, { left, right }) => $.return(compared(name, left, right))));
  operations['complement'] = recorded(operation({ left: kind }, ($, { left }) => $.return(left.not())));
  operations['select'] = recorded(
    operation({ ...given, condition: boolean() }, ($, { left, right, condition }) =>
      $.return($.select(condition, left, right)),
    ),
  );
  const engine = compiled([], operations);
  const answer = (name: string, ...bits: readonly bigint[]): bigint => {
    engine.entry(name)(...bits.flatMap((each) => components(kind.type, each)));
    return width > 32 ? bitsOf(engine.registers[0], engine.registers[1]) : bitsOf(engine.registers[0]);
  };
  /** Below 32 bits registers are non-negative; the high half of a wider word is cut to its width. */
  const isNormal = (): boolean => {
    const [low = 0, high = 0] = engine.registers;
    if (width < 32) return low >= 0 && low <= 2 ** width - 1;
    return width === 32 || width === 64 || (high >= 0 && high <= 2 ** (width - 32) - 1);
  };

  it.each(namesAt(width))('%s of two words', (name) => {
    fc.assert(
      fc.property(words(width), isShift(name) ? amounts(width) : words(width), (left, right) => {
        expect(answer(name, left, right)).toBe(BigInt.asUintN(width, MEANING[name](left, right, width)));
        expect(isNormal()).toBe(true);
      }),
    );
  });

  it.each(COMPARISONS)('%s of two words', (name) => {
    fc.assert(
      fc.property(words(width), words(width), fc.boolean(), (left, other, same) => {
        const right = same ? left : other;
        engine.entry(name)(...components(kind.type, left), ...components(kind.type, right));
        expect(engine.registers[0]).toBe(COMPARISON[name](left, right, width) ? 1 : 0);
      }),
    );
  });

  it('complement and select', () => {
    fc.assert(
      fc.property(words(width), words(width), fc.constantFrom(0, 1), (left, right, condition) => {
        expect(answer('complement', left)).toBe(left ^ mask(width));
        expect(isNormal()).toBe(true);
        engine.entry('select')(...components(kind.type, left), ...components(kind.type, right), condition);
        expect(bitsOf(engine.registers[0], width > 32 ? engine.registers[1] : 0)).toBe(condition === 1 ? left : right);
      }),
    );
  });

  it('a constant on the right compiles to the same values', () => {
    const constants = fc.sample(fc.oneof(words(width), amounts(width)), { numRuns: 12, seed: width });
    const withConstants: Operations = {};
    const cases = constants.flatMap((constant, number) =>
      namesAt(width).map((name) => ({ key: `${name} ${number}`, name, constant })),
    );
    for (const { key, name, constant } of cases)
      withConstants[key] = recorded(
        operation({ left: kind }, ($, { left }) => $.return(applied(name, left, constant))),
      );
    for (const [number, constant] of constants.entries())
      for (const name of COMPARISONS)
        withConstants[`${name} ${number}`] = recorded(
          operation({ left: kind }, ($, { left }) => $.return(compared(name, left, constant))),
        );
    const constantEngine = compiled([], withConstants);
    fc.assert(
      fc.property(words(width), (left) => {
        for (const { key, name, constant } of cases) {
          constantEngine.entry(key)(...components(kind.type, left));
          const [low, high] = constantEngine.registers;
          const expected = BigInt.asUintN(width, MEANING[name](left, constant, width));
          expect([key, constant, bitsOf(low, width > 32 ? high : 0)]).toEqual([key, constant, expected]);
        }
        for (const [number, constant] of constants.entries())
          for (const name of COMPARISONS) {
            constantEngine.entry(`${name} ${number}`)(...components(kind.type, left));
            expect(constantEngine.registers[0]).toBe(COMPARISON[name](left, constant, width) ? 1 : 0);
          }
      }),
      { numRuns: 40 },
    );
  });

  it('resize to every other width', () => {
    const resizes: Operations = {};
    for (const to of WIDTHS)
      resizes[`to ${to}`] = recorded(operation({ left: kind }, ($, { left }) => $.return(left.resize(to))));
    const resizing = compiled([], resizes);
    fc.assert(
      fc.property(words(width), fc.constantFrom(...WIDTHS), (left, to) => {
        resizing.entry(`to ${to}`)(...components(kind.type, left));
        const [low, high] = resizing.registers;
        expect(bitsOf(low, to > 32 ? high : 0)).toBe(BigInt.asUintN(to, left));
        if (to < 32) expect(low).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('bit fields', () => {
  /** A field of a word: where it begins and how many bits it has. */
  const field = fc
    .tuple(fc.constantFrom(...WIDTHS), fc.nat(), fc.nat())
    .map(([width, low, size]) => ({ width, low: low % width, size }))
    .map(({ width, low, size }) => ({ width, low, size: 1 + (size % (width - low)) }));

  it('extract reads and insert replaces exactly the bits of a field', () => {
    fc.assert(
      fc.property(
        field,
        fc.bigInt({ min: 0n, max: mask(64) }),
        fc.bigInt({ min: 0n, max: mask(64) }),
        (at, one, two) => {
          const { width, low, size } = at;
          const whole = word(width);
          const bits = word(size);
          const engine = compiled([], {
            extract: operation({ whole }, ($, { whole: from }) => $.return(from.bits(low, size))),
            insert: operation({ whole, bits }, ($, given) => {
              $.return(
                new Word({
                  op: 'insert',
                  type: whole.type,
                  low,
                  operand: given.whole.expression,
                  bits: given.bits.expression,
                }),
              );
            }),
          });
          const [value, replacement] = [one & mask(width), two & mask(size)];
          engine.entry('extract')(...components(whole.type, value));
          expect(bitsOf(engine.registers[0], size > 32 ? engine.registers[1] : 0)).toBe(
            (value >> BigInt(low)) & mask(size),
          );
          engine.entry('insert')(...components(whole.type, value), ...components(bits.type, replacement));
          const cleared = value & ~(mask(size) << BigInt(low));
          expect(bitsOf(engine.registers[0], width > 32 ? engine.registers[1] : 0)).toBe(
            cleared | (replacement << BigInt(low)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('graphs', () => {
  /** One node over those before it: an operation, the places of its operands and a width. */
  const node = fc.record({
    name: fc.constantFrom<ArithmeticName | 'complement' | 'select' | 'resize' | 'field'>(
      ...ARITHMETIC,
      'complement',
      'select',
      'resize',
      'field',
    ),
    left: fc.nat(),
    right: fc.nat(),
    width: fc.constantFrom(...WIDTHS),
    amount: fc.nat(63),
  });

  it('nodes over shared nodes, in one expression or in several answers, mean what their parts mean', () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 24 }),
        fc.tuple(words(64), words(64)),
        fc.boolean(),
        (nodes, inputs, inBranches) => {
          let expected: bigint[] = [];
          const graph = operation(
            { one: word(64), two: word(64), flag: boolean() },
            word(64),
            ($, { one, two, flag }) => {
              const pool: Word[] = [one, two];
              expected = [...inputs];
              for (const { name, left, right, width, amount } of nodes) {
                const [from, to] = [left % pool.length, right % pool.length];
                const narrow = name === 'div' || name === 'rem' ? Math.min(width, 32) : width;
                const [a, b] = [pool[from].resize(narrow), pool[to].resize(narrow)];
                const [x, y] = [(expected[from] ?? 0n) & mask(narrow), (expected[to] ?? 0n) & mask(narrow)];
                if (name === 'complement') add(a.not(), x ^ mask(narrow));
                else if (name === 'resize') add(a, x);
                else if (name === 'select') add($.select(a.lt(b), a, b.not()), x < y ? x : y ^ mask(narrow));
                else if (name === 'field') {
                  const low = amount % narrow;
                  add(a.bits(low, narrow - low), x >> BigInt(low));
                } else if (isShift(name)) {
                  const by = BigInt(amount) & mask(narrow);
                  add(applied(name, a, by), BigInt.asUintN(narrow, MEANING[name](x, by, narrow)));
                } else add(applied(name, a, b), BigInt.asUintN(narrow, MEANING[name](x, y, narrow)));
              }
              function add(value: Word, bits: bigint): void {
                pool.push(value);
                expected.push(bits);
              }
              const whole = pool.map((each) => each.resize(64)).reduce((sum, each) => sum.mul(31).xor(each));
              if (inBranches) $.if(flag, () => $.return(whole.add(1)));
              $.return($.select(flag, whole.not(), whole));
            },
          );
          const engine = compiled([], { graph });
          const total = expected.reduce((sum, each) => BigInt.asUintN(64, sum * 31n) ^ each);
          const call = (flag: number): bigint => {
            const given = inputs.flatMap((each) => components(word(64).type, each));
            engine.entry('graph')(...given, flag);
            return bitsOf(engine.registers[0], engine.registers[1]);
          };
          expect(call(0)).toBe(total);
          expect(call(1)).toBe(inBranches ? BigInt.asUintN(64, total + 1n) : total ^ mask(64));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a chain in which every node uses the one before it twice stays small', () => {
    const doubled = operation({ start: word(48) }, ($, { start }) => {
      let value: Word = start;
      for (let step = 0; step < 60; step++) value = value.add(value).xor(value);
      $.return(value);
    });
    const program = programOf([], { doubled });
    expect(sequentialSource(program).split('\n').length).toBeLessThan(400);
    const engine = compiled([], { doubled });
    engine.entry('doubled')(...components(word(48).type, 0x1234_5678_9abcn));
    let value = 0x1234_5678_9abcn;
    for (let step = 0; step < 60; step++) value = BigInt.asUintN(48, value + value) ^ value;
    expect(bitsOf(engine.registers[0], engine.registers[1])).toBe(value);
  });
});

describe('pointers and conditions', () => {
  const engine = compiled([], {
    moved: operation({ base: pointer(), by: word(64) }, ($, { base, by }) => $.return(base.wrappingOffset(by))),
    forged: operation({ address: word(64) }, ($, { address }) => $.return($.withoutProvenance(address))),
    same: operation({ one: pointer(), other: pointer() }, ($, { one, other }) => $.return(one.eq(other))),
    logic: operation({ one: boolean(), two: boolean(), three: boolean() }, ($, { one, two, three }) =>
      $.return(one.and(two).or(three.not(), one.not().and(three))),
    ),
  });

  it('an address computation keeps the provenance', () => {
    engine.entry('moved')(-16, 7, 42, 32, 0);
    expect([...engine.registers.subarray(0, 3)]).toEqual([16, 8, 42]);
    engine.entry('forged')(5, 6);
    expect([...engine.registers.subarray(0, 3)]).toEqual([5, 6, 0]);
  });

  it('pointers compare by address alone', () => {
    engine.entry('same')(1, 2, 3, 1, 2, 4);
    expect(engine.registers[0]).toBe(1);
    engine.entry('same')(1, 2, 3, 1, 3, 3);
    expect(engine.registers[0]).toBe(0);
  });

  it('and, or, not', () => {
    for (let bits = 0; bits < 8; bits++) {
      const [one, two, three] = [(bits & 1) === 1, (bits & 2) === 2, (bits & 4) === 4];
      engine.entry('logic')(Number(one), Number(two), Number(three));
      expect(engine.registers[0]).toBe(Number((one && two) || !three || (!one && three)));
    }
  });
});
