import { MEASUREMENTS } from './measurements.ts';
import { rateOf } from './workload.ts';

/** One measurement in a process of its own: `worker.ts NAME MILLISECONDS SEED` prints its rates as JSON. */
const [name, milliseconds, seed] = process.argv.slice(2);
console.log(JSON.stringify(rateOf(MEASUREMENTS[name].make(Number(seed)), Number(milliseconds))));
