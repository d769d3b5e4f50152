import { OperationFault, PATH_CAPACITY, type Engine, type Entry, type Host } from '../engine.ts';
import type { Program } from '../program.ts';
import { MOST_THREADS } from '../state.ts';
import { componentsOf } from '../type.ts';
import { GIVEN, RUNTIME } from './runtime.ts';
import { sequentialSource, type SequentialOptions } from './sequential-source.ts';
import { Storage } from './storage/storage.ts';

export { sequentialSource, type SequentialOptions } from './sequential-source.ts';

/**
 * Compiles a program to plain JavaScript that runs one operation at a time, alone: no thread can make a lock free or an awaited
 * condition true in between, so that these are `deadlock`, and a `retry` that makes 10,000 passes is `livelock`. After an
 * OperationFault the state is that of the moment of the fault, locks included; `reset` or `restore` makes the engine usable again.
 */
export function compileSequential(program: Program, host: Host, options: SequentialOptions = {}): Engine {
  return new SequentialEngine(program, host, options);
}

type Factory = (
  engine: SequentialEngine,
  storage: Storage,
  program: Program,
  host: Host,
  runtime: typeof RUNTIME,
) => readonly Entry[];

class SequentialEngine implements Engine {
  readonly registers: Int32Array;
  readonly coverage: Uint32Array;
  readonly path = new Int32Array(PATH_CAPACITY);
  readonly fault = new OperationFault();
  pathLength = 0;
  #thread = 0;
  /** One past the highest thread since the last reset. */
  threads = 1;
  readonly #storage = new Storage();
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(program: Program, host: Host, options: SequentialOptions) {
    const answers = [...program.entries.values()].map(({ result }) => (result ? componentsOf(result).length : 0));
    this.registers = new Int32Array(Math.max(SMALLEST_REGISTERS, ...answers));
    this.coverage = new Uint32Array(program.points.length);
    const factory = compileText(sequentialSource(program, options));
    const functions = factory(this, this.#storage, program, host, RUNTIME);
    this.#entries = new Map([...program.entries.keys()].map((name, index) => [name, functions[index]]));
  }

  /** @throws RangeError for a thread that is not 0 to 63. */
  get thread(): number {
    return this.#thread;
  }

  set thread(thread: number) {
    if (!(thread >= 0 && thread < MOST_THREADS))
      throw new RangeError(`threads are 0 to ${MOST_THREADS - 1}, not ${thread}`);
    this.#thread = thread;
    this.threads = Math.max(this.threads, thread + 1);
  }

  entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new RangeError(`the program has no entry "${name}"`);
    return entry;
  }

  reset(): void {
    this.threads = this.#thread + 1;
    this.#storage.reset();
  }

  snapshot(): unknown {
    return this.#storage.snapshot();
  }

  restore(image: unknown): void {
    this.#storage.restore(image as ReturnType<Storage['snapshot']>);
  }
}

const SMALLEST_REGISTERS = 8;

/** How many texts were compiled in this process. */
let compiled = 0;

/**
 * Every text is made unique by its name. Two closures over one text share their compiled code, which then cannot know the state that
 * it works on; with code of its own, an engine's tables are constants to the JIT.
 */
function compileText(source: string): Factory {
  compiled++;
  const named = `${source}//# sourceURL=provsim-sequential-${compiled}.js\n`;
  // oxlint-disable-next-line typescript/no-implied-eval -- Generated code is what this module is for; no author's text is in it unsanitised.
  return new Function(...GIVEN, named) as Factory;
}
