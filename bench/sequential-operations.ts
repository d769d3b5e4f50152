import type { Program } from '../src/model/ir/program.ts';
import { compileSequential, type SequentialOptions } from '../src/model/ir/sequential/sequential-engine.ts';
import { hostOf } from '../test/ir/sequential-machine.ts';

export const HANDLES = 1024;

/** Does an operation so many times; the answer only keeps the results in use. */
export type Task = (times: number) => number;

/** Loops made so far. */
let loops = 0;

/** The loop as code of its own: closures over one text would share what the JIT learned about another engine's entries. */
function loop(names: string, body: string, ...given: readonly unknown[]): Task {
  loops++;
  const text = `return (times) => { let sum = 0; for (let count = 0; count < times; count++) { ${body} } return sum; }; // ${loops}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- The text stands in this file.
  return new Function(names, text)(...given) as Task;
}

export function emptyLoop(): Task {
  const body = `answers[0] = low[count & ${HANDLES - 1}] ^ count; sum = (sum + answers[0]) | 0;`;
  return loop('low, answers', body, new Int32Array(HANDLES), new Int32Array(8));
}

export function resolves(program: Program, options: SequentialOptions): Task {
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
export function registrations(program: Program, objects: number): Task {
  const engine = compileSequential(program, hostOf());
  const body = `register(0x1000 + count * 32, 0, 1); if (count % ${objects} === ${objects - 1}) engine.reset();`;
  return loop('register, engine', body, engine.entry('register'), engine);
}

/** Registers and unregisters one object at a time beside some that stay. */
export function registerPairs(program: Program): Task {
  const engine = compileSequential(program, hostOf());
  const [register, unregister] = [engine.entry('register'), engine.entry('unregister')];
  for (let object = 0; object < HANDLES; object++) register(0x1000 + object * 32, 0, 1);
  const body = 'register(0x1000000 + (count & 4095) * 32, 0, 2); unregister(answers[0], answers[1]);';
  return loop('register, unregister, answers', body, register, unregister, engine.registers);
}

export function compiles(program: Program): Task {
  const host = hostOf();
  return (times) => {
    let sum = 0;
    for (let count = 0; count < times; count++) sum += compileSequential(program, host).registers.length;
    return sum;
  };
}
