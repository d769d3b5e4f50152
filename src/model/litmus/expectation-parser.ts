import type { Block } from '../text/blocks.ts';
import { LineCursor } from '../text/cursor.ts';
import { NO_TRIVIA, triviaOf } from '../text/source.ts';
import type { SourceLine, Trivia } from '../text/source.ts';
import { parseExpression, parseOperand, parseQualifiedVariable } from './expressions.ts';
import { parseCode } from './operation-parser.ts';
import type {
  CodeExpectation,
  Expectation,
  Node,
  OutcomePattern,
  OutcomesExpectation,
  StateExpectation,
  TriesExpectation,
} from './syntax.ts';

type SimpleExpectation = CodeExpectation | OutcomesExpectation | StateExpectation;

const MAX_TRIES = 65_536;

/** Reads an expectation; undefined when the line is something else. */
export function parseExpectation(block: Block): Expectation | undefined {
  const { cursor, line } = block;
  const at = { line: line.number, column: cursor.column };
  if (!cursor.tryKeyword('tries')) return parseSimple(block, false);
  const count = cursor.count('how many tries', 1, MAX_TRIES);
  const { inner, closing } = insideBraces(block);
  const body: TriesExpectation['body'][number][] = inner.map(
    (each) => parseSimple(each, true) ?? each.cursor.fail('expect, outcomes, allow or forbid'),
  );
  return { kind: 'tries', count, body, closing, at, leading: line.leading, comment: line.comment };
}

function parseSimple(block: Block, quantified: boolean): SimpleExpectation | undefined {
  const { cursor, line } = block;
  const node = { at: { line: line.number, column: cursor.column }, leading: line.leading, comment: line.comment };
  if (cursor.tryKeyword('outcomes')) {
    const { inner, closing } = insideBraces(block);
    return { kind: 'outcomes', outcomes: inner.map(parseOutcome), closing, ...node };
  }
  if (cursor.tryKeyword('expect')) {
    const code = parseCode(cursor);
    if (quantified) cursor.keyword('in');
    const quantifier = quantified ? cursor.oneOf(['some', 'all']) : undefined;
    cursor.end();
    return { kind: 'expect', ...code, quantifier, ...node };
  }
  const kind = cursor.tryKeyword('allow') ? 'allow' : cursor.tryKeyword('forbid') ? 'forbid' : undefined;
  if (kind === undefined) return undefined;
  const condition = parseExpression(cursor);
  cursor.end();
  return { kind, condition, ...node };
}

function parseOutcome(block: Block): OutcomePattern {
  const { cursor, line } = block;
  const at = { line: line.number, column: cursor.column };
  const values: OutcomePattern['values'][number][] = [];
  do {
    const variable = parseQualifiedVariable(cursor);
    cursor.sign('=');
    values.push({ variable, value: parseOperand(cursor, 'a value') });
  } while (!cursor.atEnd);
  return { values, at, leading: line.leading, comment: line.comment };
}

/** The lines between braces, whether they stand on lines of their own or, separated by commas, on the line of the braces. */
function insideBraces(block: Block): { readonly inner: readonly Block[]; readonly closing: Node } {
  const { cursor, line, close } = block;
  cursor.sign('{');
  if (block.opens === 'braces') {
    cursor.end();
    block.chained?.cursor.fail('the end of the line', block.chained.cursor.column);
    return { inner: block.body, closing: closingNode(close ?? line, triviaOf(close ?? line)) };
  }
  if (!line.text.endsWith('}')) cursor.fail("'{' at the end of the line, or '}'");
  const start = cursor.mark();
  const inner: Block[] = [];
  let from = start;
  for (const piece of line.text.slice(start, -1).split(',')) {
    if (piece.trim() !== '') inner.push(inlineBlock(line, block.cursor.file, from, from + piece.length));
    from += piece.length + 1;
  }
  return { inner, closing: closingNode(line, NO_TRIVIA) };
}

function closingNode(line: SourceLine, trivia: Trivia): Node {
  return { at: { line: line.number, column: line.indent + 1 }, ...trivia };
}

/** A part of a line as a block of its own; columns stay those of the file. */
function inlineBlock(line: SourceLine, file: string, from: number, to: number): Block {
  const part = { ...line, text: line.text.slice(0, to).trimEnd(), leading: [], comment: undefined };
  const cursor = new LineCursor(part, file, from);
  return { line: part, cursor, opens: 'nothing', body: [], close: undefined, chained: undefined };
}
