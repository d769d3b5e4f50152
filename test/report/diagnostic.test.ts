import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/model/vocabulary/diagnostic.ts';
import { commandLine } from '../../src/report/command-line.ts';
import { renderDiagnostic } from '../../src/report/diagnostic.ts';
import { columnsOf, padded, printable, wrapped } from '../../src/report/printable.ts';
import { styleOf } from '../../src/report/style.ts';

const ESCAPE = '\u001b';

const DIAGNOSTIC: Diagnostic = {
  code: 'aba',
  title: 'a stale handle resolved to another live object',
  place: {
    file: 'corpus/a.scenario',
    line: 12,
    column: 1,
    statement: 'use a',
    thread: 'main thread',
    inside: 'guard "g" passed',
  },
  events: [
    { kind: 'created', line: 3, statement: 'a = alloc list', text: 'object #1 created at 0x1000', thread: 0 },
    {
      kind: 'used',
      line: 12,
      statement: 'use a',
      text: 'resolved to 0x1000, object #2; a refusal was expected',
      thread: 0,
    },
  ],
  facts: [{ label: 'handle', text: '0x10000000 = generation 1 | index 0' }],
  help: 'widen the generation',
  replay: 'npx provsim repro corpus/a.scenario',
};

describe('renderDiagnostic', () => {
  test('verdict, place, events in order, facts, help, replay', () => {
    expect(renderDiagnostic(DIAGNOSTIC, styleOf(0, 100))).toBe(`aba: a stale handle resolved to another live object
  at corpus/a.scenario:12   use a   (main thread; guard "g" passed)

   3  a = alloc list    object #1 created at 0x1000
  12  use a             resolved to 0x1000, object #2; a refusal was expected

  handle   0x10000000 = generation 1 | index 0
  help     widen the generation
  replay   npx provsim repro corpus/a.scenario`);
  });

  test('a narrow terminal wraps texts under themselves and leaves names of files and the replay line whole', () => {
    expect(renderDiagnostic(DIAGNOSTIC, styleOf(0, 44))).toBe(`aba: a stale handle resolved to another
  live object
  at corpus/a.scenario:12   use a
     (main thread; guard "g" passed)

   3  a = alloc list    object #1 created at
                        0x1000
  12  use a             resolved to 0x1000,
                        object #2; a refusal
                        was expected

  handle   0x10000000 = generation 1 | index
           0
  help     widen the generation
  replay   npx provsim repro corpus/a.scenario`);
  });

  test('threads are told apart when there are several', () => {
    const events = DIAGNOSTIC.events.map((event, thread) => ({ ...event, thread }));
    const text = renderDiagnostic({ ...DIAGNOSTIC, events }, styleOf(0, 100));
    expect(text).toContain('main  a = alloc list');
    expect(text).toContain('T1    use a');
  });

  test('colours change nothing but colours', () => {
    const coloured = renderDiagnostic(DIAGNOSTIC, styleOf(1, 100));
    expect(coloured).toContain(ESCAPE);
    // oxlint-disable-next-line no-control-regex -- this is what colours are made of
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderDiagnostic(DIAGNOSTIC, styleOf(0, 100)));
  });

  test('no text can get a control character, or more lines than its own, to the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 40, max: 120 }), (hostile, width) => {
        const text = renderDiagnostic(
          {
            ...DIAGNOSTIC,
            place: { ...DIAGNOSTIC.place, file: hostile, statement: hostile, inside: hostile },
            events: DIAGNOSTIC.events.map((event) => ({ ...event, statement: hostile, text: hostile })),
            facts: [{ label: hostile, text: hostile }],
          },
          styleOf(0, width),
        );
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });
});

describe('text', () => {
  test('wrapping keeps every character and the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 60 }), (given, width) => {
        const text = printable(given);
        const lines = wrapped(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 300 },
    );
  });

  test('wide and combining characters are counted as terminals show them', () => {
    expect(columnsOf('表')).toBe(2);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(padded('表', 4)).toBe('表  ');
  });

  test('a command line is what a shell reads back', () => {
    expect(commandLine(['repro', 'a/b.scenario'])).toBe('npx provsim repro a/b.scenario');
    expect(commandLine(['repro', "it's $HOME.scenario"])).toBe(String.raw`npx provsim repro 'it'\''s $HOME.scenario'`);
  });
});
