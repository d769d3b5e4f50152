import { BITS_HIGH, BITS_LOW } from '../model/machine/ghosts.ts';
import type { Instance } from '../model/machine/instance.ts';
import { kindNumber, LARGEST_OBJECT, SMALLEST_OBJECT } from '../model/machine/object-kinds.ts';
import type { ClientObserver } from '../model/machine/violation.ts';
import type { World } from '../model/machine/world.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { footprintOf } from './footprint.ts';
import { ProbeClient } from './probe-client.ts';
import { slotMaskOf, type SlotMask } from '../model/machine/slot-mask.ts';
import { TraceEvent, type AllocationTrace, type TraceFacts } from './trace.ts';

/** What a real program's allocations do to a representation. */
export interface Workload extends TraceFacts {
  /** The trace's file, as it was given. */
  readonly trace: string;
  readonly format: AllocationTrace['format'];
  /** Objects that were created; a reallocation creates one. */
  readonly creates: number;
  /** Creates that were refused: there was no room. Their later events are left out. */
  readonly refusedCreates: number;
  /** Objects that were smaller or larger than objects here can be (16 bytes to 1 MiB), and got the nearest size. */
  readonly resized: number;
  /** Slots that had ever been used when most objects lived, and in the end; null when the slot fields are not named. */
  readonly slotsAtPeak: number | null;
  readonly slots: number | null;
  /** Slots, maps and free lists at that peak, computed from the footprint; see `Footprint`. */
  readonly tableBytesAtPeak: number;
  /** Creates in the slot that was used most, after its first; null as above. */
  readonly mostSlotReuses: number | null;
  /** Creates that issued bits which a reference to another, destroyed object already had. */
  readonly reissuedWhileStale: number;
  /** Verdicts on the way, by code. The program used every object when it was created and before it was destroyed. */
  readonly verdicts: Readonly<Partial<Record<VerdictCode, number>>>;
}

const KIND = kindNumber('buffer');

/**
 * Replays a trace: an allocation creates an object of its size and uses it, a free uses it and destroys it, a reallocation does the
 * first with the new object and then the second with the old one. Addresses are the machine's, not the program's.
 */
export function replayTrace(trace: AllocationTrace, instance: Instance, machine: MachineSettings): Workload {
  const census = new SlotCensus(slotMaskOf(instance));
  const replay = new Replay(trace, instance, machine, census);
  for (let event = 0; event < trace.count; event++) replay.run(event);
  const { world } = replay.probe;
  const knowsSlots = census.mask !== undefined;
  return {
    trace: trace.file,
    format: trace.format,
    ...trace.facts,
    creates: world.creates,
    refusedCreates: replay.refused,
    resized: replay.resized,
    slotsAtPeak: knowsSlots ? replay.slotsAtPeak : null,
    slots: knowsSlots ? census.slots : null,
    tableBytesAtPeak: tableBytes(instance, replay.slotsAtPeak, replay.peakLive),
    mostSlotReuses: knowsSlots ? census.mostUses - 1 : null,
    reissuedWhileStale: census.reissued,
    verdicts: replay.verdicts,
  };
}

function tableBytes(instance: Instance, slots: number, live: number): number {
  const { slotBytes, mapBytes, freeListBytes, fixedBytes } = footprintOf(instance);
  return fixedBytes + slots * slotBytes + live * mapBytes + Math.max(slots - live, 0) * freeListBytes;
}

class Replay {
  readonly probe: ProbeClient;
  refused = 0;
  resized = 0;
  peakLive = 0;
  slotsAtPeak = 0;
  readonly verdicts: Partial<Record<VerdictCode, number>> = {};
  readonly #trace: AllocationTrace;
  readonly #census: SlotCensus;
  /** The variable of every object that lives, -1 for the others. */
  readonly #variable: Int32Array;
  readonly #free: number[];

  constructor(trace: AllocationTrace, instance: Instance, machine: MachineSettings, census: SlotCensus) {
    this.#trace = trace;
    this.#census = census;
    // A reallocation has its old and its new object at one time.
    const references = trace.facts.peakLive + 1;
    this.probe = new ProbeClient(instance, machine, { contract: 'exclusive', references, observer: census });
    census.world = this.probe.world;
    this.#variable = new Int32Array(trace.objects).fill(-1);
    this.#free = Array.from({ length: references }, (_, number) => references - 1 - number);
  }

  run(event: number): void {
    const { events, object, next, size } = this.#trace;
    if (events[event] !== TraceEvent.free)
      this.#create(events[event] === TraceEvent.allocate ? object[event] : next[event], size[event]);
    if (events[event] !== TraceEvent.allocate) this.#destroy(object[event]);
  }

  #create(object: number, asked: number): void {
    const variable = this.#free.at(-1) as number;
    const size = Math.min(Math.max(asked, SMALLEST_OBJECT), LARGEST_OBJECT);
    if (size !== asked) this.resized++;
    const { world } = this.probe;
    const before = world.creates;
    this.#step('alloc', variable, KIND, size);
    if (world.creates === before) {
      this.refused++;
      return;
    }
    this.#free.pop();
    this.#variable[object] = variable;
    this.#step('use', variable);
    if (world.objects.live <= this.peakLive) return;
    this.peakLive = world.objects.live;
    this.slotsAtPeak = this.#census.slots;
  }

  #destroy(object: number): void {
    const variable = this.#variable[object];
    if (variable < 0) return;
    this.#step('use', variable);
    this.#step('free', variable);
    this.#variable[object] = -1;
    this.#free.push(variable);
  }

  #step(name: 'alloc' | 'use' | 'free', variable: number, kind = 0, size = 0): void {
    const { violations } = this.probe.world;
    this.probe.once(name, variable, kind, size);
    // A create without room is counted as refused.
    for (const { code } of violations) if (code !== 'exhausted') this.verdicts[code] = (this.verdicts[code] ?? 0) + 1;
    violations.length = 0;
  }
}

/** Counts creates by slot, and creates of bits that were issued before. */
class SlotCensus implements ClientObserver {
  world: World | undefined;
  readonly mask: SlotMask | undefined;
  mostUses = 0;
  reissued = 0;
  readonly #uses = new Map<string, number>();
  readonly #issued = new Set<string>();

  constructor(mask: SlotMask | undefined) {
    this.mask = mask;
  }

  get slots(): number {
    return this.#uses.size;
  }

  issued(object: number): void {
    const { rows } = (this.world as World).objects;
    const low = rows[object + BITS_LOW];
    const high = rows[object + BITS_HIGH];
    const bits = `${high}:${low}`;
    if (this.#issued.has(bits)) this.reissued++;
    else this.#issued.add(bits);
    if (this.mask === undefined) return;
    const slot = `${high & this.mask.high}:${low & this.mask.low}`;
    const uses = (this.#uses.get(slot) ?? 0) + 1;
    this.#uses.set(slot, uses);
    this.mostUses = Math.max(this.mostUses, uses);
  }

  phase(): void {}
  resolved(): void {}
  operation(): void {}
}
