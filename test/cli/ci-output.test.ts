import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from 'sarif';
import { Baseline } from '../../src/cli/baseline.ts';
import { FindingJudge } from '../../src/cli/finding-judge.ts';
import type { Finding } from '../../src/model/machine/finding.ts';
import { afterAll, describe, expect, test } from 'vitest';
import { sarifErrors } from '../report/sarif/schema.ts';
import { elementsOf, parseXml } from '../report/xml.ts';
import { answerOf, copyCorpus, provsim, ROOT, workFolder } from './command.ts';

const folder = workFolder({
  'cases/missed.scenario':
    'representation handle-table generationBits=2\n\na = alloc list\nfree a\nchurn 2 list\nb = alloc dict\nuse a\n',
  'cases/ok.scenario': 'representation handle-table\n\na = alloc list\nuse a\n',
  'missed.litmus': 'a = alloc heap 8 align 8\nwrite 8 a 1 expect use-after-free\nfree a\n',
});
afterAll(() => folder.remove());

const run = (words: readonly string[]) => provsim(words, { cwd: folder.path });
const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');
const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

const MUTANT = 'fuzz handle-table --mutant drop-guard:resolve/same-generation --set generationBits=4 --runs 60'.split(
  ' ',
);

describe('--report', () => {
  test('fuzz writes all kinds beside its JSON, in folders that it makes', async () => {
    copyCorpus(folder.path, ['tagged-pointer']);
    const reports = ['sarif=out/deep/a.sarif', 'junit=out/a.xml', 'markdown=out/a.md'];
    const words = ['fuzz', 'tagged-pointer', '--runs', '40', '--fail-on', 'aba', '--json'];
    const ended = await run([...words, ...reports.flatMap((each) => ['--report', each])]);
    expect(ended.code).toBe(1);
    const answer = answerOf('fuzz', ended) as {
      corpus: { replayed: number };
      runs: [{ findings: { code: string; signature: string; case: string }[] }];
    };
    const { findings } = answer.runs[0];

    const sarif = read('out/deep/a.sarif');
    expect(sarifErrors(sarif)).toEqual([]);
    const { results } = (JSON.parse(sarif) as Log).runs[0];
    expect(results?.map(({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash)).toEqual(
      findings.map(({ signature }) => signature),
    );
    // From the root of the checkout, which is not the working directory here.
    const uri = results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '';
    expect(uri).toMatch(/^\.provsim\/test-[^/]+\/\.provsim\/findings\/tagged-pointer\/[a-z0-9-]+\.scenario$/);
    const failing = results?.filter(({ level }) => level === 'error') ?? [];
    expect(new Set(failing.map(({ ruleId }) => ruleId))).toEqual(new Set(['aba']));

    const xml = parseXml(read('out/a.xml'));
    expect(elementsOf(xml, 'testcase')).toHaveLength(answer.corpus.replayed + 1);
    expect(elementsOf(xml, 'failure')).toHaveLength(1);
    expect(read('out/a.md')).toMatch(
      /^## provsim fuzz: \d+ failed\n\n10 cases of the corpus, 1 representation searched\./,
    );
  });

  test('repro and litmus write them too', async () => {
    const repro = await run(['repro', 'cases', '--report', 'junit=repro.xml', '--report', 'sarif=repro.sarif']);
    expect(repro.code).toBe(1);
    expect(sarifErrors(read('repro.sarif'))).toEqual([]);
    const cases = elementsOf(parseXml(read('repro.xml')), 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes.name, children.length])).toEqual([
      ['cases/missed.scenario', 1],
      ['cases/ok.scenario', 0],
    ]);
    const litmus = await run(['litmus', 'missed.litmus', '--report', 'sarif=litmus.sarif']);
    expect(litmus.code).toBe(1);
    expect(sarifErrors(read('litmus.sarif'))).toEqual([]);
    const { results } = (JSON.parse(read('litmus.sarif')) as Log).runs[0];
    expect(results?.[0]?.locations?.[0]?.physicalLocation?.region?.startLine).toBe(2);
  });

  test('the same seed and runs give the same reports', async () => {
    for (const name of ['one', 'two'])
      await run([...MUTANT, '--report', `sarif=${name}.sarif`, '--report', `junit=${name}.xml`]);
    expect(read('two.sarif')).toBe(read('one.sarif'));
    expect(read('two.xml')).toBe(read('one.xml'));
  });

  test.each([
    [['--report', 'html=x'], 'expected KIND=FILE, KIND one of sarif, junit, markdown'],
    [['--report', 'sarif='], 'expected KIND=FILE'],
    [['--report', 'sarif=cases'], 'cases: expected a file, found a directory'],
    [['--report', 'sarif=missed.litmus/x.sarif'], 'missed.litmus: expected a directory, found a file'],
  ])('%j is told before anything runs', async (words, told) => {
    const begin = performance.now();
    const { code, stdout, stderr } = await run(['fuzz', '--time', '30s', ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(performance.now() - begin).toBeLessThan(15_000);
  });
});

describe('--format github', () => {
  test('the text, then annotations: errors for what fails, notices for hazards', async () => {
    const { code, stdout } = await run([...MUTANT, '--format', 'github']);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^seed 1 /);
    const first = lines.findIndex((line) => line.startsWith('::'));
    const annotations = lines.slice(first);
    expect(annotations.every((line) => /^::(error|notice) file=[^,]+,line=\d+,/.test(line))).toBe(true);
    expect(annotations.some((line) => line.startsWith('::error') && line.includes('title=provsim%3A aba::'))).toBe(
      true,
    );
    expect(lines.slice(0, first).some((line) => line.trimStart().startsWith('::'))).toBe(false);
  });
});

describe('--baseline', () => {
  test('what stands in it is listed as known and fails nothing; what is new fails', async () => {
    const before = await run([...MUTANT, '--json']);
    expect(before.code).toBe(1);
    write('baseline.json', before.stdout);
    const known = await run([...MUTANT, '--baseline', 'baseline.json', '--json']);
    expect(known.code).toBe(0);
    const answer = answerOf('fuzz', known) as {
      baseline: { file: string; findings: number };
      runs: [{ known: string[]; findings: { signature: string; status: string }[] }];
    };
    const [{ findings }] = answer.runs;
    expect(findings.some(({ status }) => status === 'broken-claim')).toBe(true);
    expect(answer.runs[0].known).toEqual(findings.map(({ signature }) => signature));
    expect(answer.baseline).toEqual({ file: 'baseline.json', findings: findings.length });
    const text = await run([...MUTANT, '--baseline', 'baseline.json', '--report', 'sarif=known.sarif']);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('Known: findings of baseline.json');
    expect(text.stdout).toContain('No claim was broken that the baseline does not know');
    const { results } = (JSON.parse(read('known.sarif')) as Log).runs[0];
    expect(results?.every(({ suppressions }) => suppressions?.length === 1)).toBe(true);

    // Without one of its broken claims, that one is news.
    const { runs, ...rest } = JSON.parse(before.stdout) as { runs: [{ findings: { status: string }[] }] };
    const [left] = runs[0].findings.filter(({ status }) => status === 'broken-claim');
    write(
      'baseline.json',
      JSON.stringify({ ...rest, runs: [{ ...runs[0], findings: runs[0].findings.filter((each) => each !== left) }] }),
    );
    expect((await run([...MUTANT, '--baseline', 'baseline.json'])).code).toBe(1);
    // A hazard of the baseline that breaks a claim by now is news too.
    const asHazards = runs[0].findings.map((each) => ({ ...each, status: 'known-hazard' }));
    write('baseline.json', JSON.stringify({ ...rest, runs: [{ ...runs[0], findings: asHazards }] }));
    expect((await run([...MUTANT, '--baseline', 'baseline.json'])).code).toBe(1);
    // And the findings of a mutant say nothing about the representation itself.
    expect(
      (await run(['fuzz', 'tagged-pointer', '--runs', '40', '--baseline', 'baseline.json', '--fail-on', 'aba'])).code,
    ).toBe(1);
  });

  test('with --stop-on-finding, a search ends at what would fail the run, and at nothing else', async () => {
    const ended = await run([...MUTANT, '--json']);
    const { runs } = answerOf('fuzz', ended) as unknown as { runs: [{ findings: Finding[] }] };
    const broken = runs[0].findings.find(({ status }) => status === 'broken-claim') as Finding;
    const hazard = runs[0].findings.find(({ status }) => status === 'known-hazard') as Finding;
    write('stop.json', ended.stdout);
    const baseline = new Baseline(join(folder.path, 'stop.json'));
    const mutant = MUTANT[3];
    const rules = { failOn: [hazard.code] };
    expect(new FindingJudge({ failOn: [] }, undefined, []).fails(broken, mutant)).toBe(true);
    expect(new FindingJudge({ failOn: [] }, undefined, []).fails(hazard, mutant)).toBe(false);
    expect(new FindingJudge(rules, undefined, []).fails(hazard, mutant)).toBe(true);
    expect(new FindingJudge(rules, baseline, []).fails(broken, mutant)).toBe(false);
    expect(new FindingJudge(rules, baseline, []).fails(hazard, mutant)).toBe(false);
    expect(new FindingJudge(rules, baseline, []).fails(hazard, undefined)).toBe(true);
    const ignore = [{ code: broken.code, reason: 'nobody minds' }];
    expect(new FindingJudge({ failOn: [] }, undefined, ignore).fails(broken, mutant)).toBe(false);
  });

  test.each([
    ['not json', 'expected what provsim fuzz --json printed, found no JSON'],
    ['{"command": "repro"}', 'expected what provsim fuzz --json printed (command: '],
    [
      '{"command":"fuzz","schemaVersion":1,"runs":[{"representation":5}]}',
      'expected what provsim fuzz --json printed (runs.0.representation: ',
    ],
  ])('%s is no baseline', async (text, told) => {
    write('bad.json', text);
    const { code, stderr } = await run(['fuzz', 'handle-table', '--runs', '10', '--baseline', 'bad.json']);
    expect(code).toBe(2);
    expect(stderr).toContain(`bad.json: ${told}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('the workflow of this repository runs options that exist, and writes what it uploads', async () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8');
  const [, command = ''] = /npx provsim (fuzz [\s\S]*?)\n {6}\S/.exec(workflow) ?? [];
  const words = command
    .replace('--time "$BUDGET"', '--runs 5')
    .replace('"$GITHUB_RUN_NUMBER"', '7')
    .replace('${{ matrix.shard }}', '2')
    .trim()
    .split(/\s+/);
  expect((await run([...words, 'handle-table'])).code).toBe(0);
  for (const [, file] of words.join(' ').matchAll(/--report \w+=(\S+)/g)) {
    expect(existsSync(join(folder.path, file))).toBe(true);
    if (!file.endsWith('.xml')) expect(workflow.split(file).length).toBeGreaterThan(3);
  }
});

test('what the configuration ignores stands in reports with its reason', async () => {
  mkdirSync(join(folder.path, 'ignoring'), { recursive: true });
  write(
    'ignoring/provsim.config.json',
    JSON.stringify({
      ignore: [
        { code: 'aba', representation: 'tagged-pointer', reason: 'the collector keeps addresses apart' },
        { code: 'use-after-free', representation: 'handle-table', reason: 'another one' },
      ],
    }),
  );
  const words = [
    'fuzz',
    'tagged-pointer',
    '--runs',
    '40',
    '--fail-on',
    'aba',
    '--report',
    'sarif=i.sarif',
    '--report',
    'junit=i.xml',
  ];
  const ended = await provsim(words, { cwd: join(folder.path, 'ignoring') });
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('the collector keeps addresses apart');
  const { results } = (JSON.parse(read('ignoring/i.sarif')) as Log).runs[0];
  const ignored = results?.filter(({ ruleId }) => ruleId === 'aba') ?? [];
  expect(ignored.length).toBeGreaterThan(0);
  for (const { suppressions, level } of ignored)
    expect([level, suppressions?.[0]?.justification]).toEqual(['note', 'the collector keeps addresses apart']);
  expect(
    results?.filter(({ ruleId }) => ruleId !== 'aba').every(({ suppressions }) => suppressions === undefined),
  ).toBe(true);
  expect(elementsOf(parseXml(read('ignoring/i.xml')), 'failure')).toEqual([]);
  expect(existsSync(join(folder.path, 'ignoring/.provsim/findings/tagged-pointer'))).toBe(true);
});
