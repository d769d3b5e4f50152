import { readFileSync } from 'node:fs';
import type { Representation } from '../model/machine/definition.ts';
import { CATALOGUE } from '../model/representations/catalogue.ts';
import { parseScenario } from '../model/scenario/parser.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import { replayCase, replayWithSeeds, type CaseReport } from '../report/case.ts';

export interface ReproOptions {
  /** Representations beside the catalogue; one with the id of a catalogue's representation takes its place. None unless given. */
  readonly representations?: readonly Representation[];
  /** The case's name, for messages and for the replay command; `case.scenario` unless given. */
  readonly file?: string;
  /**
   * Replays with the seeds 0 to `manySeeds` - 1 of what the memory draws: a verdict is expected from one of them, `clean` from all.
   * One replay with seed 0 unless given.
   */
  readonly manySeeds?: number;
}

/**
 * Replays a case and explains its verdict. The answer is data; `renderDiagnostic` makes text of its `diagnostic`, which is null
 * when the case is clean. A verdict that is not the expected one does not throw: `ok` is false then.
 *
 * @param text a scenario (docs/formats.md)
 * @throws InputError with file, line and column when the text is no scenario of a known representation
 */
export function repro(text: string, options: ReproOptions = {}): CaseReport {
  const { representations = [], file = 'case.scenario', manySeeds } = options;
  if (manySeeds !== undefined && !(Number.isInteger(manySeeds) && manySeeds >= 1))
    throw new InputError('usage', `manySeeds: expected a whole number from 1, found ${manySeeds}`);
  const known = new Map(CATALOGUE);
  for (const each of representations) known.set(each.id, each);
  const scenario = parseScenario(text, file, (id) => known.get(id), [...known.keys()]);
  return manySeeds === undefined ? replayCase(scenario) : replayWithSeeds(scenario, manySeeds);
}

/**
 * Replays the case in a file; see {@link repro}.
 *
 * @param path of a scenario; it is also the case's name
 * @throws InputError as `repro` does, and the error of the file system when the file cannot be read
 */
export function reproFile(path: string, options: Omit<ReproOptions, 'file'> = {}): CaseReport {
  return repro(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), { ...options, file: path });
}
