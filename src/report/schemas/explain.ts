import { z } from 'zod';
import { answer, claimName, contract, count, machine, parameterValues, verdictCode } from './common.ts';
import { representationSummary } from './list.ts';

const representation = {
  ...representationSummary.shape,
  summary: z.string(),
  source: z.array(z.string()),
  values: parameterValues,
  machine,
  reference: z.strictObject({
    kind: z.enum(['word', 'pointer']),
    fields: z.array(z.strictObject({ name: z.string(), low: count, width: count })).describe('from bit 0 upward'),
    spare: z.enum(['ignored', 'mustBeZero']),
  }),
  capacity: count,
  operations: z.array(z.string()),
  extras: z.array(z.strictObject({ name: z.string(), effect: z.string(), help: z.string() })),
  claims: z.array(
    z.strictObject({ name: claimName, claimed: z.string(), contract: contract.nullable(), meaning: z.string() }),
  ),
  mutants: z.array(z.string()),
};

export const explain = z.union([
  answer('explain', { subject: z.literal('representation'), ...representation }),
  answer('explain', {
    subject: z.literal('verdict'),
    code: verdictCode,
    group: z.string(),
    title: z.string(),
    page: z.string().describe('Markdown'),
  }),
  answer('explain', {
    subject: z.literal('claim'),
    name: claimName,
    contract: contract.nullable(),
    meaning: z.string(),
  }),
  answer('explain', { subject: z.literal('contract'), name: contract, clientsMay: z.string() }),
]);
