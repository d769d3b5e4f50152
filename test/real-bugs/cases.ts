import { readdirSync, readFileSync } from 'node:fs';
import type { ClaimName } from '../../src/model/machine/claims.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import type { Scenario } from '../../src/model/scenario/scenario.ts';
import type { VerdictCode } from '../../src/model/vocabulary/verdicts.ts';
import { REAL_SYSTEMS } from './models/catalogue.ts';

const FOLDER = 'test/real-bugs';

/** A bug of a real system as it was collected: rows.tsv. */
export interface Row {
  readonly id: string;
  readonly system: string;
  readonly source: string;
  readonly category: string;
  readonly needs: 'sequential' | 'interleaving' | 'weak-memory';
  readonly steps: string;
  readonly fix: string;
}

/** What provsim is to say of a row: judgements.tsv. */
export interface Judgement {
  readonly id: string;
  readonly code: VerdictCode;
  readonly contract: string;
  readonly claim: ClaimName;
  readonly status: 'broken-claim' | 'known-hazard';
  /** Whether the search finds it; if not, docs/limits.md says why. */
  readonly search: 'found' | 'not-found';
  /** Where the code is not that of the row's category: why. */
  readonly reason: string;
}

export const ROWS = table('rows.tsv') as unknown as readonly Row[];
export const JUDGEMENTS = table('judgements.tsv') as unknown as readonly Judgement[];

/** Folders of cases. */
export function caseFolders(): readonly string[] {
  const names = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => name)
    .filter((name) => name !== 'models')
    .sort();
}

export function caseFile(id: string, form: 'bug' | 'fixed'): string {
  return `${FOLDER}/${id}/${form}.scenario`;
}

export function caseOf(id: string, form: 'bug' | 'fixed'): Scenario {
  const file = caseFile(id, form);
  return parseScenario(readFileSync(file, 'utf8'), file, (name) => REAL_SYSTEMS.get(name), [...REAL_SYSTEMS.keys()]);
}

function table(name: string): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = readFileSync(`${FOLDER}/${name}`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((cells) => Object.fromEntries(head.map((column, index) => [column, cells[index] ?? ''])));
}
