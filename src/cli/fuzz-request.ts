import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FuzzBudget } from '../fuzz/fuzz.ts';
import type { FuzzEngine, FuzzTarget } from '../fuzz/target.ts';
import { CONTRACTS, type Contract } from '../model/machine/claims.ts';
import type { Representation } from '../model/machine/definition.ts';
import { instantiate } from '../model/machine/instance.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { FuzzReport } from '../report/fuzz-report.ts';
import type { Options } from './command.ts';
import type { Config } from './config.ts';
import { parseDuration, type Assignment } from './option-values.ts';
import { machineSettingsFor, parametersFor } from './parameter-options.ts';
import type { Representations } from './representations.ts';

const DEFAULT_SECONDS = 30;
/** What printing takes at the end of a budget. */
const LAST_WORDS_MS = 50;

/**
 * What is searched, as the options fix it.
 * @throws InputError for settings and mutants that the representations do not have
 */
export function fuzzTargets(
  searched: readonly Representation[],
  options: Options,
  config: Config,
  known: Representations,
): readonly FuzzTarget[] {
  const machine = machineSettingsFor((options.machine ?? []) as readonly Assignment[]);
  const mutant = options.mutant as string | undefined;
  const client = options.client as Contract | undefined;
  if (mutant !== undefined && searched.length !== 1)
    throw new InputError(
      'usage',
      '--mutant: expected the id of the one representation that has it, as in provsim fuzz ID',
    );
  return searched.map((representation) => {
    const parameters = parametersFor(representation, (options.set ?? []) as readonly Assignment[], searched);
    // Wrong parameters and mutants are told before anything runs.
    instantiate(representation, parameters, mutant);
    const { id } = representation;
    const isConfigured = known.isConfigured(id) && config.file !== undefined;
    return {
      representation,
      source: isConfigured ? { id, module: pathToFileURL(resolve(config.file)).href } : { id },
      parameters,
      machine,
      ...(client !== undefined && { client }),
      ...(mutant !== undefined && { mutant }),
      engine: options.engine as FuzzEngine,
    };
  });
}

/** The budget for the search, and as the report tells it: options before the configuration, time before runs, 30 s for neither. */
export function fuzzBudget(
  options: Options,
  { fuzz }: Config,
): { readonly budget: FuzzBudget; readonly told: FuzzReport['budget'] } {
  const time = options.time as number | undefined;
  const runs = options.runs as number | undefined;
  if (time !== undefined && runs !== undefined)
    throw new InputError('usage', 'expected either --time or --runs, found both', {}, 'either --time or --runs');
  const configuredTime = fuzz.time === undefined ? undefined : parseDuration(fuzz.time);
  const chosenRuns = time === undefined ? (runs ?? (configuredTime === undefined ? fuzz.runs : undefined)) : undefined;
  if (chosenRuns !== undefined) return { budget: { runs: chosenRuns }, told: { runs: chosenRuns } };
  const milliseconds = time ?? configuredTime ?? DEFAULT_SECONDS * 1000;
  return { budget: { deadline: milliseconds - LAST_WORDS_MS }, told: { seconds: milliseconds / 1000 } };
}

/** The cases that a search of this target may start from: those that leave alone what the options fix. */
export function startingCases(target: FuzzTarget, cases: readonly Scenario[]): readonly Scenario[] {
  const { representation, parameters, machine, client } = target;
  const allowed = client === undefined ? CONTRACTS : CONTRACTS.slice(0, CONTRACTS.indexOf(client) + 1);
  return cases.filter(
    (scenario) =>
      scenario.representation.id === representation.id &&
      scenario.mutant === undefined &&
      allowed.includes(scenario.client) &&
      scenario.threads.every(({ thread, statements }) => thread === 0 || statements.length === 0) &&
      Object.entries(parameters).every(([name, value]) => scenario.parameters[name] === value) &&
      Object.entries(machine).every(([name, value]) => scenario.machine[name as keyof typeof machine] === value),
  );
}
