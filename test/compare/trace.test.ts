import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mtraceLine } from '../../src/compare/mtrace.ts';
import { readTrace, TraceEvent, type AllocationTrace } from '../../src/compare/trace.ts';
import { valgrindLine } from '../../src/compare/valgrind-trace.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';

function trace(...lines: readonly string[]): AllocationTrace {
  return readTrace(new TextEncoder().encode(`${lines.join('\n')}\n`), 'a.trace');
}

/** `allocate 0 24`, `free 0`, `reallocate 0 1 48`: object, next object, size. */
function eventsOf({ count, events, object, next, size }: AllocationTrace): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    if (events[at] === TraceEvent.allocate) return `allocate ${object[at]} ${size[at]}`;
    return events[at] === TraceEvent.free ? `free ${object[at]}` : `reallocate ${object[at]} ${next[at]} ${size[at]}`;
  });
}

describe('lines of mtrace', () => {
  test.each([
    ['@ libc.so.6:[0x761fb] + 0x5635651eb550 0x1d8', { kind: 'allocate', address: 0x5635651eb550, size: 0x1d8 }],
    ['@ lib.so:(PyList_Append+aa)[0x18510a] - 0x56256a0df6a0', { kind: 'free', address: 0x56256a0df6a0 }],
    ['@ /opt/my app:(f+1)[0x2] + 0x10 0x20', { kind: 'allocate', address: 0x10, size: 0x20 }],
    ['@ a:[0x1] < 0x10', { kind: 'reallocateFrom', from: 0x10 }],
    ['@ a:[0x1] > 0x20 0x40', { kind: 'reallocateTo', to: 0x20, size: 0x40 }],
    ['+ 0x10 0', { kind: 'allocate', address: 0x10, size: 0 }],
    ['@ a:[0x1] + (nil) 0x40', { kind: 'allocate', address: 0, size: 0x40 }],
    ['@ a:[0x1] - (nil)', { kind: 'free', address: 0 }],
  ])('%s', (line, expected) => {
    expect(mtraceLine(line)).toEqual(expected);
  });

  test.each(['= Start', '= End', '', '@ a:[0x1] ! 0x10 0x20', '@ a:[0x1] + 0x10', '@ a:[0x1] - 0x10 0x20', 'x + 1 2'])(
    'no event: %s',
    (line) => {
      expect(mtraceLine(line)).toBeUndefined();
    },
  );
});

describe('lines of valgrind', () => {
  test.each([
    ['--20060-- malloc(5) = 0x4AF8040', { kind: 'allocate', address: 0x4af8040, size: 5 }],
    ['--1-- calloc(64,8) = 0x4AFC6D0', { kind: 'allocate', address: 0x4afc6d0, size: 512 }],
    ['--1-- memalign(al 64, size 100) = 0x4AFC6C0', { kind: 'allocate', address: 0x4afc6c0, size: 100 }],
    ['--1-- _Znwm(24) = 0x10', { kind: 'allocate', address: 0x10, size: 24 }],
    ['--1-- _ZdlPvm(0x10)', { kind: 'free', address: 0x10 }],
    ['--1-- free(0x4AF8040)', { kind: 'free', address: 0x4af8040 }],
    ['--1-- free(0x0)', { kind: 'free', address: 0 }],
    ['--1-- realloc(0x10,20) = 0x30', { kind: 'reallocate', from: 0x10, to: 0x30, size: 20 }],
    ['--1-- realloc(0x0,20)malloc(20) = 0x30', { kind: 'reallocate', from: 0, to: 0x30, size: 20 }],
    ['--1-- realloc(0x10,0)free(0x10)', { kind: 'free', address: 0x10 }],
  ])('%s', (line, expected) => {
    expect(valgrindLine(line)).toEqual(expected);
  });

  test.each([
    '==1== Memcheck',
    'free(0x10)',
    '--1-- REDIR: 0x1 (libc.so.6:malloc) redirected to 0x2 (malloc)',
    '--1--  = 0',
  ])('no event: %s', (line) => {
    expect(valgrindLine(line)).toBeUndefined();
  });
});

describe('events', () => {
  test('objects are numbered, reallocations make new ones', () => {
    const { facts, ...read } = trace(
      '= Start',
      '@ a + 0x10 0x18',
      '@ a + 0x40 0x20',
      '@ a < 0x10',
      '@ a > 0x80 0x30',
      '@ a - 0x80',
      '@ a + 0x10 0x8',
    );
    expect(eventsOf({ facts, ...read })).toEqual([
      'allocate 0 24',
      'allocate 1 32',
      'reallocate 0 2 48',
      'free 2',
      'allocate 3 8',
    ]);
    expect(read).toMatchObject({ format: 'mtrace', objects: 4, file: 'a.trace' });
    expect(facts).toEqual({
      allocations: 3,
      frees: 1,
      reallocations: 1,
      unknownFrees: 0,
      unseenFrees: 0,
      peakLive: 2,
      peakBytes: 80,
      otherLines: 1,
    });
  });

  test('unknown addresses are counted and not trusted', () => {
    const read = trace('@ a - 0x10', '@ a < 0x20', '@ a > 0x30 0x8', '@ a - 0x30');
    expect(eventsOf(read)).toEqual(['allocate 0 8', 'free 0']);
    expect(read.facts).toMatchObject({ unknownFrees: 2, allocations: 1, frees: 1, reallocations: 0 });
  });

  test('an address that is handed out again was freed unseen', () => {
    const read = trace('@ a + 0x10 0x8', '@ a + 0x10 0x9', '@ a < 0x10', '@ a > 0x10 0xa');
    expect(eventsOf(read)).toEqual(['allocate 0 8', 'free 0', 'allocate 1 9', 'reallocate 1 2 10']);
    expect(read.facts).toMatchObject({ unseenFrees: 1, frees: 0, peakLive: 1, peakBytes: 10 });
  });

  test('null, failures and sizes of zero', () => {
    const read = trace(
      '--1-- malloc(8) = 0x0',
      '--1-- free(0x0)',
      '--1-- malloc(8) = 0x10',
      '--1-- realloc(0x10,99) = 0x0',
      '--1-- realloc(0x10,0) = 0x0',
    );
    expect(eventsOf(read)).toEqual(['allocate 0 8', 'free 0']);
  });
});

describe('files', () => {
  // Counted apart from this code, by a script over the same lines.
  test.each([
    ['attr_access.mtrace.gz', 'mtrace', [1451, 546, 1, 0, 0, 905, 131_266]],
    ['list_append.mtrace.gz', 'mtrace', [1451, 546, 1, 0, 0, 905, 131_266]],
    ['dict_set.mtrace.gz', 'mtrace', [834, 498, 166, 336, 0, 336, 10_872]],
    ['git_log.valgrind.log.gz', 'valgrind', [1066, 754, 41, 0, 0, 315, 1_496_830]],
  ])('%s', (name, format, figures) => {
    const read = readTrace(readFileSync(`test/traces/${name}`), name);
    const { allocations, frees, reallocations, unknownFrees, unseenFrees, peakLive, peakBytes } = read.facts;
    expect(read.format).toBe(format);
    expect([allocations, frees, reallocations, unknownFrees, unseenFrees, peakLive, peakBytes]).toEqual(figures);
  });

  test('plain and compressed files are read alike', () => {
    const text = new TextEncoder().encode('@ a + 0x10 0x8\n@ a - 0x10\n');
    expect(readTrace(gzipSync(text), 'x')).toEqual(readTrace(text, 'x'));
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['another text', new TextEncoder().encode('hello\nworld\n')],
    ['damaged gzip data', gzipSync('@ a + 0x10 0x8\n').subarray(0, 20)],
    ['bytes', Uint8Array.of(0x1f, 0x8b, 0, 0, 0)],
  ])('refused: %s', (_name, bytes) => {
    expect(() => readTrace(bytes, 'bad.trace')).toThrow(InputError);
  });
});
