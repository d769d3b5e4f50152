import type { Representation } from '../model/machine/definition.ts';
import { CATALOGUE } from '../model/representations/catalogue.ts';
import { parseScenario } from '../model/scenario/parser.ts';
import { replayCase, replayWithSeeds, type CaseReport } from './case.ts';

export interface ReproOptions {
  /** Representations beside the catalogue, by which the case may be of the caller's own. */
  readonly representations?: readonly Representation[];
  /** Runs with this many seeds instead of one; see {@link replayWithSeeds}. */
  readonly manySeeds?: number;
}

/**
 * Replays one case and explains its verdict.
 * @param text the scenario (`docs/formats.md`)
 * @param file its name, for messages and for the replay command
 * @throws InputError with file, line and column when it is no scenario of a known representation
 */
export function repro(text: string, file: string, { representations = [], manySeeds }: ReproOptions = {}): CaseReport {
  const known = new Map(CATALOGUE);
  for (const each of representations) known.set(each.id, each);
  const scenario = parseScenario(text, file, (id) => known.get(id), [...known.keys()]);
  return manySeeds === undefined ? replayCase(scenario) : replayWithSeeds(scenario, manySeeds);
}
