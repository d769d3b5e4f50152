import { Bench } from 'tinybench';
import { Kind } from '../src/model/memory/kinds.ts';
import { Memory } from '../src/model/memory/memory.ts';
import { DEFAULT_MACHINE } from '../src/model/vocabulary/machine.ts';
import { Random } from '../src/model/vocabulary/random.ts';

/** How often each task repeats its operation in one call, so that the call itself does not count. */
const REPEATS = 10_000;
const OBJECT_SIZE = 32;
const ALIGNMENT = 16;
/** Objects that the reads and writes go round among: as many as a small table holds. */
const OBJECTS = 64;

/** What keeps the results of the operations in use. */
let sink = 0;

/** A memory with initialised objects, and their bases. All lie below 2^32. */
function populated(): { memory: Memory; bases: Int32Array } {
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
function reads({ memory, bases }: ReturnType<typeof populated>): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = (index >> 2) & (OBJECTS - 1);
    sink = (sink + memory.readInteger(bases[object] + ((index & 3) << 3), 0, object + 1, 8, 8) + memory.valueLow) | 0;
  }
}

function writes({ memory, bases }: ReturnType<typeof populated>): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = (index >> 2) & (OBJECTS - 1);
    sink |= memory.writeInteger(bases[object] + ((index & 3) << 3), 0, object + 1, 8, 8, index, 0);
  }
}

/** Reads that change the object every time, so that none is of the object found last. */
function scatteredReads({ memory, bases }: ReturnType<typeof populated>): void {
  for (let index = 0; index < REPEATS; index++) {
    const object = index & (OBJECTS - 1);
    sink = (sink + memory.readInteger(bases[object], 0, object + 1, 8, 8) + memory.valueLow) | 0;
  }
}

function lives({ memory }: ReturnType<typeof populated>): void {
  for (let index = 0; index < REPEATS; index++) {
    memory.allocate(OBJECT_SIZE, ALIGNMENT, Kind.heap);
    const { low, high, provenance } = memory;
    memory.fill(low, high, provenance, OBJECT_SIZE, 8, index, 0);
    sink |= memory.deallocate(low, high, provenance, Kind.heap, OBJECT_SIZE, ALIGNMENT);
  }
}

const TASKS = {
  'checked 8-byte reads': reads,
  'checked 8-byte writes': writes,
  'checked 8-byte reads, another object each time': scatteredReads,
  'allocate, initialise and free 32 bytes': lives,
};

const bench = new Bench({ name: 'memory', time: 1000, warmupTime: 200 });
for (const [name, task] of Object.entries(TASKS)) {
  const state = populated();
  bench.add(name, () => task(state));
}
await bench.run();
for (const { name, result } of bench.tasks) {
  if (!('latency' in result)) throw new Error(`the task '${name}' has no result: ${result.state}`);
  const nanoseconds = (result.latency.p50 / REPEATS) * 1e6;
  const millions = (1e3 / nanoseconds).toFixed(1).padStart(7);
  console.log(`${name.padEnd(48)} ${millions} million a second   ${nanoseconds.toFixed(1).padStart(6)} ns each`);
}
if (Number.isNaN(sink)) throw new Error('an operation gave no number');
