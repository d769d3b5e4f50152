import { z } from 'zod';
import { FUZZ_ENGINES } from '../../fuzz/target.ts';
import { answer, contract, count, finding, machine, parameterValues, seed, verdictCode } from './common.ts';
import { caseReport } from './repro.ts';

export const fuzz = answer('fuzz', {
  seed,
  budget: z.union([z.strictObject({ seconds: z.number().min(0) }), z.strictObject({ runs: count })]),
  shard: z.strictObject({ index: count, count }).optional(),
  corpus: z.strictObject({
    folder: z.string().nullable(),
    cases: count.describe('cases of the representations searched'),
    replayed: count.describe('those replayed before the time was up'),
    failed: z.array(caseReport).describe('cases whose verdict is not the expected one'),
  }),
  baseline: z
    .strictObject({ file: z.string(), findings: count })
    .optional()
    .describe('with --baseline: the earlier answer, and how many findings it has'),
  runs: z.array(
    z.strictObject({
      representation: z.string(),
      parameters: parameterValues.describe('fixed by options, defaults otherwise; the search varies the others'),
      machine,
      engine: z.enum(FUZZ_ENGINES),
      client: contract,
      mutant: z.string().optional(),
      operations: count.describe('client operations; rounds of a churn are not counted'),
      executions: count,
      operationsPerSecond: count,
      coverage: z.strictObject({
        reached: count,
        total: count,
        unreached: z.array(z.string()).optional().describe('with --coverage: ENTRY/OPERATION/GUARD:OUTCOME'),
      }),
      findings: z.array(finding),
      known: z.array(z.string()).describe('signatures of those findings that stand in the baseline; they fail nothing'),
      ignored: z
        .array(z.strictObject({ code: verdictCode, signature: z.string(), case: z.string(), reason: z.string() }))
        .describe('findings that the configuration ignores'),
    }),
  ),
});
