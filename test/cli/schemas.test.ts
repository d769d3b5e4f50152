import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaTexts } from '../../src/cli/schema-texts.ts';
import { VERBS } from '../../src/cli/verbs.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);

test('schemas/*.json are what `npm run schemas` writes', () => {
  const texts = schemaTexts();
  expect(readdirSync(FOLDER).sort()).toEqual([...texts.keys()].map((name) => `${name}.json`).sort());
  for (const [name, text] of texts) expect(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')).toBe(text);
});

test('every verb has a schema for what it answers', () => {
  const names = [...schemaTexts().keys()].filter((name) => name !== 'config');
  expect(names.sort()).toEqual(VERBS.map(({ name }) => name).sort());
});
