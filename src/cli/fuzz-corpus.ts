import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseScenario } from '../model/scenario/parser.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { replayCase, type CaseReport } from '../report/case.ts';
import type { CorpusReport } from '../report/fuzz-report.ts';
import { filesBelow, readText, shownPath } from './case-files.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { Representations } from './representations.ts';

/** The cases of a folder that belong to the representations of a run. */
export interface FuzzCorpus {
  readonly folder: string | null;
  readonly cases: readonly Scenario[];
}

const DEFAULT_FOLDER = 'corpus';

/**
 * Reads the corpus: the folder of `--corpus`, else that of the configuration, else `corpus/` where it exists.
 * @throws InputError for a case that cannot be read, and for a folder that was asked for and is not there
 */
export function readCorpus(
  given: string | undefined,
  configured: string | undefined,
  ids: readonly string[],
  known: Representations,
): FuzzCorpus {
  const folder = given ?? configured ?? (existsSync(DEFAULT_FOLDER) ? DEFAULT_FOLDER : undefined);
  if (folder === undefined) return { folder: null, cases: [] };
  if (!existsSync(folder)) throw new InputError('file', 'no such corpus folder', { file: shownPath(folder) });
  const scenarios = filesBelow(folder, ['.scenario']).map((path) => {
    const file = shownPath(path);
    return parseScenario(readText(path), file, known.find, known.ids);
  });
  return {
    folder: shownPath(folder),
    cases: scenarios.filter(({ representation }) => ids.includes(representation.id)),
  };
}

/** Replays the cases until the time is up. */
export async function replayCorpus(
  { folder, cases }: FuzzCorpus,
  isUp: () => boolean,
  progress: (text: string) => void,
): Promise<CorpusReport> {
  const failed: CaseReport[] = [];
  let replayed = 0;
  for (const scenario of cases) {
    await nextTurn();
    if (isUp()) break;
    progress(`corpus ${replayed + 1}/${cases.length} ${scenario.file}`);
    const report = replayCase(scenario);
    if (!report.ok) failed.push(report);
    replayed++;
  }
  return { folder, cases: cases.length, replayed, failed };
}
