import fc from 'fast-check';
import type { Field } from '../../model/ir/layout.ts';
import { CONTRACTS, type Contract } from '../../model/machine/claims.ts';
import { OBJECT_KINDS, OBJECT_SIZE, SMALLEST_OBJECT } from '../../model/machine/object-kinds.ts';
import type { ExtraArgument, Operation } from '../../model/scenario/scenario.ts';
import type { ExtraShape, ProgramShape } from '../program-shape.ts';

/** What bounds generated programs. */
export interface ProgramBounds {
  /** Operations at most. */
  readonly maxOperations: number;
  /** Names of references and of held pointers. */
  readonly references: number;
  readonly pointers: number;
  /** Rounds of one churn at most; fields with more values are not churned through. */
  readonly longestChurn: number;
}

/** Names in the order in which they are used: operands name what they mean, never a position among what there is. */
export const REFERENCE_NAMES = 'abcdefghijklmno'.split('');
export const POINTER_NAMES = 'pqrstuvw'.split('');

const SHORT_CHURN = 8;

type Weighted = fc.WeightedArbitrary<Operation>;

/**
 * One client operation that the contract may allow somewhere. Operands are variables by name, so that an operation means the same
 * when others are taken away while fast-check shrinks; what makes no sense where it stands, the driver leaves out.
 */
export function operationArbitrary(
  shape: ProgramShape,
  contract: Contract,
  { references, pointers, longestChurn }: ProgramBounds,
): fc.Arbitrary<Operation> {
  const name = fc.constantFrom(...REFERENCE_NAMES.slice(0, references));
  const pointer = fc.constantFrom(...POINTER_NAMES.slice(0, pointers));
  const kind = fc.constantFrom(...OBJECT_KINDS);
  const size = fc.oneof(
    { weight: 7, arbitrary: fc.constant(OBJECT_SIZE) },
    { weight: 1, arbitrary: fc.integer({ min: SMALLEST_OBJECT, max: 8 * SMALLEST_OBJECT }) },
  );
  const times = churnTimesArbitrary(shape.fields, longestChurn);
  const tame: Weighted[] = [
    { weight: 6, arbitrary: fc.record({ op: fc.constant('alloc'), target: name, kind, size }) },
    { weight: 5, arbitrary: fc.record({ op: fc.constant('free'), name }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('use'), name }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('hold'), pointer, name }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('touch'), pointer }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('drop'), pointer }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('copy'), target: name, name }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('churn'), times, kind }) },
    ...shape.extras.map((extra): Weighted => ({ weight: 1, arbitrary: extraArbitrary(extra, name) })),
  ];
  const bit = fc.integer({ min: 0, max: 63 });
  const any: Weighted[] = [
    { weight: 1, arbitrary: fc.record({ op: fc.constant('forge'), target: name, bits: forgedBits(shape.fields) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('corrupt'), target: name, name, bit }) },
  ];
  const bypass: Weighted[] = [{ weight: 1, arbitrary: fc.record({ op: fc.constant('abandon'), name }) }];
  const level = CONTRACTS.indexOf(contract);
  return fc.oneof(
    ...tame,
    ...(level >= CONTRACTS.indexOf('any') ? any : []),
    ...(level >= CONTRACTS.indexOf('bypass') ? bypass : []),
  );
}

/** Few rounds mostly; else about as many as a field of the reference has values, for a field may be a generation. */
function churnTimesArbitrary(fields: readonly Field[], longest: number): fc.Arbitrary<number> {
  const cycles = [...new Set(fields.map(({ width }) => 2 ** width))].filter(
    (cycle) => cycle > SHORT_CHURN && cycle + 4 <= longest,
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: Math.min(SHORT_CHURN, longest) }) },
    ...cycles.map((cycle) => ({ weight: 2, arbitrary: fc.integer({ min: cycle - 4, max: cycle + 4 }) })),
  );
}

/** Every field by itself is 0, small, all ones or anything; sometimes spare bits are set too. */
function forgedBits(fields: readonly Field[]): fc.Arbitrary<bigint> {
  const parts = fields.map(({ low, width }) => {
    const max = 2n ** BigInt(width) - 1n;
    const small = fc.bigInt({ min: 0n, max: max < 7n ? max : 7n });
    return fc
      .oneof(fc.constant(0n), small, fc.constant(max), fc.bigInt({ min: 0n, max }))
      .map((value) => value << BigInt(low));
  });
  const inFields = fc.tuple(...parts).map((values) => values.reduce((bits, value) => bits | value, 0n));
  return fc.oneof(
    { weight: 7, arbitrary: inFields },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  );
}

function extraArbitrary(
  { name, argument, width }: ExtraShape,
  reference: fc.Arbitrary<string>,
): fc.Arbitrary<Operation> {
  const operation = (given: fc.Arbitrary<readonly ExtraArgument[]>): fc.Arbitrary<Operation> =>
    given.map((values) => ({ op: 'extra', extra: name, arguments: values }));
  if (argument === 'none') return operation(fc.constant([]));
  if (argument === 'reference') return operation(reference.map((each) => [{ reference: each }]));
  return operation(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }).map((number) => [{ number }]));
}
