import { ADDRESS, FREED, LIFE } from './client-layout.ts';
import type { ThreadedClient } from './threaded-client.ts';

/**
 * Which address of the pool a new object gets, under the machine's policy: choice 0 is what the policy says (the one that was
 * given back last under `lifo`), the others are every other free address. Under `bump` there is no address but the next fresh one.
 */
export class AddressChoice {
  readonly #client: ThreadedClient;
  readonly #holdsBack: number;
  readonly #reuses: boolean;
  /** Addresses that were given back, the oldest first; and whether one is taken now, by number from 1. */
  #freed: number[] = [];
  readonly #isTaken: Uint8Array;
  #fresh = 1;
  /** The address that was taken last. */
  last = 0;

  constructor(client: ThreadedClient) {
    const { addresses } = client.machine;
    this.#client = client;
    this.#reuses = addresses !== 'bump';
    this.#holdsBack = addresses.startsWith('quarantine:') ? Number(addresses.slice(11)) : 0;
    this.#isTaken = new Uint8Array(client.layout.shape.addresses + 1);
  }

  reset(): void {
    this.#freed = [];
    this.#isTaken.fill(0);
    this.#fresh = 1;
  }

  /** Looks at what became of the objects in the last step. */
  note(state: Int32Array): void {
    const { layout } = this.#client;
    for (let object = 0; object < layout.shape.objects; object++) {
      const at = layout.object(object);
      const address = state[at + ADDRESS];
      if (address === 0) continue;
      const isFree = state[at + LIFE] === 0 || (state[at + LIFE] & FREED) !== 0;
      if (isFree && this.#isTaken[address] === 1 && !this.#isTakenByAnother(state, object, address)) {
        this.#isTaken[address] = 0;
        this.#freed.push(address);
      }
    }
  }

  count(_state: Int32Array): number {
    return Math.max(1, this.#reusable() + (this.#fresh <= this.#client.layout.shape.addresses ? 1 : 0));
  }

  /** Takes the address of a choice; -1 when the pool has none left. */
  at(_state: Int32Array, choice: number): number {
    const reusable = this.#reusable();
    let address = -1;
    if (choice < reusable) [address] = this.#freed.splice(reusable - 1 - choice, 1);
    else if (this.#fresh <= this.#client.layout.shape.addresses) address = this.#fresh++;
    if (address >= 0) this.#isTaken[address] = 1;
    this.last = address;
    return address;
  }

  /** The choice that takes an address which was given back, or a fresh one. */
  choiceOf(address: number | undefined): number {
    const reusable = this.#reusable();
    const place = address === undefined ? -1 : this.#freed.indexOf(address);
    return place < 0 || place >= reusable ? reusable : reusable - 1 - place;
  }

  #reusable(): number {
    return this.#reuses ? Math.max(0, this.#freed.length - this.#holdsBack) : 0;
  }

  #isTakenByAnother(state: Int32Array, object: number, address: number): boolean {
    const { layout } = this.#client;
    for (let other = 0; other < layout.shape.objects; other++) {
      const at = layout.object(other);
      const isLive = state[at + LIFE] !== 0 && (state[at + LIFE] & FREED) === 0;
      if (other !== object && isLive && state[at + ADDRESS] === address) return true;
    }
    return false;
  }
}
