import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HarnessCache } from './harness.ts';
import { Lane, LANES, type RoundOrder, type RoundResult } from './lane.ts';
import type { FuzzTarget } from './target.ts';

/** The lanes of one target, wherever they run. Results are the same wherever that is. */
export interface LanePool {
  /** One order for each lane; answers in the order of the lanes. */
  round(orders: readonly RoundOrder[]): Promise<readonly RoundResult[]>;
}

/** All lanes in this thread, one after the other. */
export class LocalLanes implements LanePool {
  readonly #lanes: readonly Lane[];

  /** @param firstLane number of the first lane among those of all shards */
  constructor(target: FuzzTarget, harnesses: HarnessCache, seed: number, firstLane: number, numbers = allLanes()) {
    this.#lanes = numbers.map((number) => new Lane(target, harnesses, seed, firstLane + number));
  }

  async round(orders: readonly RoundOrder[]): Promise<readonly RoundResult[]> {
    // An interruption is an event too.
    await nextTurn();
    return this.run(orders);
  }

  run(orders: readonly RoundOrder[]): readonly RoundResult[] {
    return this.#lanes.map((lane, index) => lane.run(orders[index]));
  }
}

/** The numbers of all lanes of a shard. */
export function allLanes(): readonly number[] {
  return Array.from({ length: LANES }, (_, lane) => lane);
}
