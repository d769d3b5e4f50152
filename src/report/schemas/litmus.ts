import { z } from 'zod';
import { answer, count, diagnostic, position, seed, verdictCode } from './common.ts';

export const litmus = answer('litmus', {
  seed: seed.describe('of the first execution; each further one takes the next'),
  files: z.array(
    z.strictObject({
      file: z.string(),
      ok: z.boolean(),
      outcomes: z.array(z.string()).describe('distinct final values of the variables that expectations name'),
      executions: count,
      findings: z.array(
        z.strictObject({
          code: verdictCode,
          detail: z.string(),
          summary: z.string(),
          seed,
          line: position,
          column: position,
          diagnostic,
        }),
      ),
      missed: z
        .array(z.strictObject({ line: position, column: position, message: z.string() }))
        .describe('expectations that do not hold'),
    }),
  ),
});
