import { z } from 'zod';
import { answer, count, parameterValues, position } from './common.ts';

export const replay = answer('replay', {
  file: z.string(),
  representation: z.string(),
  parameters: parameterValues,
  operations: count.describe('lines that were replayed, the diverging one included; a macro counts as one'),
  divergence: z
    .strictObject({ line: position, op: z.string(), expected: z.string(), actual: z.string() })
    .nullable()
    .describe('the first line at which the model answers otherwise than the log'),
});
