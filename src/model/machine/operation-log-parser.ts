import { quoted } from '../text/source.ts';
import { InputError, type InputLocation } from '../vocabulary/input-error.ts';

/** An argument of a logged operation: an unsigned integer of at most 64 bits. */
export interface LoggedValue {
  readonly value: bigint;
  /** Where its key stands. */
  readonly column: number;
}

/** One line of a log: what was done to the real table, and what it answered. */
export interface LoggedOperation {
  /** Line number and the columns of the operation's name and of the closing brace, from 1. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly op: string;
  readonly arguments: ReadonlyMap<string, LoggedValue>;
  /** `0x…` in lower case without leading zeros, `ok`, `none`, `true` or `false`. */
  readonly result: string;
}

/** What was recorded from a real table (design 5): a header, and operations with their results. */
export interface OperationLog {
  readonly file: string;
  /** The header's name of what was recorded; for people, what decides are the operations. */
  readonly vectors: string;
  readonly operations: readonly LoggedOperation[];
}

interface Field {
  readonly column: number;
  readonly valueColumn: number;
  readonly value: string | number;
}

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;
const RESULTS = 'a hexadecimal integer, ok, none, true or false';

/**
 * Reads a log: JSON objects, one a line; the first is the header with a text `vectors`, the others have `op`, `result` and the
 * arguments of the operation, integers as `"0x…"` or as whole numbers. Empty lines are skipped.
 * @throws InputError at the line and column of what is wrong.
 */
export function parseOperationLog(text: string, file: string): OperationLog {
  const operations: LoggedOperation[] = [];
  let vectors: string | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const content = raw.replace(/\r$/, '');
    if (content.trim() === '') continue;
    if (vectors === undefined) vectors = headerName(content, { file, line });
    else operations.push(loggedOperation(content, file, line));
  }
  if (vectors === undefined)
    throw InputError.expected('a header object', 'the end of the file', { file, line: 1, column: 1 });
  return { file, vectors, operations };
}

function headerName(content: string, place: InputLocation): string {
  let header: unknown;
  try {
    header = JSON.parse(content);
  } catch (error) {
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const column = position === undefined ? content.length + 1 : Number(position) + 1;
    const rest = content.slice(column - 1);
    throw InputError.expected('a header object', rest === '' ? 'the end of the line' : quoted(rest), {
      ...place,
      column,
    });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw InputError.expected('a header object', quoted(content), { ...place, column: 1 });
  const { vectors } = header as { readonly vectors?: unknown };
  if (typeof vectors === 'string') return vectors;
  const keys = Object.keys(header).join(', ') || 'no keys';
  throw InputError.expected('a header object with a text "vectors"', quoted(keys), { ...place, column: 1 });
}

function loggedOperation(content: string, file: string, line: number): LoggedOperation {
  const object = new FlatObject(content, file, line);
  const fields = object.read();
  const { endColumn } = object;
  const text = (key: string): Field & { readonly value: string } => {
    const field = fields.get(key);
    if (field === undefined)
      throw InputError.expected(`the key "${key}"`, quoted([...fields.keys()].join(', ')), {
        file,
        line,
        column: endColumn,
      });
    if (typeof field.value === 'string') return { ...field, value: field.value };
    throw InputError.expected(`a text for "${key}"`, String(field.value), { file, line, column: field.valueColumn });
  };
  const op = text('op');
  const result = text('result');
  const rest = [...fields].filter(([key]) => key !== 'op' && key !== 'result');
  const values = rest.map(([key, field]): [string, LoggedValue] => {
    const value = integer(field.value);
    if (value !== undefined) return [key, { value, column: field.column }];
    const found = typeof field.value === 'string' ? quoted(field.value) : String(field.value);
    const place = { file, line, column: field.valueColumn };
    throw InputError.expected('a hexadecimal integer of at most 64 bits, or a whole number', found, place);
  });
  const canonical = canonicalResult(result.value);
  if (canonical === undefined)
    throw InputError.expected(RESULTS, quoted(result.value), { file, line, column: result.valueColumn });
  return { line, column: op.valueColumn, endColumn, op: op.value, arguments: new Map(values), result: canonical };
}

function canonicalResult(text: string): string | undefined {
  if (['ok', 'none', 'true', 'false'].includes(text)) return text;
  const value = integer(text);
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}

function integer(value: string | number): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (!/^0[xX][0-9a-fA-F]+$/.test(value)) return undefined;
  const parsed = BigInt(value);
  return parsed <= MAX_UINT64 ? parsed : undefined;
}

const SPACE = /[ \t]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** One line with a JSON object whose values are texts and numbers; unlike `JSON.parse` it knows where everything stands. */
class FlatObject {
  /** The column of the closing brace. */
  endColumn = 0;
  readonly #content: string;
  readonly #file: string;
  readonly #line: number;
  #at = 0;

  constructor(content: string, file: string, line: number) {
    this.#content = content;
    this.#file = file;
    this.#line = line;
  }

  read(): ReadonlyMap<string, Field> {
    const fields = new Map<string, Field>();
    this.#expect('{', 'an object');
    while (!this.#closes()) {
      if (fields.size > 0) this.#expect(',', 'a comma or the closing brace');
      const [column, name] = this.#string('a key in double quotes');
      this.#expect(':', 'a colon');
      const [valueColumn, value] = this.#value();
      if (fields.has(name)) this.#fail('every key once', column);
      fields.set(name, { column, valueColumn, value });
    }
    if (this.#skipSpace() < this.#content.length) this.#fail('the end of the line', this.#at + 1);
    return fields;
  }

  #closes(): boolean {
    const at = this.#skipSpace();
    if (this.#content[at] !== '}') return false;
    this.endColumn = at + 1;
    this.#at = at + 1;
    return true;
  }

  #value(): readonly [column: number, value: string | number] {
    const number = this.#take(NUMBER);
    if (number !== undefined) return [this.#at - number.length + 1, Number(number)];
    return this.#string('a text or a number');
  }

  #string(expected: string): readonly [column: number, text: string] {
    const literal = this.#take(STRING) ?? this.#fail(expected, this.#skipSpace() + 1);
    return [this.#at - literal.length + 1, String(JSON.parse(literal))];
  }

  #expect(character: string, expected: string): void {
    const at = this.#skipSpace();
    if (this.#content[at] !== character) this.#fail(expected, at + 1);
    this.#at = at + 1;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#skipSpace();
    const found = pattern.exec(this.#content)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skipSpace(): number {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#content)?.[0].length ?? 0;
    return this.#at;
  }

  #fail(expected: string, column: number): never {
    const rest = this.#content.slice(column - 1);
    const found = rest === '' ? 'the end of the line' : quoted(rest);
    throw InputError.expected(expected, found, { file: this.#file, line: this.#line, column });
  }
}
