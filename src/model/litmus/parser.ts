import { readBlocks } from '../text/blocks.ts';
import type { Block } from '../text/blocks.ts';
import type { LineCursor } from '../text/cursor.ts';
import { readSource, triviaOf } from '../text/source.ts';
import type { SourceLine, SourceText } from '../text/source.ts';
import { DEFAULT_MACHINE, withMachineSetting } from '../vocabulary/machine.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { parseExpectation } from './expectation-parser.ts';
import { parseExpression } from './expressions.ts';
import { checkNames } from './names.ts';
import { parseOperation } from './operation-parser.ts';
import type {
  IfStatement,
  Item,
  LitmusProgram,
  MachineLine,
  Node,
  RetryStatement,
  ScheduleLine,
  Statement,
  ThreadBlock,
} from './syntax.ts';

/** A loop with a count runs at most this often; nested ones are stopped by the runner's limit of steps. */
const MAX_REPEAT = 65_536;
const MAX_THREAD = 64;

/**
 * Reads a litmus file (`docs/formats.md`).
 * @throws InputError with file, line and column for anything that is not a litmus program, undefined names and wrong types included
 */
export function parseLitmus(text: string, file: string): LitmusProgram {
  const program = parseSyntax(readSource(text, file));
  checkNames(program);
  return program;
}

function parseSyntax(source: SourceText): LitmusProgram {
  const items: Item[] = [];
  let blocks = false;
  for (const block of readBlocks(source)) {
    const item = parseItem(block);
    const isStatement = !['thread', 'machine', 'schedule'].includes(item.kind) && !isExpectation(item);
    if (item.kind === 'machine' && items.length > 0)
      block.cursor.fail('the machine line before everything else', block.line.indent + 1);
    if (item.kind === 'schedule' && items.some((other) => other.kind !== 'machine'))
      block.cursor.fail('the schedule after the machine line, before everything else', block.line.indent + 1);
    if (isStatement && blocks) block.cursor.fail('statements of no thread before the first thread', item.at.column);
    if (item.kind === 'thread') {
      blocks = true;
      if (items.some((other) => other.kind === 'thread' && other.thread === item.thread))
        block.cursor.fail('every thread once', block.line.indent + 1);
    }
    items.push(item);
  }
  return { file: source.file, format: source.format && triviaOf(source.format), items, trailing: source.trailing };
}

function isExpectation(item: Item): boolean {
  return ['expect', 'outcomes', 'allow', 'forbid', 'tries'].includes(item.kind);
}

function parseItem(block: Block): Item {
  const { cursor } = block;
  const mark = cursor.mark();
  if (cursor.tryKeyword('machine')) return parseMachine(block);
  if (cursor.tryKeyword('schedule')) return parseSchedule(block);
  if (cursor.tryKeyword('main')) return parseThread(block, 0);
  if (cursor.tryKeyword('thread')) return parseThread(block, cursor.count('a thread number', 1, MAX_THREAD));
  cursor.rewind(mark);
  return parseExpectation(block) ?? parseStatement(block);
}

function parseMachine(block: Block): MachineLine {
  const { cursor, line } = block;
  const settings: { name: string; value: string }[] = [];
  let machine: MachineSettings = DEFAULT_MACHINE;
  while (!cursor.atEnd) {
    const assignment = cursor.tryAssignment();
    if (assignment === undefined) return cursor.fail('a machine setting name=value');
    const { key: name, value, column, valueColumn } = assignment;
    if (settings.some((setting) => setting.name === name)) cursor.fail('every setting once', column);
    const next = withMachineSetting(machine, name, value);
    if ('expected' in next) return cursor.fail(next.expected, Object.hasOwn(machine, name) ? valueColumn : column);
    machine = next;
    settings.push({ name, value });
  }
  if (settings.length === 0) return cursor.fail('a machine setting name=value');
  closed(block);
  return { kind: 'machine', settings, ...nodeOf(line) };
}

function parseSchedule(block: Block): ScheduleLine {
  const policy = block.cursor.oneOf(['round-robin', 'random']);
  closed(block);
  return { kind: 'schedule', policy, ...nodeOf(block.line) };
}

function parseThread(block: Block, thread: number): ThreadBlock {
  block.cursor.sign(':');
  block.cursor.end();
  return { kind: 'thread', thread, body: block.body.map(parseStatement), ...nodeOf(block.line) };
}

/** Reads one statement with everything inside it. */
function parseStatement(block: Block): Statement {
  const { cursor, line } = block;
  const node = { at: { line: line.number, column: cursor.column }, ...triviaOf(line) };
  if (cursor.tryKeyword('scope')) return { kind: 'scope', ...node, ...braces(block) };
  if (cursor.tryKeyword('repeat')) {
    const count = cursor.count('how often', 1, MAX_REPEAT);
    return { kind: 'repeat', count, ...node, ...braces(block) };
  }
  if (cursor.tryKeyword('await')) {
    const condition = parseExpression(cursor);
    return { kind: 'await', condition, ...node, ...braces(block) };
  }
  if (cursor.tryKeyword('retry')) return { kind: 'retry', ...node, ...parseRetry(block) };
  if (cursor.tryKeyword('if')) return { kind: 'if', ...node, ...parseIf(block) };
  const operation = parseOperation(cursor, node);
  closed(block);
  return operation;
}

/** `… { body }`. */
function braces(block: Block): { readonly body: readonly Statement[]; readonly closing: Node } {
  opened(block.cursor);
  return { body: block.body.map(parseStatement), closing: closing(block) };
}

function opened(cursor: LineCursor): void {
  cursor.sign('{');
  cursor.end();
}

function closing(block: Block): Node {
  block.chained?.cursor.fail('the end of the line', block.chained.cursor.column);
  return nodeOf(block.close ?? block.line);
}

function nodeOf(line: SourceLine): Node {
  return { at: { line: line.number, column: line.indent + 1 }, ...triviaOf(line) };
}

function parseRetry(block: Block): Pick<RetryStatement, 'body' | 'until' | 'closing'> {
  opened(block.cursor);
  const last = block.body.at(-1);
  const missing = last ?? block;
  if (last === undefined || !last.cursor.tryKeyword('until'))
    return missing.cursor.fail("'until CONDITION' as the last line of the loop");
  const until = { condition: parseExpression(last.cursor), ...nodeOf(last.line) };
  closed(last);
  return { body: block.body.slice(0, -1).map(parseStatement), until, closing: closing(block) };
}

function parseIf(block: Block): Pick<IfStatement, 'condition' | 'body' | 'otherwise' | 'closing'> {
  const condition = parseExpression(block.cursor);
  opened(block.cursor);
  const body = block.body.map(parseStatement);
  const { chained } = block;
  if (chained === undefined) return { condition, body, otherwise: undefined, closing: closing(block) };
  chained.cursor.keyword('else');
  opened(chained.cursor);
  const otherwise = { body: chained.body.map(parseStatement), ...nodeOf(chained.line) };
  return { condition, body, otherwise, closing: closing(chained) };
}

/** The line says nothing more and opens no block. */
function closed(block: Block): void {
  block.cursor.end();
}
