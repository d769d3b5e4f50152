import { z } from 'zod';
import { answer, claimName, claimStatus, count, diagnostic, position, verdictCode } from './common.ts';

export const caseReport = z.strictObject({
  file: z.string(),
  representation: z.string(),
  expected: verdictCode,
  actual: verdictCode,
  ok: z.boolean(),
  steps: count.describe('client operations that ran, churn rounds counted one by one'),
  claim: claimName.nullable().describe('the claim that the verdict concerns'),
  status: claimStatus.nullable(),
  signature: z.string().nullable(),
  diagnostic: diagnostic.nullable(),
  seeds: z
    .array(z.strictObject({ verdict: verdictCode, count, first: count.describe('the first seed that gave it') }))
    .optional()
    .describe('with --many-seeds'),
  trace: z
    .array(z.strictObject({ line: position, statement: z.string(), effects: z.array(z.string()) }))
    .optional()
    .describe('with --trace'),
  timeline: z
    .array(
      z.strictObject({
        thread: z.int().nonnegative(),
        statement: z.string(),
        line: z.int().nonnegative(),
        text: z.string(),
        changes: z.array(z.string()),
      }),
    )
    .optional()
    .describe('with --timeline: the steps of all threads; thread 0 is main'),
  minimized: z
    .strictObject({ file: z.string(), operations: count, before: count, text: z.string() })
    .nullable()
    .optional()
    .describe('with --minimize: the smallest case with the same verdict, null when there is none'),
});

export const repro = answer('repro', { cases: z.array(caseReport) });
