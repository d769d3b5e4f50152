import { Kind } from '../src/model/memory/kinds.ts';
import { Memory } from '../src/model/memory/memory.ts';
import { DEFAULT_MACHINE } from '../src/model/vocabulary/machine.ts';
import { Random } from '../src/model/vocabulary/random.ts';
import type { Workload } from './workload.ts';

/** How often each task repeats its operation in one call, so that the call itself does not count. */
export const REPEATS = 10_000;
const OBJECT_SIZE = 32;
const ALIGNMENT = 16;
/** Objects that the reads and writes go round among: as many as a small table holds. */
const OBJECTS = 64;

/** What keeps the results of the operations in use. */
let sink = 0;

interface Population {
  readonly memory: Memory;
  readonly bases: Int32Array;
}

/** A memory with initialised objects, and their bases. All lie below 2^32. */
function populated(): Population {
  const memory = new Memory(DEFAULT_MACHINE, new Random(1));
  const bases = new Int32Array(OBJECTS);
  for (let object = 0; object < OBJECTS; object++) {
    memory.allocate(OBJECT_SIZE, ALIGNMENT, Kind.heap);
    bases[object] = memory.low;
    memory.fill(memory.low, memory.high, memory.provenance, OBJECT_SIZE, 8, object, 0);
  }
  return { memory, bases };
}

/** Eight-byte reads of one object after the other, word by word: number N of an object is its index + 1. */
function reads({ memory, bases }: Population): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = (index >> 2) & (OBJECTS - 1);
    sink = (sink + memory.readInteger(bases[object] + ((index & 3) << 3), 0, object + 1, 8, 8) + memory.valueLow) | 0;
  }
}

function writes({ memory, bases }: Population): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = (index >> 2) & (OBJECTS - 1);
    sink |= memory.writeInteger(bases[object] + ((index & 3) << 3), 0, object + 1, 8, 8, index, 0);
  }
}

/** Reads that change the object every time, so that none is of the object found last. */
function scatteredReads({ memory, bases }: Population): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = index & (OBJECTS - 1);
    sink = (sink + memory.readInteger(bases[object], 0, object + 1, 8, 8) + memory.valueLow) | 0;
  }
}

function lives({ memory }: Population): void {
  for (let index = 0; index < REPEATS; index++) {
    memory.allocate(OBJECT_SIZE, ALIGNMENT, Kind.heap);
    const { low, high, provenance } = memory;
    memory.fill(low, high, provenance, OBJECT_SIZE, 8, index, 0);
    sink |= memory.deallocate(low, high, provenance, Kind.heap, OBJECT_SIZE, ALIGNMENT);
  }
}

const TASKS: Readonly<Record<string, (population: Population) => void>> = {
  'checked 8-byte reads': reads,
  'checked 8-byte writes': writes,
  'checked 8-byte reads, another object each time': scatteredReads,
  'allocate, initialise and free 32 bytes': lives,
};

/** By name, a workload of `REPEATS` operations of a memory of its own. */
export const MEMORY_WORKLOADS: Readonly<Record<string, () => Workload>> = Object.fromEntries(
  Object.entries(TASKS).map(([name, task]) => [
    name,
    () => {
      const population = populated();
      const run = (): number => {
        task(population);
        if (Number.isNaN(sink)) throw new Error('an operation gave no number');
        return REPEATS;
      };
      return { run };
    },
  ]),
);
