import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';

const ROOT = join(import.meta.dirname, '../../src/fuzz');
const FILES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const SOURCES = FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const);

test('there is something to read', () => {
  expect(FILES.length).toBeGreaterThan(10);
  expect(CATALOGUE.size).toBeGreaterThan(5);
});

test.each(SOURCES)('%s names no representation, and nothing of one', (_file, text) => {
  expect(text).not.toMatch(/representations\//);
  for (const [id, { parameters }] of CATALOGUE) {
    const camel = id.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
    const names = [id, camel, ...Object.keys(parameters)].filter((name) => /[A-Z-]/.test(name));
    for (const name of names) expect(text).not.toMatch(new RegExp(`(?<![\\w-])${name}(?![\\w-])`));
  }
});
