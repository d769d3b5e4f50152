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

/** @throws InputError when the file is no text in UTF-8 (a byte that is none becomes U+FFFD, which no format takes). */
export function readText(file: string): string {
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
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
