import { caseFinding, type FuzzFinding } from '../fuzz/case-finding.ts';
import { flattened } from '../fuzz/callback-blocks.ts';
import { ConfigurationSpace } from '../fuzz/configuration.ts';
import { HarnessCache, POINTERS, REFERENCES } from '../fuzz/harness.ts';
import { minimise } from '../fuzz/minimise/minimise.ts';
import type { FuzzTarget } from '../fuzz/target.ts';
import { operationCount } from '../model/machine/client-program.ts';
import { lowerScenario } from '../model/scenario/lowering.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { MinimizedCase } from '../report/case.ts';
import { writeAtomically } from './atomic-file.ts';

const FOLDER = '.provsim/minimized';

/**
 * The smallest case with the same verdict: fewest operations, plainest operands, parameters and machine settings. It is written
 * below `.provsim/minimized`; the case itself stays as it is.
 * @param expired whether the time for this is up; what is reached by then is the answer
 * @returns null when the case gives no verdict, or only one that the claims promise
 * @throws InputError for a case that the minimiser cannot hold
 */
export function minimizeCase(scenario: Scenario, expired: () => boolean): MinimizedCase | null {
  const minimal = minimalCase(scenario, { parameters: {}, machine: {} }, expired);
  if (minimal === null) return null;
  const { finding, text, before } = minimal;
  writeAtomically(finding.case, text);
  return { file: finding.case, operations: finding.operations, before, text };
}

/**
 * The smallest case with the same verdict, for whoever writes it where it belongs.
 * @param fixed parameters and machine settings that stay as they are; the others become the defaults where the case allows it
 * @returns null, and throws, as {@link minimizeCase}
 */
export function minimalCase(
  scenario: Scenario,
  fixed: Pick<FuzzTarget, 'parameters' | 'machine'>,
  expired: () => boolean,
): (FuzzFinding & { readonly before: number }) | null {
  const { representation, parameters, machine, client, mutant } = scenario;
  const target: FuzzTarget = {
    representation,
    source: { id: representation.id },
    ...fixed,
    client,
    ...(mutant !== undefined && { mutant }),
  };
  const harnesses = new HarnessCache(target);
  const configuration = { parameters, machine };
  const { instance, shape } = harnesses.get(configuration);
  const { program, references, pointers } = lowerScenario(scenario, instance);
  const code = flattened(program, shape.callbacks);
  if (code === undefined || references.length >= REFERENCES || pointers.length > POINTERS)
    throw new InputError(
      'unsupported',
      `a case to minimize has no \`during\` block in another one and at most ${REFERENCES - 1} references and ${POINTERS} held pointers`,
      { file: scenario.file },
    );
  const minimal = minimise(harnesses, new ConfigurationSpace(target), { configuration, code }, expired);
  if (minimal === undefined) return null;
  return { ...caseFinding(target, shape, minimal, FOLDER), before: operationCount(program) };
}
