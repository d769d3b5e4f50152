import { InputError } from '../vocabulary/input-error.ts';
import { quoted } from './source.ts';
import type { SourceLine } from './source.ts';

// A hyphen belongs to a name only between letters or digits and a letter (`c-heap`), so that `p-5` is a subtraction.
const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z][A-Za-z0-9_]*)*/y;
const DIGITS = /0[xX][0-9A-Za-z_]*|[0-9][0-9A-Za-z_]*/y;
const WORD = /\S+/y;
const SPACE = /\s*/y;

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/** Where a cursor stood; give it back to {@link LineCursor.rewind}. */
export type CursorMark = number;

/**
 * Reads one line word by word. `try…` methods answer undefined (or false) and stay where they are when the line says something
 * else; the others throw an {@link InputError} of the form `expected …, found …` at the column. White space between
 * words does not matter.
 */
export class LineCursor {
  readonly line: SourceLine;
  readonly file: string;
  #at = 0;

  constructor(line: SourceLine, file: string, start = 0) {
    this.line = line;
    this.file = file;
    this.#at = start;
    this.#skipSpace();
  }

  /** The column of the next word, from 1. */
  get column(): number {
    return this.#at + 1;
  }

  get atEnd(): boolean {
    return this.#at >= this.line.text.length;
  }

  mark(): CursorMark {
    return this.#at;
  }

  rewind(mark: CursorMark): void {
    this.#at = mark;
  }

  /** A name: letters, digits, underscores, and hyphens before letters. */
  tryName(): string | undefined {
    return this.#take(NAME);
  }

  name(expected = 'a name'): string {
    return this.tryName() ?? this.fail(expected);
  }

  /** Takes the given name, whole: `read` does not match `readptr`. */
  tryKeyword(keyword: string): boolean {
    const mark = this.#at;
    if (this.tryName() === keyword) return true;
    this.#at = mark;
    return false;
  }

  keyword(keyword: string): void {
    if (!this.tryKeyword(keyword)) this.fail(`'${keyword}'`);
  }

  /** One of the given names. */
  oneOf<T extends string>(names: readonly T[], expected = names.join(', ')): T {
    const mark = this.#at;
    const name = this.tryName();
    const found = names.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    this.#at = mark;
    return this.fail(expected);
  }

  /** Takes the given signs if the line goes on with them, letter for letter. */
  trySign(sign: string): boolean {
    if (!this.line.text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    this.#skipSpace();
    return true;
  }

  sign(sign: string): void {
    if (!this.trySign(sign)) this.fail(`'${sign}'`);
  }

  /** Whether a number comes next. */
  get atInteger(): boolean {
    const character = this.line.text[this.#at];
    return character !== undefined && character >= '0' && character <= '9';
  }

  /** An unsigned integer in decimal or hexadecimal (`0x…`), at most 64 bits, within the given limits. */
  integer(expected = 'an integer', minimum = 0n, maximum = MAX_UINT64): bigint {
    const mark = this.#at;
    const text = this.#take(DIGITS);
    if (text === undefined) return this.fail(expected);
    this.#at = mark;
    if (!/^(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$/.test(text)) return this.fail(expected);
    // 2^64 has 20 decimal digits: longer texts are refused before a huge number is built from them.
    if (text.length > 20) return this.fail(`${expected} below 2^64`);
    const value = BigInt(text);
    if (value > MAX_UINT64) return this.fail(`${expected} below 2^64`);
    if (value < minimum || value > maximum) return this.fail(`${expected} from ${minimum} to ${maximum}`);
    this.#take(DIGITS);
    return value;
  }

  /** An integer that fits a plain number, within the given limits. */
  count(expected: string, minimum: number, maximum: number): number {
    return Number(this.integer(expected, BigInt(minimum), BigInt(maximum)));
  }

  /** Everything up to the next white space. */
  tryWord(): string | undefined {
    return this.#take(WORD);
  }

  word(expected = 'a word'): string {
    return this.tryWord() ?? this.fail(expected);
  }

  /** `key=value` without white space around the sign; the columns are those of the key and of the value. */
  tryAssignment(): { readonly key: string; readonly value: string; column: number; valueColumn: number } | undefined {
    const mark = this.#at;
    const word = this.tryWord();
    const equals = word?.indexOf('=') ?? -1;
    if (word === undefined || equals < 1) {
      this.#at = mark;
      return undefined;
    }
    return {
      key: word.slice(0, equals),
      value: word.slice(equals + 1),
      column: mark + 1,
      valueColumn: mark + equals + 2,
    };
  }

  /** The rest of the line as it stands. */
  rest(): string {
    const text = this.line.text.slice(this.#at);
    this.#at = this.line.text.length;
    return text;
  }

  /** The line must say nothing more. */
  end(): void {
    if (!this.atEnd) this.fail('the end of the line');
  }

  /** @throws InputError that says what was expected here, or at the given column, and what stands there. */
  fail(expected: string, column = this.column): never {
    throw InputError.expected(expected, this.#found(column - 1), {
      file: this.file,
      line: this.line.number,
      column,
    });
  }

  #found(at: number): string {
    NAME.lastIndex = at;
    WORD.lastIndex = at;
    const found = NAME.exec(this.line.text)?.[0] ?? WORD.exec(this.line.text)?.[0];
    return found === undefined ? 'the end of the line' : quoted(found);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.line.text)?.[0];
    if (text === undefined) return undefined;
    this.#at += text.length;
    this.#skipSpace();
    return text;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.line.text);
    this.#at = SPACE.lastIndex;
  }
}
