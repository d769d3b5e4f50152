import fc from 'fast-check';
import type { Field } from '../../model/ir/layout.ts';
import { CONTRACTS, type Contract } from '../../model/machine/claims.ts';
import { OBJECT_KINDS, OBJECT_SIZE, SMALLEST_OBJECT } from '../../model/machine/object-kinds.ts';
import type { ExtraArgument, Operation } from '../../model/scenario/scenario.ts';
import { POINTER_NAMES, REFERENCE_NAMES } from '../case-scenario.ts';
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

const SHORT_CHURN = 8;

type Weighted = fc.WeightedArbitrary<Operation>;

/**
 * The two sorts of client operations, of which one program takes one: `short` ones, and ones with long churns among them, which
 * nearly all of the time of a run would go to otherwise. Nothing is forged where churns are long, because every reference that was
 * issued is remembered then.
 *
 * Operands are variables by name, so that an operation means the same when others are taken away while fast-check shrinks; what
 * makes no sense where it stands, the driver leaves out.
 */
export function operationArbitraries(
  shape: ProgramShape,
  contract: Contract,
  bounds: ProgramBounds,
): { readonly short: fc.Arbitrary<Operation>; readonly long: fc.Arbitrary<Operation> | undefined } {
  const plain = plainOperations(shape, contract, bounds);
  const forging = CONTRACTS.indexOf(contract) >= CONTRACTS.indexOf('any') ? forgingOperations(shape, bounds) : [];
  const rounds = longChurn(shape.fields, bounds.longestChurn);
  return {
    short: fc.oneof(...plain, ...forging),
    long: rounds && fc.oneof(...plain, { weight: 1, arbitrary: churn(rounds) }),
  };
}

/** How many programs of 16 have long churns in them. */
const LONG_WEIGHT = 1;

/** Programs, or whatever else is made of operations of one sort, in the mixture of both sorts. */
export function mixed<T>(
  { short, long }: ReturnType<typeof operationArbitraries>,
  made: (operation: fc.Arbitrary<Operation>) => fc.Arbitrary<T>,
): fc.Arbitrary<T> {
  if (long === undefined) return made(short);
  return fc.oneof({ weight: 16 - LONG_WEIGHT, arbitrary: made(short) }, { weight: LONG_WEIGHT, arbitrary: made(long) });
}

function plainOperations({ extras }: ProgramShape, contract: Contract, bounds: ProgramBounds): Weighted[] {
  const { references, pointers, longestChurn } = bounds;
  const name = nameArbitrary(references);
  const pointer = fc.constantFrom(...POINTER_NAMES.slice(0, pointers).split(''));
  const rounds = fc.integer({ min: 1, max: Math.min(SHORT_CHURN, longestChurn) });
  const abandon: Weighted = { weight: 1, arbitrary: fc.record({ op: fc.constant('abandon'), name }) };
  return [
    { weight: 6, arbitrary: allocArbitrary(bounds) },
    { weight: 5, arbitrary: fc.record({ op: fc.constant('free'), name }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('use'), name }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('hold'), pointer, name }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('touch'), pointer }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('drop'), pointer }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('copy'), target: name, name }) },
    { weight: 2, arbitrary: churn(rounds) },
    ...extras.map((extra): Weighted => ({ weight: 1, arbitrary: extraArbitrary(extra, name) })),
    ...(contract === 'bypass' ? [abandon] : []),
  ];
}

function forgingOperations({ fields }: ProgramShape, { references }: ProgramBounds): Weighted[] {
  const name = nameArbitrary(references);
  const bit = fc.integer({ min: 0, max: 63 });
  return [
    { weight: 1, arbitrary: fc.record({ op: fc.constant('forge'), target: name, bits: forgedBits(fields) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('corrupt'), target: name, name, bit }) },
  ];
}

const KIND = fc.constantFrom(...OBJECT_KINDS);

const SIZE = fc.oneof(
  { weight: 7, arbitrary: fc.constant(OBJECT_SIZE) },
  { weight: 1, arbitrary: fc.integer({ min: SMALLEST_OBJECT, max: 8 * SMALLEST_OBJECT }) },
);

export function allocArbitrary({ references }: ProgramBounds): fc.Arbitrary<Operation> {
  return fc.record({ op: fc.constant('alloc'), target: nameArbitrary(references), kind: KIND, size: SIZE });
}

function nameArbitrary(references: number): fc.Arbitrary<string> {
  return fc.constantFrom(...REFERENCE_NAMES.slice(0, references).split(''));
}

function churn(times: fc.Arbitrary<number>): fc.Arbitrary<Operation> {
  return fc.record({ op: fc.constant('churn'), times, kind: KIND });
}

/** About as many rounds as some field of the reference has values, for it may be a generation; undefined when all have too many. */
function longChurn(fields: readonly Field[], longest: number): fc.Arbitrary<number> | undefined {
  const cycles = [...new Set(fields.map(({ width }) => 2 ** width))].filter(
    (cycle) => cycle > SHORT_CHURN && cycle + 4 <= longest,
  );
  if (cycles.length === 0) return undefined;
  return fc.oneof(...cycles.map((cycle) => fc.integer({ min: cycle - 4, max: cycle + 4 })));
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
