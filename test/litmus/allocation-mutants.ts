import { mutantsOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

/** Mutants of allocation, addresses, leaks and pointer arithmetic. */
export const ALLOCATION_MUTANTS: readonly Mutant[] = [
  ...mutantsOf('allocator.ts', [
    [
      'a reallocation checks its claims',
      "'reallocate');\n    if (code !== 0) return code;",
      "'reallocate');\n    if (this.#deallocation.record < 0) return code;",
    ],
    ['a reallocation keeps the bytes', 'if (kept > 0) this.parts.move(', 'if (kept < 0) this.parts.move('],
    ['a reallocation gives the old allocation back', 'this.#end(old);\n    return 0;', 'return 0;'],
    [
      'a reallocation keeps no more than there is',
      'const kept = Math.min(records.size[old], newSize);',
      'const kept = newSize;',
    ],
    ['a new allocation is writable and not exposed', 'records.flags[record] = 0;', ''],
    [
      'numbers are never reused',
      'const number = ++this.#number;',
      'const number = (this.#number = this.parts.records.live + 1);',
    ],
    ['the dead hold no pointers', 'provenance.clear(records.position[record], records.size[record]);', ''],
    ['a free ends the allocation', 'if (code === 0) this.#end(this.#deallocation.record);', ''],
  ]),
  ...mutantsOf('fresh-addresses.ts', [
    ['fresh addresses are aligned', 'const base = start + padding;', 'const base = start;'],
    ['live allocations are apart', 'const end = base + room;', 'const end = base;'],
    ['an empty allocation has an address of its own', 'const room = size === 0 ? 1 : size;', 'const room = size;'],
  ]),
  ...mutantsOf('reuse-pool.ts', [
    ['fresh addresses of the pool keep a random distance', 'this.#random.below(SLACK_LIMIT)', '0'],
    ['the distance may be none', 'this.#random.below(SLACK_LIMIT)', '8 + this.#random.below(SLACK_LIMIT)'],
  ]),
  ...mutantsOf('kinds.ts', [
    [
      'mmap may leak',
      "{ name: 'mmap', title: 'mmap', freedBy: 'program', mayLeak: true",
      "{ name: 'mmap', title: 'mmap', freedBy: 'program', mayLeak: false",
    ],
    [
      'the C heap may not leak',
      "title: 'C heap', freedBy: 'program', mayLeak: false",
      "title: 'C heap', freedBy: 'program', mayLeak: true",
    ],
    [
      'the heap may not leak',
      "title: 'heap', freedBy: 'program', mayLeak: false",
      "title: 'heap', freedBy: 'program', mayLeak: true",
    ],
    [
      'statics are roots by kind',
      "{ name: 'static', title: 'static', freedBy: 'nobody', mayLeak: true, root: true }",
      "{ name: 'static', title: 'static', freedBy: 'nobody', mayLeak: true, root: false }",
    ],
  ]),
  ...mutantsOf('address-index.ts', [
    ['a base matches even at size 0', 'if (offset === 0 || (offset > 0', 'if ((offset >= 0'],
    ['one past the end never matches', 'offset < records.size[record]))', 'offset <= records.size[record]))'],
    ['the dead are passed over', 'if (records.number[record] !== 0) return record;', 'return record;'],
  ]),
  ...mutantsOf('leaks.ts', [
    ['statics are roots', 'if (kind.root) reachable.add(records.number[record]);', ''],
    ['what must be freed can leak', 'if (!kind.mayLeak) leaked.push(records.number[record]);', ''],
    ['what need not be freed cannot', 'if (!kind.mayLeak) leaked', 'if (true) leaked'],
    [
      "the main thread's thread-locals are roots",
      'const reachable = new Set(roots);',
      'const reachable = new Set([...roots].slice(0, 0));',
    ],
    ['what is reachable does not leak', 'return leaked.filter((number) => !reachable.has(number))', 'return leaked'],
    [
      'reachable allocations reach further',
      'const record = records.find(number);',
      'const record = ALLOCATION_KINDS[records.kind[records.find(number)]]?.root ? records.find(number) : -1;',
    ],
  ]),
  ...mutantsOf('pointer-arithmetic.ts', [
    [
      'an unsigned offset of 2^63 does not fit',
      'if (unsigned && deltaHigh < 0) {',
      'if (unsigned && deltaHigh < -0x80000000) {',
    ],
    [
      'in-bounds arithmetic is checked',
      "const code = this.#check.range(low, high, provenance, deltaHigh * TWO_32 + (deltaLow >>> 0), 'arithmetic');",
      'const code = 0;',
    ],
    [
      'an unsigned difference is not negative',
      'if (isBehind && unsigned)',
      'if (isBehind && unsigned && first.low === second.low)',
    ],
    [
      'the second pointer of a difference is in bounds',
      "if (check.range(second.low, second.high, second.provenance, distance, 'difference') !== 0) {",
      'if (distance === 0) {',
    ],
    [
      'the first pointer of a difference is in bounds',
      "if (check.range(first.low, first.high, first.provenance, -distance, 'difference') !== 0) {",
      'if (distance === 0) {',
    ],
    ['no object has 2^63 bytes', 'if (high >= 2 ** 31) {', 'if (high >= 2 ** 33) {'],
    ['an object may have 2^63 - 1 bytes', 'if (high >= 2 ** 31) {', 'if (high >= 0) {'],
  ]),
];
