import { BITS_HIGH, BITS_LOW, IDENTITY } from '../../model/machine/ghosts.ts';
import type { Instance } from '../../model/machine/instance.ts';
import { slotMaskOf } from '../../model/machine/slot-mask.ts';
import type { ClientObserver } from '../../model/machine/violation.ts';
import type { World } from '../../model/machine/world.ts';

/** Remembers which bits were issued for which object, to tell afterwards how often a slot was used again. */
export class SlotCount implements ClientObserver {
  #world: World | undefined;
  /** Three numbers for every issue: both halves of the bits, and the object's identity. */
  readonly #issues: number[] = [];
  readonly #low: number;
  readonly #high: number;

  /** Where the representation does not name its slot fields, every create counts. */
  constructor(instance: Instance) {
    const mask = slotMaskOf(instance) ?? { low: 0, high: 0 };
    this.#low = mask.low;
    this.#high = mask.high;
  }

  attach(world: World): void {
    this.#world = world;
  }

  /** Creates in the slot of some bits after the object that they were issued for. */
  reusesOf(bits: bigint, identity: number): number {
    const low = Number(BigInt.asIntN(32, bits));
    const high = Number(BigInt.asIntN(32, bits >> 32n));
    let reuses = 0;
    for (let at = 0; at < this.#issues.length; at += 3) {
      if (this.#issues[at + 2] <= identity) continue;
      if ((((this.#issues[at] ^ low) & this.#low) | ((this.#issues[at + 1] ^ high) & this.#high)) === 0) reuses++;
    }
    return reuses;
  }

  issued(object: number): void {
    if (this.#world === undefined) return;
    const { rows } = this.#world.objects;
    this.#issues.push(rows[object + BITS_LOW], rows[object + BITS_HIGH], rows[object + IDENTITY]);
  }

  phase(): void {}
  resolved(): void {}
  operation(): void {}
}
