import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { replayCase } from '../../src/report/case.ts';
import { annotationLines, withoutCommands } from '../../src/report/ci/annotations.ts';
import { caseChecks, type Check, type Problem } from '../../src/report/ci/check.ts';
import { jobPageText } from '../../src/report/ci/job-page.ts';
import { junitText } from '../../src/report/ci/junit.ts';
import { sarifText } from '../../src/report/ci/sarif.ts';
import { sarifErrors } from './sarif/schema.ts';
import { elementsOf, parseXml } from './xml.ts';

const WRAP = `representation handle-table generationBits=2
expect clean

a = alloc list
free a
churn 2 list
b = alloc dict
use a
`;

/** A case that expects something else than what it gives. */
function missedCheck(file = 'cases/wrap.scenario', text = WRAP): Check {
  const scenario = parseScenario(text, file, (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]);
  return caseChecks([replayCase(scenario)])[0];
}

/** Every kind of character that ends something somewhere. */
const HOSTILE =
  '\u001b[2J<b>&"\'|`@all ]]> --> ::error::x ##[group] %0A \u0000\u0007\u202e\ud800\ufffe\uffff {0} [l](x) \u{1f600}\nnext';

const PROBLEM: Problem = {
  standing: 'failure',
  rule: 'aba',
  message: HOSTILE,
  excuse: '',
  signature: 'aba-any-resolve-00000000',
  place: { file: `dir/${HOSTILE}.scenario`, line: 3, column: 1, endColumn: 6 },
  diagnostic: undefined,
};

const HOSTILE_CHECKS: readonly Check[] = [
  { suite: 'search', name: HOSTILE, file: undefined, problems: [PROBLEM] },
  { suite: 'cases', name: HOSTILE, file: HOSTILE, problems: [{ ...PROBLEM, standing: 'ignored', excuse: HOSTILE }] },
  { suite: 'cases', name: 'fine', file: 'fine', problems: [] },
];

const CONTEXT = {
  command: 'fuzz',
  version: '0.1.0',
  uriOf: (file: string) =>
    file
      .split('/')
      .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
      .join('/'),
  pageOf: (code: string) => `# ${code}\n\nTitle.\n\nMore about \`${code}\`.\n`,
};

function logOf(checks: readonly Check[]): Log {
  const text = sarifText(checks, CONTEXT);
  expect(sarifErrors(text)).toEqual([]);
  return JSON.parse(text) as Log;
}

describe('SARIF', () => {
  test('the schema in this folder refuses what is wrong', () => {
    expect(sarifErrors('{"version": "2.1.0"}')).not.toEqual([]);
    const text = sarifText([missedCheck()], CONTEXT);
    expect(sarifErrors(text.replace('"level": "error"', '"level": "bad"'))).not.toEqual([]);
    expect(sarifErrors(text.replace('"startLine": 8', '"startLine": 0'))).not.toEqual([]);
  });

  test('a missed expectation: rule, place, fingerprint, and the way there', () => {
    const [{ tool, results, automationDetails }] = logOf([missedCheck()]).runs;
    expect(automationDetails?.id).toBe('provsim/fuzz/');
    expect(tool.driver.rules).toMatchObject([
      {
        id: 'aba',
        shortDescription: { text: 'a stale handle resolved to another live object' },
        fullDescription: { text: 'More about aba.' },
        help: { markdown: '# aba\n\nTitle.\n\nMore about `aba`.\n' },
      },
    ]);
    expect(results).toHaveLength(1);
    const [result] = results ?? [];
    expect(result).toMatchObject({
      ruleId: 'aba',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'cases/wrap.scenario', uriBaseId: '%SRCROOT%' },
            // The statement of line 8, `use a`.
            region: { startLine: 8, startColumn: 1, endLine: 8, endColumn: 6 },
          },
        },
      ],
    });
    expect(result?.partialFingerprints?.primaryLocationLineHash).toMatch(/^aba-any-resolve-[0-9a-f]{8}$/);
    expect(result?.message.text).toContain('expected clean, actual aba');
    const flow = result?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    expect(flow.map(({ kinds }) => kinds?.[0])).toEqual(['created', 'freed', 'reused', 're-issued', 'resolve']);
    expect(flow.map(({ location }) => location?.physicalLocation?.region?.startLine)).toEqual([4, 5, 6, 7, 8]);
    expect(flow.map(({ executionOrder }) => executionOrder)).toEqual([1, 2, 3, 4, 5]);
  });

  test('the fingerprint stays when the case moves', () => {
    const fingerprints = [missedCheck('a.scenario'), missedCheck('b.scenario', `# a comment\n${WRAP}`)].map(
      (check) => logOf([check]).runs[0]?.results?.[0]?.partialFingerprints?.primaryLocationLineHash,
    );
    expect(fingerprints[0]).toBe(fingerprints[1]);
  });

  test('a verdict that did not come, a leak without a line, and nothing at all are valid too', () => {
    expect(logOf([]).runs[0]?.results).toEqual([]);
    const clean = missedCheck('c.scenario', 'representation handle-table\nexpect aba\n\na = alloc list\n');
    expect(logOf([clean]).runs[0]?.results?.[0]).toMatchObject({ ruleId: 'missed-expectation', level: 'error' });
    const leak = missedCheck('l.scenario', 'representation arena-offset\n\na = alloc list\nfree a\n');
    expect(leak.problems[0]?.rule).toBe('leak');
    const region = logOf([leak]).runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.region;
    expect(region).toEqual({ startLine: 4, startColumn: 1, endLine: 4 });
  });

  test('what is ignored or known is suppressed with its reason; hostile text stays text', () => {
    const [{ results }] = logOf(HOSTILE_CHECKS).runs;
    expect(results?.map(({ level, suppressions }) => [level, suppressions?.length ?? 0])).toEqual([
      ['error', 0],
      ['note', 1],
    ]);
    expect(results?.[0]?.message.text).not.toContain('\u001b');
    for (const escape of [String.raw`\u001b`, '\u202e']) expect(JSON.stringify(results)).not.toContain(escape);
  });
});

describe('JUnit', () => {
  test('one case a check; the failure has the diagnostic', () => {
    const root = parseXml(
      junitText([missedCheck(), { suite: 'cases', name: 'ok', file: 'ok', problems: [] }], 'repro'),
    );
    expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: '2', failures: '1', errors: '0' } });
    const cases = elementsOf(root, 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes.name, children.length])).toEqual([
      ['cases/wrap.scenario', 1],
      ['ok', 0],
    ]);
    const [failure] = elementsOf(root, 'failure');
    expect(failure?.attributes).toMatchObject({ type: 'aba' });
    expect(failure?.text).toContain('guard "same generation" passed');
    expect(failure?.text).toContain('npx provsim repro cases/wrap.scenario');
  });

  test('hostile text is escaped, and what does not fail is no failure', () => {
    const root = parseXml(junitText(HOSTILE_CHECKS, 'fuzz'));
    expect(root.attributes).toMatchObject({ tests: '3', failures: '1' });
    const [failure] = elementsOf(root, 'failure');
    expect(failure?.attributes.message).toContain('<b>&"\'|`@all ]]>');
    expect(failure?.attributes.message).toContain('\\u{0}\\u{7}\\u{202e}');
    expect(elementsOf(root, 'system-out')).toHaveLength(1);
  });

  test('the reader of this test refuses what is not well-formed', () => {
    for (const wrong of ['<a>', '<a></b>', '<a b="<"/>', '<a>&</a>', '<a/><b/>', '<a>\u0001</a>'])
      expect(() => parseXml(wrong)).toThrow();
  });
});

describe('Markdown', () => {
  test('says it in the first line, then explains', () => {
    const page = jobPageText([missedCheck()], 'repro');
    expect(page.split('\n')[0]).toBe('## provsim repro: 1 failed');
    expect(page).toContain('```text\naba: a stale handle');
    expect(jobPageText([], 'repro')).toBe('## provsim repro: nothing failed\n\nNothing was looked at.\n');
  });

  test('hostile text is neither markup, nor a mention, nor the end of a cell or a fence', () => {
    const page = jobPageText(HOSTILE_CHECKS, 'fuzz');
    const outside = page.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    for (const text of ['<b>', '@all', '[l](x)', '\u001b']) expect(outside).not.toContain(text);
    const row = page.split('\n').find((line) => line.startsWith('| aba'));
    expect(row?.match(/\|/g)).toHaveLength(5);
    const fenced = jobPageText(
      [{ suite: 'cases', name: 'x', file: 'x', problems: [{ ...PROBLEM, place: { ...PROBLEM.place, file: '````' } }] }],
      'repro',
    );
    expect(fenced).toContain('`````text\n````:3\n`````');
  });
});

describe('annotations', () => {
  test('file, line, title and message, each escaped as GitHub reads it', () => {
    expect(annotationLines([missedCheck('a,b:c.scenario')])[0]).toBe(
      '::error file=a%2Cb%3Ac.scenario,line=8,col=1,endColumn=6,title=provsim%3A aba::' +
        'handle-table: expected clean, actual aba: a stale handle resolved to another live object',
    );
    for (const line of annotationLines(HOSTILE_CHECKS)) {
      expect(line.split('\n')).toHaveLength(1);
      expect(line).toMatch(/^::(error|notice) [^\n]*::/);
      expect(line).toContain('%250A');
    }
  });

  test('at most ten of a kind; the last one says how many are left', () => {
    const many = Array.from({ length: 14 }, (): Check => ({ suite: 's', name: 'n', file: 'f', problems: [PROBLEM] }));
    const lines = annotationLines(many);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('::error title=provsim::5 more of this kind; the log and the reports have all of them');
    expect(annotationLines(many.slice(0, 10)).every((line) => line.includes('file='))).toBe(true);
  });

  test('text beside them cannot be a command', () => {
    expect(withoutCommands('::error::a\n  ::stop-commands::b\nc ##[group]d\ne :: f')).toBe(
      '\\u{3a}:error::a\n  \\u{3a}:stop-commands::b\nc #\\u{23}[group]d\ne :: f',
    );
  });
});
