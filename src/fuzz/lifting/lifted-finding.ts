import { isBroken } from '../../model/machine/claims.ts';
import type { Finding } from '../../model/machine/finding.ts';
import { claimFacts } from '../../model/scenario/diagnosis.ts';
import type { FuzzFinding } from '../case-finding.ts';
import type { Harness } from '../harness.ts';
import type { Cycle, CycleSample } from './cycle.ts';
import type { Forecast } from './forecast.ts';

/** A finding at a narrow width as one about the real width: the case stays what it is, the claim is that of the real width. */
export function liftedFinding(
  { claims }: Harness,
  { finding, text }: FuzzFinding,
  forecast: Forecast,
  confirmed: boolean,
): FuzzFinding {
  const { parameter, value, real, observed, cycle, reuses, rounds } = forecast;
  const { code, contract, diagnostic, representation } = finding;
  const evidence = { code, contract, forged: false, reuses, creates: rounds + 1 };
  const status: Finding['status'] = isBroken(claims, evidence) ? 'broken-claim' : 'known-hazard';
  const told = { label: 'lifted', text: liftText(forecast, confirmed) };
  const facts = diagnostic.facts.flatMap((fact) =>
    fact.label === 'claim' ? [told, ...claimFacts(claims, evidence, status)] : [fact],
  );
  const count = reuses.toLocaleString('en-US');
  return {
    text,
    finding: {
      ...finding,
      status,
      summary: `${representation}: ${diagnostic.title}, after ${count} reuses of its slot with ${parameter}=${value}`,
      lifted: { parameters: real.parameters, parameter, value, observed, ...cycle, reuses, confirmed },
      diagnostic: { ...diagnostic, facts },
    },
  };
}

/** What was seen, and what follows from it, in one line. */
export function liftText({ parameter, value, observed, cycle, reuses }: Forecast, confirmed: boolean): string {
  const seen = `${parameter} ${listed(observed.map(({ width }) => String(width)))}`;
  const counts = listed(observed.map((sample: CycleSample) => sample.reuses.toLocaleString('en-US')));
  const checked = confirmed
    ? 'confirmed by running'
    : 'not confirmed by running (--confirm does, however long it takes)';
  return `from ${seen} (${counts} reuses: ${cycleText(cycle)}) to ${value}: ${reuses.toLocaleString('en-US')} reuses, ${checked}`;
}

function cycleText({ skipped, step }: Cycle): string {
  return `a cycle of 2^bits${skipped === 0 ? '' : ` - ${skipped}`} in steps of ${step}`;
}

/** At most four of them: the first three and the last. */
function listed(texts: readonly string[]): string {
  const [last] = texts.slice(-1);
  return texts.length > 4 ? `${texts.slice(0, 3).join(', ')} … ${last}` : texts.join(', ');
}
