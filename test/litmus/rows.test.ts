import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { VERDICTS, isVerdictCode } from '../../src/model/vocabulary/verdicts.ts';
import { litmusFiles } from './files.ts';

const FOLDER = join(import.meta.dirname, 'miri');

/** The lines of a table, without comments and header. */
function table(name: string): readonly (readonly string[])[] {
  const lines = readFileSync(join(FOLDER, name), 'utf8').trimEnd().split('\n');
  return lines
    .filter((line) => !line.startsWith('#'))
    .slice(1)
    .map((line) => line.split('\t'));
}

const rows = table('rows.tsv').map(([id, scenario, expected]) => ({ id, scenario, expected }));
const words = table('map.tsv').map(([word, code, detail = '']) => ({ word, code, detail }));

/** The word of an expected column: the longest one that it begins with, from its `UB:` on if it has one. */
function wordOf(
  expected: string,
): { readonly word: string; readonly code: string; readonly detail: string } | undefined {
  const text = expected.slice(Math.max(0, expected.indexOf('UB:')));
  return words
    .filter(({ word }) => text.startsWith(word))
    .toSorted((one, other) => other.word.length - one.word.length)[0];
}

/**
 * Rows whose number of execution graphs is another one here: the order in which two threads allocate counts, which doubles it, and
 * failed passes that leave nothing behind do not. With those passes explored it is 2 * 188 and 2 * (152 - 24).
 */
const OTHER_GRAPHS: ReadonlySet<string> = new Set([
  'tests/genmc/pass/data-structures/ms_queue_dynamic.rs#default_R1W2',
  'tests/genmc/pass/data-structures/ms_queue_dynamic.rs#spinloop_assume_R1W2',
]);

/** The number of complete execution graphs that GenMC finds, when a row tells it. */
function graphsOf(expected: string): number | undefined {
  const [, all, blocked = '0'] = /^executions=(\d+)(?: of which (\d+) blocked)?/.exec(expected) ?? [];
  return all === undefined ? undefined : Number(all) - Number(blocked);
}

/** Litmus files by the row that they name. */
const filesOf = new Map<string, string[]>();
for (const file of litmusFiles(FOLDER))
  for (const [, id] of readFileSync(file, 'utf8').matchAll(/^# miri: (.+)$/gm))
    filesOf.set(id, [...(filesOf.get(id) ?? []), file]);

const semantics = readFileSync(join(import.meta.dirname, '../../docs/semantics.md'), 'utf8');
const limits = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8');

describe("Miri's rows", () => {
  it('are all there, each once', () => {
    expect(rows.length).toBe(237);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const { scenario } of rows) expect(scenario).toMatch(/^\[[a-z]+\] /);
  });

  it('are each named by one litmus file or by docs/limits.md, and at most 5 in 100 by the latter', () => {
    const leftOut: string[] = [];
    for (const { id } of rows) {
      const named = filesOf.get(id)?.length ?? 0;
      if (named === 0 && limits.includes(`\`${id}\``)) leftOut.push(id);
      else expect(`${id}: ${named}`).toBe(`${id}: 1`);
    }
    expect(leftOut.length).toBeLessThanOrEqual(rows.length * 0.05);
    for (const id of filesOf.keys()) expect(rows.map((row) => row.id)).toContain(id);
  });

  it('have expected words that all map to one verdict', () => {
    expect(new Set(words.map(({ word }) => word)).size).toBe(words.length);
    for (const { code } of words) expect(isVerdictCode(code)).toBe(true);
    for (const { expected } of rows) expect([expected, wordOf(expected)]).not.toContain(undefined);
    for (const { word, code, detail } of words)
      expect(semantics).toContain(`| \`${word}\` | \`${detail === '' ? code : `${code}/${detail}`}\` |`);
  });

  it.each(rows.filter(({ id }) => filesOf.has(id)))('$id gives the verdict of its word', ({ id, expected }) => {
    const { code, detail } = wordOf(expected) ?? { code: '', detail: '' };
    const [file] = filesOf.get(id) ?? [''];
    const { ok, findings, executions } = runLitmus(parseLitmus(readFileSync(file, 'utf8'), file), { seed: 1 });
    expect(ok).toBe(true);
    // A program with threads may have other verdicts in other executions; the file expects those too.
    if (code === 'clean') expect(findings).toEqual([]);
    else expect(findings.map((finding) => finding.code)).toContain(code);
    if (detail !== '') expect(findings[0].detail).toBe(detail);
    const graphs = graphsOf(expected);
    if (graphs !== undefined && !OTHER_GRAPHS.has(id)) expect(executions).toBe(graphs);
  });
});

describe('the memory verdicts', () => {
  const results = litmusFiles(join(import.meta.dirname, 'codes')).map((file) => ({
    name: file.replace(/^.*\//, '').replace(/\.litmus$/, ''),
    codes: runLitmus(parseLitmus(readFileSync(file, 'utf8'), file), { seed: 1 }).findings.map(({ code }) => code),
  }));
  const memory = VERDICTS.filter(({ group }) => group === 'memory').map(({ code }) => code);

  it.each(memory)('%s has a file that shows it and one like it that is sound', (code) => {
    const own = results.filter(({ name }) => name === code || name.startsWith(`${code}-`));
    expect(own.some(({ codes }) => codes.length === 1 && codes[0] === code)).toBe(true);
    expect(own.filter(({ codes }) => codes.length === 0).map(({ name }) => name)).toContain(`${code}-sound`);
  });
});
