import type { Program } from '../src/model/ir/program.ts';
import { compileSequential, type SequentialOptions } from '../src/model/ir/sequential/sequential-engine.ts';
import { hostOf } from '../test/ir/sequential-machine.ts';
import { generationalTable, shardedTable } from '../test/ir/sequential-tables.ts';

/**
 * Cost of compiled operations on one core: `npx tsx bench/sequential.bench.ts`. Each figure is the best of some rounds of CPU time,
 * because other work on the machine only ever adds to it. The empty loop is what the others contain beside the operation.
 */
const ROUNDS = 9;
const HANDLES = 1024;

/** Loops made so far. */
let loops = 0;

type Task = (times: number) => number;

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

/** The loop as code of its own: closures over one text would share what the JIT learned about another engine's entries. */
function loop(names: string, body: string, ...given: readonly unknown[]): Task {
  loops++;
  const text = `return (times) => { let sum = 0; for (let count = 0; count < times; count++) { ${body} } return sum; }; // ${loops}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- The text stands in this file.
  return new Function(names, text)(...given) as Task;
}

function emptyLoop(): Task {
  const body = `answers[0] = low[count & ${HANDLES - 1}] ^ count; sum = (sum + answers[0]) | 0;`;
  return loop('low, answers', body, new Int32Array(HANDLES), new Int32Array(8));
}

function resolves(program: Program, options: SequentialOptions): Task {
  const engine = compileSequential(program, hostOf(), options);
  const [low, high] = [new Int32Array(HANDLES), new Int32Array(HANDLES)];
  const register = engine.entry('register');
  for (let object = 0; object < HANDLES; object++) {
    register(0x1000 + object * 32, 0, object + 1);
    low[object] = engine.registers[0];
    high[object] = engine.registers[1];
  }
  const at = `count & ${HANDLES - 1}`;
  const body = `resolve(low[${at}], high[${at}]); sum = (sum + answers[0]) | 0;`;
  return loop('resolve, low, high, answers', body, engine.entry('resolve'), low, high, engine.registers);
}

/** Registers new objects one after the other; after so many of them the engine is reset. */
function registrations(program: Program, objects: number): Task {
  const engine = compileSequential(program, hostOf());
  const body = `register(0x1000 + count * 32, 0, 1); if (count % ${objects} === ${objects - 1}) engine.reset();`;
  return loop('register, engine', body, engine.entry('register'), engine);
}

/** Registers and unregisters one object at a time beside some that stay. */
function registerPairs(program: Program): Task {
  const engine = compileSequential(program, hostOf());
  const [register, unregister] = [engine.entry('register'), engine.entry('unregister')];
  for (let object = 0; object < HANDLES; object++) register(0x1000 + object * 32, 0, 1);
  const body = 'register(0x1000000 + (count & 4095) * 32, 0, 2); unregister(answers[0], answers[1]);';
  return loop('register, unregister, answers', body, register, unregister, engine.registers);
}

function compiles(program: Program): Task {
  const host = hostOf();
  return (times) => {
    let sum = 0;
    for (let count = 0; count < times; count++) sum += compileSequential(program, host).registers.length;
    return sum;
  };
}
