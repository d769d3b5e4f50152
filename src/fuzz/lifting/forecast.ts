import { runScenario } from '../../model/scenario/run.ts';
import { caseScenario } from '../case-scenario.ts';
import type { Configuration, ConfigurationSpace } from '../configuration.ts';
import type { HarnessCache } from '../harness.ts';
import { observe, type FailingCase } from '../observation.ts';
import { fittedCycle, reusesOf, WIDEST_FIELD, type Cycle, type CycleSample } from './cycle.ts';
import { roundsOf, withChurn } from './long-churn.ts';
import { SlotCount } from './slot-count.ts';
import { isWidth, narrowValues } from './width-parameters.ts';

/** What a case at narrow widths says of the real one. */
export interface Forecast {
  /** The parameter that was scaled down, and its real value. */
  readonly parameter: string;
  readonly value: number;
  readonly real: Configuration;
  /** What was seen at narrow widths, and the cycle that explains it. */
  readonly observed: readonly CycleSample[];
  readonly cycle: Cycle;
  /** Reuses of the slot until its first reference comes back at the real width, and the rounds of the case's churn there. */
  readonly reuses: number;
  readonly rounds: number;
}

/** Samples that a cycle is fitted to at least, where the range of the parameter has as many. */
const FEWEST_SAMPLES = 3;

/**
 * What a re-issue at a narrow field means for the width that the target has. The cycle of the field is observed at some narrow widths
 * and not assumed. Undefined when the case is not about one narrow field, or when the widths do not agree on one answer.
 */
export function forecast(
  harnesses: HarnessCache,
  space: ConfigurationSpace,
  failing: FailingCase,
): Forecast | undefined {
  const { parameters, machine } = failing.configuration;
  const real = { parameters: space.base.parameters, machine };
  const changed = Object.keys(parameters).filter((name) => parameters[name] !== real.parameters[name]);
  const [parameter] = changed;
  if (changed.length !== 1 || failing.symptom.code !== 'aba') return undefined;
  const value = real.parameters[parameter];
  if (typeof value !== 'number' || value > WIDEST_FIELD) return undefined;
  if (!isWidth(space.target.representation, real.parameters, parameter)) return undefined;
  const samples: Sample[] = [];
  const fit = (): Extrapolation | undefined => {
    const fitted = fittedCycle(samples, value);
    return fitted && extrapolated(samples, fitted.cycle, value);
  };
  for (const configuration of narrower(space, failing.configuration, parameter, value)) {
    const sample = sampleAt(harnesses, space, failing, configuration, parameter);
    if (sample !== undefined) samples.push(sample);
    if (samples.length < FEWEST_SAMPLES || fittedCycle(samples, value)?.isCertain === false) continue;
    const found = fit();
    return found && { parameter, value, real, ...found };
  }
  const found = samples.length < 2 ? undefined : fit();
  return found && { parameter, value, real, ...found };
}

function narrower(
  space: ConfigurationSpace,
  { machine, parameters }: Configuration,
  parameter: string,
  value: number,
): readonly Configuration[] {
  const spec = space.target.representation.parameters[parameter];
  if (spec?.kind !== 'integer') return [];
  return narrowValues(spec)
    .filter((width) => width < value)
    .map((width) => ({ machine, parameters: { ...parameters, [parameter]: width } }))
    .filter((configuration) => space.isValid(configuration));
}

interface Sample extends CycleSample {
  readonly rounds: number;
}

/** The case at another narrow width: how many rounds it takes there, and how often the slot is used again meanwhile. */
function sampleAt(
  harnesses: HarnessCache,
  { target }: ConfigurationSpace,
  failing: FailingCase,
  configuration: Configuration,
  parameter: string,
): Sample | undefined {
  const harness = harnesses.get(configuration);
  const width = configuration.parameters[parameter] as number;
  const known = failing.configuration.parameters[parameter] as number;
  const most = (roundsOf(failing.code) + 4) * 2 ** Math.max(0, width - known) * 2;
  const observed = observe(harness, withChurn(failing.code, most));
  if (observed === undefined) return undefined;
  const { code, path } = observed.symptom;
  if (code !== 'aba' || path !== failing.symptom.path) return undefined;
  const observer = new SlotCount(harness.instance);
  const { violations } = runScenario(caseScenario(target, harness.shape, { configuration, ...observed }), { observer });
  const [first] = violations;
  if (first?.code !== 'aba') return undefined;
  return { width, rounds: roundsOf(observed.code), reuses: observer.reusesOf(first.bits, first.object) };
}

type Extrapolation = Pick<Forecast, 'observed' | 'cycle' | 'reuses' | 'rounds'>;

/** Rounds grow with the reuses of one slot: as fast where it is the only free one, faster where others take turns with it. */
function extrapolated(samples: readonly Sample[], cycle: Cycle, value: number): Extrapolation | undefined {
  const [first] = samples;
  const other = samples.find(({ reuses }) => reuses !== first?.reuses);
  if (first === undefined || other === undefined) return undefined;
  const each = (other.rounds - first.rounds) / (other.reuses - first.reuses);
  const roundsAfter = (reuses: number): number => first.rounds + each * (reuses - first.reuses);
  if (!samples.every(({ reuses, rounds }) => roundsAfter(reuses) === rounds)) return undefined;
  const reuses = reusesOf(cycle, value);
  return {
    observed: samples.map((sample) => ({ width: sample.width, reuses: sample.reuses })),
    cycle,
    reuses,
    rounds: roundsAfter(reuses),
  };
}
