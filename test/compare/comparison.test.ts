import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compare, type RepresentationComparison, type SearchResult } from '../../src/compare/comparison.ts';
import type { JudgedClaim } from '../../src/compare/judged-claim.ts';
import type { Claims, Representation } from '../../src/index.ts';
import type { ClaimName } from '../../src/model/machine/claims.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import type { Scenario } from '../../src/model/scenario/scenario.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';

const CORPUS = readdirSync('corpus', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scenario'))
  .sort()
  .map((name) => parse(readFileSync(`corpus/${name}`, 'utf8'), `corpus/${name}`));

function parse(text: string, file: string, given?: Representation): Scenario {
  const find = (id: string) => (id === given?.id ? given : CATALOGUE.get(id));
  return parseScenario(text, file, find, [...CATALOGUE.keys()]);
}

const NOTHING_FOUND: SearchResult = { executions: 10, operations: 100, findings: [] };

interface Options {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly search?: SearchResult;
  readonly corpus?: readonly Scenario[];
}

async function one(representation: Representation | string, options: Options = {}): Promise<RepresentationComparison> {
  const { parameters = {}, search, corpus = [] } = options;
  const chosen = typeof representation === 'string' ? CATALOGUE.get(representation)! : representation;
  const [compared] = await compare({
    alternatives: [{ representation: chosen, parameters }],
    machine: DEFAULT_MACHINE,
    corpus,
    ...(search && { search: () => Promise.resolve(search) }),
  });
  return compared;
}

function claim({ claims }: RepresentationComparison, name: ClaimName): JudgedClaim {
  return claims.find((each) => each.claim === name)!;
}

/** A representation of the catalogue that says other things of itself. */
function claiming(id: string, changes: Partial<Claims>): Representation {
  const base = CATALOGUE.get(id)!;
  return { ...base, claims: (parameters, machine) => ({ ...base.claims(parameters, machine), ...changes }) };
}

/** Of a claim to refuse stale references with a probability, by a table that takes one in fifteen. */
async function verdictOnProbability(probability: number): Promise<JudgedClaim['verdict']> {
  const table = claiming('handle-table', { detectsStale: { probability } });
  return claim(await one(table, { parameters: { generationBits: 4 } }), 'detectsStale').verdict;
}

describe('verdicts on claims', () => {
  test('held after a search, not judged without one, never held for what takes threads', async () => {
    const searched = await one('handle-table', { search: NOTHING_FOUND });
    expect(claim(searched, 'memorySafe')).toMatchObject({ verdict: 'held', reason: null });
    expect(claim(searched, 'threadSafe')).toMatchObject({ verdict: 'not-judged', reason: 'threads' });
    expect(claim(searched, 'safeConcurrentUse')).toMatchObject({ verdict: 'not-claimed' });
    const unsearched = await one('handle-table');
    expect(claim(unsearched, 'memorySafe')).toMatchObject({ verdict: 'not-judged', reason: 'no search' });
    // The probe runs on a strict machine, which is all that this claim asks.
    expect(claim(unsearched, 'strictProvenance')).toMatchObject({ verdict: 'held' });
  });

  test('a false claim of detection is broken by the probe of the wrap', async () => {
    const lying = claiming('handle-table', { detectsStale: { within: 16 } });
    const { verdict, evidence } = claim(await one(lying, { parameters: { generationBits: 4 } }), 'detectsStale');
    expect(verdict).toBe('broken');
    expect(evidence[0]).toMatchObject({ code: 'aba', status: 'broken-claim', contract: 'any', source: 'probe' });
    const honest = claiming('handle-table', { detectsStale: { within: 15 } });
    const judged = claim(
      await one(honest, { parameters: { generationBits: 4 }, search: NOTHING_FOUND }),
      'detectsStale',
    );
    expect(judged.verdict).toBe('held');
    expect(judged.evidence[0]).toMatchObject({ code: 'aba', status: 'known-hazard' });
  });

  test.each([
    ['tagged-pointer', { strictProvenance: true }, 'strictProvenance', 'exposed-provenance'],
    ['tagged-pointer', { detectsStale: 'always' }, 'detectsStale', 'stale-handle'],
    ['molt-handle-table-v1', { detectsForged: 'always' }, 'detectsForged', 'forged-handle'],
    ['arena-offset', { leakFree: true }, 'leakFree', 'leak'],
    ['handle-table', { safeConcurrentUse: true }, 'safeConcurrentUse', 'use-after-free'],
    ['molt-opaque-slab', { detectsStale: 'always' }, 'detectsStale', 'aba'],
  ] as const)('%s with %j: %s is broken by %s', async (id, changes, name, code) => {
    const { verdict, evidence } = claim(await one(claiming(id, changes)), name);
    expect(verdict).toBe('broken');
    expect(evidence.filter(({ status }) => status === 'broken-claim').map((each) => each.code)).toContain(code);
  });

  test('a table that runs out too early breaks what it says is available', async () => {
    // Four slots of three generations.
    const parameters = { indexBits: 2, generationBits: 2, onWrap: 'retire' };
    const judged = async (available: number): Promise<JudgedClaim> =>
      claim(await one(claiming('handle-table', { available }), { parameters, search: NOTHING_FOUND }), 'available');
    expect(await judged(13)).toMatchObject({ verdict: 'broken', evidence: [{ code: 'exhausted', source: 'probe' }] });
    expect(await judged(12)).toMatchObject({ verdict: 'held', evidence: [{ status: 'known-hazard' }] });
  });

  test('a stated probability is judged by the share of tries', async () => {
    // 273 of 4,096 stale uses are accepted, one in fifteen.
    expect(await verdictOnProbability(14 / 15)).not.toBe('broken');
    expect(await verdictOnProbability(0.99)).toBe('broken');
  });

  test('what every probe case shows can be replayed from its text', async () => {
    for (const id of CATALOGUE.keys()) {
      const { claims, hazards } = await one(id);
      for (const { text, code } of [...claims.flatMap(({ evidence }) => evidence), ...hazards])
        expect(runScenario(parse(text, 'probe.scenario')).verdict, text).toBe(code);
    }
  });
});

describe('evidence', () => {
  test('cases of the corpus with the same parameters and machine are evidence, others are not', async () => {
    const compared = await one('molt-handle-table-v1', { corpus: CORPUS });
    expect(compared.searched.corpusCases).toBe(8);
    expect(claim(compared, 'detectsStale').evidence).toContainEqual({
      code: 'aba',
      status: 'known-hazard',
      contract: 'any',
      source: 'corpus',
      case: 'corpus/molt-handle-table-v1/generation-wrap.scenario',
      text: '',
    });
    // A client that goes behind the table concerns no claim.
    expect(compared.hazards).toMatchObject([{ code: 'aba', contract: 'bypass', source: 'corpus' }]);
    const narrow = await one('molt-handle-table-v1', { corpus: CORPUS, parameters: { generationBits: 8 } });
    expect(narrow.searched.corpusCases).toBe(0);
    expect(narrow.changed).toEqual(['generationBits']);
  });

  test('findings of the search are evidence after those of the corpus and the probes', async () => {
    const bypass = 'representation handle-table\nclient bypass\na = alloc list\nabandon a\nuse a\n';
    const wrap =
      'representation handle-table\nclient any\na = alloc list\nfree a\nchurn 65534 list\nb = alloc list\nuse a\n';
    const findings = [bypass, wrap].map((text) => ({ text, finding: runScenario(parse(text, 'found')).finding! }));
    const compared = await one('handle-table', { search: { executions: 5, operations: 6, findings } });
    expect(compared.hazards).toMatchObject([{ code: 'stale-handle', source: 'search', text: bypass }]);
    expect(compared.hazards[0].case).toBe(findings[0].finding.signature);
    // The probe of the wrap found the same before.
    expect(claim(compared, 'detectsStale').evidence).toMatchObject([{ code: 'aba', source: 'probe' }]);
    expect(compared.searched).toEqual({ executions: 5, operations: 6, corpusCases: 0 });
  });
});

test('alternatives come in their order, each with its own parameters', async () => {
  const handleTable = CATALOGUE.get('handle-table')!;
  const compared = await compare({
    alternatives: [
      { representation: handleTable, parameters: { generationBits: 3 } },
      { representation: handleTable, parameters: { generationBits: 3, onWrap: 'retire' } },
    ],
    machine: DEFAULT_MACHINE,
  });
  expect(compared.map(({ measured }) => measured.churn.reusesToAba)).toEqual([7, null]);
  expect(compared.map(({ changed }) => changed)).toEqual([['generationBits'], ['generationBits', 'onWrap']]);
});

test('a comparison that is aborted ends with what is done', async () => {
  const controller = new AbortController();
  const alternatives = ['tagged-pointer', 'handle-table'].map((id) => ({
    representation: CATALOGUE.get(id)!,
    parameters: {},
  }));
  const compared = await compare({
    alternatives,
    machine: DEFAULT_MACHINE,
    signal: controller.signal,
    search: () => {
      controller.abort();
      return Promise.resolve(NOTHING_FOUND);
    },
  });
  expect(compared.map(({ id }) => id)).toEqual(['tagged-pointer']);
});
