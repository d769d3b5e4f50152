import { Opcode } from '../machine/client-program.ts';
import { extrasOf, instantiate } from '../machine/instance.ts';
import { OBJECT_KINDS, OBJECT_SIZE } from '../machine/object-kinds.ts';
import { FORGET } from '../threads/client-moves.ts';
import type { ClientSystem } from '../threads/client-system.ts';
import { ProgramRun } from '../threads/program-run.ts';
import { Transition } from '../threads/step-system.ts';
import { ThreadedClient } from '../threads/threaded-client.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { Operation, Scenario, ScenarioStatement, ScheduleChoice } from './scenario.ts';
import { lowerThreads } from './threaded-lowering.ts';

/** One step of a path through the states of a client system. */
export interface PathStep {
  readonly thread: number;
  readonly alternative: number;
}

/** A step as a program makes it: the thread, the address that an object gets, and which message is read. */
interface Taken {
  readonly thread: number;
  readonly address: number;
  readonly choice: number;
}

/**
 * The scenario that repeats a path of the most general client: what each thread does, and the exact schedule. The system must name
 * things as they come (`renames: false`), as a program does. Undefined when no scenario can say it.
 */
export function scenarioOfPath(
  system: ClientSystem,
  path: readonly PathStep[],
  expect: VerdictCode,
): Scenario | undefined {
  const { instance, machine, contract } = system.client;
  const { threads, taken } = new PathReader(system).read(path);
  const scenario: Scenario = {
    file: '',
    representation: instance.representation,
    parameters: instance.parameters,
    machine,
    client: contract,
    ...(instance.mutant !== undefined && { mutant: instance.mutant.id }),
    expect,
    notes: [],
    threads: threads.map((statements, thread) => ({ thread, statements })),
    schedule: [],
  };
  // One thread alone needs no schedule; it may get other addresses than on the path.
  if (threads.every((statements, thread) => thread === 0 || statements.length === 0))
    return { ...scenario, threads: scenario.threads.slice(0, 1) };
  const schedule = scheduleOf(scenario, taken);
  return schedule && { ...scenario, schedule };
}

/** Turns moves into statements; every reference that is made has a name of its own, which it keeps where it is sent. */
class PathReader {
  readonly #system: ClientSystem;
  readonly #state: Int32Array;
  readonly #threads: ScenarioStatement[][];
  readonly #taken: Taken[] = [];
  /** By thread and variable: the name of what it holds. */
  readonly #names: string[][];
  #made = 0;

  constructor(system: ClientSystem) {
    this.#system = system;
    this.#state = new Int32Array(system.words);
    this.#threads = Array.from({ length: system.threads }, () => []);
    this.#names = Array.from({ length: system.threads }, () => []);
  }

  read(path: readonly PathStep[]): {
    readonly threads: readonly (readonly ScenarioStatement[])[];
    readonly taken: readonly Taken[];
  } {
    const system = this.#system;
    system.initial(this.#state);
    for (const { thread, alternative } of path) {
      if (system.isBusy(this.#state, thread)) this.#taken.push({ thread, address: 0, choice: alternative });
      else this.#begin(thread, system.moveAt(this.#state, thread, alternative));
      if (system.take(this.#state, thread, alternative) === Transition.taken) system.canonicalize(this.#state);
    }
    return { threads: this.#threads, taken: this.#taken };
  }

  #begin(thread: number, [opcode, a, b, c]: Int32Array): void {
    const own = this.#names[thread];
    switch (opcode) {
      case FORGET:
        own[a] = '';
        return;
      case Opcode.alloc: {
        const target = this.#name();
        own[a] = target;
        this.#say(thread, { op: 'alloc', target, kind: OBJECT_KINDS[(b & 0xff) - 1], size: OBJECT_SIZE }, c);
        return;
      }
      case Opcode.send:
        return this.#send(thread, a, b, c);
      case Opcode.hold:
        this.#say(thread, { op: 'hold', pointer: `p${a}`, name: own[b] });
        return;
      case Opcode.touch:
      case Opcode.drop:
        this.#say(thread, { op: opcode === Opcode.touch ? 'touch' : 'drop', pointer: `p${a}` });
        return;
      case Opcode.extra: {
        const { instance, takesReference } = this.#system.client;
        const extra = Object.keys(extrasOf(instance.blueprint.roles))[a];
        this.#say(thread, { op: 'extra', extra, arguments: takesReference[a] ? [{ reference: own[b] }] : [] });
        return;
      }
      default:
        this.#say(thread, { op: opcode === Opcode.abandon ? 'abandon' : 'free', name: own[a] });
    }
  }

  /** The receiver gets the sender's name, which it may still have for something else. */
  #send(thread: number, variable: number, to: number, target: number): void {
    let name = this.#names[thread][variable];
    if (this.#names[to].includes(name)) {
      const copy = this.#name();
      this.#say(thread, { op: 'copy', target: copy, name });
      name = copy;
    }
    this.#names[to][target] = name;
    this.#say(thread, { op: 'send', name, thread: to });
  }

  #say(thread: number, operation: Operation, address = 0): void {
    this.#threads[thread].push({ ...operation, line: 0, column: 0 });
    this.#taken.push({ thread, address, choice: 0 });
  }

  #name(): string {
    const letters = 'abcdefghijklmnoqrstuvwxyz';
    const number = this.#made++;
    const round = Math.floor(number / letters.length);
    return `${letters[number % letters.length]}${round === 0 ? '' : round}`;
  }
}

/** Runs the scenario along the path, to learn by which choices its own machine goes there. */
function scheduleOf(scenario: Scenario, taken: readonly Taken[]): readonly ScheduleChoice[] | undefined {
  const instance = instantiate(scenario.representation, scenario.parameters, scenario.mutant);
  const lowered = lowerThreads(scenario, instance);
  const client = new ThreadedClient(instance, scenario.machine, lowered.options);
  const run = new ProgramRun(client, lowered.programs, lowered.churnVariable);
  const addresses = new Map<number, number>();
  const schedule: ScheduleChoice[] = [];
  for (const step of taken) {
    const thread = lowered.threads.indexOf(step.thread);
    const isAlloc = step.address > 0;
    const choice = isAlloc ? run.choiceOf(addresses.get(step.address)) : step.choice;
    if (thread < 0 || choice >= run.choices(thread)) return undefined;
    schedule.push({ thread: step.thread });
    if (choice > 0) schedule.push(isAlloc ? { address: choice } : { read: choice });
    const now = run.step(thread, choice);
    if (isAlloc) addresses.set(step.address, run.lastAddress);
    if (now !== Transition.taken) break;
  }
  return schedule;
}
