import { z } from 'zod';
import { answer } from './common.ts';

export const fmt = answer('fmt', {
  files: z.array(
    z.strictObject({
      file: z.string(),
      changed: z.boolean().describe('whether it was not canonical; without --check it is now'),
    }),
  ),
});
