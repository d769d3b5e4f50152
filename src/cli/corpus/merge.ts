import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printScenario } from '../../model/scenario/printer.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { writeAtomically } from '../atomic-file.ts';
import { shownPath } from '../case-files.ts';
import type { Context } from '../command.ts';
import type { Representations } from '../representations.ts';
import { isShorter, plainText, readCases, replayCases, type CorpusCase } from './corpus-case.ts';

/** What became of one case. */
export interface Merged {
  readonly each: CorpusCase;
  readonly outcome: 'added' | 'replaced' | 'kept' | 'skipped';
  /** The file that has it now. */
  readonly into?: string;
  readonly reason?: string;
}

/**
 * Brings cases into a folder, the shortest of each signature, as `INTO/REPRESENTATION/SIGNATURE.scenario`. Sources stay as they are, and
 * what stands in the folder under a name that somebody chose stays too. Each file is complete before it takes its name, so that an
 * interruption loses nothing and a second run ends the work. Cases whose verdict is not the expected one are left where they are.
 */
export async function mergeCases(
  operands: readonly string[],
  known: Representations,
  context: Context,
): Promise<readonly Merged[]> {
  const into = operands.at(-1) as string;
  const sources = operands.slice(0, -1);
  if (sources.length === 0)
    throw new InputError('usage', 'corpus merge: expected DIR… and the folder to merge into', {}, 'DIR… INTO');
  if (existsSync(into) && !statSync(into).isDirectory())
    throw new InputError('file', 'expected a directory, found a file', { file: shownPath(into) });
  const present = existsSync(into) ? readCases([into], known, true) : [];
  const own = new Set(present.map(({ file }) => file));
  const given = readCases(sources, known, true).filter(({ file }) => !own.has(file));
  const cases = await replayCases([...present, ...given], context);
  const standing = cases.slice(0, present.length);
  // Half a replay knows half of what the folder has; the next run begins anew.
  if (standing.length < present.length) return [];
  const news = cases.slice(present.length);
  const shortest = shortestOf(standing);
  const best = shortestOf(news.filter(({ report }) => report.ok));
  const folder = new MergeFolder(into, standing);
  return news.map((each): Merged => {
    const { ok, expected, actual } = each.report;
    if (!ok) return { each, outcome: 'skipped', reason: `expected ${expected}, actual ${actual}` };
    const there = shortest.get(keyOf(each));
    if (best.get(keyOf(each)) !== each || (there !== undefined && !isShorter(each, there)))
      return { each, outcome: 'kept', reason: 'there is one with its signature that is not longer' };
    return { each, outcome: there === undefined ? 'added' : 'replaced', into: folder.write(each) };
  });
}

function shortestOf(cases: readonly CorpusCase[]): ReadonlyMap<string, CorpusCase> {
  const shortest = new Map<string, CorpusCase>();
  for (const each of cases) {
    const there = shortest.get(keyOf(each));
    if (there === undefined || isShorter(each, there)) shortest.set(keyOf(each), each);
  }
  return shortest;
}

/** Cases with equal keys show the same: the same cause in the same representation or mutant. Clean cases are equal by their text. */
function keyOf({ scenario, report }: CorpusCase): string {
  return [scenario.representation.id, scenario.mutant ?? '', report.signature ?? cleanName(scenario)].join('\n');
}

/** The folder that cases come into. */
class MergeFolder {
  readonly #path: string;
  /** What each file of the folder shows. */
  readonly #keys: Map<string, string>;

  constructor(path: string, present: readonly CorpusCase[]) {
    this.#path = path;
    this.#keys = new Map(present.map((each) => [each.scenario.file, keyOf(each)]));
  }

  /** Writes a case under its signature, or beside what has this name and shows something else. */
  write(each: CorpusCase): string {
    const { scenario, report } = each;
    const words = [report.signature ?? cleanName(scenario), slug(scenario.mutant ?? '')].filter((word) => word !== '');
    const text = printScenario(scenario);
    for (let attempt = 1; ; attempt++) {
      const name = `${words.join('.')}${attempt === 1 ? '' : `-${attempt}`}.scenario`;
      const file = shownPath(join(this.#path, slug(scenario.representation.id), name));
      if (this.#holdsAnother(file, each, text)) continue;
      writeAtomically(file, text);
      this.#keys.set(file, keyOf(each));
      return file;
    }
  }

  /** A file that came while this ran, as from another merge into the folder, may hold anything. */
  #holdsAnother(file: string, each: CorpusCase, text: string): boolean {
    if (!existsSync(file)) return false;
    const key = this.#keys.get(file);
    return key === undefined ? readFileSync(file, 'utf8') !== text : key !== keyOf(each);
  }
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function cleanName(scenario: Scenario): string {
  return `clean-${createHash('sha256').update(plainText(scenario)).digest('hex').slice(0, 8)}`;
}
