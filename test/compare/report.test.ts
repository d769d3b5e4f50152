import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare, type RepresentationComparison } from '../../src/compare/comparison.ts';
import { readTrace } from '../../src/compare/trace.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { renderComparison } from '../../src/report/comparison.ts';
import { columnsOf } from '../../src/report/printable.ts';
import { compare as schema } from '../../src/report/schemas/compare.ts';
import { styleOf } from '../../src/report/style.ts';

const NAME = 'git_log.valgrind.log.gz';
/** In the order in which the tests look at them. */
const COMPARED = [
  'tagged-pointer',
  'low-bit-tagged-pointer',
  'molt-pointer-registry',
  'handle-table',
  'molt-handle-table-v1',
  'molt-opaque-slab',
  'arena-offset',
];
let compared: readonly RepresentationComparison[] = [];

beforeAll(async () => {
  const alternatives = COMPARED.map((id) => ({ representation: CATALOGUE.get(id)!, parameters: {} }));
  const retiring = { representation: CATALOGUE.get('handle-table')!, parameters: { onWrap: 'retire', indexBits: 3 } };
  compared = await compare({
    alternatives: [...alternatives, retiring],
    machine: DEFAULT_MACHINE,
    traces: [readTrace(readFileSync(`test/traces/${NAME}`), NAME)],
    search: () => Promise.resolve({ executions: 1000, operations: 20_000, findings: [] }),
  });
}, 60_000);

/** The lines of one table, below its title. */
function table(text: string, title: string): readonly string[] {
  return text
    .split('\n\n')
    .find((section) => section.startsWith(title))!
    .split('\n')
    .slice(1);
}

function rowOf(text: string, title: string, number: number): string {
  return table(text, title).find((line) => line.startsWith(`  ${number} `))!;
}

describe('text', () => {
  test.each([80, 100, 120])('every line fits %i columns, but file names', (width) => {
    const lines = renderComparison(compared, styleOf(0, width)).split('\n');
    expect(lines.filter((line) => columnsOf(line) > width && !line.includes('corpus/'))).toEqual([]);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  test('colours are added and change nothing else', () => {
    const plain = renderComparison(compared, styleOf(0, 100));
    const coloured = renderComparison(compared, styleOf(1, 100));
    // oxlint-disable-next-line no-control-regex -- the colours
    const colours = /\u001b\[[0-9;]*m/g;
    expect(plain).not.toMatch(colours);
    expect(coloured).toMatch(colours);
    expect(coloured.replaceAll(colours, '')).toBe(plain);
  });

  test('says which alternative detects what, for how long, at what cost', () => {
    const text = renderComparison(compared, styleOf(0, 120));
    expect(rowOf(text, 'Overview', 1)).toMatch(/tagged-pointer +0 +aba +1 +73\.\d % +0\/0\/0\/1 +0$/);
    expect(rowOf(text, 'Overview', 5)).toMatch(/molt-handle-table-v1 +0 +refused +65,535 +26\.\d % +2\/1\/1\/3 +32$/);
    expect(rowOf(text, 'How long', 6)).toMatch(/within 1 +none +65,534 +budget +1 +0 %$/);
    expect(rowOf(text, 'How long', 8)).toMatch(/always +none +65,534 +budget +- +0 %$/);
    expect(text).toContain('8  handle-table indexBits=3 onWrap=retire');
    expect(text).toContain('not judged (threads)');
    expect(text).toContain('a search of 8,000 executions');
    expect(text).toContain('probe: a = alloc list; hold p = a; free a; touch p');
  });

  test('what is claimed and not judged is not called held', () => {
    const lines = table(renderComparison(compared.slice(3, 4), styleOf(0, 100)), 'Claims');
    const cells = Object.fromEntries(lines.map((line) => line.trim().split(/ {2,}/)) as [string, string][]);
    expect(cells).toMatchObject({
      memorySafe: 'held',
      detectsStale: 'held',
      threadSafe: 'threads',
      deadlockFree: 'threads',
      safeConcurrentUse: 'no',
    });
  });

  test('a broken claim stands out', () => {
    const [first] = compared;
    const claims = first.claims.map((each) => {
      const evidence = each.evidence.map((one) => ({ ...one, status: 'broken-claim' as const }));
      return each.claim === 'detectsStale' ? { ...each, verdict: 'broken' as const, evidence } : each;
    });
    const text = renderComparison([{ ...first, claims }], styleOf(0, 100));
    expect(rowOf(text, 'Overview', 1)).toMatch(/tagged-pointer +1 /);
    expect(table(text, 'What was found')[1]).toMatch(/^ {5}BROKEN /);
    expect(text).toMatch(/detectsStale +BROKEN/);
  });

  test('a workload', () => {
    const text = renderComparison(compared, styleOf(0, 120));
    const title = `Workload ${NAME}`;
    // 1,066 allocations and 41 reallocations. Of eight slots, some are used again before all eight live.
    expect(rowOf(text, title, 4)).toMatch(/handle-table +1,107 +0 +/);
    expect(rowOf(text, title, 8)).toMatch(/retire +14 +1,093 +8 +128 +3 +0 +none$/);
    expect(table(text, title).join(' ')).toContain('1,066 allocations, 754 frees, 41 reallocations');
  });

  test('nothing to compare', () => {
    expect(renderComparison([], styleOf(0, 100))).toBe('');
  });
});

test('the JSON is what its schema says', () => {
  const frame = { command: 'compare', ok: true, version: '0.0.0', schemaVersion: 1, elapsedMs: 1, seed: 0 };
  const answer: unknown = JSON.parse(JSON.stringify({ ...frame, representations: compared }));
  expect(schema.safeParse(answer).error?.issues ?? []).toEqual([]);
});
