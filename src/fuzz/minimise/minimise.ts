import type { Configuration, ConfigurationSpace } from '../configuration.ts';
import type { HarnessCache } from '../harness.ts';
import { observe, type Observation } from '../observation.ts';
import { takeOperationsAway } from './fewer-operations.ts';
import { plainerConfiguration } from './plainer-configuration.ts';
import { Reduction } from './reduction.ts';
import { simplifyOperands } from './simpler-operands.ts';

/** A case that fails. */
export interface MinimalCase extends Observation {
  readonly configuration: Configuration;
}

/**
 * The smallest case that fails in the same way: fewest operations, plain operands, default settings. No operation can be taken
 * away from it, unless time was up. Undefined when the case gives no verdict worth telling.
 *
 * @param expired whether the time for this is up; what is reached by then is the answer
 */
export function minimise(
  harnesses: HarnessCache,
  space: ConfigurationSpace,
  given: { readonly configuration: Configuration; readonly code: Int32Array },
  expired: () => boolean,
): MinimalCase | undefined {
  const observed = observe(harnesses.get(given.configuration), given.code);
  if (observed === undefined) return undefined;
  const reduction = new Reduction(harnesses, { configuration: given.configuration, ...observed }, expired);
  takeOperationsAway(reduction);
  simplifyOperands(reduction);
  const before = reduction.configuration;
  plainerConfiguration(reduction, space);
  // Operands and settings may have been what an operation was needed for.
  for (let length = -1; length !== reduction.code.length;) {
    length = reduction.code.length;
    takeOperationsAway(reduction);
    if (length !== reduction.code.length || before !== reduction.configuration) simplifyOperands(reduction);
  }
  const { configuration, code, symptom } = reduction;
  return { configuration, code, symptom };
}
