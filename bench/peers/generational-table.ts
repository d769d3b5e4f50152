import { Random } from '../../src/model/vocabulary/random.ts';
import type { Workload } from '../workload.ts';

const OBJECTS = 64;
const GENERATION_MASK = 0xffff;
const BATCH = 4096;

interface Target {
  readonly id: number;
  alive: boolean;
}

interface Handle {
  readonly slot: number;
  readonly generation: number;
  readonly id: number;
}

/** A generational handle table as one writes it by hand for a fuzzer: no memory, no bytes, no provenance. */
class GenerationalTable {
  readonly #generations = Array.from({ length: OBJECTS }, () => 0);
  readonly #targets = Array.from({ length: OBJECTS }, (): Target | undefined => undefined);
  readonly #free = Array.from({ length: OBJECTS }, (_, slot) => slot);
  #lastId = 0;

  alloc(): Handle | undefined {
    const slot = this.#free.pop();
    if (slot === undefined) return undefined;
    const id = ++this.#lastId;
    this.#targets[slot] = { id, alive: true };
    return { slot, generation: this.#generations[slot], id };
  }

  lookup({ slot, generation }: Handle): Target | undefined {
    return this.#generations[slot] === generation ? this.#targets[slot] : undefined;
  }

  free({ slot, generation }: Handle): void {
    const target = this.#targets[slot];
    if (this.#generations[slot] !== generation || target === undefined) return;
    target.alive = false;
    this.#targets[slot] = undefined;
    this.#generations[slot] = (generation + 1) & GENERATION_MASK;
    this.#free.push(slot);
  }
}

/**
 * The same mix on a hand-written table with its hand-written check: how fast a loop can be that knows one design and simulates
 * nothing. A bound, not an alternative: it can find nothing but a stale handle that resolves.
 */
export class HandWrittenTable implements Workload {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  run(): number {
    const table = new GenerationalTable();
    const handles: Handle[] = [];
    for (let operation = 0; operation < BATCH; operation++) {
      const bits = this.#random.next();
      const share = bits & 3;
      if (handles.length === 0 || (share === 0 && handles.length < OBJECTS)) {
        const handle = table.alloc();
        if (handle !== undefined) handles.push(handle);
        continue;
      }
      const place = (((bits >>> 2) & 0xffff) * handles.length) >>> 16;
      const handle = handles[place];
      if (share === 1) {
        table.free(handle);
        handles[place] = handles[handles.length - 1];
        handles.pop();
        continue;
      }
      const target = table.lookup(handle);
      if (target === undefined || !target.alive || target.id !== handle.id) throw new Error('a live handle was lost');
    }
    return BATCH;
  }
}
