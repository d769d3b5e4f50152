import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { readBlocks } from '../../src/model/text/blocks.ts';
import type { Block } from '../../src/model/text/blocks.ts';
import { LineCursor } from '../../src/model/text/cursor.ts';
import { quoted, readSource } from '../../src/model/text/source.ts';
import { TextWriter } from '../../src/model/text/writer.ts';

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.render();
    throw error;
  }
  return 'no error';
}

function cursorOf(text: string): LineCursor {
  return new LineCursor(readSource(text, 'f').lines[0], 'f');
}

function shape(blocks: readonly Block[]): unknown[] {
  return blocks.map((block) =>
    block.opens === 'nothing'
      ? block.cursor.rest()
      : [block.cursor.rest(), shape(block.body), ...(block.chained === undefined ? [] : shape([block.chained]))],
  );
}

describe('source', () => {
  it('keeps line numbers, comments and blank lines', () => {
    const source = readSource('# top\n\n\n# next\na = 1  # why\r\n\n  b\n# end\n\n', 'f');
    expect(source.lines).toEqual([
      { number: 5, indent: 0, text: 'a = 1', leading: ['top', '', 'next'], comment: 'why' },
      { number: 7, indent: 2, text: '  b', leading: [''], comment: undefined },
    ]);
    expect(source.trailing).toEqual(['end']);
  });

  it('takes the format line and refuses other formats', () => {
    expect(readSource('# c\nformat 1\nx', 'f').format?.leading).toEqual(['c']);
    expect(readSource('format 1\nx', 'f').lines.map((line) => line.text)).toEqual(['x']);
    expect(readSource('formats', 'f').lines).toHaveLength(1);
    expect(errorOf(() => readSource('format 2', 'f'))).toBe("f:1:8: expected format 1, found '2'");
    expect(errorOf(() => readSource('\nformat', 'f'))).toBe('f:2:7: expected format 1, found no version');
  });

  it('quotes input on one line of printable characters', () => {
    expect(quoted('a\u2028b\u0000\ud800')).toBe("'a\\u{2028}b\\u{0}\\u{d800}'");
    expect(quoted('x'.repeat(100))).toHaveLength(42);
  });
});

describe('cursor', () => {
  it('reads names, numbers, signs and assignments', () => {
    const cursor = cursorOf('q = c-heap-5 0x10 key=value-3');
    expect(cursor.name()).toBe('q');
    cursor.sign('=');
    expect(cursor.name()).toBe('c-heap');
    expect(cursor.trySign('-')).toBe(true);
    expect([cursor.integer(), cursor.integer()]).toEqual([5n, 16n]);
    expect(cursor.tryAssignment()).toEqual({ key: 'key', value: 'value-3', column: 19, valueColumn: 23 });
    cursor.end();
  });

  it.each([
    ['18446744073709551615', 'no error'],
    ['18446744073709551616', "f:1:1: expected an integer below 2^64, found '18446744073709551616'"],
    ['0xfffffffffffffffff', "f:1:1: expected an integer below 2^64, found '0xfffffffffffffffff'"],
    ['012', "f:1:1: expected an integer, found '012'"],
    ['12ab', "f:1:1: expected an integer, found '12ab'"],
    ['0x', "f:1:1: expected an integer, found '0x'"],
    ['name', "f:1:1: expected an integer, found 'name'"],
  ])('judges the integer %s', (text, error) => {
    expect(errorOf(() => cursorOf(text).integer())).toBe(error);
  });

  it('stays where it is when a try fails, and says the column of what it found', () => {
    const cursor = cursorOf('readptr s');
    expect(cursor.tryKeyword('read')).toBe(false);
    expect(cursor.tryKeyword('readptr')).toBe(true);
    expect(errorOf(() => cursor.end())).toBe("f:1:9: expected the end of the line, found 's'");
    expect(errorOf(() => cursor.oneOf(['a', 'b']))).toBe("f:1:9: expected a, b, found 's'");
    expect(errorOf(() => cursor.count('a size', 1, 8))).toBe("f:1:9: expected a size, found 's'");
  });
});

describe('blocks', () => {
  it('nests by indentation and by braces', () => {
    const text = 'x\nmain:\n  a\n  scope {\n b\n  }\n  c\nthread 1:\nd';
    expect(shape(readBlocks(readSource(text, 'f')))).toEqual([
      'x',
      ['main:', ['a', ['scope {', ['b']], 'c']],
      ['thread 1:', []],
      'd',
    ]);
  });

  it('chains a block on a closing brace', () => {
    expect(shape(readBlocks(readSource('if a {\nb\n} else {\nc\n}\n', 'f')))).toEqual([
      ['if a {', ['b'], ['else {', ['c']]],
    ]);
  });

  it('lets free text end in a colon', () => {
    expect(shape(readBlocks(readSource('note this:\nx', 'f'), ['note']))).toEqual(['note this:', 'x']);
  });

  it.each([
    ['}', "f:1:1: expected a statement, found '}'"],
    ['scope {\n a', "f:2:3: expected '}' to close the '{' of line 1, found the end of the file"],
    [' a', 'f:1:2: expected 0 spaces of indentation, found 1'],
    ['main:\n  a\n b', 'f:3:2: expected 2 spaces of indentation, found 1'],
    ['scope {\n} b', "f:2:3: expected the end of the line, found 'b'"],
    ['a {\n'.repeat(40), 'f:33:1: expected at most 32 nested blocks, found more'],
  ])('refuses %j', (text, error) => {
    expect(errorOf(() => readBlocks(readSource(text, 'f')))).toBe(error);
  });

  it('never fails with anything but one line of input error', () => {
    const pieces = fc.array(
      fc.constantFrom('a', ' ', '\n', '{', '}', ':', '#', '\t', '\r', '\u2028', 'é', '}\n', '  '),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(errorOf(() => readBlocks(readSource(parts.join(''), 'f')))).not.toContain('\n');
      }),
    );
  });
});

describe('writer', () => {
  it('writes what the source reads', () => {
    const writer = new TextWriter();
    writer.line(0, 'main:', { leading: ['', 'about', ''], comment: undefined });
    writer.line(1, 'a', { leading: ['', '', 'inner'], comment: 'why' });
    writer.trailing(['', 'end']);
    expect(writer.text()).toBe('# about\n\nmain:\n\n  # inner\n  a  # why\n\n# end\n');
  });
});
