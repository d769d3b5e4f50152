import { describe, expect, it } from 'vitest';
import { Kind } from '../../src/model/memory/kinds.ts';
import type { MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Subject } from './subject.ts';

/** The addresses of objects that are allocated and freed one after the other. */
function churn(subject: Subject, count: number, size = 32): bigint[] {
  return Array.from({ length: count }, () => {
    const object = subject.allocate(size, 16);
    subject.free(object);
    return object.address;
  });
}

/** Whether an address that thread 0 freed goes to thread 1, under a chance for that. */
function isReusedAcrossThreads(acrossThreads: number): boolean {
  const subject = new Subject({ addresses: 'reuse' }, 1, { reuseRates: { reuse: 1, acrossThreads } });
  const first = subject.allocate(32, 16);
  subject.free(first);
  subject.memory.thread = 1;
  return subject.allocate(32, 16).address === first.address;
}

describe('fresh addresses', () => {
  it('start at 0x1000 and touch', () => {
    const subject = new Subject();
    const addresses = [32, 32, 8, 8, 1].map((size) => subject.allocate(size, size === 32 ? 16 : 1).address);
    expect(addresses).toEqual([0x1000n, 0x1020n, 0x1040n, 0x1048n, 0x1050n]);
    expect(subject.allocate(8, 8).address).toBe(0x1058n);
  });

  it('keep empty allocations apart', () => {
    const subject = new Subject();
    const [first, second] = [subject.allocate(0, 1), subject.allocate(0, 1)];
    expect(first.address).not.toBe(second.address);
    expect(subject.memory.number[subject.memory.recordAt(0x1000, 0)]).toBe(1);
    expect(subject.memory.number[subject.memory.recordAt(0x1001, 0)]).toBe(2);
  });

  it.each([32, 47, 48, 52, 57] as const)('placed high stay below 2^%i', (hostBits) => {
    const subject = new Subject({ hostBits, placement: 'high' });
    const top = 2n ** BigInt(hostBits);
    const [first, second] = [subject.allocate(32, 16).address, subject.allocate(32, 16).address];
    expect(first).toBe(top - 2n ** 20n - 32n);
    expect(second).toBe(first - 32n);
  });

  it.each(['low', 'high'] as const)('of a 32-bit host run out (%s)', (placement) => {
    const subject = new Subject({ hostBits: 32, placement, addresses: 'bump' });
    // Every one needs another multiple of 2^29, of which seven are above 0 and below 2^32.
    const answers = Array.from({ length: 9 }, () => subject.answer(subject.memory.allocate(8, 2 ** 29, Kind.heap)));
    expect(answers.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => 'clean'));
    expect(answers.slice(7)).toEqual(['unsupported/address-space-full', 'unsupported/address-space-full']);
    expect(subject.memory.lastNumber).toBe(7);
    expect(subject.allocate(8).address).toBe(placement === 'low' ? 0xe000_0008n : 0x1fff_fff8n);
  });

  it('a failed allocation leaves everything as it was', () => {
    const subject = new Subject();
    const first = subject.allocate(8);
    const tooMuch = 2 ** 30 - 1;
    expect(subject.answer(subject.memory.allocate(tooMuch, 1, Kind.mmap))).toBe('unsupported/memory-exhausted');
    expect(subject.answer(subject.memory.allocate(tooMuch + 1, 1, Kind.mmap))).toBe('unsupported/too-large');
    expect(subject.allocate(8)).toEqual({ address: first.address + 8n, provenance: 2 });
  });
});

describe('lifo', () => {
  it('gives back the address freed last, of the same size and alignment', () => {
    const subject = new Subject();
    const [a, b, c] = [subject.allocate(32, 16), subject.allocate(32, 16), subject.allocate(32, 8)];
    for (const each of [a, b, c]) subject.free(each);
    expect(subject.allocate(32, 16).address).toBe(b.address);
    expect(subject.allocate(32, 8).address).toBe(c.address);
    expect(subject.allocate(24, 16).address).not.toBe(a.address);
    expect(subject.allocate(32, 16).address).toBe(a.address);
    expect(subject.allocate(32, 16).provenance).toBe(8);
  });

  it('keeps nothing of what is dead', () => {
    const subject = new Subject();
    expect(new Set(churn(subject, 100_000)).size).toBe(1);
    expect(subject.memory.lastNumber).toBe(100_000);
    expect(subject.memory.baseLow.length).toBeLessThan(64);
  });
});

describe('bump', () => {
  it('never gives an address twice', () => {
    expect(new Set(churn(new Subject({ addresses: 'bump' }), 1000)).size).toBe(1000);
  });
});

describe('quarantine', () => {
  it.each([
    [0, 1],
    [1, 2],
    [4, 5],
    [100, 101],
  ])('of %i blocks needs %i addresses for one object at a time', (delay, distinct) => {
    const addresses = churn(new Subject({ addresses: `quarantine:${delay}` }), 1000);
    expect(new Set(addresses).size).toBe(distinct);
    const again = addresses.indexOf(addresses[0], 1);
    expect(again).toBe(delay + 1);
  });

  it('counts blocks of all sizes', () => {
    const subject = new Subject({ addresses: 'quarantine:2' });
    const first = subject.allocate(32, 16);
    subject.free(first);
    churn(subject, 2, 64);
    expect(subject.allocate(32, 16).address).toBe(first.address);
  });
});

describe("reuse, Miri's pool", () => {
  it('reuses half of what it remembers, which is half of what is freed', () => {
    const addresses = churn(new Subject({ addresses: 'reuse' }), 4000);
    const reused = addresses.length - new Set(addresses).size;
    // Half of the allocations look into the pool, which is never empty for long.
    expect(reused / addresses.length).toBeGreaterThan(0.4);
    expect(reused / addresses.length).toBeLessThan(0.52);
  });

  it('neither with a rate of 0, nor on the stack', () => {
    const rates = { reuse: 0, acrossThreads: 0 };
    const never = new Subject({ addresses: 'reuse' }, 1, { reuseRates: rates });
    expect(new Set(churn(never, 500)).size).toBe(500);
    const always = new Subject({ addresses: 'reuse' }, 1, { reuseRates: { reuse: 1, acrossThreads: 1 } });
    expect(new Set(churn(always, 500)).size).toBe(1);
    const stack = Array.from({ length: 100 }, () => {
      const object = always.allocate(32, 16, 'stack');
      always.free(object, -1, -1, 'stack');
      return object.address;
    });
    expect(new Set(stack).size).toBe(100);
  });

  it('reuses only for the same size and alignment', () => {
    const subject = new Subject({ addresses: 'reuse' }, 1, { reuseRates: { reuse: 1, acrossThreads: 1 } });
    const blocks = [subject.allocate(64, 16), subject.allocate(16, 16), subject.allocate(32, 8)];
    for (const block of blocks) subject.free(block);
    const taken = new Set(blocks.map((block) => block.address));
    expect(taken.has(subject.allocate(32, 16).address)).toBe(false);
    expect(subject.allocate(32, 8).address).toBe(blocks[2].address);
    expect(subject.allocate(64, 16).address).toBe(blocks[0].address);
  });

  it('across threads only with its own chance', () => {
    expect(isReusedAcrossThreads(0)).toBe(false);
    expect(isReusedAcrossThreads(1)).toBe(true);
  });

  it('leaves neighbours touching now and then (pass/adjacent-allocs.rs::ensure_allocs_can_be_adjacent)', () => {
    let touching = 0;
    for (let seed = 0; seed < 512; seed++) {
      const subject = new Subject({ addresses: 'reuse' }, seed);
      const [first, second] = [subject.allocate(8, 8, 'stack'), subject.allocate(8, 8, 'stack')];
      if (first.address + 8n === second.address) touching++;
    }
    expect(touching).toBeGreaterThan(0);
    expect(touching).toBeLessThan(512);
  });

  it('is the same for the same seed, another for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => churn(new Subject({ addresses: 'reuse' }, seed), 50).join());
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('an address chosen by the caller', () => {
  it('must be free and aligned', () => {
    const subject = new Subject();
    const object = subject.allocate(32, 16);
    const at = (low: number, size: number, alignment = 1) =>
      subject.answer(subject.memory.allocateAt(low, 0, size, alignment, Kind.heap));
    expect(at(0x101f, 1)).toBe('unsupported/address-occupied');
    expect(at(0x0fff, 2)).toBe('unsupported/address-occupied');
    expect(at(0x0fff, 64)).toBe('unsupported/address-occupied');
    expect(at(0x2004, 8, 8)).toBe('unsupported/address-occupied');
    expect(at(0x1020, 8)).toBe('clean');
    expect(at(0x0ff0, 16)).toBe('clean');
    subject.free(object);
    expect(at(0x1008, 8)).toBe('clean');
  });

  it.each(['lifo', 'bump', 'quarantine:1', 'reuse'] as MachineSettings['addresses'][])(
    'is respected by the policy %s afterwards',
    (addresses) => {
      const subject = new Subject({ addresses });
      const first = subject.allocate(32, 16);
      subject.free(first);
      expect(subject.answer(subject.memory.allocateAt(0x1010, 0, 8, 8, Kind.heap))).toBe('clean');
      expect(subject.answer(subject.memory.allocateAt(0x1040, 0, 8, 8, Kind.heap))).toBe('clean');
      const ranges = Array.from({ length: 50 }, () => subject.allocate(32, 16).address).concat();
      for (const address of ranges) {
        for (const taken of [0x1010n, 0x1040n]) {
          expect(address + 32n <= taken || address >= taken + 8n).toBe(true);
        }
      }
      expect(new Set(ranges).size).toBe(50);
    },
  );
});

describe('settings', () => {
  it('a policy that is none is an input error', () => {
    expect(() => new Subject({ addresses: 'fifo' })).toThrow(
      "expected lifo, bump, reuse or quarantine:N, found 'fifo'",
    );
  });
});
