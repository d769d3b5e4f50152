import { z } from 'zod';
import type { Representation } from '../model/machine/definition.ts';
import { VERDICTS, type VerdictCode } from '../model/vocabulary/verdicts.ts';

const CODES = VERDICTS.map(({ code }) => code) as [VerdictCode, ...VerdictCode[]];

const duration = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,3})?(ms|s|m|h)$/, { error: 'expected a duration such as "60s", "2m" or "500ms"' });

/** What `representation()` gives; it cannot be told apart from an object of the same shape, and need not be. */
const definition = z.custom<Representation>(
  (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const { id, title, parameters, build, claims } = value as Partial<Representation>;
    return (
      typeof id === 'string' &&
      typeof title === 'string' &&
      typeof parameters === 'object' &&
      typeof build === 'function' &&
      typeof claims === 'function'
    );
  },
  { error: 'expected a definition made with representation()' },
);

/** The schema of a configuration as it is written in a file. */
export const configFile = z.strictObject({
  representations: z
    .array(definition)
    .optional()
    .describe('definitions made with representation(); in .ts and .mjs only'),
  corpus: z
    .string()
    .min(1)
    .optional()
    .describe('folder of scenarios that are replayed before a search; relative to this file'),
  ignore: z
    .array(
      z.strictObject({
        code: z.enum(CODES),
        representation: z.string().min(1).optional(),
        reason: z.string().min(1).describe('why nobody needs to hear of it'),
      }),
    )
    .optional()
    .describe('verdicts that are counted and not told'),
  fuzz: z
    .strictObject({
      time: duration.optional().describe('budget of the whole command, such as "60s"'),
      runs: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('executions for each representation'),
      seed: z
        .int()
        .min(-(2 ** 31))
        .max(2 ** 32 - 1)
        .optional(),
    })
    .optional(),
});

export type ConfigFile = z.infer<typeof configFile>;

/** The same as JSON Schema can say it, for editors: a .json file holds no definitions. */
export const jsonConfigFile = configFile.omit({ representations: true }).extend({ $schema: z.string().optional() });
