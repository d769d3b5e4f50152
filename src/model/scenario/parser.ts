import type { Representation } from '../machine/definition.ts';
import { readBlocks } from '../text/blocks.ts';
import type { Block } from '../text/blocks.ts';
import { LineCursor } from '../text/cursor.ts';
import { readSource, triviaOf } from '../text/source.ts';
import type { SourceText } from '../text/source.ts';
import { checkText } from '../text/text-limits.ts';
import { MAX_THREAD } from './forms.ts';
import { parseHeader } from './header.ts';
import type { Header } from './header.ts';
import { checkNames } from './names.ts';
import type { PartColumns } from './names.ts';
import type { Scenario, ScenarioComments, ScenarioStatement, ScenarioThread, ScheduleChoice } from './scenario.ts';
import { parseSchedule } from './schedule.ts';
import { parseStatements, requireBody, withTrivia } from './statement-parser.ts';
import type { StatementContext } from './statement-parser.ts';

/** Lines whose text goes on to the end of the line, whatever signs it holds. */
const VERBATIM = ['note'];

/**
 * Reads a scenario (`docs/formats.md`) and checks it against its representation.
 * @param lookup the representation of an id
 * @param known all ids, for messages
 * @throws InputError with file, line and column for anything that is not a scenario of a known representation
 */
export function parseScenario(
  text: string,
  file: string,
  lookup: (id: string) => Representation | undefined,
  known: readonly string[],
): Scenario {
  checkText(text, file);
  const source = readSource(text, file, VERBATIM);
  refuseBraces(source);
  const blocks = readBlocks(source, VERBATIM);
  const header = parseHeader(blocks, file, { lookup, known });
  const columns: PartColumns = new WeakMap();
  const body = parseBody(blocks.slice(header.length), source, { ...header, columns });
  checkNames(body.threads, file, columns);
  return {
    file,
    representation: header.representation,
    parameters: header.parameters,
    machine: header.machine,
    client: header.client,
    ...(header.mutant === undefined ? {} : { mutant: header.mutant }),
    expect: header.expect,
    notes: header.notes,
    threads: unfolded(body.threads),
    schedule: body.schedule,
    ...(body.scheduleLines.length > 0 && { scheduleLines: body.scheduleLines }),
    ...commentsOf(source, header, body),
  };
}

interface Body {
  readonly threads: readonly ScenarioThread[];
  readonly schedule: readonly ScheduleChoice[];
  readonly scheduleLines: NonNullable<Scenario['scheduleLines']>;
  readonly scheduleComments: readonly string[];
}

/** Scenarios have no braces, so a brace is reported where it stands and not where the file ends without its partner. */
function refuseBraces({ lines, file }: SourceText): void {
  for (const line of lines) {
    if (VERBATIM.includes(/\S+/.exec(line.text)?.[0] ?? '')) continue;
    const opens = line.text.endsWith('{');
    if (!opens && !line.text.startsWith('}', line.indent)) continue;
    const column = opens ? line.text.length : line.indent + 1;
    new LineCursor(line, file).fail(opens && column > line.indent + 1 ? 'the end of the line' : 'a statement', column);
  }
}

function parseBody(blocks: readonly Block[], source: SourceText, context: StatementContext): Body {
  const split = blocks.findIndex((block) => isSchedule(block));
  const statements = split < 0 ? blocks : blocks.slice(0, split);
  const [first] = statements;
  if (first === undefined) {
    blocks[0]?.cursor.fail('a statement before the schedule');
    const last = source.lines[source.lines.length - 1];
    return new LineCursor(last, source.file).fail('a statement below', last.text.length + 1);
  }
  const threads = opensThread(first) ? parseThreads(statements, context) : mainAlone(statements, context);
  return { threads, ...parseScheduleLines(split < 0 ? [] : blocks.slice(split)) };
}

function parseScheduleLines(blocks: readonly Block[]): Omit<Body, 'threads'> {
  const schedule: ScheduleChoice[] = [];
  const scheduleLines: { readonly line: number; readonly first: number }[] = [];
  const scheduleComments: string[] = [];
  for (const { cursor, line } of blocks) {
    cursor.keyword('schedule');
    scheduleLines.push({ line: line.number, first: schedule.length });
    parseSchedule(cursor, schedule);
    // Choices are laid out anew, so comments between the lines have no other place than above them.
    const isFirst = line === blocks[0].line;
    scheduleComments.push(...line.leading.filter((comment) => isFirst || comment !== ''));
    if (line.comment !== undefined) scheduleComments.push(line.comment);
  }
  return { schedule, scheduleLines, scheduleComments };
}

function isSchedule({ cursor }: Block): boolean {
  return takesBack(cursor, () => cursor.tryKeyword('schedule') && !cursor.trySign('='));
}

function opensThread({ cursor }: Block): boolean {
  return takesBack(cursor, () => (cursor.tryKeyword('main') || cursor.tryKeyword('thread')) && !cursor.trySign('='));
}

function takesBack(cursor: LineCursor, attempt: () => boolean): boolean {
  const mark = cursor.mark();
  const answer = attempt();
  cursor.rewind(mark);
  return answer;
}

function mainAlone(blocks: readonly Block[], context: StatementContext): readonly ScenarioThread[] {
  for (const block of blocks)
    if (opensThread(block)) block.cursor.fail("statements alone, or all of them in blocks ('main:', 'thread N:')");
  return [{ thread: 0, statements: parseStatements(blocks, context) }];
}

function parseThreads(blocks: readonly Block[], context: StatementContext): readonly ScenarioThread[] {
  const threads = new Map<number, ScenarioThread>();
  for (const block of blocks) {
    const { cursor, line } = block;
    const column = cursor.column;
    if (!opensThread(block)) cursor.fail("'main:', 'thread N:' or 'schedule' after the first block");
    const thread = cursor.tryKeyword('main') ? 0 : parseThreadNumber(cursor);
    cursor.sign(':');
    cursor.end();
    if (threads.has(thread)) cursor.fail('every thread once', column);
    requireBody(block);
    threads.set(thread, { thread, statements: parseStatements(block.body, context), ...withTrivia(line) });
  }
  return [...threads.values()];
}

function parseThreadNumber(cursor: LineCursor): number {
  cursor.keyword('thread');
  return cursor.count('a thread number', 1, MAX_THREAD);
}

/** Main without other threads is printed without a block; the comments of its line go to its first statement. */
function unfolded(threads: readonly ScenarioThread[]): readonly ScenarioThread[] {
  const [main] = threads;
  if (threads.length !== 1 || main.thread !== 0 || main.trivia === undefined) return threads;
  const [first, ...others] = main.statements;
  const { leading, comment } = main.trivia;
  const above = [...leading, ...(comment === undefined ? [] : [comment]), ...(first.trivia?.leading ?? [])];
  const merged: ScenarioStatement = { ...first, trivia: { leading: above, comment: first.trivia?.comment } };
  return [{ thread: 0, statements: [merged, ...others] }];
}

/** The comments that belong to no statement, nothing when there are none. */
function commentsOf(source: SourceText, header: Header, body: Body): { readonly comments?: ScenarioComments } {
  const { lineTrivia, noteTrivia } = header;
  const hasSome =
    source.format !== undefined ||
    Object.keys(lineTrivia).length + body.scheduleComments.length + source.trailing.length > 0 ||
    noteTrivia.some((trivia) => trivia !== undefined);
  if (!hasSome) return {};
  return {
    comments: {
      ...(source.format === undefined ? {} : { format: triviaOf(source.format) }),
      header: lineTrivia,
      notes: noteTrivia,
      ...(body.scheduleComments.length === 0
        ? {}
        : { schedule: { leading: body.scheduleComments, comment: undefined } }),
      trailing: source.trailing,
    },
  };
}
