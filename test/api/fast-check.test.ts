import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operation, repro, type Representation } from '../../src/index.ts';
import * as forFastCheck from '../../src/fast-check.ts';
import {
  BrokenClaimError,
  clientCommands,
  clientProgramArbitrary,
  clientSetup,
  holdsItsClaims,
  machineArbitrary,
  parametersArbitrary,
  runClientCommands,
  scenarioArbitrary,
} from '../../src/fast-check.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { CYCLE, honestTable, overclaimingTable, ownTable } from './own-table.ts';

/** The shortest case there is: the wrap of the table, in as few operations and rounds as it takes. */
const SHORTEST_WRAP = ['a = alloc object', 'free a', `churn ${CYCLE - 1} object`, 'b = alloc object', 'use a'];

function statementsOf(text: string): readonly string[] {
  return text.trim().split('\n').slice(4);
}

/** What an assertion of fast-check throws because of a broken claim. */
function failureOf(run: () => void): { readonly message: string; readonly broken: BrokenClaimError } {
  try {
    run();
  } catch (error) {
    const { message, cause } = error as Error;
    if (cause instanceof BrokenClaimError) return { message, broken: cause };
    throw error;
  }
  throw new Error('it did not fail');
}

describe('holdsItsClaims', () => {
  test('passes where every verdict is a known hazard', () => {
    fc.assert(holdsItsClaims(honestTable), { seed: 1, numRuns: 500 });
  });

  test('fails with the shortest case as text, with its diagnostic and the command that replays it', () => {
    const { broken } = failureOf(() => fc.assert(holdsItsClaims(overclaimingTable), { seed: 1, numRuns: 500 }));
    const { scenario, case: file } = broken.found;
    expect(statementsOf(scenario)).toEqual(SHORTEST_WRAP);
    expect(broken.message).toContain(`Reproduce with: npx provsim repro ${file}`);
    expect(broken.message).toContain(scenario.trimEnd().replace(/^/gm, '    '));
    expect(readFileSync(file, 'utf8')).toBe(scenario);
    expect(repro(scenario, { representations: [overclaimingTable] })).toMatchObject({ ok: true, actual: 'aba' });
  });

  test.each([2, 3, 4, 5])('fails with the same case for seed %i', (seed) => {
    const { broken } = failureOf(() => fc.assert(holdsItsClaims(overclaimingTable), { seed, numRuns: 500 }));
    expect(statementsOf(broken.found.scenario)).toEqual(SHORTEST_WRAP);
  });

  test('one reuse more than there are is a broken claim', () => {
    const tooMuch = ownTable('my-table', { within: CYCLE + 1 });
    const { broken } = failureOf(() => fc.assert(holdsItsClaims(tooMuch), { seed: 1, numRuns: 500 }));
    expect(broken.found.summary).toContain(`after ${CYCLE} reuses`);
  });

  test('equal seeds of fast-check give equal runs', () => {
    const [one, other] = [9, 9].map((seed) => fc.check(holdsItsClaims(overclaimingTable), { seed, numRuns: 500 }));
    expect(one.failed).toBe(true);
    expect(other.counterexamplePath).toBe(one.counterexamplePath);
    expect(other.numShrinks).toBe(one.numShrinks);
    expect(String(other.errorInstance)).toBe(String(one.errorInstance));
  });

  test('finds a guard that is gone, which breaks every promise at once', () => {
    const table = CATALOGUE.get('handle-table') as Representation;
    const mutant = { mutant: 'drop-guard:resolve/same-generation', longestChurn: 16 };
    const { broken } = failureOf(() => fc.assert(holdsItsClaims(table, mutant), { seed: 1, numRuns: 500 }));
    expect(statementsOf(broken.found.scenario).length).toBeLessThanOrEqual(5);
  });

  test('clients stay inside their contract', () => {
    fc.assert(holdsItsClaims(overclaimingTable, { client: 'valid' }), { seed: 1, numRuns: 500 });
  });

  test('refuses bounds that are none', () => {
    expect(() => holdsItsClaims(honestTable, { references: 16 })).toThrow(
      'references: expected a whole number from 1 to 15',
    );
    expect(() => holdsItsClaims(honestTable, { maxOperations: 0.5 })).toThrow('maxOperations');
  });
});

describe('arbitraries', () => {
  test.each([...CATALOGUE.keys(), 'my-table'])('scenarios of %s are texts that give what they expect', (id) => {
    const representation = CATALOGUE.get(id) ?? honestTable;
    const options = { client: 'bypass', longestChurn: 64 } as const;
    const verdicts = new Set<string>();
    const replays = fc.property(scenarioArbitrary(representation, options), ({ text }) => {
      const report = repro(text, { representations: id === 'my-table' ? [honestTable] : [] });
      verdicts.add(report.actual);
      expect(report.ok).toBe(true);
    });
    fc.assert(replays, { seed: 2, numRuns: 25 });
    expect(verdicts.size).toBeGreaterThan(1);
  });

  test('scenarios are printed as text', () => {
    const [sample] = fc.sample(scenarioArbitrary(honestTable), { seed: 1, numRuns: 1 });
    expect(fc.stringify(sample)).toBe(`\n${sample.text}`);
  });

  test('programs have lengths up to the bound, and the names that were asked for', () => {
    const options = { maxOperations: 40, references: 3, pointers: 1 };
    const programs = fc.sample(clientProgramArbitrary(honestTable, options), { seed: 1, numRuns: 200 });
    const lengths = programs.map(({ length }) => length);
    expect(Math.max(...lengths)).toBeGreaterThan(35);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(40);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(mean).toBeGreaterThan(15);
    const names = new Set(programs.flat().flatMap((each) => ('name' in each ? [each.name] : [])));
    expect([...names].sort()).toEqual(['a', 'b', 'c']);
  });

  test('only bypassing clients abandon, only wild ones forge', () => {
    const [valid, any, bypass] = (['valid', 'any', 'bypass'] as const).map((client) =>
      fc
        .sample(clientProgramArbitrary(honestTable, { client }), { seed: 1, numRuns: 100 })
        .flat()
        .map(({ op }) => op),
    );
    expect(valid).not.toContain('forge');
    expect(any).toContain('corrupt');
    expect(any).not.toContain('abandon');
    expect(bypass).toContain('abandon');
  });

  test('parameters are what the representation accepts', () => {
    const table = CATALOGUE.get('handle-table') as Representation;
    const samples = fc.sample(parametersArbitrary(table, { onWrap: 'retire' }), { seed: 1, numRuns: 300 });
    for (const each of samples) expect(table.validate?.(each)).toBeUndefined();
    expect(new Set(samples.map(({ onWrap }) => onWrap))).toEqual(new Set(['retire']));
    expect(new Set(samples.map(({ generationBits }) => generationBits)).size).toBeGreaterThan(10);
  });

  test('a wide host places addresses high, unless placement is fixed', () => {
    const samples = fc.sample(machineArbitrary(), { seed: 1, numRuns: 300 });
    expect(new Set(samples.map(({ hostBits }) => hostBits))).toEqual(new Set([32, 47, 48, 52, 57]));
    expect(new Set(samples.map(({ model }) => model))).toEqual(new Set(['sc']));
    const fixed = fc.sample(machineArbitrary({ placement: 'low' }), { seed: 1, numRuns: 100 });
    expect(new Set(fixed.map(({ placement }) => placement))).toEqual(new Set(['low']));
  });
});

describe('commands', () => {
  test.each(['exclusive', 'valid', 'any', 'bypass'] as const)(
    'driver and model agree on what %s clients may do and on what lives',
    (client) => {
      const options = { client, longestChurn: 64 };
      for (const representation of [...CATALOGUE.values(), honestTable]) {
        const setup = clientSetup(representation, options);
        const agree = fc.property(clientCommands(representation, options), (commands) =>
          runClientCommands(setup, commands),
        );
        fc.assert(agree, { seed: 1, numRuns: 60 });
      }
    },
  );

  test('a broken claim is the same finding as of the property', () => {
    const setup = clientSetup(overclaimingTable);
    const holds = fc.property(clientCommands(overclaimingTable), (commands) => runClientCommands(setup, commands));
    const { message, broken } = failureOf(() => fc.assert(holds, { seed: 1, numRuns: 1000 }));
    expect(statementsOf(broken.found.scenario)).toEqual(SHORTEST_WRAP);
    expect(message).toMatch(/Counterexample: \[.* = alloc object,free \w,churn/);
  });

  test('a table that keeps memory for ever leaks at the end of the run', () => {
    const options = { client: 'exclusive' } as const;
    const keeping = keepingTable();
    const setup = clientSetup(keeping, options);
    const holds = fc.property(clientCommands(keeping, options), (commands) => runClientCommands(setup, commands));
    const { broken } = failureOf(() => fc.assert(holds, { seed: 1, numRuns: 100 }));
    expect(broken.found).toMatchObject({ code: 'leak', claim: 'leakFree' });
  });
});

/** A table whose destroy never gives memory back. */
function keepingTable(): Representation {
  const honest = ownTable('keeping-table', { within: CYCLE });
  return {
    ...honest,
    build(parameters) {
      const blueprint = honest.build(parameters);
      const { reference, operations, roles } = blueprint;
      const destroy = operation({ reference }, ($, given) => void $.call(operations.take as never, given as never));
      return { ...blueprint, roles: { ...roles, destroy } };
    },
  };
}

test('the public names of provsim/fast-check', () => {
  expect(Object.keys(forFastCheck).sort()).toEqual([
    'BrokenClaimError',
    'clientCommands',
    'clientProgramArbitrary',
    'clientSetup',
    'holdsItsClaims',
    'machineArbitrary',
    'parametersArbitrary',
    'runClientCommands',
    'scenarioArbitrary',
  ]);
});
