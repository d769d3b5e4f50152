import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressIndex } from '../../src/model/memory/address-index.ts';
import { ByteStore } from '../../src/model/memory/bytes.ts';
import { LifoAddresses } from '../../src/model/memory/lifo-addresses.ts';
import { NumberTable } from '../../src/model/memory/number-table.ts';
import { AllocationRecords } from '../../src/model/memory/records.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

describe('the number table', () => {
  it('is a map, for scattered numbers and many of them', () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.boolean()), {
      size: 'max',
      maxLength: 800,
    });
    const property = fc.property(numbers, fc.constantFrom(1, 7, 1024, 65_536), (changes, stride) => {
      const table = new NumberTable();
      const map = new Map<number, number>();
      for (const [base, isInsertion] of changes) {
        const number = base * stride;
        if (isInsertion && !map.has(number)) {
          table.insert(number, base);
          map.set(number, base);
        } else if (map.delete(number)) table.remove(number);
      }
      const wrong: number[] = [];
      for (let base = 1; base <= 5000; base++) {
        if (table.find(base * stride) !== (map.get(base * stride) ?? -1)) wrong.push(base * stride);
      }
      expect(wrong).toEqual([]);
    });
    fc.assert(property, { seed: 3, numRuns: 60 });
  });
});

describe('the address index', () => {
  it('finds what a search from end to end finds, among thousands of any size', () => {
    const random = new Random(5);
    const records = new AllocationRecords();
    const index = new AddressIndex(records);
    const live: number[] = [];
    let number = 0;
    let next = 0x1000;
    for (let step = 0; step < 6000; step++) {
      if (live.length > 0 && random.chance(0.4)) {
        const [record] = live.splice(random.below(live.length), 1);
        index.remove(record);
        records.end(record);
        records.release(record);
        continue;
      }
      const size = random.pick([0, 1, 16, 32, 64, 65, 4096, 5000, 300_000]);
      const record = records.take();
      records.baseLow[record] = next | 0;
      records.baseHigh[record] = Math.floor(next / 2 ** 32);
      records.size[record] = size;
      records.begin(record, ++number);
      index.insert(record);
      live.push(record);
      next += Math.max(size, 1) + random.below(3) * 40;
      if (random.chance(0.9)) continue;
      const probe = 0x1000 + Math.floor((next - 0x1000) * (random.below(1000) / 1000));
      const near = random.pick(live);
      for (const address of [
        probe,
        records.baseHigh[near] * 2 ** 32 + (records.baseLow[near] >>> 0) + random.below(70),
      ]) {
        const [low, high] = [address | 0, Math.floor(address / 2 ** 32)];
        const expected = live.find((each) => {
          const offset = records.offsetOf(each, low, high);
          return offset === 0 || (offset > 0 && offset < records.size[each]);
        });
        expect(index.find(low, high)).toBe(expected ?? -1);
      }
    }
    expect(next).toBeGreaterThan(2 ** 26);
  });

  it('finds allocations on both sides of a 4 GiB border', () => {
    const records = new AllocationRecords();
    const index = new AddressIndex(records);
    const record = records.take();
    records.baseLow[record] = -16;
    records.baseHigh[record] = 2;
    records.size[record] = 32;
    records.begin(record, 1);
    index.insert(record);
    expect([index.find(-16, 2), index.find(-1, 2), index.find(0, 3), index.find(15, 3)]).toEqual([0, 0, 0, 0]);
    expect([index.find(-17, 2), index.find(16, 3), index.find(0, 2), index.find(-16, 3)]).toEqual([-1, -1, -1, -1]);
  });
});

describe('lifo addresses', () => {
  it('keep every size and alignment apart, however many there are', () => {
    const policy = new LifoAddresses(48, 'low');
    const given = new Map<string, number>();
    const classes = Array.from({ length: 599 * 29 }, (_, index) => [index % 599, 1 << (index % 29)] as const);
    for (const [index, [size, alignment]] of classes.entries()) {
      policy.give(0x100_0000 + index * 0x100, 0, size, alignment);
      given.set(`${size}/${alignment}`, 0x100_0000 + index * 0x100);
    }
    const wrong: string[] = [];
    for (const [name, address] of given) {
      const [size, alignment] = name.split('/').map(Number);
      if (!policy.take(size, alignment) || policy.low !== address) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  });
});

describe('the byte store', () => {
  it('recycles blocks of every length and never gives one out twice', () => {
    const random = new Random(9);
    const store = new ByteStore();
    const live: { position: number; size: number }[] = [];
    for (let step = 0; step < 4000; step++) {
      if (live.length > 40 || (live.length > 0 && random.chance(0.5))) {
        const [block] = live.splice(random.below(live.length), 1);
        store.give(block.position, block.size);
        continue;
      }
      const size = random.pick([1, 31, 32, 33, 100, 1000, 1024, 1025, 5000, 40_000]);
      const position = store.take(size);
      expect(store.isUninitialized(position, size)).toBe(true);
      store.initialize(position, size);
      const overlapping = live.filter(
        (other) => position < other.position + other.size && other.position < position + size,
      );
      expect(overlapping).toEqual([]);
      live.push({ position, size });
    }
    // About 40 live blocks of 5 kB on average; a store that did not recycle would have taken 9 MB.
    expect(store.bytes.length).toBeLessThan(4_000_000);
  });
});
