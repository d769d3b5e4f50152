import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { runLitmus } from '../../src/model/litmus/runner.ts';
import { renderLines } from './diagnostic-lines.ts';

/** Programs and what their diagnostics must say, in causal order: allocated here, exposed here, freed here, used here. */
const GOLDENS: readonly (readonly [name: string, program: string, lines: readonly string[]])[] = [
  [
    'use after free',
    'a = alloc heap 8 align 8\nb = a\nfree a\nread 8 (b + 4) align 4\n',
    [
      'use-after-free: an access to memory that was given back',
      'at f:4:1 main: read 8 (b + 4) align 4',
      '1 allocated: a = alloc heap 8 align 8 | allocation #1 allocated at 0x1000',
      '3 freed: free a | allocation #1 freed',
      '4 used: read 8 (b + 4) align 4 | memory read failed: attempting to access 8 bytes, but allocation #1 has been freed, so this pointer is dangling',
    ],
  ],
  [
    'use after a scope',
    'p = null\nscope {\n  a = alloc stack 8\n  p = a\n}\nwrite 1 p 0 expect use-after-free\n',
    [
      'use-after-free: an access to memory that was given back',
      'at f:6:1 main: write 1 p 0',
      '3 allocated: a = alloc stack 8 | allocation #1 allocated at 0x1000',
      '5 freed: end of the scope | allocation #1 freed',
      '6 used: write 1 p 0 | memory write failed: attempting to access 1 byte, but allocation #1 has been freed, so this pointer is dangling',
    ],
  ],
  [
    'double free',
    'p = malloc 8\nfree p as c-heap\nfree p as c-heap\n',
    [
      'double-free: the same allocation was freed twice',
      'at f:3:1 main: free p as c-heap',
      '1 allocated: p = malloc 8 | allocation #1 allocated at 0x1000',
      '2 freed: free p as c-heap | allocation #1 freed',
      '3 used: free p as c-heap | deallocation failed: allocation #1 has been freed already',
    ],
  ],
  [
    'two allocations',
    'a = alloc heap 8\nb = alloc heap 8\nn = expose b\nd = diff a b\n',
    [
      'pointer-difference: a difference of pointers that share no allocation',
      'at f:4:1 main (different-allocations): d = diff a b',
      '1 allocated: a = alloc heap 8 | allocation #1 allocated at 0x1000',
      '2 allocated: b = alloc heap 8 | allocation #2 allocated at 0x1008',
      '3 exposed: n = expose b | allocation #2 exposed',
      '4 used: d = diff a b | pointer difference failed: 0x1000[#1] and 0x1008[#2] are not both derived from the same live allocation',
    ],
  ],
  [
    'an address whose allocation is gone',
    'a = alloc heap 8\nn = expose a\nfree a\nb = alloc heap 8\np = fromexposed n\nread 1 p\n',
    [
      'no-provenance: an access through an address that carries no right to any allocation',
      'at f:6:1 main: read 1 p',
      '6 used: read 1 p | memory read failed: attempting to access 1 byte, but got 0x1000[wildcard], which is a dangling pointer (it has no provenance)',
      'address: 0x1000 is inside allocation #1 (freed)',
      'address: 0x1000 is inside allocation #2 (live, not exposed)',
      'help: keep the pointer, or derive it with withaddr from a pointer to the allocation; an integer alone grants nothing',
    ],
  ],
  [
    'uninitialised bytes, with a dump',
    's = alloc heap 24 align 8\nwriteptr s s\nwrite 2 (s + 8) 0x1234\nread 8 (s + 8)\n',
    [
      'uninitialized-read: a read of bytes that were never written',
      'at f:4:1 main (uninitialized): read 8 (s + 8)',
      '1 allocated: s = alloc heap 24 align 8 | allocation #1 allocated at 0x1000',
      '4 used: read 8 (s + 8) | memory read failed: 8 bytes at offset 8 of allocation #1, of which [10..16] was never initialised',
      'allocation: #1: heap, size 24, alignment 8',
      'bytes: 0x00 | 00[#1:0] 10[#1:1] 00[#1:2] 00[#1:3] 00[#1:4] 00[#1:5] 00[#1:6] 00[#1:7] 34 12 __ __ __ __ __ __',
      ': 0x10 | __ __ __ __ __ __ __ __',
    ],
  ],
  [
    'leaks',
    'a = alloc heap 4 align 4\np = malloc 0\n',
    [
      'leak: memory that nobody can give back any more',
      'at f:1:1 main (heap): ',
      '1 allocated: a = alloc heap 4 align 4 | allocation #1 allocated at 0x1000',
      '2 allocated: p = malloc 0 | allocation #2 allocated at 0x1004',
      '0 used: end of the program | allocation #1 (heap, size 4, alignment 4) is never given back, and nothing that stays points to it (and 1 more)',
    ],
  ],
  [
    'a wrong layout',
    'a = alloc heap 1 align 1\nfree a size 2 align 1\n',
    [
      'invalid-free: a free with the wrong kind, layout or address',
      'at f:2:1 main (layout): free a size 2 align 1',
      '1 allocated: a = alloc heap 1 align 1 | allocation #1 allocated at 0x1000',
      '2 used: free a size 2 align 1 | deallocation failed: allocation #1 has size 1 and alignment 1, but the caller gave size 2 and alignment 1',
      'help: give memory back with the size and alignment that it was allocated with',
    ],
  ],
  [
    'an assertion',
    'r = 1\nif r == 1 {\n  assert r == 2\n}\n',
    [
      'assertion: an assertion of the program does not hold',
      'at f:3:3 main (false): assert r == 2',
      '3 used: assert r == 2 | r == 2 does not hold',
    ],
  ],
  [
    'a data race, with how far the threads have synchronised',
    `machine model=rc11
schedule round-robin
x = alloc static 4 align 4
y = alloc static 4 align 4
thread 1:
  store 4 y 1 release
  write 4 x 1
thread 2:
  a = load 4 y acquire
  assume a == 1
  write 4 x 2
`,
    [
      'data-race: two conflicting accesses, unordered by happens-before',
      'at f:11:3 thread 2 (write-write): write 4 x 2',
      '7 accessed: write 4 x 1 | thread 1: plain write of 4 bytes at offset 0 of allocation #1',
      '11 accessed: write 4 x 2 | thread 2: plain write of 4 bytes at offset 0 of allocation #1',
      'unordered: thread 2 has synchronised with thread 1 up to line 6 only, and the access comes after that',
    ],
  ],
  [
    'a deadlock',
    'schedule round-robin\nk = mutex\nmain:\n  lock k\n  join 1\nthread 1:\n  lock k\n',
    [
      'deadlock: every thread that is inside an operation is blocked',
      'at f:5:3 main (blocked): join 1',
      '5 waits: join 1 | main cannot go on here',
      '7 waits: lock k | thread 1 cannot go on here',
    ],
  ],
];

describe('diagnostics', () => {
  it.each(GOLDENS)('%s', (_, program, lines) => {
    const { findings } = runLitmus(parseLitmus(program, 'f'), { seed: 1 });
    expect(findings.map(({ diagnostic }) => renderLines(diagnostic))).toEqual([
      [...lines, 'replay: npx provsim litmus f --seed 1'],
    ]);
  });
});
