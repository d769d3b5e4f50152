import { NO_TRIVIA } from './source.ts';
import type { SourceText, Trivia } from './source.ts';

/** Writes the canonical form of a line-based format: two spaces a level, comments where they were, at most one blank line. */
export class TextWriter {
  #lines: string[] = [];

  /** One line at an indentation level, with the comments that belong to it. */
  line(level: number, text: string, trivia: Trivia = NO_TRIVIA): void {
    const indentation = '  '.repeat(level);
    this.#comments(indentation, trivia.leading);
    const comment = trivia.comment === undefined ? '' : `  # ${trivia.comment}`;
    this.#lines.push(`${indentation}${text}${comment}`);
  }

  /** The comments after the last line. */
  trailing(comments: readonly string[]): void {
    this.#comments('', comments);
  }

  /** The `format 1` line, where the source had one. */
  format(format: SourceText['format'] | Trivia): void {
    if (format !== undefined) this.line(0, 'format 1', format);
  }

  /** The whole text, ending in a line feed unless it is empty. */
  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  #comments(indentation: string, comments: readonly string[]): void {
    for (const comment of comments) {
      if (comment !== '') this.#lines.push(`${indentation}# ${comment}`);
      else if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
    }
  }
}
