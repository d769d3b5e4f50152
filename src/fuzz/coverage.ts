import type { Client } from '../model/machine/client.ts';
import type { Harness } from './harness.ts';

/** What was reached, by the name of a point or a signal: one bit for every order of magnitude of its count. */
export type Reached = ReadonlyMap<string, number>;

/** How much of a target a search has seen; points are named `ENTRY/OPERATION/GUARD:OUTCOME`. */
export interface CoverageSummary {
  readonly reached: number;
  readonly total: number;
  readonly unreached: readonly string[];
}

/** Names that are no coverage points begin with this. */
const SIGNAL = 'signal:';
/**
 * Values of the driver's state that stand beside the coverage points: creates so far (which bound the reuses of any slot), the
 * objects that wait for reclamation, and the contract that the execution needed.
 */
const SIGNALS = ['creates', 'garbage', 'live', 'contract'] as const;
const LARGEST_BUCKET = 30;

/**
 * Coverage of one target over all its configurations: points are told apart by their names, because configurations number them
 * differently.
 */
export class CoverageMap {
  readonly #masks = new Map<string, number>();

  /** Adds what was reached elsewhere; answers whether any of it was new. */
  merge(reached: Reached): boolean {
    let isNew = false;
    for (const [name, mask] of reached) {
      const old = this.#masks.get(name);
      if (old === undefined || (old | mask) !== old) this.#masks.set(name, (old ?? 0) | mask);
      if (((old ?? 0) | mask) !== (old ?? 0)) isNew = true;
    }
    return isNew;
  }

  mask(name: string): number {
    return this.#masks.get(name) ?? 0;
  }

  /** Points reached, of those that the harnesses in use have, and the names of the others. */
  get summary(): CoverageSummary {
    const points = [...this.#masks].filter(([name]) => !name.startsWith(SIGNAL));
    const unreached = points.filter(([, mask]) => mask === 0).map(([name]) => name);
    return { reached: points.length - unreached.length, total: points.length, unreached: unreached.sort() };
  }
}

/** Sees what is new in executions on one harness, fast: masks by point number stand beside the map. */
export class HarnessCoverage {
  readonly #map: CoverageMap;
  readonly #names: readonly string[];
  readonly #points: readonly number[];
  readonly #seen: Int32Array;

  constructor({ instance }: Harness, map: CoverageMap) {
    this.#map = map;
    // Entries of named operations are for replays of logs; clients call roles and extras.
    const points = instance.program.points.filter(({ entry }) => /^(role|extra):/.test(entry));
    const counts = new Map<string, number>();
    const names = points.map(({ entry, owner, name, outcome }) => {
      const text = `${entry}/${owner}/${name}:${outcome}`;
      const count = counts.get(text) ?? 0;
      counts.set(text, count + 1);
      return count === 0 ? text : `${text}#${count}`;
    });
    this.#points = points.map(({ id }) => id);
    this.#names = [...names, ...SIGNALS.map((name) => `${SIGNAL}${name}`)];
    this.#seen = new Int32Array(this.#names.length);
    map.merge(new Map(this.#names.map((name) => [name, 0])));
  }

  /** Everything that can be reached on this harness, with nothing reached. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** What the last execution reached for the first time in this map; undefined when there is nothing. */
  fresh(client: Client): Reached | undefined {
    const { coverage } = client.world.engine;
    const points = this.#points;
    const seen = this.#seen;
    let found: Map<string, number> | undefined;
    for (let index = 0; index < points.length; index++) {
      const count = coverage[points[index]];
      if (count === 0) continue;
      const bit = 1 << bucketOf(count);
      if ((seen[index] & bit) === 0) found = this.#check(index, bit, found);
    }
    const { objects, creates } = client.world;
    const signals = [creates, objects.garbage, objects.live, 2 ** client.world.contractUsed];
    for (let signal = 0; signal < signals.length; signal++) {
      const bit = 1 << bucketOf(signals[signal] ?? 0);
      const index = points.length + signal;
      if ((seen[index] & bit) === 0) found = this.#check(index, bit, found);
    }
    if (found !== undefined) this.#map.merge(found);
    return found;
  }

  #check(index: number, bit: number, found: Map<string, number> | undefined): Map<string, number> | undefined {
    const name = this.#names[index] ?? '';
    this.#seen[index] |= bit;
    if ((this.#map.mask(name) & bit) !== 0) return found;
    const result = found ?? new Map<string, number>();
    result.set(name, (result.get(name) ?? 0) | bit);
    return result;
  }
}

/** The order of magnitude of a count, in powers of 2. */
function bucketOf(count: number): number {
  return count <= 0 ? 0 : Math.min(LARGEST_BUCKET, 32 - Math.clz32(count));
}
