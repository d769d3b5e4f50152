import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeProgram, encodeProgram } from '../../src/fuzz/byte-program.ts';
import { flattened, inside, nestingOf, programOf } from '../../src/fuzz/callback-blocks.ts';
import { caseScenario } from '../../src/fuzz/case-scenario.ts';
import { HarnessCache } from '../../src/fuzz/harness.ts';
import { observe } from '../../src/fuzz/observation.ts';
import { joined, single, withKnownParts } from '../../src/fuzz/operations.ts';
import type { FuzzTarget } from '../../src/fuzz/target.ts';
import { pointer } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { cell, mutex, state } from '../../src/model/ir/state-builder.ts';
import { NULL } from '../../src/model/ir/value.ts';
import { Opcode, STRIDE } from '../../src/model/machine/client-program.ts';
import { representation } from '../../src/model/machine/definition.ts';
import { flag } from '../../src/model/machine/parameters.ts';
import { defaultsOf } from '../../src/model/machine/parameters.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { printScenario } from '../../src/model/scenario/printer.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { ROSTER_CLAIMS } from '../real-bugs/models/roster.ts';

/** Pointers with a finalizer that runs before or after the memory is given back, under a lock that a panic poisons. */
const finalized = representation({
  id: 'finalized',
  title: 'Finalized',
  summary: 'To try callbacks on.',
  source: ['a test'],
  parameters: { early: flag(false, 'whether the memory goes first') },
  build({ early }) {
    const kept = pointer();
    const members = state({ lock: mutex({ poisons: true }), last: cell(pointer()) });
    const { lock, last } = members;
    const create = operation({ object: pointer() }, kept, ($, { object }) => {
      $.mayPanic('no memory');
      $.lock(lock, () => $.store(last, object));
      $.return(object);
    });
    const resolve = operation({ reference: kept }, pointer(), ($, { reference }) => $.return(reference));
    const destroy = operation({ reference: kept }, ($, { reference }) => {
      if (early) $.reclaim(reference);
      $.callback('run finalizer');
      if (!early) $.reclaim(reference);
    });
    const forget = operation({}, ($) => {
      $.lock(lock, () => {
        $.mayPanic('broken');
        $.store(last, NULL);
      });
    });
    return {
      reference: kept,
      state: members,
      capacity: 100,
      operations: {},
      roles: {
        create,
        resolve,
        destroy,
        extras: { forget: { operation: forget, effect: 'none', help: 'forgets the last one' } },
      },
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: 'never', detectsForged: 'never' }),
});

const target: FuzzTarget = {
  representation: finalized,
  source: { id: 'finalized' },
  parameters: {},
  machine: {},
};
const harnesses = new HarnessCache(target);
const configuration = { parameters: defaultsOf(finalized.parameters), machine: DEFAULT_MACHINE };
const harness = harnesses.get(configuration);
const { shape } = harness;
const numberOf = (name: string) => shape.callbacks.findIndex((each) => each.name === name);
const FINALIZER = numberOf('run-finalizer');
const BROKEN = numberOf('broken');
const within = (callback: number, code: Int32Array) => Int32Array.of(inside(code[0], callback), ...code.subarray(1));
const alloc = (variable: number) => single(Opcode.alloc, variable, 1, 32);

/** Any numbers in the places of opcodes, callbacks and variables. */
const sequences = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: -1, max: 4 }),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 7 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) =>
    Int32Array.from(
      parts.flatMap(([opcode, callback, a, b]) => [inside(opcode, callback), a, b, opcode === 0 ? 32 : 1]),
    ),
  );

describe('sequences with callbacks', () => {
  test('say what may happen where: callbacks run operations, panic points panic', () => {
    expect(shape.callbacks).toEqual([
      { name: 'run-finalizer', runs: true, panics: false },
      { name: 'no-memory', runs: false, panics: true },
      { name: 'broken', runs: false, panics: true },
    ]);
    expect(shape.callbacksOf.get('role:destroy')).toEqual([FINALIZER]);
    expect(shape.callbacksOf.get('extra:forget')).toEqual([BROKEN]);
    expect(shape.callbacksOf.has('role:resolve')).toBe(false);
  });

  test('are programs, whatever numbers they are made of, and come back from them', () => {
    fc.assert(
      fc.property(sequences, (code) => {
        const known = withKnownParts(code, shape);
        expect(withKnownParts(known, shape)).toEqual(known);
        const { program, first, end, blocks } = nestingOf(known, shape.callbacks);
        expect(first.length).toBe(program.code.length / STRIDE);
        // Spans lie end to end; blocks of one callback come together, so that a second time changes nothing.
        expect(first.slice(1)).toEqual(end.slice(0, -1));
        const inner = [...blocks.values()].reduce((sum, numbers) => sum + numbers.length, 0);
        expect((first.length + inner) * STRIDE).toBe(known.length);
        const settled = flattened(program, shape.callbacks);
        expect(settled?.length).toBe(known.length);
        const again = settled && flattened(nestingOf(settled, shape.callbacks).program, shape.callbacks);
        expect(again).toEqual(settled);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('have bytes, which every buffer is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { code } = decodeProgram(bytes, shape);
        const encoded = encodeProgram(programOf(code), shape);
        expect(encoded).toBeDefined();
        expect(decodeProgram(encoded ?? bytes, shape).code).toEqual(code);
      }),
      { seed: 2, numRuns: 300 },
    );
    const panicking = joined([single(Opcode.extra, 0), within(BROKEN, single(Opcode.panic))]);
    const bytes = encodeProgram(programOf(panicking), shape);
    expect(bytes && decodeProgram(bytes, shape).code).toEqual(panicking);
  });
});

describe('an observation', () => {
  test('leaves out what was never reached or not allowed, in callbacks too', () => {
    const code = joined([
      alloc(0),
      alloc(1),
      single(Opcode.free, 0),
      within(FINALIZER, single(Opcode.touch, 3)),
      within(FINALIZER, single(Opcode.free, 1)),
      within(FINALIZER, single(Opcode.use, 0)),
      single(Opcode.use, 1),
    ]);
    const observed = observe(harness, code);
    // `use a` in its own finalizer overlaps the destroy and may; `use b` after its end finds nothing.
    expect(observed?.symptom.code).toBe('stale-handle');
    expect(observed?.code.length).toBe(code.length - STRIDE);
  });

  test('replays as text', () => {
    const early = { ...configuration, parameters: { early: true } };
    const code = joined([
      alloc(0),
      single(Opcode.hold, 0, 0),
      single(Opcode.free, 0),
      within(FINALIZER, single(Opcode.touch, 0)),
    ]);
    const observed = observe(harnesses.get(early), code);
    expect(observed?.symptom.code).toBe('use-after-free');
    if (observed === undefined) return;
    const text = printScenario(caseScenario(target, shape, { configuration: early, ...observed }));
    expect(text).toContain('free a\nduring run-finalizer:\n  touch p\n');
    const scenario = parseScenario(text, 'case', () => finalized, ['finalized']);
    expect(runScenario(scenario).verdict).toBe('use-after-free');
    // The nearest sound neighbour: the finalizer runs before the memory goes.
    expect(observe(harness, code)).toBeUndefined();
  });
});

describe('a panic', () => {
  const run = (text: string) =>
    runScenario(parseScenario(`representation finalized\n${text}`, 'case', () => finalized, ['finalized']));

  test('of a callback ends the operation that came by', () => {
    expect(run('client exclusive\nx = alloc list\nfree x').verdict).toBe('clean');
    // Nothing gives the memory back afterwards.
    expect(run('client exclusive\nx = alloc list\nfree x\nduring run-finalizer:\n  panic').verdict).toBe('leak');
  });
});

test('a statement of a block that its contract does not allow is told where it stands', () => {
  const text =
    'representation finalized\nclient valid\nx = alloc list\ny = alloc list\nfree x\nduring run-finalizer:\n  free y\n  use y\n  use x';
  const scenario = parseScenario(text, 'case', () => finalized, ['finalized']);
  expect(() => runScenario(scenario)).toThrow(
    expect.objectContaining({ location: { file: 'case', line: 8, column: 3 } }),
  );
});
