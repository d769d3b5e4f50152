import { CONTRACTS } from '../machine/claims.ts';
import { instantiate, type Instance } from '../machine/instance.ts';
import { refusalText } from '../machine/permission.ts';
import { ProgramRun } from '../threads/program-run.ts';
import { Transition } from '../threads/step-system.ts';
import { ThreadedClient } from '../threads/threaded-client.ts';
import type { ThreadVerdict } from '../threads/thread-verdict.ts';
import { InputError } from '../vocabulary/input-error.ts';
import { Random } from '../vocabulary/random.ts';
import type { RunOptions, ScenarioRun } from './run.ts';
import type { Scenario, ScheduleChoice } from './scenario.ts';
import { diagnoseThreads } from './threaded-diagnosis.ts';
import { lowerThreads, type LoweredThreads } from './threaded-lowering.ts';
import { ThreadRecorder } from './thread-recorder.ts';

/** Steps after which an execution counts as one that does not end. */
const MOST_STEPS = 5_000_000;
/** Steps of one thread in a row without the end of an operation, before another one has its turn. */
const PATIENCE = 2_000;

/** What one execution of a threaded scenario came to. */
export interface ThreadedExecution {
  readonly run: ProgramRun;
  /** The verdict; undefined when there is none. */
  readonly verdict: ThreadVerdict | undefined;
  /** The choices that were made, enough to make them again. */
  readonly schedule: readonly ScheduleChoice[];
  readonly steps: number;
}

/** One decision: which thread steps, and which of its choices it takes; `failed` says that the last one was not possible. */
export type Decide = (run: ProgramRun, failed: boolean) => readonly [thread: number, choice: number] | undefined;

/**
 * Runs a scenario with threads as its schedule says, and from where that ends each thread in turn, and explains its verdict. A seed
 * other than 0 draws all choices instead.
 * @throws InputError when a statement does what the scenario's own client contract does not allow, and for a schedule that cannot be.
 */
export function runThreadedScenario(scenario: Scenario, { seed, timeline = false }: RunOptions = {}): ScenarioRun {
  const instance = instantiate(scenario.representation, scenario.parameters, scenario.mutant);
  const lowered = lowerThreads(scenario, instance);
  const recorder = new ThreadRecorder(timeline);
  const { run, verdict, steps } = execute(scenario, instance, lowered, seed, recorder);
  const code = verdict?.code ?? 'clean';
  const shared = {
    verdict: code,
    ok: code === scenario.expect,
    violations: [],
    contract: CONTRACTS[run.state[run.client.layout.contract]],
    steps: run.operations,
    ...(timeline && { timeline: recorder.timeline(lowered) }),
  } as const;
  if (verdict === undefined) return shared;
  return { ...shared, finding: diagnoseThreads({ scenario, instance, lowered, run, verdict, recorder, steps }) };
}

function execute(
  scenario: Scenario,
  instance: Instance,
  lowered: LoweredThreads,
  seed: number | undefined,
  recorder: ThreadRecorder,
): ThreadedExecution {
  const client = new ThreadedClient(instance, scenario.machine, lowered.options);
  const run = new ProgramRun(client, lowered.programs, lowered.churnVariable);
  recorder.attach(run);
  const decide = seed === undefined || seed === 0 ? scheduled(scenario, lowered) : drawn(new Random(seed));
  const execution = executeProgram(run, decide);
  // Which operations a contract allows depends on the order: in one that was not chosen for it they are left out.
  const isOrdered = seed === undefined && scenario.schedule.length === 0;
  if (isOrdered && run.refused !== undefined) throw refusedStatement(scenario, lowered, run.refused);
  return execution;
}

/** Runs programs to their end, or to the first verdict. */
export function executeProgram(run: ProgramRun, decide: Decide): ThreadedExecution {
  const schedule: ScheduleChoice[] = [];
  let steps = 0;
  let failed = false;
  for (; steps < MOST_STEPS; steps++) {
    const decision = decide(run, failed);
    if (decision === undefined) break;
    const [thread, choice] = decision;
    const isAddress = !run.isInside(thread);
    const taken = run.step(thread, choice);
    failed = taken === Transition.disabled;
    if (failed) continue;
    schedule.push({ thread });
    if (choice > 0) schedule.push(isAddress ? { address: choice } : { read: choice });
    if (taken === Transition.cut)
      throw new InputError('unsupported', 'the run needs more than a threaded scenario may have');
    if (taken === Transition.violated) return { run, verdict: run.client.verdict, schedule, steps };
  }
  return { run, verdict: endVerdict(run, steps === MOST_STEPS), schedule, steps };
}

/** What is wrong with an execution in which nobody can go on, or that does not end. */
function endVerdict(run: ProgramRun, isEndless: boolean): ThreadVerdict | undefined {
  const { judge } = run.client;
  const threads = run.programs.map((_, thread) => thread);
  const inside = threads.find((thread) => run.isInside(thread));
  let taken: number = Transition.taken;
  if (isEndless && inside !== undefined) taken = judge.stuck(run.state, inside, 'livelock');
  else if (inside !== undefined) taken = judge.stuck(run.state, inside, 'deadlock');
  else taken = run.judgeEnd();
  return taken === Transition.violated ? run.client.verdict : undefined;
}

/** Follows a schedule; where it ends, every thread runs as far as it can, in the order of their numbers. */
function scheduled(scenario: Scenario, lowered: LoweredThreads): Decide {
  const inTurn = eachInTurn();
  let isInTurn = false;
  let at = 0;
  return (run, failed) => {
    const { schedule } = scenario;
    if (failed && at > 0 && !isInTurn) throw impossible(scenario, at, 'a step that has to wait');
    isInTurn = at >= schedule.length;
    if (isInTurn) return inTurn(run, failed);
    const step = schedule[at++];
    if (!('thread' in step)) throw wrongSchedule(scenario, at, 'a thread before its choice', choiceText(step));
    const thread = lowered.threads.indexOf(step.thread);
    if (thread < 0) throw wrongSchedule(scenario, at, 'a thread of this scenario', String(step.thread));
    const next = schedule[at];
    let choice = 0;
    if (next !== undefined && !('thread' in next)) {
      choice = 'read' in next ? next.read : next.address;
      at++;
    }
    const choices = run.choices(thread);
    if (choice >= choices) {
      const found = choices === 0 ? `thread ${step.thread}, which cannot move` : `choice ${choice} of ${choices}`;
      throw impossible(scenario, at, found);
    }
    return [thread, choice];
  };
}

/** Each thread as far as it can, then the next; one that gets nowhere gives way. */
export function eachInTurn(): Decide {
  let current = 0;
  let patience = PATIENCE;
  let ended = 0;
  return (run) => {
    const { length } = run.programs;
    if (run.operations !== ended) {
      ended = run.operations;
      patience = PATIENCE;
    }
    if (patience-- <= 0) {
      current = (current + 1) % length;
      patience = PATIENCE;
    }
    for (let tried = 0; tried < length; tried++) {
      const choice = run.firstChoice(current);
      if (choice >= 0) return [current, choice];
      current = (current + 1) % length;
    }
    return undefined;
  };
}

/** Any thread that can move, and any of its choices. */
export function drawn(random: Random): Decide {
  return (run) => {
    const able: number[] = [];
    for (let thread = 0; thread < run.programs.length; thread++) if (run.choices(thread) > 0) able.push(thread);
    if (able.length === 0) return undefined;
    const thread = able[random.below(able.length)];
    return [thread, random.below(run.choices(thread))];
  };
}

function choiceText(choice: ScheduleChoice): string {
  return Object.entries(choice).flat().join(' ');
}

function impossible(scenario: Scenario, at: number, found: string): InputError {
  return wrongSchedule(scenario, at, `step ${at} of the schedule to be possible`, found);
}

/** @param at how many choices of the schedule have been read, the wrong one included */
function wrongSchedule({ file, scheduleLines }: Scenario, at: number, expected: string, found: string): InputError {
  const line = scheduleLines?.findLast(({ first }) => first < at)?.line ?? 1;
  return InputError.expected(expected, found, { file, line, column: 1 });
}

function refusedStatement(
  scenario: Scenario,
  { statements }: LoweredThreads,
  [thread, operation, required]: readonly [number, number, number],
): InputError {
  const statement = statements[thread][operation];
  const location = { file: scenario.file, line: statement.line, column: statement.column };
  return InputError.expected(
    refusalText(required, scenario.client),
    `\`${statement.op}\` on what it holds here`,
    location,
  );
}
