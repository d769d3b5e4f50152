import { Opcode } from '../../model/machine/client-program.ts';
import type { MachineSettings } from '../../model/vocabulary/machine.ts';
import { configurationKey, type Configuration, type ConfigurationSpace } from '../configuration.ts';
import { churnOf, joined, lastOf, setChurnTimes } from '../operations.ts';
import type { Reduction } from './reduction.ts';

/** Cycles of wider fields are not tried when a case is lifted: one try would take longer than most searches. */
const WIDEST_LIFT = 21;

/**
 * Brings the settings back to the base where the case still fails: all of them, then one by one. A case that needs more rounds
 * there is lifted: a churn longer than the cycle of a field shows the re-issue, if there is one, after exactly as many as it takes.
 */
export function plainerConfiguration(reduction: Reduction, space: ConfigurationSpace): void {
  const { base } = space;
  const attempt = (candidate: Configuration): void => {
    if (configurationKey(candidate) === configurationKey(reduction.configuration) || !space.isValid(candidate)) return;
    if (!reduction.accepts(reduction.code, candidate)) lift(reduction, candidate);
  };
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

/** Tries the case with long churns in the new configuration, narrow fields first. */
function lift(reduction: Reduction, candidate: Configuration): void {
  if (reduction.symptom.code !== 'aba') return;
  const { shape } = reduction.harnesses.get(candidate);
  const widths = [...new Set(shape.fields.map((field) => field.width))].filter((width) => width <= WIDEST_LIFT);
  for (const width of widths.sort((left, right) => left - right))
    if (reduction.accepts(withLongChurn(reduction.code, 2 ** width + 2), candidate)) return;
}

/** The last churn made as long as asked for; where there is none, one before the last create. */
function withLongChurn(code: Int32Array, times: number): Int32Array {
  const lastChurn = lastOf(code, Opcode.churn);
  if (lastChurn >= 0) {
    const longer = code.slice();
    setChurnTimes(longer, lastChurn, times);
    return longer;
  }
  const at = Math.max(lastOf(code, Opcode.alloc), 0);
  return joined([code.subarray(0, at), churnOf(times, 1), code.subarray(at)]);
}
