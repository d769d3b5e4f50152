import type { ConfigurationSpace } from '../configuration.ts';
import type { HarnessCache } from '../harness.ts';
import { observe, shows, type FailingCase } from '../observation.ts';
import { roundsOf, withChurn } from './long-churn.ts';
import { isWidth, narrowValues } from './width-parameters.ts';

/** A case of more rounds is made small at a narrow width: a thousand tries of it take seconds there and minutes here. */
const LONG_CHURN = 2 ** 10;
/** Bits of the narrow field, where the representation accepts them. */
const BITS = 3;

/** The same failure with the field that it goes round scaled down; undefined where there is none, or where nothing is gained. */
export function narrowed(
  harnesses: HarnessCache,
  space: ConfigurationSpace,
  failing: FailingCase,
): FailingCase | undefined {
  const rounds = roundsOf(failing.code);
  if (failing.symptom.code !== 'aba' || rounds < LONG_CHURN) return undefined;
  const { representation } = space.target;
  const { machine, parameters } = failing.configuration;
  for (const [name, spec] of Object.entries(representation.parameters)) {
    const value = parameters[name];
    if (spec.kind !== 'integer' || typeof value !== 'number' || 2 ** value < LONG_CHURN / 2) continue;
    const width = narrowValues(spec).find((each) => each >= BITS);
    if (width === undefined || width >= value || !isWidth(representation, parameters, name)) continue;
    const configuration = { machine, parameters: { ...parameters, [name]: width } };
    if (!space.isValid(configuration)) continue;
    const most = Math.ceil(rounds / 2 ** (value - width)) * 2 + 16;
    const observed = observe(harnesses.get(configuration), withChurn(failing.code, most));
    if (observed !== undefined && shows(observed.symptom, failing.symptom)) return { configuration, ...observed };
  }
  return undefined;
}
