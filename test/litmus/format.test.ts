import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMS } from '../../src/model/litmus/forms.ts';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { printLitmus } from '../../src/model/litmus/printer.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { litmusProgram } from './programs.ts';
import { litmusFiles } from './files.ts';

/** The tree without positions, which printing changes. */
function shape(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'at' || key === 'line' || key === 'column') return undefined;
      return typeof inner === 'bigint' ? `${inner}n` : inner;
    }),
  );
}

function outcomeOf(text: string): string {
  try {
    parseLitmus(text, 'f');
    return 'parsed';
  } catch (error) {
    if (error instanceof InputError) return error.render();
    throw error;
  }
}

const PIECES = [
  '{',
  '}',
  '\n',
  ' ',
  '#',
  '=',
  ':',
  '-',
  '(',
  '0x',
  '9',
  '0',
  '99999999999999999999',
  'p',
  'a',
  'stack',
].concat(['expect', 'thread 1:', ' of 65536', ' align 4', '0x8000000000000000', '\u2028', '\u0000']);

/** A file with up to three edits: characters, pieces of other files, whole lines. */
function mutated(sources: readonly string[], random: Random): string {
  let text = random.pick(sources);
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const other = random.pick(sources);
    if (random.chance(0.4)) {
      const lines = text.split('\n');
      const at = random.below(lines.length);
      if (random.chance(0.5)) lines.splice(at, 1);
      else lines.splice(at, 0, random.pick(random.chance(0.7) ? lines : other.split('\n')));
      text = lines.join('\n');
      continue;
    }
    const at = random.below(text.length + 1);
    const length = random.below(4) === 0 ? random.below(20) : random.below(2);
    const from = random.below(other.length);
    const inserted = random.chance(0.5) ? random.pick(PIECES) : other.slice(from, from + random.below(30));
    text = text.slice(0, at) + inserted + text.slice(at + length);
  }
  return text;
}

describe('litmus text', () => {
  it('prints every program so that it reads back the same', () => {
    fc.assert(
      fc.property(litmusProgram, (program) => {
        const text = printLitmus(program);
        const again = parseLitmus(text, 'f');
        expect(shape(again)).toEqual(shape(program));
        expect(printLitmus(again)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each(litmusFiles())('keeps %s, which is canonical', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(printLitmus(parseLitmus(text, file))).toBe(text);
  });

  it('prints a canonical form', () => {
    const text = ['format 1 # the first', '', '', '#top', 'machine   hostBits=57', 'a=alloc heap 0X10 align 16 ;'];
    expect(outcomeOf(text.join('\n'))).toBe("f:6:28: expected the end of the line, found ';'");
    const program = parseLitmus(
      'format 1 #v\nx = 1+2*(3)   # sum\n\n\n\nif x==7&&!x {\ny=(x)\n  } else {\n#in\n y = - 1\n}\n',
      'f',
    );
    expect(printLitmus(program)).toBe(
      'format 1  # v\nx = 1 + 2 * 3  # sum\n\nif x == 7 && !x {\n  y = x\n} else {\n  # in\n  y = -1\n}\n',
    );
  });

  it('is described by docs/formats.md: every statement, and an example that holds', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/formats.md'), 'utf8');
    const section = page.slice(page.indexOf('## Litmus')).split(/\n## /)[0];
    for (const { name } of FORMS) expect(section).toMatch(new RegExp(`[\`\\s]${name}[\`\\s]`));
    const example = /```\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
    expect(printLitmus(parseLitmus(example, 'f'))).toBe(example);
    expect(runLitmus(parseLitmus(example, 'f'), { seed: 1 }).missed).toEqual([]);
  });

  it('puts outcomes on lines of their own', () => {
    const text = 'outcomes { r=0, r=1 }\ntries 3 { expect leak in some, forbid r == 2 }\nr = 0\n';
    expect(printLitmus(parseLitmus(text, 'f'))).toBe(
      'outcomes {\n  r=0\n  r=1\n}\ntries 3 {\n  expect leak in some\n  forbid r == 2\n}\nr = 0\n',
    );
  });

  it('reads threads, locks and atomics', () => {
    const text = `x = alloc static 4 align 4
l = mutex normal
main:
  spawn 1
  join 1
thread 1:
  lock l
  old, ok = cas weak 4 x 0 1 acqrel relaxed
  retry {
    n = load 4 x acquire
    until n == 1
  }
  await n == 1 {
    n = fetch smax 4 x -1 seqcst
  }
  fence release
  unlock l
outcomes {
  1:n=1
}
`;
    expect(printLitmus(parseLitmus(text, 'f'))).toBe(text);
  });

  it.each([
    ['a = alloc heap', 'f:1:15: expected an integer, found the end of the line'],
    ['a = alloc attic 4', "f:1:11: expected heap, c-heap, stack, static, threadlocal, mmap, code, found 'attic'"],
    ['a = alloc heap 4 align 3', "f:1:24: expected a power of two, found '3'"],
    ['alloc heap 4', "f:1:1: expected a variable and '=' before 'alloc', found 'alloc'"],
    ['r = write 4 null 0', "f:1:1: expected no result of 'write', found 'r'"],
    ['a, b = alloc heap 4', "f:1:4: expected no further result, found 'b'"],
    ['read 9 null', "f:1:6: expected a size from 0 to 8, found '9'"],
    ['read 4 p', "f:1:8: expected a variable that is defined above, found 'p'"],
    ['n = 1\nread 4 n', "f:2:8: expected a pointer, found integer 'n'"],
    ['p = null\nn = p * 2', "f:2:5: expected an integer, found pointer 'p'"],
    ['p = null\np = 1', "f:2:1: expected an integer variable, found pointer 'p'"],
    ['n = 1 == 2 == 3', "f:1:12: expected no further operator, found '=='"],
    ['read = 1', "f:1:1: expected a variable (this word is reserved), found 'read'"],
    ['frobnicate', "f:1:1: expected a statement, found 'frobnicate'"],
    ['expect happiness', "f:1:8: expected a verdict code, found 'happiness'"],
    ['expect leak in some', "f:1:13: expected the end of the line, found 'in'"],
    ['tries 2 {\n  expect leak\n}', "f:2:14: expected 'in', found the end of the line"],
    ['n = 0 expect clean', "f:1:14: expected a verdict code other than clean, found 'clean'"],
    ['n = 0\nmachine model=sc', "f:2:1: expected the machine line before everything else, found 'machine'"],
    [
      'machine colour=red',
      "f:1:9: expected a machine setting (addresses, hostBits, placement, provenance, alignment, model), found 'colour'",
    ],
    ['machine model=tso', "f:1:15: expected sc or rc11, found 'tso'"],
    ['retry {\n  n = 1\n}', "f:2:3: expected 'until CONDITION' as the last line of the loop, found 'n'"],
    ['spawn 2', 'f:1:1: expected a thread of this file, found thread 2'],
    ['thread 1:\n  n = 0\nm = 1', "f:3:1: expected statements of no thread before the first thread, found 'm'"],
    ['x = 0\nthread 1:\n  x = 1', "f:3:3: expected a variable of this thread, found 'x' of the setup"],
    ['thread 1:\n  r = 0\nthread 2:\n  r = 0\nforbid r == 1', "f:5:8: expected 1:r or 2:r, found 'r'"],
    ['a = 0\nb = 0\noutcomes {\n  a=0 b=0\n  a=1\n}', 'f:5:3: expected a value for a b, found a'],
    ['scope {\n} else {\n}', "f:2:3: expected the end of the line, found 'else'"],
    ['p = null\ncopytyped 8 p -> p { int 4 at 4, int 4 at 0 }', "f:2:43: expected fields that fit 8 bytes, found '0'"],
  ])('refuses %j with its place', (text, error) => {
    expect(outcomeOf(text)).toBe(error);
  });

  it('parses and runs 10,000 mutated files, or says in one line why not', () => {
    const sources = litmusFiles().map((file) => readFileSync(file, 'utf8'));
    const random = new Random(20_260_822);
    let parsed = 0;
    for (let round = 0; round < 10_000; round++) {
      const text = mutated(sources, random);
      const outcome = outcomeOf(text);
      if (outcome !== 'parsed') {
        expect(outcome).toMatch(/^f:\d+:\d+: expected [^\n]+, found [^\n]+$/);
        continue;
      }
      parsed++;
      // Whatever the program does is a verdict, never an error of the simulator, and it ends.
      runLitmus(parseLitmus(text, 'f'), { seed: 1, turns: 100 });
    }
    // Both kinds must occur, or the test shows nothing.
    expect(parsed).toBeGreaterThan(1_000);
    expect(parsed).toBeLessThan(9_000);
  });
});
