import { CONTRACTS, type Contract } from '../machine/claims.ts';
import type { Representation } from '../machine/definition.ts';
import { defaultsOf, expectedOf, parseParameter, type ParameterValues } from '../machine/parameters.ts';
import type { Block } from '../text/blocks.ts';
import type { LineCursor } from '../text/cursor.ts';
import { listed, unexpectedWord } from '../text/nearest.ts';
import { quoted, triviaOf } from '../text/source.ts';
import type { Trivia } from '../text/source.ts';
import { InputError } from '../vocabulary/input-error.ts';
import type { InputLocation } from '../vocabulary/input-error.ts';
import { DEFAULT_MACHINE, MACHINE_SETTINGS, withMachineSetting } from '../vocabulary/machine.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { VERDICTS, type VerdictCode } from '../vocabulary/verdicts.ts';
import { RepresentationFacts } from './representation-facts.ts';
import { HEADER_LINES } from './scenario.ts';
import type { HeaderLine } from './scenario.ts';

/** How representations are found by their ids. */
export interface Catalogue {
  readonly lookup: (id: string) => Representation | undefined;
  readonly known: readonly string[];
}

/** What the lines before the statements say. */
export interface Header {
  readonly representation: Representation;
  readonly parameters: ParameterValues;
  readonly facts: RepresentationFacts;
  readonly machine: MachineSettings;
  readonly client: Contract;
  readonly mutant: string | undefined;
  readonly expect: VerdictCode;
  readonly notes: readonly string[];
  readonly lineTrivia: Readonly<Partial<Record<HeaderLine, Trivia>>>;
  readonly noteTrivia: readonly (Trivia | undefined)[];
  /** How many blocks the header takes. */
  readonly length: number;
}

/** Reads the header lines at the beginning of a scenario: the representation first, the others in any order, each once. */
export function parseHeader(blocks: readonly Block[], file: string, catalogue: Catalogue): Header {
  const first = blocks[0];
  if (first === undefined)
    throw InputError.expected("'representation ID' first", 'the end of the file', { file, line: 1, column: 1 });
  const lines = new Map<HeaderLine, LineCursor>();
  const notes: string[] = [];
  const lineTrivia: Partial<Record<HeaderLine, Trivia>> = {};
  const noteTrivia: (Trivia | undefined)[] = [];
  let length = 0;
  for (const { cursor, line } of blocks) {
    const column = cursor.column;
    const hasTrivia = line.leading.length > 0 || line.comment !== undefined;
    const name = HEADER_LINES.find((each) => cursor.tryKeyword(each));
    if (length === 0 && name !== 'representation') cursor.fail("'representation ID' first", column);
    if (name !== undefined) {
      if (lines.has(name)) cursor.fail(`one '${name}' line`, column);
      lines.set(name, cursor);
      if (hasTrivia) lineTrivia[name] = triviaOf(line);
    } else if (cursor.tryKeyword('note')) {
      if (cursor.atEnd) cursor.fail('the text of the note');
      notes.push(cursor.rest());
      noteTrivia.push(hasTrivia ? triviaOf(line) : undefined);
    } else break;
    length++;
  }
  return { ...parseLines(lines, first.cursor, catalogue), notes, lineTrivia, noteTrivia, length };
}

type Lines = ReadonlyMap<HeaderLine, LineCursor>;
type Values = Omit<Header, 'notes' | 'lineTrivia' | 'noteTrivia' | 'length'>;

function parseLines(lines: Lines, first: LineCursor, catalogue: Catalogue): Values {
  const { representation, parameters } = parseRepresentation(first, catalogue);
  const facts = new RepresentationFacts(representation, parameters);
  const machine = lines.get('machine');
  const client = lines.get('client');
  const mutant = lines.get('mutant');
  const expect = lines.get('expect');
  return {
    representation,
    parameters,
    facts,
    machine: machine === undefined ? DEFAULT_MACHINE : parseMachine(machine),
    client: client === undefined ? 'any' : parseClient(client),
    mutant: mutant === undefined ? undefined : parseMutant(mutant, facts),
    expect: expect === undefined ? 'clean' : parseExpect(expect),
  };
}

function parseRepresentation(
  cursor: LineCursor,
  { lookup, known }: Catalogue,
): Pick<Header, 'representation' | 'parameters'> {
  const place = placeOf(cursor);
  const id = cursor.word('the id of a representation');
  const representation = lookup(id);
  if (representation === undefined) throw unexpectedWord(`a representation (${known.join(', ')})`, id, place, known);
  const specs = representation.parameters;
  const names = Object.keys(specs);
  const parameters = { ...defaultsOf(specs) };
  let valuePlace: InputLocation = place;
  for (const { key, value, at, valueAt } of assignments(cursor, 'a parameter name=value')) {
    const spec = Object.hasOwn(specs, key) ? specs[key] : undefined;
    if (spec === undefined) throw unexpectedWord(`a parameter of ${id} (${listed(names)})`, key, at, names);
    const parsed = parseParameter(spec, value);
    const words = spec.kind === 'choice' ? spec.values : [];
    if (parsed === undefined) throw unexpectedWord(`${expectedOf(spec)} for ${key}`, value, valueAt, words);
    parameters[key] = parsed;
    valuePlace = valueAt;
  }
  const wrong = representation.validate?.(parameters);
  if (wrong !== undefined) throw new InputError('bad-parameter', `${id}: ${wrong}`, valuePlace);
  return { representation, parameters };
}

/** Settings count in their own order, not in that of the line: the width of the host chooses a placement that a setting overrules. */
function parseMachine(cursor: LineCursor): MachineSettings {
  const names = MACHINE_SETTINGS.map((setting) => setting.name);
  const given = assignments(cursor, 'a machine setting name=value');
  if (given.length === 0) cursor.fail('a machine setting name=value');
  for (const { key, at } of given)
    if (!names.some((name) => name === key))
      throw unexpectedWord(`a machine setting (${names.join(', ')})`, key, at, names);
  let machine = DEFAULT_MACHINE;
  for (const name of names) {
    const setting = given.find(({ key }) => key === name);
    if (setting === undefined) continue;
    const next = withMachineSetting(machine, name, setting.value);
    if ('expected' in next)
      throw unexpectedWord(
        `${next.expected} for ${name}`,
        setting.value,
        setting.valueAt,
        next.expected.split(/, | or /),
      );
    machine = next;
  }
  return machine;
}

function parseClient(cursor: LineCursor): Contract {
  return oneWord(cursor, `a client contract (${CONTRACTS.join(', ')})`, CONTRACTS);
}

function parseExpect(cursor: LineCursor): VerdictCode {
  const codes = VERDICTS.map((verdict) => verdict.code);
  return oneWord(cursor, "a verdict code or 'clean'", codes);
}

function parseMutant(cursor: LineCursor, facts: RepresentationFacts): string {
  const place = placeOf(cursor);
  const id = cursor.word('the id of a mutant');
  cursor.end();
  const { mutants } = facts;
  if (!mutants.includes(id))
    throw unexpectedWord(`a mutant of ${facts.representation.id} (${listed(mutants)})`, id, place, mutants);
  return id;
}

/** The one word of a line, among those that may stand there. */
function oneWord<Word extends string>(cursor: LineCursor, expected: string, words: readonly Word[]): Word {
  const place = placeOf(cursor);
  const word = cursor.word(expected);
  const found = words.find((each) => each === word);
  if (found === undefined) throw unexpectedWord(expected, word, place, words);
  cursor.end();
  return found;
}

interface Assignment {
  readonly key: string;
  readonly value: string;
  readonly at: InputLocation;
  readonly valueAt: InputLocation;
}

/** The rest of a line, `name=value` several times, every name once. */
function assignments(cursor: LineCursor, expected: string): readonly Assignment[] {
  const found = new Map<string, Assignment>();
  while (!cursor.atEnd) {
    const assignment = cursor.tryAssignment();
    if (assignment === undefined) return cursor.fail(expected);
    const { key, value, column, valueColumn } = assignment;
    const at = { ...placeOf(cursor), column };
    if (found.has(key)) throw InputError.expected('every name once', quoted(key), at);
    found.set(key, { key, value, at, valueAt: { ...at, column: valueColumn } });
  }
  return [...found.values()];
}

function placeOf(cursor: LineCursor): { readonly file: string; readonly line: number; readonly column: number } {
  return { file: cursor.file, line: cursor.line.number, column: cursor.column };
}
