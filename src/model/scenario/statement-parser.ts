import { CONTRACTS, type Contract } from '../machine/claims.ts';
import { OBJECT_KINDS } from '../machine/object-kinds.ts';
import type { Block } from '../text/blocks.ts';
import type { LineCursor } from '../text/cursor.ts';
import { listed, unexpectedWord } from '../text/nearest.ts';
import { quoted, triviaOf } from '../text/source.ts';
import type { SourceLine, Trivia } from '../text/source.ts';
import { InputError } from '../vocabulary/input-error.ts';
import { formOf, isAssignment, OPERATION_NAMES, RESERVED_WORDS } from './forms.ts';
import type { FieldValue, Part } from './forms.ts';
import type { PartColumns } from './names.ts';
import type { ArgumentShape, RepresentationFacts } from './representation-facts.ts';
import { HEADER_LINES } from './scenario.ts';
import type { DuringBlock, ExtraArgument, OperationName, ScenarioStatement } from './scenario.ts';

export interface StatementContext {
  readonly facts: RepresentationFacts;
  readonly client: Contract;
  /** Filled with the columns of every statement's parts. */
  readonly columns: PartColumns;
}

/** Where a statement stands: inside which callback point, if any, and whether statements other than `panic` run there. */
interface Inside {
  readonly callback: string;
  readonly runs: boolean;
}

const HEADS = OPERATION_NAMES.filter((op) => op !== 'extra');
const ASSIGNING = HEADS.filter(isAssignment);
const PLAIN = HEADS.filter((op) => !isAssignment(op) && formOf(op).onlyDuring !== true);
const HEADER_WORDS: readonly string[] = [...HEADER_LINES, 'note', 'format'];

/** Reads the lines of a block as statements; a `during` line belongs to the statement above it. */
export function parseStatements(
  blocks: readonly Block[],
  context: StatementContext,
  inside?: Inside,
): readonly ScenarioStatement[] {
  const statements: ScenarioStatement[] = [];
  for (const block of blocks) {
    const mark = block.cursor.mark();
    if (!block.cursor.tryKeyword('during')) {
      statements.push(parseStatement(block, context, inside));
      continue;
    }
    const last = statements.pop();
    if (last === undefined) {
      block.cursor.rewind(mark);
      return block.cursor.fail("a statement before 'during'");
    }
    const during = [...(last.during ?? []), parseDuring(block, context, last)];
    const extended = { ...last, during };
    context.columns.set(extended, context.columns.get(last) ?? {});
    statements.push(extended);
  }
  return statements;
}

/** The trivia of a line as a part of an object that may have none. */
export function withTrivia(line: SourceLine): { readonly trivia?: Trivia } {
  return line.leading.length === 0 && line.comment === undefined ? {} : { trivia: triviaOf(line) };
}

/** @throws InputError after a line that opens a block of which nothing follows. */
export function requireBody({ body, line, cursor }: Block): void {
  if (body.length === 0) cursor.fail('an indented statement below', line.text.length + 1);
}

function parseDuring(block: Block, context: StatementContext, statement: ScenarioStatement): DuringBlock {
  const { cursor, line } = block;
  const place = { file: cursor.file, line: line.number, column: cursor.column };
  const spelled = cursor.word('the name of a callback');
  const callback = spelled.replace(/:$/, '');
  if (spelled === callback) cursor.sign(':');
  cursor.end();
  const { facts } = context;
  const point = facts.callbacks.get(callback);
  if (point === undefined) {
    const names = [...facts.callbacks.keys()];
    throw unexpectedWord(`a callback of ${facts.representation.id} (${listed(names)})`, callback, place, names);
  }
  if (statement.during?.some((other) => other.callback === callback) === true)
    throw InputError.expected('every callback once', quoted(callback), place);
  requireBody(block);
  const statements = parseStatements(block.body, context, { callback, runs: point.runs });
  return { callback, statements, ...withTrivia(line) };
}

function parseStatement(block: Block, context: StatementContext, inside: Inside | undefined): ScenarioStatement {
  const { cursor, line } = block;
  const column = cursor.column;
  const op = parseHead(cursor, context, inside);
  const columns: Record<string, number> = {};
  const fields: Record<string, FieldValue> = {};
  for (const part of formOf(op).parts) {
    if (part.kind === 'word') {
      readWord(cursor, part.text);
      continue;
    }
    columns[part.field] = cursor.column;
    if (part.kind === 'arguments') {
      const shapes = typeof fields['extra'] === 'string' ? context.facts.extras.get(fields['extra']) : undefined;
      fields[part.field] = parseArguments(cursor, shapes ?? [], columns);
    } else if (part.kind === 'asKind') {
      if (cursor.tryKeyword('as')) fields[part.field] = parseKind(cursor);
    } else fields[part.field] = parsePart(cursor, part);
  }
  cursor.end();
  // The fields are those that the form names, with the types it gives them.
  const statement = { op, ...fields, line: line.number, column, ...withTrivia(line) } as unknown as ScenarioStatement;
  context.columns.set(statement, columns);
  return statement;
}

/** Finds out which statement a line is, and leaves the cursor where it was. */
function parseHead(cursor: LineCursor, context: StatementContext, inside: Inside | undefined): OperationName {
  const start = cursor.mark();
  const first = cursor.tryName();
  const assigns = first !== undefined && cursor.trySign('=');
  const place = { file: cursor.file, line: cursor.line.number, column: assigns ? cursor.column : start + 1 };
  const head = assigns ? cursor.tryName() : first;
  if (head === undefined)
    return cursor.fail(assigns ? `a way to set ${quoted(first)} (${ASSIGNING.join(', ')})` : 'a statement');
  cursor.rewind(start);
  const op = HEADS.find((each) => each === head);
  if (op === undefined && !assigns && context.facts.extras.has(head)) {
    if (inside?.runs === false)
      throw unexpectedWord(`'panic': nothing else happens at ${inside.callback}`, head, place);
    return 'extra';
  }
  if (op === undefined || isAssignment(op) !== assigns)
    throw op === undefined || assigns
      ? unknownStatement(head, assigns, context.facts, place)
      : InputError.expected(`a variable and '=' before '${op}'`, quoted(head), place);
  if (formOf(op).onlyDuring === true && inside === undefined)
    throw InputError.expected(`'${op}' inside a 'during' block only`, quoted(head), place);
  if (inside?.runs === false && op !== 'panic')
    throw unexpectedWord(`'panic': nothing else happens at ${inside.callback}`, head, place);
  const needed = formOf(op).contract;
  if (needed !== undefined && CONTRACTS.indexOf(context.client) < CONTRACTS.indexOf(needed))
    throw InputError.expected(
      `a statement that 'client ${context.client}' allows ('${op}' needs 'client ${needed}')`,
      quoted(head),
      place,
    );
  return op;
}

function unknownStatement(
  head: string,
  assigns: boolean,
  facts: RepresentationFacts,
  place: { file: string; line: number; column: number },
): InputError {
  if (assigns) return unexpectedWord(`a way to set a variable (${ASSIGNING.join(', ')})`, head, place, ASSIGNING);
  if (HEADER_WORDS.includes(head))
    return InputError.expected('header lines before the statements only', quoted(head), place);
  const extras = [...facts.extras.keys()];
  const has = extras.length === 0 ? '' : `; extras of ${facts.representation.id}: ${extras.join(', ')}`;
  const shapes = `x = ${ASSIGNING.join(' | ')}, ${PLAIN.join(', ')}${has}`;
  return unexpectedWord(`a statement (${shapes})`, head, place, [...HEADS, ...extras, 'during']);
}

function readWord(cursor: LineCursor, text: string): void {
  if (text === '=') cursor.sign(text);
  else cursor.keyword(text);
}

function parsePart(cursor: LineCursor, part: Exclude<Part, { kind: 'word' | 'arguments' | 'asKind' }>): FieldValue {
  const place = { file: cursor.file, line: cursor.line.number, column: cursor.column };
  switch (part.kind) {
    case 'target':
    case 'name': {
      const name = cursor.name(`a ${part.type} variable`);
      if (!RESERVED_WORDS.has(name)) return name;
      throw InputError.expected('the name of a variable', `the word ${quoted(name)}`, place);
    }
    case 'objectKind':
      return parseKind(cursor);
    case 'number':
      if (part.default !== undefined && cursor.atEnd) return part.default;
      return cursor.count(part.expected, part.minimum, part.maximum);
    case 'bits':
      return cursor.integer('up to 64 bits');
    default:
      return cursor.name('an extra');
  }
}

function parseKind(cursor: LineCursor): string {
  const place = { file: cursor.file, line: cursor.line.number, column: cursor.column };
  const name = cursor.name(`a kind (${OBJECT_KINDS.join(', ')})`);
  if (OBJECT_KINDS.some((kind) => kind === name)) return name;
  throw unexpectedWord(`a kind (${OBJECT_KINDS.join(', ')})`, name, place, OBJECT_KINDS);
}

function parseArguments(
  cursor: LineCursor,
  shapes: readonly ArgumentShape[],
  columns: Record<string, number>,
): readonly ExtraArgument[] {
  return shapes.map((shape, index): ExtraArgument => {
    const column = cursor.column;
    columns[`arguments.${index}`] = column;
    if (shape.type === 'number') {
      const number = cursor.integer(`a number for '${shape.name}'`, 0n, shape.maximum);
      return { number };
    }
    const name = cursor.name(`a ${shape.type} for '${shape.name}'`);
    if (RESERVED_WORDS.has(name)) cursor.fail(`a ${shape.type} for '${shape.name}'`, column);
    return shape.type === 'reference' ? { reference: name } : { pointer: name };
  });
}
