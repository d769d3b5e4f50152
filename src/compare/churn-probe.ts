import { BITS_HIGH, BITS_LOW } from '../model/machine/ghosts.ts';
import { extrasOf, type Instance } from '../model/machine/instance.ts';
import type { ClientObserver } from '../model/machine/violation.ts';
import type { World } from '../model/machine/world.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { allocation, churning, ProbeClient, type Step } from './probe-client.ts';
import { slotMaskOf, type SlotMask } from '../model/machine/slot-mask.ts';

/** The largest number of creates of the probe. */
export const PROBED_CREATES = 1 << 21;
/**
 * A slot that this many creates in a row did not use is taken for retired, and the probe ends. Larger than any cycle of 16 bits,
 * so that a table of many slots still comes round; a budget in creates and not in time gives the same answer on every machine.
 */
export const QUIET_CREATES = 1 << 17;
const CHUNK = 1 << 12;

/**
 * One reference is created, kept and destroyed; then objects are created and destroyed one at a time until its bits come back.
 * Reuses are creates in the slot of the first reference, creates are all.
 */
export interface Churn {
  /** Creates in the first slot after the first one until the bits came back, the create that issued them included; null: never. */
  readonly reusesToAba: number | null;
  /** The same in creates anywhere. */
  readonly createsToAba: number | null;
  /** How often the first slot was used again in all; null when the representation does not name its slot fields. */
  readonly slotReuses: number | null;
  /** Creates after the first, in all. */
  readonly creates: number;
  /** The verdict that ended the probe early, `exhausted` say; null when the budget ended or the bits came back. */
  readonly stoppedBy: VerdictCode | null;
}

export function probeChurn(instance: Instance, machine: MachineSettings): Churn {
  const watch = new SlotWatch(slotMaskOf(instance));
  const probe = new ProbeClient(instance, machine, { observer: watch });
  const { violations } = probe.world;
  watch.world = probe.world;
  if (!probe.step(allocation(0)) || !probe.step(['free', 0]))
    return {
      reusesToAba: null,
      createsToAba: null,
      slotReuses: null,
      creates: 0,
      stoppedBy: violations[0]?.code ?? null,
    };
  const collect = collectStep(instance);
  const chunk = churning(collect === undefined ? CHUNK : 1);
  while (watch.creates < PROBED_CREATES && watch.creates - watch.lastReuse < QUIET_CREATES) {
    const before = watch.creates;
    if (!probe.step(chunk) || (collect !== undefined && !probe.step(collect)) || watch.creates === before) break;
  }
  const [first] = violations;
  const isBack = first?.event === 'reissue';
  return {
    reusesToAba: isBack && watch.knowsSlot ? watch.reuses : null,
    createsToAba: isBack ? watch.creates : null,
    slotReuses: watch.knowsSlot ? watch.reuses : null,
    creates: watch.creates,
    stoppedBy: isBack || first === undefined ? null : first.code,
  };
}

/** What an extra that retires all objects does to a kept reference. */
export interface Reset {
  readonly extra: string;
  /** Calls of the extra, each with one create after it, until the bits came back; null: not within `calls`. */
  readonly callsToAba: number | null;
  readonly calls: number;
}

/** One probe for every extra without a parameter that retires all objects. */
export function probeResets(instance: Instance, machine: MachineSettings): readonly Reset[] {
  const extras = Object.entries(extrasOf(instance.blueprint.roles));
  return extras.flatMap(([extra, { effect, operation }], number) => {
    if (effect !== 'retiresAll' || Object.keys(operation.parameters).length > 0) return [];
    const watch = new SlotWatch(undefined);
    const probe = new ProbeClient(instance, machine, { observer: watch });
    watch.world = probe.world;
    const call: Step = ['extra', number, 0, 0];
    const create = allocation(1);
    if (!probe.step(allocation(0))) return [];
    let calls = 0;
    for (; calls < QUIET_CREATES; calls++) if (!probe.step(call) || !probe.step(create)) break;
    const isBack = probe.world.violations[0]?.event === 'reissue';
    return [{ extra, callsToAba: isBack ? calls + 1 : null, calls: isBack ? calls + 1 : calls }];
  });
}

function collectStep({ blueprint }: Instance): Step | undefined {
  const extras = Object.entries(extrasOf(blueprint.roles));
  const number = extras.findIndex(
    ([name, { operation }]) => name === 'collect' && Object.keys(operation.parameters).length === 0,
  );
  return number < 0 ? undefined : ['extra', number, 0, 0];
}

/** Counts creates after the first, and those in the slot of the first. */
class SlotWatch implements ClientObserver {
  world: World | undefined;
  creates = -1;
  reuses = -1;
  /** The number of the last create in the slot. */
  lastReuse = 0;
  readonly knowsSlot: boolean;
  readonly #maskLow: number;
  readonly #maskHigh: number;
  #low = 0;
  #high = 0;

  constructor(mask: SlotMask | undefined) {
    this.knowsSlot = mask !== undefined;
    this.#maskLow = mask?.low ?? 0;
    this.#maskHigh = mask?.high ?? 0;
  }

  issued(object: number): void {
    const { rows } = (this.world as World).objects;
    const low = rows[object + BITS_LOW] & this.#maskLow;
    const high = rows[object + BITS_HIGH] & this.#maskHigh;
    this.creates++;
    if (this.creates === 0) {
      this.#low = low;
      this.#high = high;
    }
    if (low !== this.#low || high !== this.#high) return;
    this.reuses++;
    this.lastReuse = this.creates;
  }

  phase(): void {}
  resolved(): void {}
  operation(): void {}
}
