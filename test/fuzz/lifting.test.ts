import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzz } from '../../src/fuzz/fuzz.ts';
import { fittedCycle, reusesOf } from '../../src/fuzz/lifting/cycle.ts';
import { isWidth, narrowValues } from '../../src/fuzz/lifting/width-parameters.ts';
import type { Representation } from '../../src/model/machine/definition.ts';
import { integer, defaultsOf, type ParameterValues } from '../../src/model/machine/parameters.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario } from '../../src/model/scenario/run.ts';

describe('a cycle', () => {
  test.each([
    [{ skipped: 1, step: 1 }, 16, 65_535],
    // Two steps a reuse visit all of an odd cycle.
    [{ skipped: 1, step: 2 }, 16, 65_535],
    [{ skipped: 0, step: 2 }, 8, 128],
    [{ skipped: 1, step: 3 }, 13, 8191],
    [{ skipped: 1, step: 3 }, 24, 5_592_405],
    [{ skipped: 1, step: 1 }, 32, 4_294_967_295],
    [{ skipped: 2, step: 4 }, 4, 7],
    [{ skipped: 2, step: 1 }, 1, 0],
  ])('of %o at %i bits comes back after %i reuses', (cycle, width, reuses) => {
    expect(reusesOf(cycle, width)).toBe(reuses);
  });

  test('that was observed at narrow widths says what a wide one does, or that it does not know', () => {
    const cycles = fc.record({ skipped: fc.integer({ min: 0, max: 3 }), step: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(cycles, fc.integer({ min: 13, max: 40 }), (cycle, width) => {
        const samples = Array.from({ length: 8 }, (_, index) => index + 3).map((each) => ({
          width: each,
          reuses: reusesOf(cycle, each),
        }));
        const fitted = fittedCycle(samples, width);
        expect(fitted).toBeDefined();
        if (fitted?.isCertain === true) expect(reusesOf(fitted.cycle, width)).toBe(reusesOf(cycle, width));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('is not seen in what does not go by the width', () => {
    const same = [2, 3, 4].map((width) => ({ width, reuses: 5 }));
    expect(fittedCycle(same, 16)).toBeUndefined();
  });
});

describe('a parameter', () => {
  const parameters = defaultsOf(handleTable.parameters);

  test('is a width when a field follows it, whatever its name is', () => {
    expect(Object.keys(parameters).filter((name) => isWidth(handleTable, parameters, name))).toEqual([
      'indexBits',
      'generationBits',
    ]);
    // By chance a step of 2 is as wide as the generation; the field does not follow.
    expect(isWidth(handleTable, { ...parameters, generationBits: 2, step: 2 }, 'step')).toBe(false);
  });

  test('is scaled down within its own range', () => {
    expect(narrowValues(integer(16, { min: 10, max: 20 }, ''))).toEqual([10, 11, 12]);
    expect(narrowValues(integer(16, { min: 13, max: 20 }, ''))).toEqual([]);
  });
});

/** The lifted or plain `aba` of clients that keep stale references. */
async function abaOf(representation: Representation, parameters: ParameterValues, runs = 1024) {
  const report = await fuzz(
    {
      targets: [
        {
          representation,
          source: { id: representation.id },
          parameters,
          machine: {},
          client: 'any',
        },
      ],
      seed: 1,
      budget: { runs },
      jobs: 1,
      stopOn: ({ code }) => code === 'aba',
    },
    { clock: () => performance.now() },
  );
  return report.runs[0]?.findings.find(({ finding }) => finding.code === 'aba');
}

function replayed(representation: Representation, text: string): string {
  return runScenario(parseScenario(text, 'case', () => representation, [representation.id])).verdict;
}

describe('a wide field that is fixed', () => {
  test('of 32 bits is lifted by arithmetic, and said to be', async () => {
    const found = await abaOf(handleTable, { generationBits: 32 });
    expect(found?.finding).toMatchObject({
      status: 'known-hazard',
      claim: 'detectsStale',
      lifted: {
        parameter: 'generationBits',
        value: 32,
        parameters: { generationBits: 32 },
        skipped: 1,
        step: 1,
        reuses: 4_294_967_295,
        confirmed: false,
      },
    });
    const { observed } = found?.finding.lifted ?? { observed: [] };
    expect(observed.length).toBeGreaterThanOrEqual(3);
    expect(observed.every(({ width, reuses }) => reuses === 2 ** width - 1)).toBe(true);
    const facts = found?.finding.diagnostic.facts.map(({ label, text }) => `${label}: ${text}`).join('\n') ?? '';
    expect(facts).toContain('to 32: 4,294,967,295 reuses, not confirmed by running');
    expect(facts).toContain('1,000,000 reuses of one slot a second: 71.6 min');
    expect(found?.text).toContain('note lifted from generationBits');
    // The case is the narrow one: what a corpus keeps replays at once.
    expect(replayed(handleTable, found?.text ?? '')).toBe('aba');
  });

  test('in steps of 3, and with a queue of free slots, too', async () => {
    const found = await abaOf(handleTable, { generationBits: 32, step: 3 });
    expect(found?.finding.lifted?.reuses).toBe(1_431_655_765);
    const queued = await abaOf(handleTable, { generationBits: 32, freeList: 'fifo' });
    expect(queued?.finding.lifted?.reuses).toBe(4_294_967_295);
  });

  test('of 22 bits is confirmed by running', async () => {
    const found = await abaOf(handleTable, { generationBits: 22 });
    expect(found?.finding.lifted).toMatchObject({ reuses: 2 ** 22 - 1, confirmed: true });
  }, 60_000);

  test('of 16 bits is told at its own width', async () => {
    const found = await abaOf(handleTable, { generationBits: 16 });
    expect(found?.finding).not.toHaveProperty('lifted');
    expect(found?.finding.parameters).toMatchObject({ generationBits: 16 });
    expect(found?.text).toContain('churn 65534 ');
  }, 30_000);
});

describe('representations that the search has not seen', () => {
  const values = (given: ParameterValues) => ({ ...defaultsOf(handleTable.parameters), ...given });

  test('13 bits in steps of 3, and nothing to scale', async () => {
    const unseen: Representation = {
      ...handleTable,
      id: 'unseen',
      parameters: {},
      validate: () => undefined,
      build: () => handleTable.build(values({ generationBits: 13, step: 3 })),
      claims: (_, machine) => handleTable.claims(values({ generationBits: 13, step: 3 }), machine),
    };
    const found = await abaOf(unseen, {});
    expect(found?.finding.summary).toContain('after 8,191 reuses of its slot');
  }, 30_000);

  test('that wrap narrow fields alone say nothing of wide ones', async () => {
    const cautious: Representation = {
      ...handleTable,
      id: 'cautious',
      build: (given) =>
        handleTable.build(values({ ...given, onWrap: Number(given.generationBits) > 14 ? 'retire' : 'wrap' })),
      claims: (given, machine) => handleTable.claims(values(given), machine),
    };
    expect(await abaOf(cautious, { generationBits: 20 })).toBeUndefined();
    expect((await abaOf(handleTable, { generationBits: 20 }))?.finding.parameters).toMatchObject({
      generationBits: 20,
    });
  }, 60_000);
});
