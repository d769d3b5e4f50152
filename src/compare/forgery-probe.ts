import { HIGH, LOW, NEVER_ISSUED } from '../model/machine/ghosts.ts';
import type { Instance } from '../model/machine/instance.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { Random } from '../model/vocabulary/random.ts';
import { allocation, ProbeClient, type Step } from './probe-client.ts';
import { tenantMaskOf } from '../model/machine/slot-mask.ts';

const TRIES = 4096;
const LIVE_OBJECTS = 16;
const REUSES = 4096;

/** How tries of one kind ended. */
export interface Tries {
  readonly tried: number;
  /** A pointer came back. */
  readonly accepted: number;
  /** The machine stopped the operation: neither accepted nor refused. */
  readonly stopped: number;
}

export interface Forgeries {
  /** Uniformly random values of all bits that a reference uses. */
  readonly random: Tries;
  /** Live references with one of their 64 bits flipped. */
  readonly bitFlips: Tries;
  /**
   * Live references whose other fields than those of the slot (generation, tag) have a random value: what whoever knows a slot can
   * guess. Null when all fields select the slot, or when the representation does not name them.
   */
  readonly wrongTenants: Tries | null;
}

/** The shares, and the lowest bit of the first live reference whose flip was accepted. */
export interface ProbedForgeries {
  readonly forgeries: Forgeries;
  readonly acceptedBit: number | undefined;
}

/** Forges references beside 16 live objects. Bits that a create had issued are copies, and not counted. */
export function probeForgeries(instance: Instance, machine: MachineSettings): ProbedForgeries {
  const probe = new ProbeClient(instance, machine, { forges: true });
  let live = 0;
  while (live < LIVE_OBJECTS && probe.allocate(allocation(live))) live++;
  const wrong = wrongTenants(instance, probe, live);
  const random = tried(probe, randomForgeries(instance));
  const flips = tried(probe, bitFlips(live));
  return {
    forgeries: {
      random: random.tries,
      bitFlips: flips.tries,
      wrongTenants: wrong === undefined ? null : tried(probe, wrong).tries,
    },
    acceptedBit: flips.first !== undefined && flips.first < 64 ? flips.first : undefined,
  };
}

function randomForgeries({ reference }: Instance): readonly Step[] {
  const random = new Random(1);
  const width = reference.layout?.width ?? (reference.kind === 'word' ? reference.width : 64);
  const low = width < 32 ? 2 ** width - 1 : -1;
  const high = width > 32 ? 2 ** (width - 32) - 1 : 0;
  return Array.from(
    { length: TRIES },
    () => ['forge', LIVE_OBJECTS, random.next() & low, random.next() & high] as const,
  );
}

function bitFlips(live: number): readonly Step[] {
  return Array.from(
    { length: live * 64 },
    (_, number) => ['corrupt', LIVE_OBJECTS, Math.floor(number / 64), number % 64] as const,
  );
}

function wrongTenants(instance: Instance, { world }: ProbeClient, live: number): readonly Step[] | undefined {
  const mask = tenantMaskOf(instance);
  if (mask === undefined) return undefined;
  const random = new Random(2);
  const { references } = world;
  return Array.from({ length: live === 0 ? 0 : TRIES }, (_, number) => {
    const row = references.at(number % live);
    const low = (references.rows[row + LOW] & ~mask.low) | (random.next() & mask.low);
    const high = (references.rows[row + HIGH] & ~mask.high) | (random.next() & mask.high);
    return ['forge', LIVE_OBJECTS, low, high] as const;
  });
}

/** Uses every forgery once; `first` is the number of the first that was accepted. */
function tried(probe: ProbeClient, forgeries: readonly Step[]): { readonly tries: Tries; readonly first?: number } {
  const { world } = probe;
  const use: Step = ['use', LIVE_OBJECTS];
  let count = 0;
  let accepted = 0;
  let stopped = 0;
  let first: number | undefined;
  for (const [number, forgery] of forgeries.entries()) {
    probe.step(forgery);
    if (world.objectOf(LIVE_OBJECTS) !== NEVER_ISSUED) continue;
    count++;
    if (probe.step(use)) continue;
    if (world.violations.some(({ code }) => code === 'forged-handle')) {
      accepted++;
      first ??= number;
    } else stopped++;
    world.violations.length = 0;
  }
  return { tries: { tried: count, accepted, stopped }, ...(first !== undefined && { first }) };
}

/** Uses one stale reference again and again, each time while the object of the next create lives. */
export function probeStaleUses(instance: Instance, machine: MachineSettings): Tries {
  const probe = new ProbeClient(instance, machine);
  const { world } = probe;
  const create = allocation(1);
  const use: Step = ['use', 0];
  const destroy: Step = ['free', 1];
  const result = { tried: 0, accepted: 0, stopped: 0 };
  if (!probe.step(allocation(0))) return result;
  probe.step(['free', 0]);
  for (; result.tried < REUSES && probe.allocate(create); result.tried++) {
    world.violations.length = 0;
    if (!probe.step(use)) {
      if (world.violations.some(({ code }) => code === 'aba' || code === 'stale-handle')) result.accepted++;
      else result.stopped++;
    }
    probe.step(destroy);
  }
  return result;
}
