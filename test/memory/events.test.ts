import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../src/model/vocabulary/verdicts.ts';
import { moved, NULL, Subject } from './subject.ts';

describe('the history of allocations', () => {
  it('tells where each was allocated, exposed and freed, and who had the address before', () => {
    const subject = new Subject({}, 1, { trackEvents: true });
    const { memory } = subject;
    memory.site = 10;
    const first = subject.allocate(32, 16);
    memory.site = 11;
    subject.expose(first);
    memory.site = 12;
    subject.expose(first);
    subject.free(first);
    memory.site = 13;
    const second = subject.allocate(32, 16);
    memory.site = 14;
    expect(subject.read(first, 8)).toBe('use-after-free/use-after-free');
    expect(memory.fault.site).toBe(14);
    expect(memory.eventsOf(memory.fault.allocation)).toMatchObject({
      number: 1,
      low: 0x1000,
      size: 32,
      allocatedAt: 10,
      exposedAt: 11,
      freedAt: 12,
    });
    expect(memory.eventsOf(second.provenance)).toMatchObject({ allocatedAt: 13, exposedAt: -1, freedAt: -1 });
    expect(memory.eventsAt(0x101f, 0).map((event) => event.number)).toEqual([1, 2]);
    expect(memory.eventsAt(0x1020, 0)).toEqual([]);
    memory.reset();
    expect(memory.eventsOf(1)).toBeUndefined();
  });

  it('is kept only when asked for', () => {
    const subject = new Subject();
    subject.allocate(8);
    expect(subject.memory.eventsOf(1)).toBeUndefined();
    expect(subject.memory.eventsAt(0x1000, 0)).toEqual([]);
  });

  it('comes back with a snapshot', () => {
    const subject = new Subject({}, 1, { trackEvents: true });
    const object = subject.allocate(8);
    const snapshot = subject.memory.snapshot();
    subject.memory.site = 5;
    subject.free(object);
    subject.memory.restore(snapshot);
    expect(subject.memory.eventsOf(1)?.freedAt).toBe(-1);
    expect(subject.read(object, 1)).toBe('uninitialized-read/uninitialized');
  });
});

describe('fault details', () => {
  it('are of the last fault only, and clear after a reset', () => {
    const subject = new Subject();
    expect(subject.memory.fault).toMatchObject({ code: 0, cause: 'none', verdict: 'clean' });
    const object = subject.filled(8, 1);
    subject.free(moved(object, 4), 8, 8);
    subject.read(NULL, 4);
    expect(subject.memory.fault).toMatchObject({ verdict: 'null-pointer', allocation: 0, givenSize: -1, extent: 4 });
    subject.memory.reset();
    expect(subject.memory.fault.code).toBe(0);
  });

  it('hold the number of the verdict', () => {
    const subject = new Subject();
    const code = subject.memory.readInteger(0, 0, 0, 1, 1);
    expect(VERDICTS[code].code).toBe('null-pointer');
    expect(subject.memory.fault.code).toBe(code);
  });
});

describe("the user's column", () => {
  it('starts at -1 for every allocation, recycled records too', () => {
    const { memory } = new Subject();
    for (let round = 0; round < 3; round++) {
      memory.allocate(32, 16, 0);
      const record = memory.recordOf(memory.provenance);
      expect(memory.owner[record]).toBe(-1);
      memory.owner[record] = round;
      expect(memory.recordAt(memory.low, memory.high)).toBe(record);
      memory.deallocate(memory.low, memory.high, memory.provenance, 0, 32, 16);
      expect(memory.recordAt(memory.low, memory.high)).toBe(-1);
      expect(memory.recordOf(memory.provenance)).toBe(-1);
      expect(memory.live).toBe(0);
    }
  });
});
