import * as fc from 'fast-check';
import type { Order, SmallProgram, Statement } from './axiomatic.ts';

const LOADS: readonly Order[] = ['relaxed', 'acquire', 'seqcst'];
const STORES: readonly Order[] = ['relaxed', 'release', 'seqcst'];
const UPDATES: readonly Order[] = ['relaxed', 'acquire', 'release', 'acqrel', 'seqcst'];
const FENCES: readonly Order[] = ['acquire', 'release', 'acqrel', 'seqcst'];

function statement(locations: number): fc.Arbitrary<Statement> {
  const at = fc.nat(locations - 1);
  const value = fc.integer({ min: 1, max: 3 });
  const of = <K extends Statement['kind']>(kind: K): fc.Arbitrary<K> => fc.constant(kind);
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: of('load'), at, order: fc.constantFrom(...LOADS) }) },
    { weight: 4, arbitrary: fc.record({ kind: of('store'), at, order: fc.constantFrom(...STORES), value }) },
    { weight: 1, arbitrary: fc.record({ kind: of('add'), at, order: fc.constantFrom(...UPDATES), value }) },
    { weight: 1, arbitrary: fc.record({ kind: of('exchange'), at, order: fc.constantFrom(...UPDATES), value }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: of('cas'),
        at,
        order: fc.constantFrom(...UPDATES),
        failure: fc.constantFrom(...LOADS),
        expected: fc.nat(2),
        value,
        weak: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: of('fence'), order: fc.constantFrom(...FENCES) }) },
  );
}

/** Programs of two to four threads with one or two locations. */
export const smallProgram: fc.Arbitrary<SmallProgram> = fc.integer({ min: 1, max: 2 }).chain((locations) =>
  fc.record({
    locations: fc.constant(locations),
    threads: fc.array(fc.array(statement(locations), { minLength: 1, maxLength: 4 }), {
      minLength: 2,
      maxLength: 4,
    }),
  }),
);

/** The program as a litmus file, which names every result in an expectation. */
export function litmusOf({ locations, threads }: SmallProgram): string {
  const lines = ['machine model=rc11'];
  const names: string[] = [];
  for (let at = 0; at < locations; at++) lines.push(`x${at} = alloc static 4 align 4`);
  lines.push('main:');
  for (let thread = 1; thread <= threads.length; thread++) lines.push(`  spawn ${thread}`);
  for (let thread = 1; thread <= threads.length; thread++) lines.push(`  join ${thread}`);
  for (let at = 0; at < locations; at++) lines.push(`  f${at} = load 4 x${at} relaxed`);
  threads.forEach((statements, thread) => {
    lines.push(`thread ${thread + 1}:`);
    statements.forEach((each, position) => {
      const result = `r${thread}_${position}`;
      lines.push(`  ${lineOf(each, result, result.replace('r', 'k'))}`);
      if (each.kind !== 'fence' && each.kind !== 'store') names.push(result);
      if (each.kind === 'cas') names.push(result.replace('r', 'k'));
    });
  });
  for (let at = 0; at < locations; at++) names.push(`f${at}`);
  return `${[...lines, `allow ${names.join(' + ')} >= 0`].join('\n')}\n`;
}

function lineOf(statement: Statement, result: string, success: string): string {
  switch (statement.kind) {
    case 'load':
      return `${result} = load 4 x${statement.at} ${statement.order}`;
    case 'store':
      return `store 4 x${statement.at} ${statement.value} ${statement.order}`;
    case 'add':
      return `${result} = fetch add 4 x${statement.at} ${statement.value} ${statement.order}`;
    case 'exchange':
      return `${result} = exchange 4 x${statement.at} ${statement.value} ${statement.order}`;
    case 'cas': {
      const { weak, at, expected, value, order, failure } = statement;
      return `${result}, ${success} = cas ${weak ? 'weak ' : ''}4 x${at} ${expected} ${value} ${order} ${failure}`;
    }
    default:
      return `fence ${statement.order}`;
  }
}
