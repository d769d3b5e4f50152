import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Random } from '../vocabulary/random.ts';
import type { AddressPolicy, ReuseRates } from './address-policy.ts';
import { FreshAddresses } from './fresh-addresses.ts';
import { Kind } from './kinds.ts';

/** Free addresses remembered for one alignment (miri: src/alloc_addresses/reuse_pool.rs, `MAX_POOL_SIZE`). */
const POOL_LIMIT = 64;
/** Fresh addresses keep a random distance below this from their neighbour, so that no more than the asked alignment is certain. */
const SLACK_LIMIT = 16;

/** A freed block that may be given out again. */
interface FreeBlock {
  readonly low: number;
  readonly high: number;
  readonly size: number;
  readonly thread: number;
}

/**
 * `reuse`, Miri's pool: a freed address is remembered with a certain chance, an allocation of the same size and alignment takes a
 * random one of them with the same chance, and one that another thread freed only with a further, smaller chance. Stack addresses
 * never enter the pool. A full pool replaces the entry at the new one's place (miri: src/alloc_addresses/reuse_pool.rs). The policy
 * is for litmus programs and seeds, not for speed.
 */
export class ReusePoolAddresses implements AddressPolicy {
  low = 0;
  high = 0;
  readonly reusesAtOnce = false;
  readonly #fresh: FreshAddresses;
  readonly #random: Random;
  readonly #rates: ReuseRates;
  /** For each power of two of the alignment, blocks in order of size, then thread. */
  #pools: FreeBlock[][] = Array.from({ length: 31 }, () => []);

  constructor(
    hostBits: MachineSettings['hostBits'],
    placement: MachineSettings['placement'],
    random: Random,
    rates: ReuseRates,
  ) {
    this.#fresh = new FreshAddresses(hostBits, placement);
    this.#random = random;
    this.#rates = rates;
  }

  take(size: number, alignment: number, kind: number, thread: number): boolean {
    if (this.#takeFromPool(size, alignment, kind, thread)) return true;
    if (!this.#fresh.take(size, alignment, this.#random.below(SLACK_LIMIT))) return false;
    this.low = this.#fresh.low;
    this.high = this.#fresh.high;
    return true;
  }

  give(low: number, high: number, size: number, alignment: number, kind: number, thread: number): void {
    if (kind === Kind.stack || !this.#random.chance(this.#rates.reuse)) return;
    const pool = this.#pool(alignment);
    const block = { low, high, size, thread };
    const place = firstNotBelow(pool, size, thread);
    if (pool.length < POOL_LIMIT) pool.splice(place, 0, block);
    else pool[Math.min(place, pool.length - 1)] = block;
  }

  reset(): void {
    this.#fresh.reset();
    for (const pool of this.#pools) pool.length = 0;
  }

  save(): () => void {
    const restoreFresh = this.#fresh.save();
    const pools = this.#pools.map((pool) => pool.slice());
    return () => {
      restoreFresh();
      this.#pools = pools.map((pool) => pool.slice());
    };
  }

  #takeFromPool(size: number, alignment: number, kind: number, thread: number): boolean {
    if (kind === Kind.stack || !this.#random.chance(this.#rates.reuse)) return false;
    const acrossThreads = this.#random.chance(this.#rates.acrossThreads);
    const pool = this.#pool(alignment);
    const begin = acrossThreads ? firstNotBelow(pool, size, -1) : firstNotBelow(pool, size, thread);
    const isCandidate = (block: FreeBlock) => block.size === size && (acrossThreads || block.thread === thread);
    let end = begin;
    while (end < pool.length && isCandidate(pool[end])) end++;
    if (begin === end) return false;
    const [block] = pool.splice(begin + this.#random.below(end - begin), 1);
    this.low = block.low;
    this.high = block.high;
    return true;
  }

  #pool(alignment: number): FreeBlock[] {
    return this.#pools[31 - Math.clz32(alignment)];
  }
}

/** The place of the first block that is not before (size, thread). */
function firstNotBelow(pool: readonly FreeBlock[], size: number, thread: number): number {
  let place = 0;
  while (place < pool.length && (pool[place].size < size || (pool[place].size === size && pool[place].thread < thread)))
    place++;
  return place;
}
