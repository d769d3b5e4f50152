import { joined } from '../concurrency/clock.ts';
import type { Clock } from '../concurrency/clock.ts';
import { bitsOf } from './evaluation.ts';

interface FreedRange {
  readonly begin: bigint;
  readonly end: bigint;
  readonly clock: Clock;
}

/**
 * What happened before addresses were given back. An allocator synchronises: whoever gets an address again comes after whoever had it
 * (miri: src/alloc_addresses/reuse_pool.rs).
 */
export class FreedAddresses {
  #ranges: readonly FreedRange[] = [];

  give(low: number, high: number, size: number, clock: Clock): void {
    const begin = bitsOf(low, high);
    const end = begin + BigInt(Math.max(size, 1));
    // A range that the new one covers was given back before by somebody who now comes before.
    const others = this.#ranges.filter((range) => range.begin < begin || range.end > end);
    this.#ranges = [...others, { begin, end, clock }];
  }

  /** What happened before any of these addresses was given back; undefined when none was. */
  clockAt(low: number, high: number, size: number): Clock | undefined {
    const begin = bitsOf(low, high);
    const end = begin + BigInt(Math.max(size, 1));
    const found = this.#ranges.filter((range) => range.begin < end && begin < range.end);
    return found.reduce<Clock | undefined>((clock, range) => joined(range.clock, clock), undefined);
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const ranges = this.#ranges;
    return () => {
      this.#ranges = ranges;
    };
  }
}
