import type { Configuration, ConfigurationSpace } from '../configuration.ts';
import type { HarnessCache } from '../harness.ts';
import { forecast, type Forecast } from '../lifting/forecast.ts';
import { narrowed } from '../lifting/narrowing.ts';
import { observe, type FailingCase } from '../observation.ts';
import { takeOperationsAway } from './fewer-operations.ts';
import { liftToBase, plainerConfiguration } from './plainer-configuration.ts';
import { Reduction } from './reduction.ts';
import { simplifyOperands } from './simpler-operands.ts';

/** A case from which nothing can be taken away. */
export interface MinimalCase extends FailingCase {
  /** For a case at another width than the base's: what happens there. */
  readonly forecast?: Forecast;
}

/**
 * The smallest case that fails in the same way: fewest operations, plain operands, default settings. No operation can be taken
 * away from it, unless time was up. A case that goes round a wide field is made small at a narrow one and lifted again. Undefined
 * when the case gives no verdict worth telling.
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
  const failing = { configuration: given.configuration, ...observed };
  const narrow = narrowed(harnesses, space, failing);
  if (narrow !== undefined) {
    const minimal = reduced(harnesses, space, narrow, expired);
    // What does not come back at the real width was something else.
    if (minimal.forecast !== undefined || space.hasBaseWidths(minimal.configuration)) return minimal;
  }
  return reduced(harnesses, space, failing, expired);
}

function reduced(
  harnesses: HarnessCache,
  space: ConfigurationSpace,
  failing: FailingCase,
  expired: () => boolean,
): MinimalCase {
  const reduction = new Reduction(harnesses, failing, expired);
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
  liftToBase(reduction, space);
  const { configuration, code, symptom } = reduction;
  const minimal = { configuration, code, symptom };
  const beyond = forecast(harnesses, space, minimal);
  return beyond === undefined ? minimal : { ...minimal, forecast: beyond };
}
