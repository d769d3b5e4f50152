import { fuzz } from '../../src/fuzz/fuzz.ts';
import type { Finding } from '../../src/model/machine/finding.ts';
import { caseOf, type Judgement } from './cases.ts';

export interface Search {
  readonly findings: readonly Finding[];
  readonly executions: number;
  readonly operations: number;
  readonly milliseconds: number;
}

/** Searches one form of a row with its parameters fixed; machine, clients and everything else are the search's own choice. */
export async function searchForm(
  judgement: Judgement,
  form: 'bug' | 'fixed',
  { seed, runs }: { readonly seed: number; readonly runs: number },
): Promise<Search> {
  const { representation, parameters } = caseOf(judgement.id, form);
  const begin = performance.now();
  const report = await fuzz(
    {
      targets: [{ representation, source: { id: representation.id }, parameters, machine: {} }],
      seed,
      budget: { runs },
      jobs: 1,
      stopOn: (finding) => form === 'bug' && isWanted(finding, judgement),
    },
    { clock: () => performance.now() },
  );
  const [{ findings, executions, operations } = { findings: [], executions: 0, operations: 0 }] = report.runs;
  const milliseconds = performance.now() - begin;
  return { findings: findings.map(({ finding }) => finding), executions, operations, milliseconds };
}

/** Whether a finding is the bug of a row. */
export function isWanted({ code, claim, status }: Finding, judgement: Judgement): boolean {
  return code === judgement.code && claim === judgement.claim && status === judgement.status;
}

/** What a search of the fixed form must not find: a claim that breaks, or the bug itself. */
export function isUnwanted(finding: Finding, judgement: Judgement): boolean {
  return finding.status === 'broken-claim' || isWanted(finding, judgement);
}
