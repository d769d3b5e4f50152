/** Something that can be done again and again, in parts of about a millisecond. */
export interface Workload {
  /** Does a part; answers the number of operations in it. */
  run(): number;
}

/** Operations a second in one process. */
export interface Rate {
  /** By the clock on the wall: what else the machine does counts against it. */
  readonly wall: number;
  /** By the time that cores spent on the process, all its threads together: what it would reach on one core of its own. */
  readonly core: number;
}

/** The part of the time that goes by before the clock starts, for the JIT. */
const WARM_UP_SHARE = 0.3;

export function rateOf(workload: Workload, milliseconds: number): Rate {
  const warm = performance.now() + milliseconds * WARM_UP_SHARE;
  while (performance.now() < warm) workload.run();
  let operations = 0;
  const spent = process.cpuUsage();
  const start = performance.now();
  while (performance.now() < start + milliseconds) operations += workload.run();
  const wall = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(spent);
  return { wall: operations / wall, core: operations / ((user + system) / 1e6) };
}
