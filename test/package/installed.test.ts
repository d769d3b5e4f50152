import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CYCLE } from '../api/own-table.ts';
import { Installation, INSTALLATION_TIMEOUT, type Project } from './installed-project.ts';
import { followTutorial } from './tutorial.ts';

let installation: Installation;

beforeAll(() => {
  installation = new Installation(['vitest', 'fast-check', '@types/node']);
}, INSTALLATION_TIMEOUT);

afterAll(() => installation.remove(), INSTALLATION_TIMEOUT);

describe('the tutorial', { timeout: INSTALLATION_TIMEOUT }, () => {
  test('does what it says, from the first block to the last, and its files type-check', () => {
    const project = installation.project('tutorial');
    expect(followTutorial(project)).toEqual({ files: 5, commands: 8, lines: 12 });
    expect(project.check(['*.ts', 'test'])).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

/** A definition of a stranger's own, unlike all of the catalogue: five bits, a queue of free slots, steps of three. */
const TABLE = readFileSync('test/api/own-table.ts', 'utf8').replace('../../src/index.ts', 'provsim');
const CONFIG = `
import { defineConfig } from 'provsim';
import { TABLE } from './table';

export default defineConfig({ representations: [TABLE] });
`;

interface FuzzJson {
  readonly ok: boolean;
  readonly runs: readonly {
    readonly executions: number;
    readonly findings: readonly {
      readonly code: string;
      readonly claim: string | null;
      readonly status: string;
      readonly summary: string;
      readonly case: string;
    }[];
  }[];
}

describe('a table of a stranger', { timeout: INSTALLATION_TIMEOUT }, () => {
  let project: Project;
  const fuzz = 'npx provsim fuzz my-table --runs 3000 --seed 1 --json --corpus empty';

  beforeAll(async () => {
    project = installation.project('table');
    project.write('empty/.gitkeep', '');
    project.write('table.ts', TABLE);
    project.write('table.mjs', (await transform(TABLE, { loader: 'ts' })).code);
    for (const [name, table] of [
      ['honest', 'honestTable'],
      ['overclaiming', 'overclaimingTable'],
    ])
      for (const ending of ['ts', 'mjs'])
        project.write(
          `${name}/provsim.config.${ending}`,
          CONFIG.replace('./table', `../table.${ending}`).replaceAll('TABLE', table),
        );
  });

  test.each(['mjs', 'ts'])('in a .%s module that claims too much breaks its claim', (ending) => {
    const { exitCode, stdout } = project.run(`${fuzz} --config overclaiming/provsim.config.${ending}`);
    const { ok, runs } = JSON.parse(stdout) as FuzzJson;
    expect({ exitCode, ok, executions: runs[0].executions }).toEqual({ exitCode: 1, ok: false, executions: 3000 });
    const broken = runs[0].findings.filter(({ status }) => status === 'broken-claim');
    expect(broken).toMatchObject([{ code: 'aba', claim: 'detectsStale' }]);
    expect(broken[0].summary).toContain(`after ${CYCLE} reuses`);
  });

  test.each(['mjs', 'ts'])('in a .%s module that is honest has a known hazard', (ending) => {
    const config = `--config honest/provsim.config.${ending}`;
    const { exitCode, stdout } = project.run(`${fuzz} ${config}`);
    const { ok, runs } = JSON.parse(stdout) as FuzzJson;
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
    const [hazard] = runs[0].findings.filter(({ claim }) => claim === 'detectsStale');
    expect(hazard).toMatchObject({ code: 'aba', status: 'known-hazard' });
    expect(hazard.summary).toContain(`after ${CYCLE} reuses`);
    const replayed = project.run(`npx provsim repro ${config} ${hazard.case}`);
    expect(replayed.exitCode).toBe(0);
    expect(replayed.stdout).toContain('aba, as expected');
  });

  test('gives the same answer however many threads search it', () => {
    const [one, two] = [1, 2].map((jobs) => {
      const { stdout, stderr } = project.run(`${fuzz} --config honest/provsim.config.ts --jobs ${jobs}`);
      expect(stderr.replace(/^npm warn.*\n/gm, '')).toBe('');
      return JSON.stringify(withoutRates(JSON.parse(stdout)));
    });
    expect(two).toBe(one);
  });

  test('is listed beside the catalogue', () => {
    const { stdout } = project.run('npx provsim list --json --config honest/provsim.config.mjs');
    const { representations } = JSON.parse(stdout) as { representations: { id: string; origin: string }[] };
    expect(representations).toContainEqual(expect.objectContaining({ id: 'my-table', origin: 'config' }));
    expect(representations).toContainEqual(expect.objectContaining({ id: 'handle-table', origin: 'catalogue' }));
  });

  test('resolves all types, and tells mistakes', () => {
    project.write('consumer.ts', CONSUMER);
    expect(project.check(['consumer.ts', 'table.ts'])).toMatchObject({ exitCode: 0, stdout: '' });
    project.write('wrong.ts', WRONG);
    const { exitCode, stdout } = project.check(['wrong.ts']);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain('wrong.ts(4,');
    expect(stdout).toContain('wrong.ts(5,');
    expect(stdout).toContain('wrong.ts(6,');
  });

  test('reaches what is exported and nothing else', () => {
    for (const name of ['provsim', 'provsim/fast-check'])
      expect(project.run(loading(name))).toMatchObject({ exitCode: 0, stderr: '' });
    expect(project.run(loading('provsim/dist/index.js')).stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

const CONSUMER = `
import { fuzz, repro, representation, type Claims, type Finding, type FuzzReport, type VerdictCode } from 'provsim';
import { holdsItsClaims, scenarioArbitrary } from 'provsim/fast-check';
import { expectClaims } from 'provsim/vitest';
import { honestTable } from './table.ts';

export async function summary(): Promise<readonly VerdictCode[]> {
  const report: FuzzReport = await fuzz(honestTable, { runs: 10, machine: { hostBits: 57 } });
  const findings: readonly Finding[] = report.findings;
  return findings.map(({ code }) => code);
}

export const property = holdsItsClaims(honestTable, { client: 'valid' });
export const texts = scenarioArbitrary(honestTable).map(({ text }) => repro(text, { representations: [honestTable] }));
export const claims = (each: Claims): boolean => each.memorySafe;
export const check = () => expectClaims(honestTable, { failOn: ['known-hazard'] });
export { representation };
`;

const WRONG = `import { fuzz, layout, representation } from 'provsim';
import { honestTable } from './table.ts';

await fuzz(honestTable, { client: 'anyone' });
layout({ add: 4 });
representation({ ...honestTable, claims: () => ({ memorySafe: true }) });
`;

function loading(name: string): string {
  return `node --input-type=module -e "await import('${name}')"`;
}

/** Everything but what varies between runs (design 6). */
function withoutRates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !/Ms$|PerSecond$/.test(name))
      .map(([name, each]) => [name, withoutRates(each)]),
  );
}
