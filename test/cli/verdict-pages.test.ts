import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import { VERDICTS, type VerdictCode } from '../../src/model/vocabulary/verdicts.ts';

const FOLDER = new URL('../../docs/verdicts/', import.meta.url);

/** No scenario of the catalogue and no program with one thread gives these, so their pages have no example to run. */
const WITHOUT_EXAMPLE: readonly VerdictCode[] = [
  'wrong-object',
  'lost-handle',
  'type-confusion',
  'stale-content',
  'data-race',
  'mixed-size-race',
  'livelock',
  'thread-misuse',
  'unsupported',
];

function pageOf(code: string): string {
  return readFileSync(new URL(`${code}.md`, FOLDER), 'utf8');
}

describe('pages of verdicts', () => {
  test('there is one for every code, and no other', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(VERDICTS.map(({ code }) => `${code}.md`).sort());
  });

  test.each(VERDICTS.map(({ code, title }) => [code, title] as const))(
    '%s begins with its code and title',
    (code, title) => {
      const [heading, , first] = pageOf(code).split('\n');
      expect(heading).toBe(`# ${code}`);
      expect(first?.toLowerCase()).toBe(`${title}.`.toLowerCase());
    },
  );

  test.each(VERDICTS.map(({ code }) => code))('the example of %s gives that verdict', (code) => {
    const examples = [...pageOf(code).matchAll(/```(litmus|scenario)\n([\s\S]*?)```/g)];
    expect(examples).toHaveLength(WITHOUT_EXAMPLE.includes(code) ? 0 : 1);
    for (const [, kind, text] of examples) {
      if (kind === 'litmus') {
        const result = runLitmus(parseLitmus(text, `${code}.md`), { seed: 0 });
        expect(result.missed).toEqual([]);
        expect(result.findings.map((finding) => finding.code)).toEqual([code]);
      } else {
        const scenario = parseScenario(text, `${code}.md`, (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]);
        expect(scenario.expect).toBe(code);
        expect(runScenario(scenario).verdict).toBe(code);
      }
    }
  });
});
