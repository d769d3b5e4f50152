import type { SequentialOptions } from '../src/model/ir/sequential/sequential-engine.ts';
import { generationalTable, shardedTable } from '../test/ir/sequential-tables.ts';
import {
  compiles,
  emptyLoop,
  HANDLES,
  registerPairs,
  registrations,
  resolves,
  type Task,
} from './sequential-operations.ts';

/**
 * Cost of compiled operations on one core: `npx tsx bench/sequential.bench.ts`. Each figure is the best of some rounds of CPU time,
 * because other work on the machine only ever adds to it. The empty loop is what the others contain beside the operation.
 */
const ROUNDS = 9;

const TRACED: SequentialOptions = { coverage: true, path: true };

for (const [name, make] of [
  ['generational table', generationalTable],
  ['table of 16 shards', shardedTable],
] as const) {
  const program = make();
  report(`${name}: empty loop`, 20_000_000, emptyLoop());
  report(`${name}: resolve`, 20_000_000, resolves(program, {}));
  report(`${name}: resolve, with coverage`, 20_000_000, resolves(program, { coverage: true }));
  report(`${name}: resolve, with coverage and path`, 20_000_000, resolves(program, TRACED));
  report(`${name}: register (1024 objects, reset after)`, 4_000_000, registrations(program, HANDLES));
  report(`${name}: register (65,536 objects, reset after)`, 1_310_720, registrations(program, 65_536));
  report(`${name}: register and unregister`, 4_000_000, registerPairs(program));
  report(`${name}: register and reset`, 2_000_000, registrations(program, 1));
  report(`${name}: compile (first calls not included)`, 200, compiles(program));
}

function report(name: string, times: number, task: Task): void {
  let best = Infinity;
  task(times >> 1);
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    task(times);
    best = Math.min(best, (process.cpuUsage(start).user * 1000) / times);
  }
  console.log(`${name.padEnd(60)} ${best.toFixed(best < 1000 ? 1 : 0).padStart(8)} ns`);
}
