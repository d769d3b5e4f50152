import { InputError } from '../vocabulary/input-error.ts';
import { LineCursor } from './cursor.ts';
import type { SourceLine, SourceText } from './source.ts';

/**
 * A line and the lines that belong to it. A line that ends in `:` owns the lines that are indented further; a line that ends in
 * `{` owns the lines up to the one that begins with `}`, which may go on to open the next block (`} else {`).
 */
export interface Block {
  readonly line: SourceLine;
  /** Reads the line; for a chained block it begins after the `}`. */
  readonly cursor: LineCursor;
  readonly opens: 'nothing' | 'braces' | 'indentation';
  readonly body: readonly Block[];
  /** The line with the closing brace, unless a chained block follows on it. */
  readonly close: SourceLine | undefined;
  /** The block that the closing line opens. */
  readonly chained: Block | undefined;
}

interface OpenBlock extends Block {
  body: OpenBlock[];
  close: SourceLine | undefined;
  chained: OpenBlock | undefined;
}

/** Blocks do not nest deeper than this, so that whoever walks them may recurse. */
const MAX_DEPTH = 32;

/**
 * Arranges lines into blocks.
 * @param verbatim first words of lines that hold free text and therefore never open a block, such as `note`
 * @throws InputError for braces that do not match and for indentation that belongs to no block
 */
export function readBlocks(source: SourceText, verbatim: readonly string[] = []): readonly Block[] {
  const roots: OpenBlock[] = [];
  const open: OpenBlock[] = [];
  for (const line of source.lines) {
    const at = { file: source.file, line: line.number, column: line.indent + 1 };
    if (line.text.startsWith('}', line.indent)) {
      closeBraces(open, line, source.file);
      continue;
    }
    let parent = open.at(-1);
    while (parent?.opens === 'indentation' && line.indent <= parent.line.indent) {
      open.pop();
      parent = open.at(-1);
    }
    const siblings = parent?.body ?? roots;
    const wanted = parent === undefined ? 0 : parent.opens === 'indentation' ? siblings[0]?.line.indent : undefined;
    if (wanted !== undefined && line.indent !== wanted)
      throw InputError.expected(`${wanted} spaces of indentation`, String(line.indent), at);
    const block = newBlock(line, source.file, line.indent, verbatim);
    siblings.push(block);
    if (block.opens === 'nothing') continue;
    if (open.length === MAX_DEPTH) throw InputError.expected(`at most ${MAX_DEPTH} nested blocks`, 'more', at);
    open.push(block);
  }
  const unclosed = open.findLast((block) => block.opens === 'braces');
  if (unclosed === undefined) return roots;
  const last = source.lines.at(-1) ?? unclosed.line;
  throw InputError.expected(`'}' to close the '{' of line ${unclosed.line.number}`, 'the end of the file', {
    file: source.file,
    line: last.number,
    column: last.text.length + 1,
  });
}

function newBlock(line: SourceLine, file: string, start: number, verbatim: readonly string[]): OpenBlock {
  const first = /^\S+/.exec(line.text.slice(start))?.[0] ?? '';
  const opens = verbatim.includes(first)
    ? 'nothing'
    : line.text.endsWith('{')
      ? 'braces'
      : line.text.endsWith(':')
        ? 'indentation'
        : 'nothing';
  return { line, cursor: new LineCursor(line, file, start), opens, body: [], close: undefined, chained: undefined };
}

function closeBraces(open: OpenBlock[], line: SourceLine, file: string): void {
  while (open.at(-1)?.opens === 'indentation') open.pop();
  const block = open.pop();
  const cursor = new LineCursor(line, file, line.indent);
  if (block === undefined) return cursor.fail('a statement');
  cursor.sign('}');
  if (cursor.atEnd) {
    block.close = line;
    return;
  }
  if (!line.text.endsWith('{')) return cursor.fail('the end of the line');
  block.chained = newBlock(line, file, line.indent + 1, []);
  open.push(block.chained);
}
