import { InputError } from '../vocabulary/input-error.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { Random } from '../vocabulary/random.ts';
import { BumpAddresses } from './fresh-addresses.ts';
import { LifoAddresses } from './lifo-addresses.ts';
import { QuarantineAddresses } from './quarantine-addresses.ts';
import { ReusePoolAddresses } from './reuse-pool.ts';

/**
 * Which address a new allocation gets. A policy only proposes: when the caller placed allocations by hand, a proposal that is
 * occupied is dropped and the policy is asked again.
 */
export interface AddressPolicy {
  /** The address that the last successful `take` proposes. */
  low: number;
  high: number;
  /** Whether a freed block is what the next allocation of its size and alignment gets, so that it may be kept as it is. */
  readonly reusesAtOnce: boolean;
  /** Proposes an address for `size` bytes; false when no address is left. */
  take(size: number, alignment: number, kind: number, thread: number): boolean;
  /** Tells that the block is free again. */
  give(low: number, high: number, size: number, alignment: number, kind: number, thread: number): void;
  reset(): void;
  /** Remembers its state, without the random generator, which belongs to the caller; the answer brings it back. */
  save(): () => void;
}

/** What the `reuse` policy draws (miri: `-Zmiri-address-reuse-rate`, `-Zmiri-address-reuse-cross-thread-rate`). */
export interface ReuseRates {
  /** The chance that a freed address is remembered, and that an allocation looks for one. Default 0.5. */
  readonly reuse: number;
  /** The chance that an allocation may take an address that another thread freed. Default 0.1. */
  readonly acrossThreads: number;
}

export const DEFAULT_REUSE_RATES: ReuseRates = { reuse: 0.5, acrossThreads: 0.1 };

/** The policy that a machine's settings name. Throws {@link InputError} for a name that is none. */
export function addressPolicy(
  settings: MachineSettings,
  random: Random,
  rates: ReuseRates = DEFAULT_REUSE_RATES,
): AddressPolicy {
  const { addresses, hostBits, placement } = settings;
  if (addresses === 'bump') return new BumpAddresses(hostBits, placement);
  if (addresses === 'lifo') return new LifoAddresses(hostBits, placement);
  if (addresses === 'reuse') return new ReusePoolAddresses(hostBits, placement, random, rates);
  const delay = /^quarantine:(\d+)$/.exec(addresses)?.[1];
  if (delay === undefined) throw InputError.expected('lifo, bump, reuse or quarantine:N', `'${addresses}'`, {});
  return new QuarantineAddresses(hostBits, placement, Number(delay));
}
