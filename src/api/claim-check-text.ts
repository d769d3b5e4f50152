import { claimText } from '../model/machine/claims.ts';
import type { Representation } from '../model/machine/definition.ts';
import { renderCases } from '../report/case-text.ts';
import { commandLine } from '../report/command-line.ts';
import { styleOf } from '../report/style.ts';
import type { ClaimCheck } from './claim-check.ts';
import { renderDiagnostic } from './diagnostic-text.ts';
import type { FoundCase } from './fuzz.ts';

const WIDTH = 100;

/** What a failed check says, without colours: every case that is not as expected, then every finding with its case. */
export function failureText(representation: Representation, { cases, failures }: ClaimCheck): string {
  const failed = cases.filter((each) => !each.ok);
  return [
    `${representation.id} does not hold what it claims`,
    ...(failed.length === 0 ? [] : [renderCases(failed, { style: styleOf(0, WIDTH), quiet: true })]),
    ...failures.map((found) => foundText(representation, found)),
  ].join('\n\n');
}

/** The known hazards of a check, a line each. */
export function hazardText({ representation, knownHazards, search }: ClaimCheck): string {
  const count = `${knownHazards.length} known hazard${knownHazards.length === 1 ? '' : 's'}`;
  const head = `${representation}: ${count} in ${search.executions.toLocaleString('en-US')} executions, seed ${search.seed}`;
  const lines = knownHazards.map(
    ({ code, claim, contract, summary }) =>
      `  ${code} (${claim ?? `clients "${contract}"`}): ${summary.replace(`${representation}: `, '')}`,
  );
  return [head, ...lines].join('\n');
}

/** One finding: the claim that it breaks, its diagnostic, the whole case, and how to see it again. */
export function foundText(representation: Representation, found: FoundCase): string {
  const { status, claim, parameters, machine, diagnostic, scenario } = found;
  const claimed = claim === null ? '' : `: ${claimText(representation.claims(parameters, machine)[claim])}`;
  return [
    status === 'broken-claim' ? `broken claim: ${claim}${claimed}` : `known hazard: ${found.code}`,
    renderDiagnostic(diagnostic, { width: WIDTH }),
    `Failing input: ${found.case}\n${indented(scenario)}`,
    `Reproduce with: ${commandLine(['repro', found.case])}`,
  ].join('\n\n');
}

function indented(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, '    ');
}
