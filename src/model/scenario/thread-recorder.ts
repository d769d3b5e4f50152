import { joined } from '../machine/ghosts.ts';
import { ADDRESS, BITS_HIGH, BITS_LOW, FREED, LIFE, PHASE_MASK } from '../threads/client-layout.ts';
import type { ProgramRun } from '../threads/program-run.ts';
import { stepText } from '../threads/step-text.ts';
import type { LoweredThreads } from './threaded-lowering.ts';
import { printStatement } from './printer.ts';
import { hex } from './reference-text.ts';

/** One step of one thread, as a timeline shows it. */
export interface TimelineStep {
  /** The thread's number in the text; 0 is main. */
  readonly thread: number;
  /** The statement that the step belongs to, and its line. */
  readonly statement: string;
  readonly line: number;
  readonly text: string;
  /** What the step changed in the representation's shared state, such as `slots[0].generation 1 -> 2`. */
  readonly changes: readonly string[];
}

/** One statement of one thread as it ran: the objects that it concerns, and what came of it, in words. */
interface Step {
  readonly thread: number;
  readonly operation: number;
  readonly text: string;
  readonly changes: string[];
}

interface Running {
  readonly thread: number;
  readonly operation: number;
  readonly objects: Set<number>;
  readonly texts: string[];
  isEnded: boolean;
}

/** Watches a threaded run: what every statement did, in the order in which they ended, and every step. */
export class ThreadRecorder {
  readonly statements: Running[] = [];
  readonly #steps: Step[] = [];
  readonly #keepsSteps: boolean;
  #last: ReadonlyMap<string, string> = new Map();
  readonly #current = new Map<number, Running>();
  #run!: ProgramRun;
  #lastThread = -1;
  #lives: Int32Array = new Int32Array(0);

  /** @param keepsSteps whether a timeline will be asked for */
  constructor(keepsSteps: boolean) {
    this.#keepsSteps = keepsSteps;
  }

  attach(run: ProgramRun): void {
    this.#run = run;
    this.#lives = new Int32Array(run.client.layout.shape.objects);
    run.observer = {
      steps: (thread, choice) => this.#note(thread, choice),
      failed: () => this.#steps.pop(),
      begins: (thread, operation, object) => this.#begins(thread, operation, object),
      ends: (thread) => this.#ends(thread),
    };
  }

  /** Looks at what the last step did to the objects; called when the run is over, for the last one. */
  settle(): void {
    this.#look();
  }

  timeline({ threads, statements }: LoweredThreads): readonly TimelineStep[] {
    this.#close();
    return this.#steps.map(({ thread, operation, text, changes }) => {
      const statement = statements[thread][operation];
      return {
        thread: threads[thread],
        statement: printStatement(statement),
        line: statement.line,
        text,
        changes,
      };
    });
  }

  /** Gives the last step what it changed. */
  #close(): void {
    if (!this.#keepsSteps) return;
    const now = this.#run.client.stepped.read(this.#run.state);
    const step = this.#steps.at(-1);
    for (const [name, value] of now)
      if (step !== undefined && this.#last.get(name) !== value)
        step.changes.push(this.#last.has(name) ? `${name} ${this.#last.get(name)} -> ${value}` : `${name} = ${value}`);
    this.#last = now;
  }

  #note(thread: number, choice: number): void {
    const { client, state, at } = this.#run;
    this.#look();
    this.#lastThread = thread;
    this.#close();
    if (!this.#keepsSteps) return;
    const isInside = client.isInside(state, thread);
    const text = isInside
      ? stepText(client, state, thread, choice)
      : choice === 0
        ? 'begins'
        : `begins (choice ${choice})`;
    this.#steps.push({ thread, operation: at[thread], text, changes: [] });
  }

  #begins(thread: number, operation: number, object: number): void {
    const known = this.#current.get(thread);
    const running =
      known?.operation === operation
        ? known
        : { thread, operation, objects: new Set<number>(), texts: [], isEnded: false };
    if (object !== 0) running.objects.add(object);
    if (running !== known) this.statements.push(running);
    this.#current.set(thread, running);
  }

  #ends(thread: number): void {
    this.#look();
    const running = this.#current.get(thread);
    if (running === undefined) return;
    running.isEnded = true;
    // In the order of their ends.
    this.statements.splice(this.statements.indexOf(running), 1);
    this.statements.push(running);
    this.#current.delete(thread);
  }

  /** Tells the changes in the lives of objects to the thread that stepped last. */
  #look(): void {
    const { client, state, identities } = this.#run;
    const running = this.#current.get(this.#lastThread);
    for (let object = 0; object < this.#lives.length; object++) {
      const row = client.layout.object(object);
      const [before, now] = [this.#lives[object], state[row + LIFE]];
      if (before === now) continue;
      this.#lives[object] = now;
      if (running === undefined || now === 0) continue;
      const identity = identities[object];
      running.objects.add(identity);
      running.texts.push(
        ...lifeChanges(before, now, identity, state, row, client.host.addressOf(state[row + ADDRESS])),
      );
    }
  }
}

function lifeChanges(
  before: number,
  now: number,
  identity: number,
  state: Int32Array,
  row: number,
  address: number,
): readonly string[] {
  const texts: string[] = [];
  const [from, to] = [before & PHASE_MASK, now & PHASE_MASK];
  if (to === 2 && from !== 2) {
    const bits = joined(state[row + BITS_LOW], state[row + BITS_HIGH]);
    texts.push(`object #${identity} created at ${hex(BigInt(address))}; handle ${hex(bits)} issued`);
  }
  if ((now & FREED) !== 0 && (before & FREED) === 0) texts.push(`object #${identity}'s memory given back`);
  if (to === 4 && from !== 4) texts.push(`object #${identity} retired; its memory is not given back yet`);
  if (to === 5 && from === 3) texts.push(`object #${identity} retired`);
  return texts;
}
