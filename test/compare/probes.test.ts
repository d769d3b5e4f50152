import { describe, expect, test } from 'vitest';
import { probe } from '../../src/compare/probe.ts';
import { probeChurn, probeResets, QUIET_CREATES, type Reset } from '../../src/compare/churn-probe.ts';
import { probeForgeries, probeStaleUses, type Forgeries } from '../../src/compare/forgery-probe.ts';
import { instantiate, type Instance } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';

function build(id: string, parameters: Readonly<Record<string, unknown>> = {}): Instance {
  return instantiate(CATALOGUE.get(id)!, parameters);
}

function resets(id: string, parameters = {}): readonly Reset[] {
  return probeResets(build(id, parameters), DEFAULT_MACHINE);
}

function shares(id: string, parameters = {}, machine = DEFAULT_MACHINE): Forgeries {
  return probeForgeries(build(id, parameters), machine).forgeries;
}

/** Used right after destroy, used after the next create, destroyed twice, held across destroy, run on a strict machine. */
function answers(id: string): readonly (string | null)[] {
  const { measured } = probe(build(id), DEFAULT_MACHINE);
  const { staleUse, staleUseAfterNextCreate, secondDestroy, heldAcrossDestroy, strictProvenance } = measured;
  return [staleUse, staleUseAfterNextCreate, secondDestroy, heldAcrossDestroy, strictProvenance];
}

const STRICT: MachineSettings = { ...DEFAULT_MACHINE, provenance: 'strict' };
const BUMP: MachineSettings = { ...DEFAULT_MACHINE, addresses: 'bump' };

describe('reuses to ABA', () => {
  // Each generation field of g bits runs through 2^g - 1 values; the first comes back after (2^g - 1) / gcd(step, 2^g - 1) reuses.
  test.each([
    ['handle-table', {}, 65_535],
    ['handle-table', { generationBits: 2 }, 3],
    ['handle-table', { generationBits: 4, step: 3 }, 5],
    ['handle-table', { generationBits: 4, step: 2 }, 15],
    ['handle-table', { generationBits: 3, freeList: 'fifo' }, 7],
    ['molt-handle-table-v1', {}, 65_535],
    ['molt-handle-table-v1', { generationBits: 4 }, 15],
    ['molt-handle-table-v1', { generationBits: 4, registerSteps: 2 }, 5],
    ['molt-pointer-registry', {}, 1],
    ['tagged-pointer', {}, 1],
    ['low-bit-tagged-pointer', {}, 1],
  ] as const)('%s %j: %i', (id, parameters, reuses) => {
    const churn = probeChurn(build(id, parameters), DEFAULT_MACHINE);
    expect(churn).toMatchObject({ reusesToAba: reuses, createsToAba: reuses, slotReuses: reuses, stoppedBy: null });
  });

  test('only creates in the slot count: with ever new addresses the shards of v1 take turns', () => {
    const churn = probeChurn(build('molt-handle-table-v1', { generationBits: 3 }), BUMP);
    expect(churn.reusesToAba).toBe(7);
    expect(churn.createsToAba).toBeGreaterThan(7 * 8);
  });

  test('a slot that is retired is never used again', () => {
    const churn = probeChurn(build('molt-opaque-slab'), DEFAULT_MACHINE);
    // Generations 1 to 65,535: one issue and 65,534 reuses.
    expect(churn).toMatchObject({ reusesToAba: null, slotReuses: 65_534, stoppedBy: null });
    expect(churn.creates - 65_534).toBeGreaterThanOrEqual(QUIET_CREATES);
  });

  test('a table that retires runs out of slots', () => {
    const parameters = { onWrap: 'retire', indexBits: 2, generationBits: 2 };
    const churn = probeChurn(build('handle-table', parameters), DEFAULT_MACHINE);
    // Four slots of three generations: twelve references, the first of which was created before the churn.
    expect(churn).toMatchObject({ reusesToAba: null, slotReuses: 2, creates: 11, stoppedBy: 'exhausted' });
  });

  test('address keys without address reuse', () => {
    const churn = probeChurn(build('molt-pointer-registry'), BUMP);
    expect(churn).toMatchObject({ reusesToAba: null, slotReuses: 0, stoppedBy: null });
  });

  test('an arena gives nothing back: it is full at last', () => {
    const churn = probeChurn(build('arena-offset', { arenaBytes: 16 + 10 * 32 }), DEFAULT_MACHINE);
    expect(churn).toMatchObject({ reusesToAba: null, creates: 9, stoppedBy: 'exhausted' });
  });

  test('the probe tells what stopped it', () => {
    const churn = probeChurn(build('tagged-pointer'), STRICT);
    expect(churn).toMatchObject({ reusesToAba: null, creates: 0, stoppedBy: 'exposed-provenance' });
  });
});

test('resets: what retires all objects may bring the bits back', () => {
  expect(resets('handle-table')).toEqual([]);
  expect(resets('molt-opaque-slab')).toEqual([{ extra: 'reset', callsToAba: 1, calls: 1 }]);
  expect(resets('molt-opaque-slab', { reset: false })).toEqual([]);
  expect(resets('arena-offset')).toEqual([{ extra: 'reset', callsToAba: 1, calls: 1 }]);
  // An epoch of four bits comes back after sixteen resets.
  expect(resets('arena-offset', { epoch: 'checked', epochBits: 4 })).toEqual([
    { extra: 'reset', callsToAba: 16, calls: 16 },
  ]);
});

describe('forged bits', () => {
  test('tables that compare all bits accept nothing', () => {
    for (const id of ['handle-table', 'molt-opaque-slab', 'molt-pointer-registry']) {
      const { random, bitFlips, wrongTenants } = shares(id);
      expect([random.accepted, bitFlips.accepted, wrongTenants?.accepted ?? 0], id).toEqual([0, 0, 0]);
      expect(random.tried, id).toBe(4096);
    }
  });

  test('v1 ignores its 16 spare bits, and nothing else', () => {
    const { bitFlips, wrongTenants } = shares('molt-handle-table-v1');
    expect(bitFlips).toMatchObject({ accepted: 16 * 16, stopped: 0 });
    expect(wrongTenants).toMatchObject({ tried: 4096, accepted: 0 });
    expect(probeForgeries(build('molt-handle-table-v1'), DEFAULT_MACHINE).acceptedBit).toBe(48);
  });

  test('bits that a create had issued are copies and do not count', () => {
    // With one generation bit a slot has one generation: the random one is that one or 0, and only 0 was never issued.
    const { wrongTenants } = shares('handle-table', { generationBits: 1, onWrap: 'retire' });
    expect(wrongTenants?.accepted).toBe(0);
    expect(wrongTenants?.tried).toBeGreaterThan(1800);
    expect(wrongTenants?.tried).toBeLessThan(2300);
  });

  test('a pointer with a tag is any bits', () => {
    const { random, bitFlips, wrongTenants } = shares('low-bit-tagged-pointer');
    expect(random).toEqual({ tried: 4096, accepted: 4096, stopped: 0 });
    // A flip of bit 3, which is above the three tag bits, changes the address and not the object; one flip makes null.
    expect(bitFlips.accepted).toBeGreaterThan(0.99 * bitFlips.tried);
    expect(wrongTenants).toMatchObject({ accepted: wrongTenants?.tried });
  });

  test('a strict machine stops what it does not resolve', () => {
    const { bitFlips } = shares('tagged-pointer', {}, STRICT);
    expect(bitFlips.accepted).toBe(0);
    expect(bitFlips.stopped).toBeGreaterThan(0);
  });

  test('keys that are all slot have nothing to guess', () => {
    expect(shares('molt-pointer-registry').wrongTenants).toBeNull();
    expect(shares('arena-offset').wrongTenants).toBeNull();
  });
});

describe('stale uses', () => {
  test.each([
    ['tagged-pointer', {}, 4096, 4096],
    ['handle-table', {}, 4096, 0],
    // Every fifteenth create has the stale generation again: 273 times in 4,096.
    ['handle-table', { generationBits: 4 }, 4096, 273],
    ['arena-offset', { arenaBytes: 16 + 10 * 32 }, 9, 9],
  ] as const)('%s %j', (id, parameters, tried, accepted) => {
    expect(probeStaleUses(build(id, parameters), DEFAULT_MACHINE)).toEqual({ tried, accepted, stopped: 0 });
  });
});

describe('single cases', () => {
  test.each([
    ['tagged-pointer', ['stale-handle', 'aba', 'no-provenance', 'no-provenance', 'exposed-provenance']],
    ['low-bit-tagged-pointer', ['stale-handle', 'aba', 'double-free', 'use-after-free', 'clean']],
    ['molt-pointer-registry', ['clean', 'aba', 'clean', 'use-after-free', 'clean']],
    ['handle-table', ['clean', 'clean', 'clean', 'use-after-free', 'clean']],
    ['molt-handle-table-v1', ['clean', 'clean', 'clean', 'use-after-free', 'clean']],
    ['molt-opaque-slab', ['clean', 'clean', 'clean', 'use-after-free', 'clean']],
    ['arena-offset', ['stale-handle', 'stale-handle', 'clean', 'clean', 'clean']],
  ])('%s', (id, expected) => {
    expect(answers(id)).toEqual(expected);
  });

  test('a case that does not get that far has no answer', () => {
    // 64 bytes hold one object after the first place: the second create is refused, and nothing can be said about it.
    const { measured, cases } = probe(build('arena-offset', { arenaBytes: 64 }), DEFAULT_MACHINE);
    expect(measured.staleUse).toBe('stale-handle');
    expect(measured.churn.stoppedBy).toBe('exhausted');
    expect(cases.map(({ finding }) => finding?.code)).toContain('exhausted');
  });
});

test('probes answer the same every time', () => {
  const narrow = build('molt-handle-table-v1', { generationBits: 6 });
  expect(probe(narrow, DEFAULT_MACHINE)).toEqual(probe(narrow, DEFAULT_MACHINE));
});
