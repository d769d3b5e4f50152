import type { MachineSettings } from '../../src/model/vocabulary/machine.ts';

interface Block {
  readonly address: bigint;
  readonly size: number;
  readonly alignment: number;
}

/** The address policies `lifo`, `bump` and `quarantine:N` as lists of blocks that are searched from one end. */
export class ReferenceAddresses {
  readonly #settings: MachineSettings;
  readonly #delay: number;
  #next: bigint;
  #quarantine: Block[] = [];
  #free: Block[] = [];

  constructor(settings: MachineSettings) {
    this.#settings = settings;
    this.#delay = settings.addresses.startsWith('quarantine:') ? Number(settings.addresses.slice(11)) : 0;
    this.#next = settings.placement === 'low' ? 0x1000n : 2n ** BigInt(settings.hostBits) - 2n ** 20n;
  }

  /** The address that the policy gives, taken from its lists. */
  take(size: number, alignment: number): bigint {
    const index = this.#free.findLastIndex((block) => block.size === size && block.alignment === alignment);
    if (index >= 0) return this.#free.splice(index, 1)[0].address;
    const room = BigInt(Math.max(size, 1));
    const unit = BigInt(alignment);
    if (this.#settings.placement === 'low') {
      const base = ((this.#next + unit - 1n) / unit) * unit;
      this.#next = base + room;
      return base;
    }
    this.#next = ((this.#next - room) / unit) * unit;
    return this.#next;
  }

  give(address: bigint, size: number, alignment: number): void {
    if (this.#settings.addresses === 'bump') return;
    this.#quarantine.push({ address, size, alignment });
    while (this.#quarantine.length > this.#delay) this.#free.push(...this.#quarantine.splice(0, 1));
  }
}
