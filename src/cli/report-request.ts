import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { InputError } from '../model/vocabulary/input-error.ts';
import { shownPath } from './case-files.ts';

/** One `--report KIND=FILE`. */
export interface ReportRequest {
  readonly kind: ReportKind;
  readonly file: string;
}

export const REPORT_KINDS = ['sarif', 'junit', 'markdown'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** Collects `--report KIND=FILE`. */
export function parseReport(text: string, previous: readonly ReportRequest[] = []): readonly ReportRequest[] {
  const at = text.indexOf('=');
  const kind = REPORT_KINDS.find((each) => each === text.slice(0, Math.max(at, 0)));
  const file = text.slice(at + 1);
  if (kind === undefined || file === '')
    throw new InvalidArgumentError(`expected KIND=FILE, KIND one of ${REPORT_KINDS.join(', ')}`);
  return [...previous, { kind, file }];
}

/**
 * Whether a file can be written, as far as that can be told before it is: a run that takes an hour should not find out at its end.
 * @throws InputError, or the error of the file system, when it cannot
 */
export function assertWritable(file: string): void {
  if (existsSync(file) && statSync(file).isDirectory())
    throw new InputError('file', 'expected a file, found a directory', { file: shownPath(file) });
  let folder = dirname(resolve(file));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory())
    throw new InputError('file', 'expected a directory, found a file', { file: shownPath(folder) });
  accessSync(folder, constants.W_OK);
}
