import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import { printProgram } from '../../src/model/ir/printer.ts';
import type { Claims } from '../../src/model/machine/claims.ts';
import type { LogCall, Representation } from '../../src/model/machine/definition.ts';
import { instantiate, type Instance } from '../../src/model/machine/instance.ts';
import type { ParameterValue } from '../../src/model/machine/parameters.ts';
import { RoleCalls } from '../../src/model/machine/role-calls.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { isVerdictCode } from '../../src/model/vocabulary/verdicts.ts';

const REPRESENTATIONS = [...CATALOGUE.values()];

/** The defaults, and every parameter at each end of its range with the others at their defaults, as far as they are accepted. */
function instancesOf(representation: Representation): readonly Instance[] {
  const given: Record<string, ParameterValue>[] = [{}];
  for (const [name, spec] of Object.entries(representation.parameters)) {
    const values = spec.kind === 'integer' ? [spec.min, spec.max] : spec.kind === 'flag' ? [true, false] : spec.values;
    given.push(...values.map((value) => ({ [name]: value })));
  }
  return given.flatMap((parameters) => {
    try {
      return [instantiate(representation, parameters)];
    } catch (error) {
      // Only a combination that the representation itself refuses is left out.
      if (error instanceof InputError && error.message.startsWith(`${representation.id}: `)) return [];
      throw error;
    }
  });
}

const MACHINES: readonly MachineSettings[] = ([32, 47, 48, 52, 57] as const).flatMap((hostBits) =>
  ['lifo', 'bump', 'quarantine:4'].map((addresses) => ({ ...DEFAULT_MACHINE, hostBits, addresses })),
);

describe('the catalogue', () => {
  test('has a file for every representation, and lists every file that defines one', () => {
    const folder = new URL('../../src/model/representations/', import.meta.url);
    const defining = readdirSync(folder).filter((file) =>
      readFileSync(new URL(file, folder), 'utf8').includes('= representation({'),
    );
    expect([...CATALOGUE.keys()].sort()).toEqual(defining.map((file) => file.replace(/\.ts$/, '')).sort());
  });
});

describe.each(REPRESENTATIONS.map((each) => [each.id, each] as const))('%s', (id, representation) => {
  const instances = instancesOf(representation);

  test('says what it is, where it is from and what can be done about its verdicts', () => {
    expect(representation.title).not.toBe('');
    expect(representation.summary).toMatch(/\.$/);
    expect(representation.source.length).toBeGreaterThan(0);
    for (const code of Object.keys(representation.advice ?? {})) expect(code).toSatisfy(isVerdictCode);
    for (const spec of Object.values(representation.parameters)) expect(spec.help).not.toBe('');
  });

  test('compiles with every parameter at the ends of its range, and its roles can be called', () => {
    expect(instances.length).toBeGreaterThan(0);
    for (const instance of instances) {
      const memory = new Memory(DEFAULT_MACHINE, new Random(1));
      const host = { memory, reclaim: never, callback: never, mayPanic: never };
      const roles = new RoleCalls(instance, compileSequential(instance.program, host));
      expect(roles.extras.map(({ name }) => name)).toEqual(Object.keys(instance.blueprint.roles.extras ?? {}));
    }
  });

  test('has slot fields that its reference has, and a log that its operations can serve', () => {
    for (const { blueprint, reference, program } of instances) {
      const fields = reference.layout?.fields.map(({ name }) => name) ?? [];
      for (const name of blueprint.slotFields ?? []) expect(fields).toContain(name);
      for (const logged of Object.values(blueprint.log ?? {})) {
        const calls: readonly LogCall[] = 'repeat' in logged ? logged.calls : [logged];
        for (const { call, arguments: given } of calls)
          expect(Object.keys(given)).toEqual(program.entries.get(call)?.parameters.map(({ name }) => name));
        if ('repeat' in logged) expect(logged.answer).toBeLessThan(calls.length);
      }
    }
  });

  test('claims numbers that are numbers, and nothing that its other claims exclude', () => {
    for (const instance of instances) {
      for (const machine of MACHINES) {
        const claims: Claims = instance.claims(machine);
        const { capacity } = instance.blueprint;
        expect(capacity).toSatisfy((value: number) => Number.isSafeInteger(value) && value >= 1);
        if (claims.available !== 'unlimited') expect(claims.available).toSatisfy(isCount);
        if (claims.boundedGarbage !== false) expect(claims.boundedGarbage).toSatisfy(isCount);
        for (const detection of [claims.detectsStale, claims.detectsForged])
          if (typeof detection === 'object' && 'within' in detection) {
            expect(detection.within).toSatisfy((value: number) => Number.isSafeInteger(value) && value >= 1);
          }
      }
    }
  });

  test('prints as it did', async () => {
    const [first] = instances;
    await expect(printProgram(first.program)).toMatchFileSnapshot(`golden/${id}.txt`);
  });
});

function never(): never {
  throw new Error('nothing runs here');
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
