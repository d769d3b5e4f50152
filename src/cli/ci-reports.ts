import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check } from '../report/ci/check.ts';
import { jobPageText } from '../report/ci/job-page.ts';
import { junitText } from '../report/ci/junit.ts';
import { sarifText } from '../report/ci/sarif.ts';
import { writeAtomically } from './atomic-file.ts';
import type { ReportKind, ReportRequest } from './report-request.ts';
import { verdictPage } from './verdict-page.ts';

export interface ReportRun {
  readonly command: string;
  readonly version: string;
}

const WRITERS: Readonly<Record<ReportKind, (checks: readonly Check[], run: ReportRun) => string>> = {
  sarif: (checks, { command, version }) =>
    sarifText(checks, { command, version, uriOf: uriFrom(repositoryRoot(process.cwd())), pageOf: verdictPage }),
  junit: (checks, { command }) => junitText(checks, command),
  markdown: (checks, { command }) => jobPageText(checks, command),
};

/** Writes the reports that were asked for, each complete before it takes its name. */
export function writeReports(requests: readonly ReportRequest[], checks: readonly Check[], run: ReportRun): void {
  for (const { kind, file } of requests) writeAtomically(file, WRITERS[kind](checks, run));
}

/** The nearest folder above that is a checkout of git; without one, the folder itself. */
function repositoryRoot(folder: string): string {
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return each;
    if (dirname(each) === each) return folder;
  }
}

/** URIs as code scanning wants them: relative to the root, each part encoded; absolute for what lies elsewhere. */
function uriFrom(root: string): (file: string) => string {
  return (file) => {
    const path = relative(root, resolve(file));
    if (path.startsWith('..') || resolve(root, path) !== resolve(file)) return pathToFileURL(resolve(file)).href;
    // A lone surrogate, which names of files may have on Windows, has no encoding.
    const parts = path.split(sep).map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')));
    return parts.join('/');
  };
}
