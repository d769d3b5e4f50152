import { z } from 'zod';
import { answer, count, verdictCode } from './common.ts';

const row = z.strictObject({
  file: z.string(),
  representation: z.string(),
  expected: verdictCode,
  actual: verdictCode.describe('what it gives now; after minimize, what the smaller case gives'),
  ok: z.boolean(),
  operations: count.describe('statements, those of callbacks included'),
  signature: z.string().nullable().describe('null when the case is clean'),
  outcome: z
    .enum(['added', 'replaced', 'kept', 'skipped', 'smaller', 'unchanged'])
    .optional()
    .describe('what merge and minimize did with it'),
  into: z.string().optional().describe('merge: the file that has it now'),
  before: count.optional().describe('minimize: operations before'),
  reason: z.string().optional().describe('why nothing was done'),
});

export type CorpusRow = z.infer<typeof row>;

export const corpus = answer('corpus', { action: z.enum(['list', 'merge', 'minimize']), cases: z.array(row) });
