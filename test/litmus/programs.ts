import * as fc from 'fast-check';
import { FORMS } from '../../src/model/litmus/forms.ts';
import type { Form, Part } from '../../src/model/litmus/forms.ts';
import type { Expression, Item, LitmusProgram, Operation, Statement, Variable } from '../../src/model/litmus/syntax.ts';
import type { ValueType } from '../../src/model/litmus/syntax.ts';

const AT = { line: 1, column: 1 };
const NODE = { at: AT, leading: [], comment: undefined };
const NAMES: Readonly<Record<ValueType, readonly string[]>> = {
  integer: ['n', 'm', 'flag_1'],
  pointer: ['p', 'q', 'next-one'],
  lock: ['mutex_a', 'l'],
};

const variable = (type: ValueType): fc.Arbitrary<Variable> =>
  fc.constantFrom(...NAMES[type]).map((name) => ({ kind: 'variable', name, thread: undefined, ...AT }));

const literal: fc.Arbitrary<Expression> = fc
  .tuple(fc.oneof(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), fc.bigInt({ min: 0n, max: 9n })), fc.boolean())
  .map(([value, hexadecimal]) => ({ kind: 'integer', value, hexadecimal, ...AT }));

/** Well-typed expressions over the names above. */
const { integer, pointer } = fc.letrec<{ integer: Expression; pointer: Expression }>((tie) => {
  const smaller = tie('integer');
  const address = tie('pointer');
  const binary = (
    operators: readonly string[],
    left: fc.Arbitrary<Expression>,
    right: fc.Arbitrary<Expression>,
  ): fc.Arbitrary<Expression> =>
    fc
      .tuple(fc.constantFrom(...operators), left, right)
      .map(([operator, one, other]) => ({ kind: 'binary', operator, left: one, right: other, ...AT }));
  const unary = (operators: readonly ('-' | '~' | '!' | 'addr')[], operand: fc.Arbitrary<Expression>) =>
    fc
      .tuple(fc.constantFrom(...operators), operand)
      .map(([operator, inner]): Expression => ({ kind: 'unary', operator, operand: inner, ...AT }));
  const comparisons = ['==', '!=', '<', '<=', '>', '>='];
  const arithmetic = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '&&', '||'];
  return {
    integer: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      variable('integer'),
      literal,
      binary(arithmetic, smaller, smaller),
      binary(comparisons, smaller, smaller),
      binary(comparisons, address, address),
      unary(['-', '~', '!'], smaller),
      unary(['addr'], address),
    ),
    pointer: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      variable('pointer'),
      fc.constant<Expression>({ kind: 'null', ...AT }),
      binary(['+', '-'], address, smaller),
    ),
  };
});

const operands: Readonly<Record<ValueType, fc.Arbitrary<Expression>>> = { integer, pointer, lock: variable('lock') };

type Filled = Pick<Operation, 'operands' | 'counts' | 'words' | 'fields'>;
const EMPTY: Filled = { operands: {}, counts: {}, words: {}, fields: [] };

function partOf(part: Part): fc.Arbitrary<Filled> {
  switch (part.kind) {
    case 'operand':
      return operands[part.type].map((value) => ({ ...EMPTY, operands: { [part.name]: value } }));
    case 'condition':
      return integer.map((value) => ({ ...EMPTY, operands: { [part.name]: value } }));
    case 'count': {
      const max = part.name === 'thread' ? 1 : part.maximum;
      return fc.integer({ min: part.minimum, max }).map((value) => ({ ...EMPTY, counts: { [part.name]: value } }));
    }
    case 'power':
      return fc
        .integer({ min: 0, max: Math.log2(part.maximum) })
        .map((value) => ({ ...EMPTY, counts: { [part.name]: 2 ** value } }));
    case 'choice': {
      const words = fc.constantFrom(...part.words).map((word) => ({ ...EMPTY, words: { [part.name]: word } }));
      return part.optional ? fc.oneof(words, fc.constant(EMPTY)) : words;
    }
    case 'option':
      return fc.oneof(partOf(part.part), fc.constant(EMPTY));
    case 'fields':
      return fc
        .array(fc.tuple(fc.constantFrom('int', 'ptr', 'bytes'), fc.nat(7), fc.nat(9)), { minLength: 1 })
        .map((parts) => {
          let end = 0;
          const fields = parts.map(([type, bytes, gap]) => {
            const size = type === 'ptr' ? 8 : bytes + 1;
            const offset = end + gap;
            end = offset + size;
            return { type, size, offset };
          });
          return { ...EMPTY, fields, counts: { size: end + 1 } };
        });
    default:
      return fc.constant(EMPTY);
  }
}

const expected = fc.constantFrom(
  undefined,
  undefined,
  { code: 'use-after-free', detail: undefined } as const,
  { code: 'invalid-free', detail: 'layout' } as const,
);

const trivia = fc.record({
  leading: fc.constantFrom([], ['a comment'], ['one', '', 'two']),
  comment: fc.constantFrom(undefined, 'why: because { it must }'),
});

function operationOf(form: Form): fc.Arbitrary<Operation> {
  const results = fc
    .integer({ min: form.required, max: form.results.length })
    .chain((count) => fc.tuple(...form.results.slice(0, count).map(variable)));
  return fc
    .tuple(results, fc.tuple(...form.parts.map(partOf)), expected, trivia)
    .map(([targets, parts, code, comments]) => ({
      kind: 'operation',
      name: form.name,
      results: targets,
      operands: Object.assign({}, ...parts.map((part) => part.operands)),
      counts: Object.assign({}, ...parts.map((part) => part.counts)),
      words: Object.assign({}, ...parts.map((part) => part.words)),
      fields: parts.flatMap((part) => part.fields),
      expected: code,
      at: AT,
      ...comments,
    }));
}

const assignment: fc.Arbitrary<Operation> = fc
  .oneof(fc.tuple(variable('integer'), integer), fc.tuple(variable('pointer'), pointer))
  .map(([target, value]) => ({
    kind: 'operation',
    name: 'set',
    results: [target],
    ...EMPTY,
    operands: { value },
    expected: undefined,
    ...NODE,
  }));

const { statement } = fc.letrec<{ statement: Statement; body: readonly Statement[] }>((tie) => {
  const body = tie('body');
  return {
    body: fc.array(tie('statement'), { maxLength: 3 }),
    statement: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...FORMS).chain(operationOf),
      assignment,
      fc
        .record({ kind: fc.constant('scope' as const), body, closing: fc.constant(NODE), at: fc.constant(AT) })
        .map(plain),
      fc
        .record({
          kind: fc.constant('repeat' as const),
          count: fc.integer({ min: 1, max: 65_536 }),
          body,
          closing: fc.constant(NODE),
        })
        .map(plain),
      fc
        .record({
          kind: fc.constant('retry' as const),
          body,
          until: integer.map((condition) => ({ condition, ...NODE })),
          closing: fc.constant(NODE),
        })
        .map(plain),
      fc
        .record({ kind: fc.constant('await' as const), condition: integer, body, closing: fc.constant(NODE) })
        .map(plain),
      fc
        .record({
          kind: fc.constant('if' as const),
          condition: integer,
          body,
          otherwise: fc.oneof(
            fc.constant(undefined),
            body.map((inner) => ({ body: inner, ...NODE })),
          ),
          closing: fc.constant(NODE),
        })
        .map(plain),
    ),
  };
});

function plain<T extends object>(statementBody: T): T & typeof NODE {
  return { ...statementBody, ...NODE };
}

const outcome = fc.tuple(literal, fc.constantFrom<Expression>({ kind: 'null', ...AT })).map(([n, p]) => ({
  values: [
    { variable: { kind: 'variable', name: 'n', thread: undefined, ...AT } as const, value: n },
    { variable: { kind: 'variable', name: 'p', thread: 0, ...AT } as const, value: p },
  ],
  ...NODE,
}));

const state = fc
  .tuple(fc.constantFrom('allow' as const, 'forbid' as const), integer)
  .map(([kind, condition]) => ({ kind, condition, ...NODE }));
const outcomes = fc
  .array(outcome, { maxLength: 3 })
  .map((all) => ({ kind: 'outcomes' as const, outcomes: all, closing: NODE, ...NODE }));
const code = fc
  .constantFrom(
    { code: 'leak', detail: undefined } as const,
    { code: 'misaligned', detail: 'address-alignment' } as const,
  )
  .map((which) => ({ kind: 'expect' as const, ...which, quantifier: undefined, ...NODE }));
const quantified = fc
  .tuple(code, fc.constantFrom('some' as const, 'all' as const))
  .map(([one, quantifier]) => ({ ...one, quantifier }));
const tries = fc
  .tuple(fc.integer({ min: 1, max: 65_536 }), fc.array(fc.oneof(quantified, state, outcomes), { maxLength: 3 }))
  .map(([count, body]) => ({ kind: 'tries' as const, count, body, closing: NODE, ...NODE }));

/** Statements that define every name, so that whatever follows is well-formed. */
const definitions: readonly Operation[] = (['integer', 'pointer', 'lock'] as const).flatMap((type) =>
  NAMES[type].map((name): Operation => {
    const results = [{ kind: 'variable', name, thread: undefined, ...AT } as const];
    const value: Expression =
      type === 'pointer' ? { kind: 'null', ...AT } : { kind: 'integer', value: 0n, hexadecimal: false, ...AT };
    const base = { kind: 'operation', results, ...EMPTY, expected: undefined, ...NODE } as const;
    return type === 'lock' ? { ...base, name: 'mutex' } : { ...base, name: 'set', operands: { value } };
  }),
);

/** Arbitrary well-formed litmus programs: every statement form, every expectation, two threads. */
export const litmusProgram: fc.Arbitrary<LitmusProgram> = fc
  .record({
    machine: fc.constantFrom<readonly Item[]>(
      [],
      [
        {
          kind: 'machine',
          settings: [
            { name: 'addresses', value: 'quarantine:3' },
            { name: 'hostBits', value: '57' },
          ],
          ...NODE,
        },
      ],
    ),
    schedule: fc.constantFrom<readonly Item[]>([], [{ kind: 'schedule', policy: 'round-robin', ...NODE }]),
    expectations: fc.array(fc.oneof(code, state, outcomes, tries), { maxLength: 3 }),
    setup: fc.array(statement, { maxLength: 6 }),
    trailing: fc.constantFrom([], ['the end']),
  })
  .map(({ machine, schedule, expectations, setup, trailing }) => ({
    file: 'f',
    format: undefined,
    items: [
      ...machine,
      ...schedule,
      ...expectations,
      ...definitions,
      ...setup,
      { kind: 'thread' as const, thread: 1, body: [], ...NODE },
    ],
    trailing,
  }));
