import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerOf, provsim, workFolder } from './command.ts';

/** A table without generations: the bits of a freed slot come back at once. */
const REPRESENTATION = `
const slots = state({ pointers: growing({ pointer: pointer() }), free: stack(word(8)) });
const reference = word(layout({ index: 8, valid: 1 }, { spare: 'mustBeZero' }));
const bare = representation({
  id: 'bare-table',
  title: 'Bare table',
  summary: 'An index without a generation.',
  source: ['test'],
  parameters: {},
  build: () => ({
    reference,
    state: slots,
    capacity: 256,
    operations: {},
    roles: {
      create: operation({ object: pointer() }, reference, ($, { object }) => {
        const reused = slots.free.pop($);
        $.if(reused.isSome(), () => {
          $.store(slots.pointers.at(reused.value()).pointer, object);
          $.return(reference.of({ index: reused.value(), valid: 1 }));
        });
        $.guard('room', slots.pointers.length($).lt(256), 0);
        const index = slots.pointers.push($, { pointer: object });
        $.return(reference.of({ index: index.resize(8), valid: 1 }));
      }),
      resolve: operation({ reference }, pointer(), ($, { reference: given }) => {
        $.guard('slot exists', given.index.resize(32).lt(slots.pointers.length($)), NULL);
        $.return($.load(slots.pointers.at(given.index).pointer));
      }),
      destroy: operation({ reference }, ($, { reference: given }) => {
        $.guard('slot exists', given.index.resize(32).lt(slots.pointers.length($)));
        const slot = slots.pointers.at(given.index);
        const object = $.load(slot.pointer);
        $.guard('in use', object.isNull().not());
        $.store(slot.pointer, NULL);
        slots.free.push($, given.index);
        $.reclaim(object);
      }),
    },
    slotFields: ['index'],
  }),
  claims: () => ({
    memorySafe: true, keepsLive: true, threadSafe: false, leakFree: true, deadlockFree: true, safeConcurrentUse: false,
    detectsStale: 'DETECTS', detectsForged: 'never', strictProvenance: true, available: 'unlimited', boundedGarbage: 0,
    nonBlocking: false,
  }),
});
`;
const IMPORTS = `import { growing, layout, NULL, operation, pointer, representation, stack, state, unlocked, word } from 'provsim';\n`;

function source(detects: string, typed: boolean): string {
  const body = REPRESENTATION.replace('DETECTS', detects)
    .replace('growing({ pointer: pointer() })', 'unlocked(growing({ pointer: pointer() }))')
    .replace('stack(word(8))', 'unlocked(stack(word(8)))');
  const types = typed ? 'const nothing: number = 1;\nvoid nothing;\n' : '';
  return `${IMPORTS}${types}${body}\nexport default { representations: [bare], fuzz: { runs: 300, seed: 5 } };\n`;
}

const folder = workFolder();
afterAll(() => folder.remove());
const run = (words: readonly string[]) => provsim(words, { cwd: folder.path });
const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

describe('configuration', () => {
  test.each(['honest.config.ts', 'honest.config.mjs'])(
    "%s brings a user's representation to every verb",
    async (name) => {
      write(name, source('never', name.endsWith('.ts')));
      const list = answerOf('list', await run(['list', '--config', name, '--json']));
      const { representations } = list as { representations: { id: string; origin: string }[] };
      expect(representations.at(-1)).toMatchObject({ id: 'bare-table', origin: 'config' });
      const ended = await run(['fuzz', 'bare-table', '--config', name, '--jobs', '2', '--json']);
      expect(ended.stderr).toBe('');
      expect(ended.code).toBe(0);
      const answer = answerOf('fuzz', ended) as { runs: { findings: { code: string; case: string }[] }[] };
      expect(answer).toMatchObject({ seed: 5, budget: { runs: 300 } });
      const aba = answer.runs[0]?.findings.find(({ code }) => code === 'aba');
      expect(aba).toBeDefined();
      expect((await run(['repro', '--config', name, aba?.case ?? ''])).code).toBe(0);
    },
  );

  test('a claim that the definition does not keep is found', async () => {
    write('lie.config.mjs', source('always', false));
    const ended = await run(['fuzz', 'bare-table', '--config', 'lie.config.mjs']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('bare-table: breaks its claim detectsStale');
    expect(ended.stdout).toMatch(/Reproduce with: +npx provsim repro --config lie\.config\.mjs \.provsim/);
  });

  test('ignored verdicts are counted and fail nothing', async () => {
    write(
      'ignore.json',
      JSON.stringify({ ignore: [{ code: 'exposed-provenance', reason: 'the host is permissive' }] }),
    );
    const words = [
      'fuzz',
      'tagged-pointer',
      '--machine',
      'provenance=strict',
      '--runs',
      '50',
      '--client',
      'any',
      '--fail-on',
      'known-hazard',
    ];
    expect((await run(words)).code).toBe(1);
    const ended = await run([...words, '--config', 'ignore.json', '--json']);
    expect(ended.code).toBe(0);
    const { runs } = answerOf('fuzz', ended) as { runs: { findings: unknown[]; ignored: { reason: string }[] }[] };
    expect(runs[0]?.findings).toEqual([]);
    expect(runs[0]?.ignored.map(({ reason }) => reason)).toContain('the host is permissive');
  });

  test.each([
    ['{ "fuzz": { "tme": "5s" } }', 'bad.json: fuzz: unknown key "tme"; expected time, runs or seed'],
    ['{ "fuzz": { "time": "soon" } }', 'bad.json: fuzz.time: expected a duration such as "60s"'],
    [
      '{ "ignore": [{ "code": "abba", "reason": "x" }] }',
      'bad.json: ignore[0].code: expected one of "clean"|"use-after-free"',
    ],
    ['{ "corpus": 5 }', 'bad.json: corpus: expected string, received number'],
    ['{ "corpus": ', 'bad.json:1:13: expected JSON'],
  ])('%s is wrong input', async (text, told) => {
    write('bad.json', text);
    const { code, stderr } = await run(['list', '--config', 'bad.json']);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    [
      'export default { representations: [{}] };',
      'representations[0]: expected a definition made with representation()',
    ],
    ['export const a = 1;', 'expected a default export'],
    ['throw new Error("no");', 'the configuration does not load: Error: no'],
    [
      source('never', false).replace("id: 'bare-table'", "id: 'handle-table'"),
      'representations[0]: the id "handle-table" is taken',
    ],
    [source('never', false).replace("id: 'bare-table'", "id: 'Bare'"), "a representation's id is in kebab case"],
  ])('a wrong module is told in one line (%#)', async (text, told) => {
    write('bad.config.mjs', text);
    const { code, stderr } = await run(['list', '--config', 'bad.config.mjs']);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
