import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTrace, type AllocationTrace } from '../../src/compare/trace.ts';
import { replayTrace, type Workload } from '../../src/compare/workload.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';

function replay(trace: AllocationTrace, id: string, parameters: Readonly<Record<string, unknown>> = {}): Workload {
  return replayTrace(trace, instantiate(CATALOGUE.get(id)!, parameters), DEFAULT_MACHINE);
}

function written(lines: readonly string[]): AllocationTrace {
  return readTrace(new TextEncoder().encode(lines.join('\n')), 'written');
}

/** Two objects that live, then one place that is used over and over. */
const CHURN = written([
  '+ 0x1000 0x20',
  '+ 0x2000 0x20',
  ...Array.from({ length: 20 }, () => ['+ 0x3000 0x20', '- 0x3000']).flat(),
]);

describe('a written trace', () => {
  test('a table reuses one slot, and its generations come back', () => {
    const { creates, slots, slotsAtPeak, mostSlotReuses, reissuedWhileStale, tableBytesAtPeak } = replay(
      CHURN,
      'handle-table',
      { generationBits: 3 },
    );
    expect({ creates, slots, slotsAtPeak }).toEqual({ creates: 22, slots: 3, slotsAtPeak: 3 });
    expect(mostSlotReuses).toBe(19);
    // Seven generations: the eighth to the twentieth issue of the slot repeat earlier bits.
    expect(reissuedWhileStale).toBe(13);
    // Three slots of 16 bytes, all in use when three objects live.
    expect(tableBytesAtPeak).toBe(48);
  });

  test('sixteen bits of generation are enough for it', () => {
    expect(replay(CHURN, 'handle-table')).toMatchObject({ mostSlotReuses: 19, reissuedWhileStale: 0, verdicts: {} });
  });

  test('an address key is re-issued with its address', () => {
    expect(replay(CHURN, 'molt-pointer-registry')).toMatchObject({
      slots: 3,
      mostSlotReuses: 19,
      reissuedWhileStale: 19,
      tableBytesAtPeak: 3 * 16,
    });
  });

  test('a table that is full refuses', () => {
    const workload = replay(CHURN, 'handle-table', { indexBits: 1 });
    expect(workload).toMatchObject({ creates: 2, refusedCreates: 20, slots: 2 });
  });

  test('retired slots run out', () => {
    const workload = replay(CHURN, 'handle-table', { indexBits: 2, generationBits: 2, onWrap: 'retire' });
    // Two slots are held; the other two have three generations each.
    expect(workload).toMatchObject({ creates: 8, refusedCreates: 14, reissuedWhileStale: 0, verdicts: {} });
  });

  test('a reallocation creates an object before it destroys the old one', () => {
    const trace = written(['+ 0x1000 0x20', '< 0x1000', '> 0x1000 0x40', '- 0x1000']);
    expect(replay(trace, 'handle-table')).toMatchObject({ creates: 2, slots: 2, slotsAtPeak: 2, mostSlotReuses: 0 });
  });

  test('sizes that objects cannot have get the nearest', () => {
    const trace = written(['+ 0x1000 0x1', '+ 0x2000 0x200000', '+ 0x500000 0x20']);
    expect(replay(trace, 'handle-table')).toMatchObject({ creates: 3, resized: 2, verdicts: {} });
  });

  test('verdicts on the way are counted', () => {
    const instance = instantiate(CATALOGUE.get('tagged-pointer')!);
    const strict = replayTrace(CHURN, instance, { ...DEFAULT_MACHINE, provenance: 'strict' });
    // Every object is used once, and 20 of them are used again and freed: 22 + 20 + 20.
    expect(strict.verdicts).toEqual({ 'exposed-provenance': 62 });
  });
});

/** What gives nothing back must have room for all. */
const LARGE_ENOUGH: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'arena-offset': { arenaBytes: 1 << 25 },
  'atomic-hash-map': { indexBits: 20 },
};

describe('real traces', () => {
  const TRACES = ['attr_access.mtrace.gz', 'list_append.mtrace.gz', 'dict_set.mtrace.gz', 'git_log.valgrind.log.gz'];

  test.each(TRACES)('%s: all agree on what the program did', (name) => {
    const trace = readTrace(readFileSync(`test/traces/${name}`), name);
    const { allocations, reallocations, peakLive } = trace.facts;
    for (const id of CATALOGUE.keys()) {
      const parameters = LARGE_ENOUGH[id] ?? {};
      const workload = replay(trace, id, parameters);
      expect(workload, id).toMatchObject({ refusedCreates: 0, verdicts: {}, ...trace.facts });
      expect(workload.creates, id).toBe(allocations + reallocations);
      expect(workload.slotsAtPeak, id).toBeGreaterThanOrEqual(peakLive);
    }
    // One free list: as many slots as objects ever lived at once, and one more during a reallocation at the peak.
    const { slots } = replay(trace, 'handle-table');
    expect(slots! - peakLive).toBeLessThanOrEqual(1);
    expect(replay(trace, 'handle-table').reissuedWhileStale).toBe(0);
    expect(replay(trace, 'molt-pointer-registry').reissuedWhileStale).toBeGreaterThan(0);
  });
});
