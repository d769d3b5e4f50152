import { relative } from 'node:path';
import { caseFiles, readText } from '../cli/case-files.ts';
import type { Representation } from '../model/machine/definition.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import type { CaseReport } from '../report/case.ts';
import { DEFAULT_FOLDER, fuzz, type FoundCase, type FuzzOptions, type FuzzReport } from './fuzz.ts';
import { repro } from './repro.ts';

export interface ClaimCheckOptions extends Omit<FuzzOptions, 'corpus' | 'folder'> {
  /**
   * Scenario files, or folders of them, relative to the working directory: cases of this representation are replayed before the
   * search, which also starts from them. Cases of other representations in a folder are left alone. None unless given.
   */
  readonly corpus?: string | readonly string[];
  /** Folder that minimal cases of what fails are written to, `.provsim/findings` unless given; false writes nothing. */
  readonly folder?: string | false;
  /** Verdict codes that fail the check although they break no claim; `known-hazard` stands for all of them. None unless given. */
  readonly failOn?: readonly (VerdictCode | 'known-hazard')[];
}

/** What a check of a representation's claims showed. */
export interface ClaimCheck {
  /** Whether every case gave the verdict that it expects, and the search found nothing that fails. */
  readonly ok: boolean;
  readonly representation: string;
  /** One report for each case, in the order of their files. */
  readonly cases: readonly CaseReport[];
  /** Findings that fail the check: broken claims, and what `failOn` names. */
  readonly failures: readonly FoundCase[];
  /** All other findings: what nothing claims. */
  readonly knownHazards: readonly FoundCase[];
  readonly search: FuzzReport;
}

/**
 * Replays the cases of a representation and searches for broken claims. What does not hold is in the answer.
 * @throws InputError for options and cases that are wrong, and when a corpus is given that has no case of this representation
 */
export async function checkClaims(
  representation: Representation,
  { corpus = [], folder = DEFAULT_FOLDER, failOn = [], ...options }: ClaimCheckOptions = {},
): Promise<ClaimCheck> {
  const texts = corpusOf(representation, typeof corpus === 'string' ? [corpus] : corpus);
  const cases = texts.map(({ file, text }) => repro(text, { file, representations: [representation] }));
  const search = await fuzz(representation, {
    ...options,
    ...(folder !== false && { folder }),
    corpus: options.mutant === undefined ? texts.map(({ text }) => text) : [],
  });
  const fails = ({ status, code }: FoundCase): boolean =>
    status === 'broken-claim' || failOn.includes('known-hazard') || failOn.includes(code);
  const failures = search.findings.filter(fails);
  return {
    ok: failures.length === 0 && cases.every((each) => each.ok),
    representation: representation.id,
    cases,
    failures,
    knownHazards: search.findings.filter((each) => !fails(each)),
    search,
  };
}

interface CaseText {
  readonly file: string;
  readonly text: string;
}

function corpusOf({ id }: Representation, paths: readonly string[]): readonly CaseText[] {
  if (paths.length === 0) return [];
  const texts = caseFiles(paths, ['.scenario']).map((file) => ({ file, text: readText(file) }));
  // Other representations of the project may not be known here, so that their cases cannot even be read.
  const own = texts.filter(({ text }) => (/^[ \t]*representation[ \t]+(\S+)/m.exec(text)?.[1] ?? id) === id);
  if (own.length === 0)
    throw new InputError('corpus', `expected cases of ${id} in ${paths.join(', ')}, found none`, {}, `cases of ${id}`);
  return own.map(({ file, text }) => ({ file: relative('.', file), text }));
}
