import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeProgram, encodeProgram } from '../../src/fuzz/byte-program.ts';
import { programOf } from '../../src/fuzz/callback-blocks.ts';
import { Harness } from '../../src/fuzz/harness.ts';
import { churnOf, churnTimes } from '../../src/fuzz/operations.ts';
import type { ProgramShape } from '../../src/fuzz/program-shape.ts';
import type { FuzzTarget } from '../../src/fuzz/target.ts';
import { Opcode, OPCODE_NAMES, STRIDE } from '../../src/model/machine/client-program.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { defaultsOf } from '../../src/model/machine/parameters.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { lowerScenario } from '../../src/model/scenario/lowering.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';

const SHAPE: Pick<ProgramShape, 'extras'> = {
  extras: [
    { name: 'collect', argument: 'none', width: 0 },
    { name: 'pin', argument: 'reference', width: 0 },
    { name: 'grow', argument: 'number', width: 12 },
    { name: 'mark', argument: 'number', width: 64 },
  ],
};

const upTo = (max: number) => fc.integer({ min: 0, max });
const reference = upTo(14);
const pointer = upTo(7);
const kind = fc.integer({ min: 1, max: 5 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const size = fc.oneof(fc.constant(32), fc.integer({ min: 16, max: 1 << 20 }));
const nearPower = fc.tuple(upTo(40), fc.integer({ min: -300, max: 300 })).map(([w, d]) => Math.max(1, 2 ** w + d));
const none: fc.Arbitrary<number> = fc.constant(0);
const operation = (opcode: number, a = none, b = none, c = none) =>
  fc.tuple(a, b, c).map((operands) => Int32Array.of(opcode, ...operands));

/** Every operation that bytes can say, with any operands that a scenario can have. */
const operations = fc.oneof(
  operation(Opcode.alloc, reference, kind, size),
  operation(Opcode.free, reference),
  operation(Opcode.use, reference, upTo(5)),
  operation(Opcode.hold, pointer, reference),
  operation(Opcode.touch, pointer),
  operation(Opcode.drop, pointer),
  operation(Opcode.copy, reference, reference),
  operation(Opcode.forge, reference, int32, int32),
  operation(Opcode.corrupt, reference, reference, upTo(63)),
  operation(Opcode.abandon, reference),
  fc.tuple(fc.oneof(upTo(100), nearPower), kind).map(([times, of]) => churnOf(times, of)),
  operation(Opcode.extra, fc.constant(0)),
  operation(Opcode.extra, fc.constant(1), reference),
  operation(Opcode.extra, fc.constant(2), upTo(4095)),
  operation(Opcode.extra, fc.constant(3), int32, int32),
);
const codes = fc
  .array(operations, { maxLength: 40 })
  .map((parts) => Int32Array.from(parts.flatMap((each) => [...each])));
const buffers = fc.uint8Array({ maxLength: 300 });

describe('bytes', () => {
  test('that a program is encoded as give it back', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const bytes = encodeProgram(programOf(code), SHAPE);
        expect(bytes).toBeDefined();
        expect(decodeProgram(bytes ?? Buffer.alloc(0), SHAPE).code).toEqual(code);
      }),
      { numRuns: 1000 },
    );
  });

  test('are always a program, of at most one operation a byte, that has an encoding of its own', () => {
    fc.assert(
      fc.property(buffers, (bytes) => {
        const program = decodeProgram(bytes, SHAPE);
        expect(program.code.length % STRIDE).toBe(0);
        expect(program.code.length / STRIDE).toBeLessThanOrEqual(bytes.length);
        const again = encodeProgram(program, SHAPE);
        expect(again && decodeProgram(again, SHAPE).code).toEqual(program.code);
      }),
      { numRuns: 1000 },
    );
  });

  test('without operations are the empty program', () => {
    expect(decodeProgram(new Uint8Array(0), SHAPE).code.length).toBe(0);
    expect(encodeProgram(programOf(new Int32Array(0)), SHAPE)?.length).toBe(0);
  });

  test('that call an extra where there is none say nothing', () => {
    expect(decodeProgram(Uint8Array.of(12, 12, 1), { extras: [] }).code).toEqual(Int32Array.of(Opcode.free, 0, 0, 0));
  });

  test('of one length reach every operation of one thread', () => {
    const reached = new Set<string>();
    for (let byte = 0; byte < 256; byte++)
      reached.add(OPCODE_NAMES[decodeProgram(Uint8Array.of(byte), SHAPE).code[0]] ?? '');
    const elsewhere = ['send', 'stall', 'panic'];
    expect([...reached].sort()).toEqual(OPCODE_NAMES.filter((name) => !elsewhere.includes(name)).sort());
  });

  test.each([8, 15, 16, 17, 20, 24, 31])('of four say a full wrap of %i bits and its neighbours', (width) => {
    for (const distance of [-2, -1, 0, 1, 2, 100]) {
      const { code } = decodeProgram(Uint8Array.of(8, 255, width, distance & 255), SHAPE);
      expect(churnTimes(code, 0)).toBe(2 ** width + distance);
      expect(encodeProgram(programOf(code), SHAPE)?.length).toBe(4);
    }
  });

  test('are refused for what they cannot say', () => {
    for (const words of [
      [Opcode.send, 0, 1, 0],
      [Opcode.free, 15, 0, 0],
      [Opcode.alloc, 0, 6, 32],
      [Opcode.extra, 4, 0, 0],
    ])
      expect(encodeProgram(programOf(Int32Array.from(words)), SHAPE)).toBeUndefined();
    const callbacks = new Map([[0, new Map()]]);
    expect(encodeProgram({ code: Int32Array.of(Opcode.free, 0, 0, 0), callbacks }, SHAPE)).toBeUndefined();
  });
});

describe('every buffer', () => {
  const representations = [...CATALOGUE.values()];
  test.each(representations.map(({ id }) => id))('runs on %s', (id) => {
    const representation = CATALOGUE.get(id);
    if (representation === undefined) throw new Error(id);
    const configuration = { parameters: defaultsOf(representation.parameters), machine: DEFAULT_MACHINE };
    const target: FuzzTarget = { representation, source: { id }, parameters: {}, machine: {} };
    const harness = new Harness(target, configuration, instantiate(representation, configuration.parameters));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { code } = decodeProgram(bytes, harness.shape);
        for (let at = 0; at < code.length; at += STRIDE)
          if (code[at] === Opcode.churn) code.set([Opcode.churn, 1 + (code[at + 1] & 15), 0], at);
        harness.execute(code, true);
      }),
      { numRuns: 60 },
    );
  });
});

const lookup = (id: string) => CATALOGUE.get(id);

test('most cases of the corpus that run on one thread have bytes', () => {
  const scenarios = readdirSync('corpus', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.scenario'))
    .map((file) => parseScenario(readFileSync(`corpus/${file}`, 'utf8'), file, lookup, [...CATALOGUE.keys()]))
    // Byte programs have one thread.
    .filter(({ threads }) => threads.every(({ thread, statements }) => thread === 0 || statements.length === 0));
  const said = scenarios.filter((scenario) => {
    const instance = instantiate(scenario.representation, scenario.parameters, scenario.mutant);
    const configuration = { parameters: scenario.parameters, machine: scenario.machine };
    const { representation } = scenario;
    const target: FuzzTarget = { representation, source: { id: representation.id }, parameters: {}, machine: {} };
    const { shape } = new Harness(target, configuration, instance);
    const { program } = lowerScenario(scenario, instance);
    const bytes = encodeProgram(program, shape);
    if (bytes !== undefined) expect(decodeProgram(bytes, shape).code).toEqual(program.code);
    return bytes !== undefined;
  });
  expect(scenarios.length).toBeGreaterThan(20);
  expect(said.length).toBeGreaterThan(scenarios.length * 0.8);
});
