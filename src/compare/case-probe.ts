import type { Contract } from '../model/machine/claims.ts';
import type { Finding } from '../model/machine/finding.ts';
import { extrasOf, type Instance } from '../model/machine/instance.ts';
import type { ObjectKind } from '../model/machine/object-kinds.ts';
import { OBJECT_SIZE } from '../model/machine/object-kinds.ts';
import { printScenario } from '../model/scenario/printer.ts';
import { runScenario } from '../model/scenario/run.ts';
import type { Operation, Scenario } from '../model/scenario/scenario.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';

/** A small scenario that every representation is run with. */
export interface ProbeCase {
  readonly name: string;
  readonly client: Contract;
  /** Runs on a machine with strict provenance, whatever machine the comparison has. */
  readonly strict?: boolean;
  readonly statements: readonly Operation[];
}

export interface ProbedCase {
  /** The verdict of the last statement, `clean` when it gave none; null when the representation does not get that far. */
  readonly answer: VerdictCode | null;
  /** The first verdict of the case, whichever statement gave it, and the case's text. */
  readonly finding?: Finding;
  readonly text: string;
}

function alloc(target: string, kind: ObjectKind = 'list'): Operation {
  return { op: 'alloc', target, kind, size: OBJECT_SIZE };
}

function free(name: string): Operation {
  return { op: 'free', name };
}

function use(name: string): Operation {
  return { op: 'use', name };
}

/** What every representation is asked. */
export const LIVE_USE: ProbeCase = {
  name: 'live-use',
  client: 'exclusive',
  statements: [alloc('a'), use('a'), free('a')],
};

export const STRICT_USE: ProbeCase = { ...LIVE_USE, name: 'strict-provenance', strict: true };

export const STALE_USE: ProbeCase = {
  name: 'stale-use',
  client: 'any',
  statements: [alloc('a'), free('a'), use('a')],
};

export const STALE_USE_AFTER_CREATE: ProbeCase = {
  name: 'stale-use-after-next-create',
  client: 'any',
  statements: [alloc('a'), free('a'), alloc('b', 'dict'), use('a')],
};

export const SECOND_DESTROY: ProbeCase = {
  name: 'second-destroy',
  client: 'any',
  statements: [alloc('a'), free('a'), free('a')],
};

export const HELD_ACROSS_DESTROY: ProbeCase = {
  name: 'held-across-destroy',
  client: 'valid',
  statements: [alloc('a'), { op: 'hold', pointer: 'p', name: 'a' }, free('a'), { op: 'touch', pointer: 'p' }],
};

/** The stale use that comes after so many creates in one place. */
export function wrapCase(createsToAba: number): ProbeCase {
  const churn: readonly Operation[] = createsToAba > 1 ? [{ op: 'churn', times: createsToAba - 1, kind: 'list' }] : [];
  return { name: 'wrap', client: 'any', statements: [alloc('a'), free('a'), ...churn, alloc('b'), use('a')] };
}

/** The create for which there was no room, after so many creates in one place. */
export function exhaustionCase(creates: number): ProbeCase {
  const churn: readonly Operation[] = creates > 0 ? [{ op: 'churn', times: creates, kind: 'list' }] : [];
  return { name: 'exhaustion', client: 'exclusive', statements: [alloc('a'), free('a'), ...churn, alloc('b')] };
}

/** One flipped bit of a live reference. */
export function bitFlipCase(bit: number): ProbeCase {
  return {
    name: 'bit-flip',
    client: 'any',
    statements: [alloc('a'), { op: 'corrupt', target: 'b', name: 'a', bit }, use('b')],
  };
}

/** A stale use after every extra without parameters that retires all objects, with the next object in place. */
export function resetCases({ blueprint }: Instance): readonly ProbeCase[] {
  return Object.entries(extrasOf(blueprint.roles))
    .filter(([, { effect, operation }]) => effect === 'retiresAll' && Object.keys(operation.parameters).length === 0)
    .map(([extra]) => ({
      name: `stale-use-after-${extra}`,
      client: 'any',
      statements: [alloc('a'), { op: 'extra', extra, arguments: [] }, alloc('b', 'dict'), use('a')],
    }));
}

/** Runs a case on an instance. */
export function runCase(instance: Instance, machine: MachineSettings, probe: ProbeCase): ProbedCase {
  const scenario: Scenario = {
    file: probe.name,
    representation: instance.representation,
    parameters: instance.parameters,
    machine: probe.strict === true ? { ...machine, provenance: 'strict' } : machine,
    client: probe.client,
    ...(instance.mutant === undefined ? {} : { mutant: instance.mutant.id }),
    expect: 'clean',
    notes: [],
    threads: [{ thread: 0, statements: probe.statements.map((each) => ({ ...each, line: 0, column: 0 })) }],
    schedule: [],
  };
  try {
    const { verdict, violations, finding } = runScenario(scenario);
    const last = probe.statements.length - 1;
    const answer = violations.find(({ operation, event }) => operation === last && event !== 'end')?.code ?? 'clean';
    const text = printScenario({ ...scenario, expect: verdict });
    // What is left at the end is judged under exclusive clients: others leave things behind that no representation can reclaim.
    const isLeftover = violations[0]?.event === 'end' && probe.client !== 'exclusive';
    return { answer, text, ...(finding && !isLeftover && { finding }) };
  } catch (error) {
    // A statement on what an earlier one did not give: the representation refuses this machine or these sizes altogether.
    if (error instanceof InputError) return { answer: null, text: printScenario(scenario) };
    throw error;
  }
}
