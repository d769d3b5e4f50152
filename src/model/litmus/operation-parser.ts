import type { LineCursor } from '../text/cursor.ts';
import { isVerdictCode } from '../vocabulary/verdicts.ts';
import { parseExpression, parseNewVariable, parseOperand } from './expressions.ts';
import { ASSIGNMENT, formOf } from './forms.ts';
import type { Form, Part } from './forms.ts';
import type { ExpectedCode, Expression, Field, Operation, Variable } from './syntax.ts';

/** What the parts of a line fill in. */
interface Filled {
  readonly operands: Record<string, Expression>;
  readonly counts: Record<string, number>;
  readonly words: Record<string, string>;
  readonly fields: Field[];
}

const ARTICLES = { integer: 'an integer', pointer: 'a pointer', lock: 'a lock' } as const;

/** Reads a statement of one line by its form. */
export function parseOperation(cursor: LineCursor, node: Pick<Operation, 'at' | 'leading' | 'comment'>): Operation {
  const results = parseResults(cursor);
  const filled: Filled = { operands: {}, counts: {}, words: {}, fields: [] };
  const mark = cursor.mark();
  const name = cursor.tryName();
  const form = name === undefined ? undefined : formOf(name);
  if (form === undefined) {
    cursor.rewind(mark);
    if (results.length !== 1) return cursor.fail('a statement');
    filled.operands.value = parseExpression(cursor);
    return { kind: 'operation', name: ASSIGNMENT, results, ...filled, expected: parseExpected(cursor), ...node };
  }
  checkResults(cursor, form, results, mark);
  for (const part of form.parts) parsePart(cursor, part, filled);
  return { kind: 'operation', name: form.name, results, ...filled, expected: parseExpected(cursor), ...node };
}

/** `expect CODE[/DETAIL]` at the end of a statement. */
function parseExpected(cursor: LineCursor): ExpectedCode | undefined {
  if (!cursor.tryKeyword('expect')) return undefined;
  const mark = cursor.mark();
  const expected = parseCode(cursor);
  if (expected.code !== 'clean') return expected;
  cursor.rewind(mark);
  return cursor.fail('a verdict code other than clean');
}

/** `CODE[/DETAIL]`. */
export function parseCode(cursor: LineCursor): ExpectedCode {
  const mark = cursor.mark();
  const code = cursor.name('a verdict code');
  if (!isVerdictCode(code)) {
    cursor.rewind(mark);
    return cursor.fail('a verdict code');
  }
  return { code, detail: cursor.trySign('/') ? cursor.name('a detail') : undefined };
}

/** `a =` or `a, b =`; nothing when the line has no equals sign there. */
function parseResults(cursor: LineCursor): readonly Variable[] {
  const mark = cursor.mark();
  if (cursor.tryName() === undefined) return [];
  const assigns = cursor.trySign(',') || (!cursor.trySign('==') && cursor.trySign('='));
  cursor.rewind(mark);
  if (!assigns) return [];
  const results = [parseNewVariable(cursor)];
  while (cursor.trySign(',')) results.push(parseNewVariable(cursor));
  cursor.sign('=');
  return results;
}

function checkResults(cursor: LineCursor, form: Form, results: readonly Variable[], mark: number): void {
  if (results.length >= form.required && results.length <= form.results.length) return;
  cursor.rewind(mark);
  const extra = results[form.results.length];
  if (results.length < form.required) cursor.fail(`a variable and '=' before '${form.name}'`);
  cursor.fail(form.results.length === 0 ? `no result of '${form.name}'` : 'no further result', extra.column);
}

function parsePart(cursor: LineCursor, part: Part, filled: Filled): void {
  switch (part.kind) {
    case 'operand':
      filled.operands[part.name] = parseOperand(cursor, ARTICLES[part.type]);
      return;
    case 'condition':
      filled.operands[part.name] = parseExpression(cursor);
      return;
    case 'count':
      filled.counts[part.name] = cursor.count(`a ${part.name}`, part.minimum, part.maximum);
      return;
    case 'power':
      filled.counts[part.name] = parsePower(cursor, part);
      return;
    case 'choice':
      parseChoice(cursor, part, filled);
      return;
    case 'sign':
      cursor.sign(part.sign);
      return;
    case 'option':
      if (cursor.tryKeyword(part.word)) parsePart(cursor, part.part, filled);
      return;
    case 'fields':
      parseFields(cursor, filled.fields, filled.counts.size);
  }
}

function parsePower(cursor: LineCursor, { name, maximum }: Part & { kind: 'power' }): number {
  const mark = cursor.mark();
  const value = cursor.count(name === 'align' ? 'an alignment' : `a ${name}`, 1, maximum);
  if ((value & (value - 1)) === 0) return value;
  cursor.rewind(mark);
  return cursor.fail('a power of two');
}

function parseChoice(cursor: LineCursor, part: Part & { kind: 'choice' }, filled: Filled): void {
  if (!part.optional) {
    filled.words[part.name] = cursor.oneOf(part.words);
    return;
  }
  const word = part.words.find((candidate) => cursor.tryKeyword(candidate));
  if (word !== undefined) filled.words[part.name] = word;
}

/** `{ int 8 at 0, ptr at 8, bytes 4 at 16 }`, in ascending order, apart, and inside the whole. */
function parseFields(cursor: LineCursor, fields: Field[], whole: number): void {
  cursor.sign('{');
  let end = 0;
  do {
    const type = cursor.oneOf(['int', 'ptr', 'bytes']);
    const size = type === 'ptr' ? 8 : cursor.count('a field size', 1, type === 'int' ? 8 : 4096);
    cursor.keyword('at');
    if (end + size > whole) cursor.fail(`fields that fit ${whole} bytes`);
    const offset = cursor.count('an offset after the field before', end, whole - size);
    end = offset + size;
    fields.push({ type, size, offset });
  } while (cursor.trySign(','));
  cursor.sign('}');
}
