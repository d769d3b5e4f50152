import { CommanderError } from 'commander';
import { InputError } from '../model/vocabulary/input-error.ts';
import { printable } from '../report/printable.ts';

/** A finding that a second run did not show: provsim is at fault, and the run says nothing. */
export class IrreproducibleError extends Error {}

/** How a run that gave no result ended, for the terminal and for JSON. */
export interface Failure {
  readonly exitCode: 2 | 3;
  /** One line. */
  readonly line: string;
  readonly error: FailureReport;
}

export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly expected?: string;
}

/** What a thrown value means to whoever started the run: wrong usage, wrong input, or a fault of provsim. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof InputError) return inputFailure(thrown);
  if (thrown instanceof CommanderError) {
    const message = oneLine(thrown.message.replace(/^error: /, ''));
    return { exitCode: 2, line: `provsim: ${message}`, error: { code: 'usage', message } };
  }
  // By name and not by class: a definition may come from another copy of the package.
  if (thrown instanceof Error && thrown.name === 'BuildError')
    return inputFailure(new InputError('definition', oneLine(thrown.message)));
  const system = systemProblem(thrown);
  if (system !== undefined) return inputFailure(system);
  if (thrown instanceof IrreproducibleError)
    return {
      exitCode: 3,
      line: `provsim: ${oneLine(thrown.message)}`,
      error: { code: 'irreproducible', message: oneLine(thrown.message) },
    };
  const message = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  return {
    exitCode: 3,
    line: `provsim: internal error: ${message} (PROVSIM_DEBUG=1 shows the stack; please report it)`,
    error: { code: 'internal', message },
  };
}

function inputFailure(error: InputError): Failure {
  const { location, expected } = error;
  const message = oneLine(error.message);
  const hint = expected === undefined || message.includes(oneLine(expected)) ? '' : `; expected ${oneLine(expected)}`;
  const place = location.file === undefined ? 'provsim: ' : '';
  return {
    exitCode: 2,
    line: `${place}${oneLine(error.render())}${hint}`,
    error: {
      code: error.code,
      message,
      ...(location.file !== undefined && { file: location.file }),
      ...(location.line !== undefined && { line: location.line }),
      ...(location.column !== undefined && { column: location.column }),
      ...(expected !== undefined && { expected }),
    },
  };
}

const SYSTEM_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'expected a file, found a directory',
  ENOTDIR: 'expected a directory, found a file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ENAMETOOLONG: 'the name is too long',
};

/** A problem with the user's files is theirs to solve; other system errors are not expected. */
function systemProblem(thrown: unknown): InputError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('path' in thrown)) return undefined;
  const { code, path } = thrown as NodeJS.ErrnoException;
  const problem = SYSTEM_PROBLEMS[code ?? ''];
  if (problem === undefined) return undefined;
  return new InputError('file', problem, path === undefined ? {} : { file: shownPath(path) });
}

function shownPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' ').trim());
}
