import type { MachineSettings } from '../vocabulary/machine.ts';
import type { AddressPolicy } from './address-policy.ts';

type HostBits = MachineSettings['hostBits'];
type Placement = MachineSettings['placement'];

/** The lowest address that is ever given out: the first page stays empty, so that null and its neighbours belong to nobody. */
const LOWEST = 0x1000;
/** How far below the end of the user addresses `placement: high` starts. */
const TOP_GAP = 0x10_0000;

/**
 * Addresses that were never given out before, from the bottom of the user range upward or from its top downward. Neighbours touch
 * when their alignments allow it. An empty allocation takes one byte, so that no two live ones share a base (miri:
 * src/alloc_addresses/mod.rs, `addr_from_alloc_id_uncached`).
 */
export class FreshAddresses {
  low = 0;
  high = 0;
  #cursorLow = 0;
  #cursorHigh = 0;
  readonly #endHigh: number;
  readonly #downward: boolean;

  constructor(hostBits: HostBits, placement: Placement) {
    this.#endHigh = 2 ** (hostBits - 32);
    this.#downward = placement === 'high';
    this.reset();
  }

  /**
   * The next address for `size` bytes, at least `slack` bytes away from the last one; false when the range is used up. Nothing
   * changes then.
   */
  take(size: number, alignment: number, slack: number): boolean {
    const room = size === 0 ? 1 : size;
    return this.#downward ? this.#takeBelow(room + slack, alignment) : this.#takeAbove(room, slack, alignment);
  }

  reset(): void {
    this.#cursorLow = this.#downward ? -TOP_GAP : LOWEST;
    this.#cursorHigh = this.#downward ? this.#endHigh - 1 : 0;
  }

  /** Remembers its state; the answer brings it back. */
  save(): () => void {
    const low = this.#cursorLow;
    const high = this.#cursorHigh;
    return () => {
      this.#cursorLow = low;
      this.#cursorHigh = high;
    };
  }

  #takeAbove(room: number, slack: number, alignment: number): boolean {
    const start = (this.#cursorLow >>> 0) + slack;
    const padding = (alignment - (start & (alignment - 1))) & (alignment - 1);
    const base = start + padding;
    const end = base + room;
    const baseHigh = this.#cursorHigh + (base >= 0x1_0000_0000 ? 1 : 0);
    const endHigh = this.#cursorHigh + (end >= 0x1_0000_0000 ? 1 : 0);
    if (endHigh > this.#endHigh || (endHigh === this.#endHigh && (end | 0) !== 0)) return false;
    this.low = base | 0;
    this.high = baseHigh;
    this.#cursorLow = end | 0;
    this.#cursorHigh = endHigh;
    return true;
  }

  #takeBelow(room: number, alignment: number): boolean {
    const start = (this.#cursorLow >>> 0) - room;
    const base = start - ((start | 0) & (alignment - 1));
    const high = this.#cursorHigh - (base < 0 ? 1 : 0);
    if (high < 0 || (high === 0 && base < LOWEST)) return false;
    this.low = base | 0;
    this.high = high;
    this.#cursorLow = base | 0;
    this.#cursorHigh = high;
    return true;
  }
}

/** `bump`: every allocation gets a fresh address and no address is ever used twice. */
export class BumpAddresses implements AddressPolicy {
  low = 0;
  high = 0;
  readonly reusesAtOnce = false;
  readonly #fresh: FreshAddresses;

  constructor(hostBits: HostBits, placement: Placement) {
    this.#fresh = new FreshAddresses(hostBits, placement);
  }

  take(size: number, alignment: number): boolean {
    if (!this.#fresh.take(size, alignment, 0)) return false;
    this.low = this.#fresh.low;
    this.high = this.#fresh.high;
    return true;
  }

  /** Nothing to remember: the address never comes back. */
  give(): void {}

  reset(): void {
    this.#fresh.reset();
  }

  save(): () => void {
    return this.#fresh.save();
  }
}
