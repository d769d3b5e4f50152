import { z } from 'zod';
import { compare } from '../report/schemas/compare.ts';
import { corpus } from '../report/schemas/corpus.ts';
import { explain } from '../report/schemas/explain.ts';
import { fmt } from '../report/schemas/fmt.ts';
import { fuzz } from '../report/schemas/fuzz.ts';
import { init } from '../report/schemas/init.ts';
import { list } from '../report/schemas/list.ts';
import { litmus } from '../report/schemas/litmus.ts';
import { replay } from '../report/schemas/replay.ts';
import { repro } from '../report/schemas/repro.ts';
import { verify } from '../report/schemas/verify.ts';
import { jsonConfigFile } from './config-schema.ts';

/** The schemas of the JSON that each verb prints, by verb. */
export const ANSWER_SCHEMAS = {
  compare,
  corpus,
  explain,
  fmt,
  fuzz,
  init,
  list,
  litmus,
  replay,
  repro,
  verify,
} as const;

/** The published JSON Schemas by name: one for each verb's answer, and `config` for `provsim.config.json`. */
export function schemaTexts(): ReadonlyMap<string, string> {
  const titled = Object.entries(ANSWER_SCHEMAS).map(([verb, schema]): [string, string] => [
    verb,
    textOf(schema, `What provsim ${verb} --json prints`),
  ]);
  return new Map([...titled, ['config', textOf(jsonConfigFile, 'provsim.config.json')]]);
}

function textOf(schema: z.ZodType, title: string): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { reused: 'ref' });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
