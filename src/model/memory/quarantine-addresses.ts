import type { MachineSettings } from '../vocabulary/machine.ts';
import type { AddressPolicy } from './address-policy.ts';
import { LifoAddresses } from './lifo-addresses.ts';

/** Columns of a block in quarantine: low, high, size, alignment. */
const WIDTH = 4;

/**
 * `quarantine:N`: the N blocks that were freed last are held back, whatever their size; what leaves the quarantine is reused as
 * under `lifo`. `quarantine:0` is `lifo`.
 */
export class QuarantineAddresses implements AddressPolicy {
  low = 0;
  high = 0;
  readonly reusesAtOnce: boolean;
  readonly #delay: number;
  readonly #released: LifoAddresses;
  /** A ring of blocks, oldest first from `#oldest` on. It grows up to the delay. */
  #blocks = new Int32Array(WIDTH * 16);
  #oldest = 0;
  #held = 0;

  constructor(hostBits: MachineSettings['hostBits'], placement: MachineSettings['placement'], delay: number) {
    this.#delay = delay;
    this.reusesAtOnce = delay === 0;
    this.#released = new LifoAddresses(hostBits, placement);
  }

  take(size: number, alignment: number): boolean {
    if (!this.#released.take(size, alignment)) return false;
    this.low = this.#released.low;
    this.high = this.#released.high;
    return true;
  }

  give(low: number, high: number, size: number, alignment: number): void {
    if (this.#delay === 0) return this.#released.give(low, high, size, alignment);
    if (this.#held === this.#delay) this.#releaseOldest();
    const capacity = this.#blocks.length / WIDTH;
    if (this.#held === capacity) this.#grow(capacity);
    const blocks = this.#blocks;
    const index = ((this.#oldest + this.#held) % (blocks.length / WIDTH)) * WIDTH;
    blocks[index] = low;
    blocks[index + 1] = high;
    blocks[index + 2] = size;
    blocks[index + 3] = alignment;
    this.#held++;
  }

  reset(): void {
    this.#released.reset();
    this.#oldest = 0;
    this.#held = 0;
  }

  save(): () => void {
    const restoreReleased = this.#released.save();
    const blocks = this.#blocks.slice();
    const oldest = this.#oldest;
    const held = this.#held;
    return () => {
      restoreReleased();
      this.#blocks = blocks.slice();
      this.#oldest = oldest;
      this.#held = held;
    };
  }

  #releaseOldest(): void {
    const blocks = this.#blocks;
    const index = this.#oldest * WIDTH;
    this.#released.give(blocks[index], blocks[index + 1], blocks[index + 2], blocks[index + 3]);
    this.#oldest = (this.#oldest + 1) % (blocks.length / WIDTH);
    this.#held--;
  }

  #grow(capacity: number): void {
    const grown = new Int32Array(this.#blocks.length * 2);
    for (let held = 0; held < this.#held; held++) {
      const from = ((this.#oldest + held) % capacity) * WIDTH;
      grown.set(this.#blocks.subarray(from, from + WIDTH), held * WIDTH);
    }
    this.#blocks = grown;
    this.#oldest = 0;
  }
}
