import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { InputError } from '../model/vocabulary/input-error.ts';

/**
 * The files that operands name: a file is taken as it is, of a folder all files below it with one of the endings, sorted, without
 * `node_modules` and hidden folders. Every file once, in the order of the operands.
 * @throws InputError when a file does not exist, or a folder has no such file
 */
export function caseFiles(operands: readonly string[], endings: readonly string[]): readonly string[] {
  const files = new Set<string>();
  for (const operand of operands) {
    if (statSync(operand).isDirectory()) {
      const below = filesBelow(operand, endings);
      if (below.length === 0)
        throw new InputError(
          'file',
          `expected ${endings.map((ending) => `*${ending}`).join(' or ')} files below, found none`,
          {
            file: shownPath(operand),
          },
        );
      for (const file of below) files.add(shownPath(file));
    } else files.add(shownPath(operand));
  }
  return [...files];
}

/** A path as reports show it: relative to the working directory, with slashes. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), resolve(path)).split(sep).join('/');
  return shown === '' ? '.' : shown;
}

/** A file as text, without its byte order mark; a byte that is no UTF-8 becomes U+FFFD, which no format takes. */
export function readText(file: string): string {
  return readBytes(file)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/** @throws InputError when it is a folder: the file system's own error does not say which file it is about. */
export function readBytes(file: string): Buffer {
  if (statSync(file).isDirectory())
    throw new InputError('file', 'expected a file, found a directory', { file: shownPath(file) });
  return readFileSync(file);
}

export function filesBelow(folder: string, endings: readonly string[]): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesBelow(path, endings);
    return entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}
