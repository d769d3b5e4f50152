import { Bench } from 'tinybench';
import { MEMORY_WORKLOADS, REPEATS } from './memory-operations.ts';

const bench = new Bench({ name: 'memory', time: 1000, warmupTime: 200 });
for (const [name, workload] of Object.entries(MEMORY_WORKLOADS)) {
  const { run } = workload();
  bench.add(name, run);
}
await bench.run();
for (const { name, result } of bench.tasks) {
  if (!('latency' in result)) throw new Error(`the task '${name}' has no result: ${result.state}`);
  const nanoseconds = (result.latency.p50 / REPEATS) * 1e6;
  const millions = (1e3 / nanoseconds).toFixed(1).padStart(7);
  console.log(`${name.padEnd(48)} ${millions} million a second   ${nanoseconds.toFixed(1).padStart(6)} ns each`);
}
