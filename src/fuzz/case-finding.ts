import type { Finding } from '../model/machine/finding.ts';
import { parseScenario } from '../model/scenario/parser.ts';
import { printScenario } from '../model/scenario/printer.ts';
import { runScenario } from '../model/scenario/run.ts';
import { caseScenario } from './case-scenario.ts';
import type { FailingCase } from './observation.ts';
import type { ProgramShape } from './program-shape.ts';
import type { FuzzTarget } from './target.ts';

/** A finding with the text of its case, which the caller writes to `finding.case`. */
export interface FuzzFinding {
  readonly finding: Finding;
  readonly text: string;
}

/** A case that gave a verdict in the search and gives another one, or none, when its text runs on fresh objects: a fault of provsim. */
export class IrreproducibleFinding extends Error {
  readonly text: string;

  constructor(text: string, expected: string, actual: string) {
    super(`a finding does not reproduce: the search saw ${expected}, its case gives ${actual}\n${text}`);
    this.name = 'IrreproducibleFinding';
    this.text = text;
  }
}

/**
 * The finding that a case is, from its text: printed, parsed and run again on fresh objects.
 *
 * @param folder where findings are kept; the case is `FOLDER/REPRESENTATION/SIGNATURE.scenario`
 * @param notes written into the case's header
 * @throws IrreproducibleFinding when the second run disagrees
 */
export function caseFinding(
  target: FuzzTarget,
  shape: ProgramShape,
  found: FailingCase,
  folder: string,
  notes: readonly string[] = [],
): FuzzFinding {
  const { representation } = target;
  const text = printScenario({ ...caseScenario(target, shape, found), notes });
  const lookup = (id: string) => (id === representation.id ? representation : undefined);
  const scenario = parseScenario(text, 'case', lookup, [representation.id]);
  const { finding, verdict } = runScenario(scenario);
  if (finding === undefined || verdict !== found.symptom.code)
    throw new IrreproducibleFinding(text, found.symptom.code, verdict);
  // The file is named after the signature, which is known only now.
  const file = `${folder}/${representation.id}/${finding.signature}.scenario`;
  const { diagnostic } = finding;
  return {
    text,
    finding: {
      ...finding,
      case: file,
      diagnostic: {
        ...diagnostic,
        place: { ...diagnostic.place, file },
        replay: diagnostic.replay.replace(scenario.file, file),
      },
    },
  };
}
