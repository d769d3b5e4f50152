import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Finding } from '../model/machine/finding.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import { claimStatus } from '../report/schemas/common.ts';
import { shownPath } from './case-files.ts';

/** What a baseline is read for; it may have been written by another version, whose other fields do not matter here. */
const answer = z.object({
  command: z.literal('fuzz'),
  schemaVersion: z.literal(1),
  runs: z.array(
    z.object({
      representation: z.string(),
      mutant: z.string().optional(),
      findings: z.array(z.object({ signature: z.string(), status: claimStatus })),
    }),
  ),
});

/** The findings of an earlier `fuzz --json`. */
export class Baseline {
  readonly file: string;
  /** By representation, mutant and signature: whether it broke a claim. */
  readonly #broken = new Map<string, boolean>();

  /** @throws InputError when the file is no such answer */
  constructor(path: string) {
    this.file = shownPath(path);
    for (const { representation, mutant, findings } of runsOf(path, this.file))
      for (const { signature, status } of findings) {
        const key = keyOf(representation, mutant, signature);
        this.#broken.set(key, this.#broken.get(key) === true || status === 'broken-claim');
      }
  }

  get findings(): number {
    return this.#broken.size;
  }

  /** Whether a finding stands in it. One that was a hazard and breaks a claim by now is news. */
  knows({ representation, signature, status }: Finding, mutant: string | undefined): boolean {
    const broken = this.#broken.get(keyOf(representation, mutant, signature));
    return broken !== undefined && (broken || status !== 'broken-claim');
  }
}

function keyOf(representation: string, mutant: string | undefined, signature: string): string {
  return [representation, mutant ?? '', signature].join('\n');
}

function runsOf(path: string, file: string): z.infer<typeof answer>['runs'] {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const expected = 'what provsim fuzz --json printed';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('baseline', `expected ${expected}, found no JSON`, { file }, expected);
  }
  const result = answer.safeParse(value);
  if (result.success) return result.data.runs;
  const [{ path: where, message }] = result.error.issues;
  const place = where.length === 0 ? '' : ` (${where.join('.')}: ${message})`;
  throw new InputError('baseline', `expected ${expected}${place}`, { file }, expected);
}
