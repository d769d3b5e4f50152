import { MACHINE_SETTINGS } from '../vocabulary/machine.ts';
import { NO_TRIVIA } from '../text/source.ts';
import { TextWriter } from '../text/writer.ts';
import { fieldOf, formOf } from './forms.ts';
import type { Part } from './forms.ts';
import { HEADER_LINES } from './scenario.ts';
import type { ExtraArgument, HeaderLine, Operation, Scenario, ScenarioStatement } from './scenario.ts';
import { printSchedule } from './schedule.ts';

/**
 * The canonical text of a scenario: a full header (every parameter, every machine setting), notes, statements, schedule. Blocks
 * are printed in the order of their threads, main alone without a block. Comments stay with the lines they belong to.
 */
export function printScenario(scenario: Scenario): string {
  const writer = new TextWriter();
  const { comments, threads } = scenario;
  writer.format(comments?.format);
  for (const name of HEADER_LINES) {
    const values = HEADER_VALUES[name](scenario);
    if (values !== undefined) writer.line(0, [name, ...values].join(' '), comments?.header[name]);
  }
  for (const [index, note] of scenario.notes.entries())
    writer.line(0, `note ${note}`, { ...NO_TRIVIA, leading: comments?.notes[index]?.leading ?? [] });
  const isMainAlone = threads.length === 1 && threads[0].thread === 0;
  for (const { thread, statements, trivia } of threads.toSorted((left, right) => left.thread - right.thread)) {
    if (!isMainAlone) writer.line(0, thread === 0 ? 'main:' : `thread ${thread}:`, trivia);
    writeStatements(writer, isMainAlone ? 0 : 1, statements);
  }
  for (const [index, line] of printSchedule(scenario.schedule).entries())
    writer.line(0, line, index === 0 ? comments?.schedule : undefined);
  writer.trailing(comments?.trailing ?? []);
  return writer.text();
}

/** The words after the name of a header line; undefined when the line is left out. */
const HEADER_VALUES: Readonly<Record<HeaderLine, (scenario: Scenario) => readonly string[] | undefined>> = {
  representation: ({ representation, parameters }) => [
    representation.id,
    ...Object.keys(representation.parameters).map((name) => `${name}=${String(parameters[name])}`),
  ],
  machine: ({ machine }) => MACHINE_SETTINGS.map(({ name }) => `${name}=${machine[name]}`),
  client: ({ client }) => [client],
  mutant: ({ mutant }) => (mutant === undefined ? undefined : [mutant]),
  expect: ({ expect }) => [expect],
};

function writeStatements(writer: TextWriter, level: number, statements: readonly ScenarioStatement[]): void {
  for (const statement of statements) {
    writer.line(level, printStatement(statement), statement.trivia);
    for (const block of statement.during ?? []) {
      writer.line(level, `during ${block.callback}:`, block.trivia);
      writeStatements(writer, level + 1, block.statements);
    }
  }
}

/** The canonical text of one statement, without what runs during it. Diagnostics show it too. */
export function printStatement(statement: Operation): string {
  return formOf(statement.op)
    .parts.flatMap((part) => printPart(part, statement))
    .join(' ');
}

function printPart(part: Part, statement: Operation): readonly string[] {
  if (part.kind === 'word') return [part.text];
  const value = fieldOf(statement, part.field);
  if (typeof value === 'object') return value.map(printArgument);
  if (part.kind === 'asKind') return value === undefined ? [] : ['as', String(value)];
  if (part.kind === 'bits') return [`0x${value.toString(16)}`];
  return part.kind === 'number' && value === part.default ? [] : [String(value)];
}

function printArgument(argument: ExtraArgument): string {
  if ('number' in argument) return String(argument.number);
  return 'reference' in argument ? argument.reference : argument.pointer;
}
