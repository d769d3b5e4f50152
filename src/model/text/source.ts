import { InputError } from '../vocabulary/input-error.ts';

/** What a formatter must not lose: the comment lines and blank lines above a line, and the comment at its end. */
export interface Trivia {
  /** Comment texts, without `#`, of the lines above; '' stands for a blank line (several in a row count as one). */
  readonly leading: readonly string[];
  /** The comment at the end of the line, without `#`. */
  readonly comment: string | undefined;
}

/** One line that says something. Columns of its text count from 1, as an editor shows them. */
export interface SourceLine extends Trivia {
  /** Line number, from 1. */
  readonly number: number;
  /** How many characters of white space stand before the first word. */
  readonly indent: number;
  /** The line without its comment and without trailing white space; its indentation is kept, so that columns are right. */
  readonly text: string;
}

/** A whole file in a line-based format. */
export interface SourceText {
  readonly file: string;
  /** The `format 1` line, if the file begins with one; it is not among the lines. */
  readonly format: SourceLine | undefined;
  readonly lines: readonly SourceLine[];
  /** Comments and blank lines after the last line that says something. */
  readonly trailing: readonly string[];
}

export const NO_TRIVIA: Trivia = { leading: [], comment: undefined };

/**
 * Splits a text into lines, drops comments into trivia, and takes the optional `format 1` line. A byte order mark and carriage
 * returns before line feeds are accepted and not kept.
 * @param verbatim first words of lines that hold free text, such as `note`: a `#` in them begins no comment
 * @throws InputError if the format line names another version than 1.
 */
export function readSource(text: string, file: string, verbatim: readonly string[] = []): SourceText {
  const lines: SourceLine[] = [];
  let leading: string[] = [];
  const physical = text.replace(/^\uFEFF/, '').split('\n');
  for (let index = 0; index < physical.length; index++) {
    const raw = physical[index];
    const hash = verbatim.includes(/\S+/.exec(raw)?.[0] ?? '') ? -1 : raw.indexOf('#');
    const content = (hash < 0 ? raw : raw.slice(0, hash)).trimEnd();
    // A bare `#` says no more than an empty line does.
    const comment = (hash < 0 ? '' : raw.slice(hash + 1).trim()) || undefined;
    if (content === '') {
      if (comment !== undefined) leading.push(comment);
      else if (leading.at(-1) !== '' && lines.length + leading.length > 0) leading.push('');
      continue;
    }
    const indent = content.length - content.trimStart().length;
    lines.push({ number: index + 1, indent, text: content, leading, comment });
    leading = [];
  }
  while (leading.at(-1) === '') leading.pop();
  const first = lines[0];
  if (first === undefined || !/^format(\s|$)/.test(first.text))
    return { file, format: undefined, lines, trailing: leading };
  const version = first.text.slice('format'.length).trim();
  if (version !== '1')
    throw InputError.expected('format 1', version === '' ? 'no version' : quoted(version), {
      file,
      line: first.number,
      column: version === '' ? first.text.length + 1 : first.text.indexOf(version) + 1,
    });
  return { file, format: first, lines: lines.slice(1), trailing: leading };
}

/** A piece of input as an error message shows it: in quotes, on one line, in printable characters, not longer than a glance. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  // Lone surrogates, control characters and line separators would break the promise of one line a message.
  const printable = shown.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return `'${printable}'`;
}

/** The trivia of a line alone. */
export function triviaOf(line: SourceLine): Trivia {
  return { leading: line.leading, comment: line.comment };
}
