import type { Engine, Host } from '../ir/engine.ts';
import type { Program } from '../ir/program.ts';
import { compileSequential } from '../ir/sequential/sequential-engine.ts';
import { CONTRACTS, type Contract } from '../machine/claims.ts';
import { Client } from '../machine/client.ts';
import { operationCount, STRIDE, type ClientProgram } from '../machine/client-program.ts';
import type { Finding } from '../machine/finding.ts';
import { instantiate, type Instance } from '../machine/instance.ts';
import { concernsNothing } from '../machine/permission.ts';
import type { ClientObserver, Violation } from '../machine/violation.ts';
import type { World } from '../machine/world.ts';
import { Memory } from '../memory/memory.ts';
import { InputError } from '../vocabulary/input-error.ts';
import { Random } from '../vocabulary/random.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import { diagnose } from './diagnosis.ts';
import { lowerScenario, type LoweredScenario } from './lowering.ts';
import { Recorder, type Subject } from './recorder.ts';
import type { Scenario, ScenarioStatement } from './scenario.ts';
import type { TimelineStep } from './thread-recorder.ts';
import { hasThreads } from './threaded-lowering.ts';
import { runThreadedScenario } from './threaded-run.ts';

export type MakeEngine = (program: Program, host: Host) => Engine;

export interface RunOptions {
  /** Seed of what the memory draws (the `reuse` policy); 0 unless given, so that a case replays the same everywhere. */
  readonly seed?: number;
  /** Whether the steps of a run with threads are kept. */
  readonly timeline?: boolean;
  /** The engine; compiled code unless given. The interpreter is the other one. */
  readonly makeEngine?: MakeEngine;
  /** Watches the run that gives the verdict. */
  readonly observer?: ScenarioObserver;
}

/** A client observer that is shown the world before the first operation runs. */
export interface ScenarioObserver extends ClientObserver {
  attach(world: World): void;
}

export interface ScenarioRun {
  /** The first verdict in execution order, `clean` when there is none. */
  readonly verdict: VerdictCode;
  /** Whether the verdict is the one that the scenario expects. */
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  /** The least contract that allows what the scenario does. */
  readonly contract: Contract;
  /** Client operations, churn rounds counted one by one. */
  readonly steps: number;
  /** With threads, when they are asked for: the steps that were taken. */
  readonly timeline?: readonly TimelineStep[];
  /** Explains the first verdict; absent when there is none. */
  readonly finding?: Finding;
}

/** Compiled code that keeps the guard path of its calls: what replays and searches run. */
export const compiledEngine: MakeEngine = (program, host) =>
  compileSequential(program, host, { coverage: true, path: true });

/**
 * Runs a scenario and explains its verdict. The verdict comes from a first run; a second one, which must agree, follows the
 * reference in question and collects what the diagnostic shows.
 * @throws InputError when a statement does what the scenario's own client contract, or the state of its variables, does not allow.
 */
export function runScenario(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
  if (hasThreads(scenario)) return runThreadedScenario(scenario, options);
  const instance = instantiate(scenario.representation, scenario.parameters, scenario.mutant);
  const lowered = lowerScenario(scenario, instance);
  const client = execute(scenario, instance, lowered, options, options.observer);
  const { violations } = client.world;
  const first = violations[0];
  const run = {
    verdict: first?.code ?? 'clean',
    ok: (first?.code ?? 'clean') === scenario.expect,
    violations,
    contract: CONTRACTS[client.world.contractUsed],
    steps: client.operations + client.churned,
  } as const;
  if (first === undefined) return run;
  const subject = subjectOf(instance, first);
  const recorder = new Recorder(instance, subject);
  const again = execute(scenario, instance, lowered, options, recorder);
  if (again.world.violations[0]?.code !== first.code)
    throw new Error(
      `a second run of ${scenario.file} gave another verdict: ${again.world.violations[0]?.code ?? 'clean'}`,
    );
  recorder.end();
  const finding = diagnose({
    scenario,
    instance,
    lowered,
    violation: first,
    recorder,
    subject,
    client,
  });
  return { ...run, finding };
}

function execute(
  scenario: Scenario,
  instance: Instance,
  lowered: LoweredScenario,
  options: RunOptions,
  observer?: ScenarioObserver,
): Client {
  const makeEngine = options.makeEngine ?? compiledEngine;
  const memory = new Memory(scenario.machine, new Random(options.seed ?? 0));
  const client = new Client(instance, memory, (host) => makeEngine(instance.program, host), {
    contract: scenario.client,
    references: Math.max(lowered.references.length, 1),
    pointers: Math.max(lowered.pointers.length, 1),
    forges: lowered.forges,
    ...(observer && { observer }),
  });
  observer?.attach(client.world);
  const count = operationCount(lowered.program);
  const blocks = new BlockWatch(client);
  for (let operation = 0; operation < count; operation++) {
    client.step(lowered.program, operation);
    const inside = blocks.refusal(lowered, operation);
    if (inside !== undefined) throw refused(scenario, inside.statement, inside.required);
    if (client.refusal === undefined) continue;
    const [opcode, a, b] = lowered.program.code.subarray(operation * STRIDE);
    if (!concernsNothing(client.world, opcode, a, b))
      throw refused(scenario, lowered.statements[operation], client.refusal);
  }
  client.finish();
  return client;
}

/**
 * Sees which statements of a `during` block were left out, and would not have been had they made sense. One that ran at another time
 * when the callback was reached is none.
 */
class BlockWatch {
  readonly #refusals = new Map<ClientProgram, (string | null)[]>();

  constructor(client: Client) {
    client.onInside = (program, operation, isLeftOut) => {
      const refusals = this.#refusals.get(program) ?? [];
      this.#refusals.set(program, refusals);
      const [opcode, a, b] = program.code.subarray(operation * STRIDE);
      if (!isLeftOut || concernsNothing(client.world, opcode, a, b)) refusals[operation] = null;
      else if (refusals[operation] !== null) refusals[operation] = client.refusal ?? null;
    };
  }

  /** The first statement in the blocks of an operation that was always left out. */
  refusal(
    { program, statements }: LoweredScenario,
    operation: number,
  ): { readonly statement: ScenarioStatement | undefined; readonly required: string } | undefined {
    for (const [name, block] of program.callbacks.get(operation) ?? []) {
      const refusals = this.#refusals.get(block) ?? [];
      const inside = refusals.findIndex((refusal) => typeof refusal === 'string');
      if (inside < 0) continue;
      const { during = [] } = statements[operation] ?? {};
      const lines = during.find(({ callback }) => callback === name)?.statements ?? [];
      return { statement: lines[inside], required: refusals[inside] ?? '' };
    }
    return undefined;
  }
}

function refused(scenario: Scenario, statement: ScenarioStatement | undefined, expected: string): InputError {
  const location = { file: scenario.file, line: statement?.line ?? 1, column: statement?.column ?? 1 };
  return InputError.expected(expected, `\`${statement?.op ?? ''}\` on what it holds here`, location);
}

/** The reference that the verdict is about, with the part of its bits that selects its slot. */
function subjectOf({ blueprint, reference }: Instance, { variable, bits, object }: Violation): Subject | undefined {
  if (variable < 0) return undefined;
  const fields = reference.layout?.fields ?? [];
  const slotFields = fields.filter(({ name }) => blueprint.slotFields?.includes(name));
  const others = fields.filter((field) => !slotFields.includes(field));
  const tag = slotFields.length > 0 && others.length === 1 && (others[0]?.width ?? 64) <= 32 ? others[0] : undefined;
  const slotMask = slotFields.reduce(
    (mask, { low, width }) => mask | (((1n << BigInt(width)) - 1n) << BigInt(low)),
    0n,
  );
  // Without a slot field every issue of the same bits is a reuse.
  return { bits, slotMask: slotMask === 0n ? (1n << 64n) - 1n : slotMask, tag, identity: object };
}
