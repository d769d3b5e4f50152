import type { MachineSettings } from '../../model/vocabulary/machine.ts';
import { configurationKey, type Configuration, type ConfigurationSpace } from '../configuration.ts';
import { withChurn } from '../lifting/long-churn.ts';
import type { Reduction } from './reduction.ts';

/** Cycles of wider fields are not tried while a case gets smaller, and not at all: one try would take longer than most searches. */
const NARROW_LIFT = 10;
const WIDEST_LIFT = 21;

/**
 * Brings the settings back to the base where the case still fails: all of them, then one by one. A case that needs a few more rounds
 * there is lifted: a churn longer than the cycle of a field shows the re-issue, if there is one, after exactly as many as it takes.
 */
export function plainerConfiguration(reduction: Reduction, space: ConfigurationSpace): void {
  const { base } = space;
  const attempt = (candidate: Configuration): void => attemptAt(reduction, space, candidate, NARROW_LIFT);
  attempt(base);
  attempt({ ...reduction.configuration, machine: base.machine });
  attempt({ ...reduction.configuration, parameters: base.parameters });
  for (const name of Object.keys(base.machine) as (keyof MachineSettings)[]) {
    const { configuration } = reduction;
    attempt({ ...configuration, machine: { ...configuration.machine, [name]: base.machine[name] } });
  }
  for (const name of Object.keys(base.parameters)) {
    const { configuration } = reduction;
    attempt({ ...configuration, parameters: { ...configuration.parameters, [name]: base.parameters[name] } });
  }
}

/** Lifts a case that is small by now to the base's widths, as far as a run of it takes no longer than a moment. */
export function liftToBase(reduction: Reduction, space: ConfigurationSpace): void {
  const { base } = space;
  const attempt = (parameters: Configuration['parameters']): void =>
    attemptAt(reduction, space, { ...reduction.configuration, parameters }, WIDEST_LIFT);
  attempt(base.parameters);
  for (const name of Object.keys(base.parameters))
    attempt({ ...reduction.configuration.parameters, [name]: base.parameters[name] });
}

function attemptAt(reduction: Reduction, space: ConfigurationSpace, candidate: Configuration, widest: number): void {
  if (configurationKey(candidate) === configurationKey(reduction.configuration) || !space.isValid(candidate)) return;
  if (!reduction.accepts(reduction.code, candidate)) lift(reduction, candidate, widest);
}

/** Tries the case with long churns in the new configuration, narrow fields first. */
function lift(reduction: Reduction, candidate: Configuration, widest: number): void {
  if (reduction.symptom.code !== 'aba') return;
  const { shape } = reduction.harnesses.get(candidate);
  const widths = [...new Set(shape.fields.map((field) => field.width))].filter((width) => width <= widest);
  for (const width of widths.sort((left, right) => left - right))
    if (reduction.accepts(withChurn(reduction.code, 2 ** width + 2), candidate)) return;
}
