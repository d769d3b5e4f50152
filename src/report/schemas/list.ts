import { z } from 'zod';
import { answer, contract, parameterValue, verdictCode } from './common.ts';

export const parameter = z.strictObject({
  name: z.string(),
  kind: z.enum(['integer', 'choice', 'flag']),
  default: parameterValue,
  min: z.int().optional(),
  max: z.int().optional(),
  values: z.array(z.string()).optional(),
  help: z.string(),
});

export const representationSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  origin: z.enum(['catalogue', 'config']),
  parameters: z.array(parameter),
});

export const list = answer('list', {
  representations: z.array(representationSummary),
  verdicts: z.array(z.strictObject({ code: verdictCode, group: z.string(), title: z.string() })),
  contracts: z.array(z.strictObject({ name: contract, clientsMay: z.string() })),
  machine: z.array(z.strictObject({ name: z.string(), default: z.union([z.string(), z.int()]), expected: z.string() })),
});
