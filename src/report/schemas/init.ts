import { z } from 'zod';
import { answer } from './common.ts';

export const init = answer('init', {
  folder: z.string(),
  files: z.array(z.string()).describe('what was written, relative to the folder'),
});
