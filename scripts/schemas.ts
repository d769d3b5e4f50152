import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { schemaTexts } from '../src/cli/schema-texts.ts';

/** Writes `schemas/*.json`, which editors and other tools read. */
mkdirSync('schemas', { recursive: true });
for (const [name, text] of schemaTexts()) {
  const path = `schemas/${name}.json`;
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  console.log(path);
}
