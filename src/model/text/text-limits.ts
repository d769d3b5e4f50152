import { InputError } from '../vocabulary/input-error.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_LINE = 10_000;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Refuses what is no text file of ours: more than 4 MiB of UTF-8, lines of more than 10,000 characters, control characters (a
 * NUL, an escape sequence, a carriage return without its line feed), and bytes that are not UTF-8. Those have become U+FFFD by
 * the time they are a string, so that character is refused as well.
 * @throws InputError at the first such place
 */
export function checkText(text: string, file: string): void {
  let line = 1;
  let lineStart = 0;
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
    const place = { file, line, column: at - lineStart + 1 };
    if (bytes > MAX_BYTES) throw InputError.expected('a file of at most 4 MiB', 'a larger one', place);
    if (unit === LINE_FEED) {
      line++;
      lineStart = at + 1;
      continue;
    }
    const wrong = wrongUnit(text, at, unit);
    if (wrong !== undefined) throw InputError.expected(wrong[0], wrong[1], place);
    if (at - lineStart >= MAX_LINE && unit !== CARRIAGE_RETURN)
      throw InputError.expected(`at most ${MAX_LINE} characters in a line`, 'more', place);
  }
}

/** What was expected instead of a character that no text has, and what it is. */
function wrongUnit(text: string, at: number, unit: number): readonly [string, string] | undefined {
  if (unit === 0) return ['text', 'a NUL byte'];
  if (unit === CARRIAGE_RETURN)
    return text.charCodeAt(at + 1) === LINE_FEED ? undefined : ['a line feed', 'a lone carriage return'];
  if ((unit < 32 && unit !== TAB) || unit === 127)
    return ['text', `the control character U+${unit.toString(16).toUpperCase().padStart(4, '0')}`];
  const isLone = isSurrogate(unit) && !isPaired(text, at, unit);
  return unit === 0xfffd || isLone ? ['UTF-8 text', 'bytes that are not UTF-8'] : undefined;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

function isPaired(text: string, at: number, unit: number): boolean {
  const other = unit < 0xdc00 ? text.charCodeAt(at + 1) : text.charCodeAt(at - 1);
  return unit < 0xdc00 ? other >= 0xdc00 && other < 0xe000 : other >= 0xd800 && other < 0xdc00;
}
