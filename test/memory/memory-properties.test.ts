import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memory } from '../../src/model/memory/memory.ts';
import type { MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import type { Step } from './random-operands.ts';
import { Comparison } from './random-programs.ts';
import { ReferenceAddresses } from './reference-addresses.ts';
import { ReferenceMemory } from './reference-memory.ts';

const PROGRAM_LENGTH = 200;

/** Every fault that these operations can end in. */
const FAULTS = [
  'double-free/double-free',
  'exposed-provenance/strict',
  'invalid-free/interior',
  'invalid-free/kind',
  'invalid-free/layout',
  'invalid-free/never-freed',
  'invalid-free/read-only',
  'misaligned/address-alignment',
  'misaligned/promised-alignment',
  'no-provenance/no-provenance',
  'null-pointer/null-pointer',
  'out-of-bounds/out-of-bounds',
  'overlap/overlap',
  'pointer-arithmetic/no-provenance',
  'pointer-arithmetic/null-pointer',
  'pointer-arithmetic/out-of-bounds',
  'pointer-arithmetic/overflow',
  'pointer-arithmetic/use-after-free',
  'pointer-difference/different-allocations',
  'pointer-difference/negative',
  'pointer-difference/range-between',
  'pointer-difference/too-far',
  'read-only-write/read-only',
  'uninitialized-read/uninitialized',
  'unsupported/address-alignment',
  'use-after-free/use-after-free',
];

const settings = fc.record<MachineSettings>({
  addresses: fc.constantFrom('lifo', 'lifo', 'bump', 'quarantine:3', 'reuse'),
  hostBits: fc.constantFrom(48, 32, 47, 52, 57),
  placement: fc.constantFrom('low', 'high'),
  provenance: fc.constantFrom('permissive', 'permissive', 'permissive', 'strict'),
  alignment: fc.constantFrom('real', 'symbolic'),
  model: fc.constant('sc'),
});
const program: fc.Arbitrary<Step[]> = fc.array(fc.tuple(fc.integer(), fc.integer()), {
  maxLength: PROGRAM_LENGTH,
  size: 'max',
});

function comparison(memory: Memory, machine: MachineSettings, seen = new Map<string, number>()): Comparison {
  const addresses = machine.addresses === 'reuse' ? undefined : new ReferenceAddresses(machine);
  return new Comparison(memory, new ReferenceMemory(machine), addresses, seen);
}

function run(
  memory: Memory,
  machine: MachineSettings,
  steps: readonly Step[],
  seen?: Map<string, number>,
): string | undefined {
  const pair = comparison(memory, machine, seen);
  for (const [index, step] of steps.entries()) {
    const difference = pair.run(step);
    if (difference !== undefined) return `step ${index}: ${difference}`;
  }
  return pair.compareStates();
}

describe('the memory and the byte-by-byte reference', () => {
  it('give the same answers and verdicts for a million operations and more', { timeout: 180_000 }, () => {
    let operations = 0;
    const seen = new Map<string, number>();
    const property = fc.property(settings, program, fc.integer(), (machine, steps, seed) => {
      operations += steps.length;
      expect(run(new Memory(machine, new Random(seed)), machine, steps, seen)).toBeUndefined();
    });
    fc.assert(property, { seed: 20261101, numRuns: 11_000 });
    expect(operations).toBeGreaterThan(1_000_000);
    // The programs are worth something only if they meet every fault often.
    let clean = operations;
    for (const count of seen.values()) clean -= count;
    expect(clean).toBeGreaterThan(operations / 3);
    const rare = FAULTS.filter((fault) => (seen.get(fault) ?? 0) < 50);
    expect(rare).toEqual([]);
  });

  it('agree again after a reset, with every number and address as in a new memory', () => {
    const property = fc.property(settings, program, program, fc.integer(), (machine, before, steps, seed) => {
      const random = new Random(seed);
      const memory = new Memory(machine, random);
      expect(run(memory, machine, before)).toBeUndefined();
      memory.reset();
      expect(memory.lastNumber).toBe(0);
      expect(run(memory, machine, steps)).toBeUndefined();
    });
    fc.assert(property, { seed: 7, numRuns: 150 });
  });

  it('go on from a snapshot as if nothing had come after it', () => {
    const property = fc.property(settings, program, program, fc.integer(), (machine, before, steps, seed) => {
      const random = new Random(seed);
      const memory = new Memory(machine, random);
      const pair = comparison(memory, machine);
      for (const step of before) expect(pair.run(step)).toBeUndefined();
      const snapshot = memory.snapshot();
      const draws = random.snapshot();
      const twice = [0, 1].map(() => {
        const log: string[] = [];
        memory.restore(snapshot);
        random.restore(draws);
        expect(pair.compareStates()).toBeUndefined();
        for (const [first, second] of steps) {
          const size = (first >>> 0) % 50;
          log.push(`${memory.allocate(size, 8, 0)} ${memory.low} ${memory.high} ${memory.provenance}`);
          const { low, high, provenance } = memory;
          if (size >= 8) log.push(`${memory.writePointer(low, high, provenance, 8, low, high, provenance)}`);
          if (second % 2 === 0) log.push(`${memory.deallocate(low, high, provenance, 0, size, 8)}`);
        }
        return log.join('\n');
      });
      expect(twice[0]).toBe(twice[1]);
    });
    fc.assert(property, { seed: 11, numRuns: 150 });
  });
});
