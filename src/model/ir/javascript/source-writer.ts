/** Collects the lines of generated code, indented by how many blocks are open. */
export class SourceWriter {
  readonly #lines: string[] = [];
  #depth = 0;

  line(text: string): void {
    this.#lines.push(text === '' ? '' : `${'  '.repeat(this.#depth)}${text}`);
  }

  /** Writes the head of a block, whose lines are indented until `close`. */
  open(head: string): void {
    this.line(head);
    this.#depth++;
  }

  close(tail = '}'): void {
    this.#depth--;
    this.line(tail);
  }

  /** Ends one block and opens the next on the same line: `} else {`. */
  turn(text: string): void {
    this.close(text);
    this.#depth++;
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

/** An author's name inside a line comment: everything but plain characters is replaced, so that nothing can end the comment. */
export function commentText(name: string): string {
  return name.replace(/[^A-Za-z0-9 _.,:;()+-]/g, '_').slice(0, 80);
}
