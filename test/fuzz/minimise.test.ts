import { describe, expect, test } from 'vitest';
import { ConfigurationSpace } from '../../src/fuzz/configuration.ts';
import { Generator } from '../../src/fuzz/generator.ts';
import { HarnessCache } from '../../src/fuzz/harness.ts';
import { minimise } from '../../src/fuzz/minimise/minimise.ts';
import { drawMix } from '../../src/fuzz/mix.ts';
import { observe, shows } from '../../src/fuzz/observation.ts';
import { without } from '../../src/fuzz/operations.ts';
import { programShape } from '../../src/fuzz/program-shape.ts';
import type { FuzzTarget } from '../../src/fuzz/target.ts';
import { STRIDE } from '../../src/model/machine/client-program.ts';
import type { Representation } from '../../src/model/machine/definition.ts';
import { arenaOffset } from '../../src/model/representations/arena-offset.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';
import { moltPointerRegistry } from '../../src/model/representations/molt-pointer-registry.ts';
import { taggedPointer } from '../../src/model/representations/tagged-pointer.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { moltWeakref } from '../real-bugs/models/molt-weakref.ts';

/** Failing programs from the generator, each minimised; the generator's programs are long and full of operations that do not matter. */
function minimalCases(representation: Representation, parameters: FuzzTarget['parameters']) {
  const target: FuzzTarget = { representation, source: { id: representation.id }, parameters, machine: {} };
  const space = new ConfigurationSpace(target);
  const harnesses = new HarnessCache(target);
  const random = new Random(5);
  const generator = new Generator(random);
  const shape = programShape(harnesses.get(space.base).instance);
  const cases = Array.from({ length: 60 }, () => {
    const code = generator.program(drawMix(random, 'bypass', shape), shape, 0).slice();
    const observed = observe(harnesses.get(space.base), code);
    const minimal = minimise(harnesses, space, { configuration: space.base, code }, () => false);
    return { code, observed, minimal };
  });
  return { harnesses, cases };
}

describe.each([
  [handleTable, { generationBits: 2 }],
  [taggedPointer, {}],
  [moltPointerRegistry, {}],
  [arenaOffset, {}],
  [moltWeakref, { revival: 'finalizer-only', release: 'under-lock' }],
] as const)('minimal cases of %o', (representation, parameters) => {
  const { harnesses, cases } = minimalCases(representation, parameters);
  const failing = cases.filter(({ observed }) => observed !== undefined);

  test('every failing program has one, no longer and with the same cause', () => {
    expect(failing.length).toBeGreaterThan(10);
    for (const { observed, minimal, code } of cases) {
      expect(minimal === undefined).toBe(observed === undefined);
      if (minimal === undefined || observed === undefined) continue;
      expect(minimal.code.length).toBeLessThanOrEqual(code.length + STRIDE);
      expect(shows(minimal.symptom, observed.symptom)).toBe(true);
    }
  });

  test('no operation can be taken away', () => {
    for (const { minimal } of failing) {
      if (minimal === undefined) continue;
      const harness = harnesses.get(minimal.configuration);
      for (let operation = 0; operation * STRIDE < minimal.code.length; operation++) {
        const fewer = observe(harness, without(minimal.code, operation, 1));
        const isSmallerCase =
          fewer !== undefined && fewer.code.length < minimal.code.length && shows(fewer.symptom, minimal.symptom);
        expect(isSmallerCase).toBe(false);
      }
    }
  });
});
