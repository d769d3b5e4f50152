import { mutantsOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

/** Mutants of the checks of accesses and frees. */
export const ACCESS_MUTANTS: readonly Mutant[] = [
  ...mutantsOf('access-check.ts', [
    [
      'a pointer without provenance resolves to nothing',
      'return provenance === 0 ? -1 : this.#resolveWildcard(low, high, extent);',
      'return this.#resolveWildcard(low, high, extent);',
    ],
    ['a range check of no bytes is fine', 'if (extent === 0) return 0;', ''],
    [
      'a range before an address ends there',
      'const begin = extent < 0 ? offset + extent : offset;',
      'const begin = offset;',
    ],
    [
      'a range after an address starts there',
      'const end = extent < 0 ? offset : offset + extent;',
      'const end = offset;',
    ],
    [
      'in-bounds includes the end',
      'if (begin >= 0 && end <= this.#records.size[record]) return 0;',
      'if (begin >= 0 && end < this.#records.size[record]) return 0;',
    ],
    ['in-bounds includes the begin', 'if (begin >= 0 && end <=', 'if (begin > 0 && end <='],
    [
      'in-bounds has an upper end',
      'if (begin >= 0 && end <= this.#records.size[record]) return 0;',
      'if (begin >= 0) return 0;',
    ],
    ['in-bounds has a lower end', 'if (begin >= 0 && end <=', 'if (end <='],
    ['the address is aligned', 'if ((low & (alignment - 1)) !== 0) return false;', ''],
    [
      'symbolic alignment does not trust the address',
      'return !this.#symbolic || record < 0 ||',
      'return true || record < 0 ||',
    ],
    ['real alignment asks for no promise', 'return !this.#symbolic || record < 0 ||', 'return record < 0 ||'],
    [
      'no bytes need no allocation',
      'const record = this.resolve(low, high, provenance, 0);\n    return this.alignment(low, high, provenance, record, alignment, 0, intent);',
      'const record = this.resolve(low, high, provenance, 0);\n    if (record < 0) return this.dangling(low, high, provenance, 0, intent);\n    return this.alignment(low, high, provenance, record, alignment, 0, intent);',
    ],
    [
      'no bytes need alignment',
      'return this.alignment(low, high, provenance, record, alignment, 0, intent);',
      'return record * 0;',
    ],
    [
      'reads are aligned',
      "return this.misaligned(low, high, provenance, this.record, alignment, size, 'read');",
      'return 0;',
    ],
    [
      'writes are aligned',
      "return this.misaligned(low, high, provenance, this.record, alignment, size, 'write');",
      'return 0;',
    ],
    [
      'bounds come before alignment',
      "const code = this.locate(low, high, provenance, size, 'read');\n    if (code !== 0) return code;",
      "if ((low & (alignment - 1)) !== 0) return this.misaligned(low, high, provenance, -1, alignment, size, 'read');\n    const code = this.locate(low, high, provenance, size, 'read');\n    if (code !== 0) return code;",
    ],
    [
      'atomics are aligned to their size',
      'if (!this.isAligned(low, record, size)) {',
      'if (!this.isAligned(low, record, 1)) {',
    ],
    [
      'a failing atomic update needs writable memory',
      "if (code !== 0 || intent === 'atomic-load') return code;",
      "if (code !== 0 || intent === 'atomic-load' || intent === 'atomic-update') return code;",
    ],
    [
      'a relaxed atomic load may read read-only memory',
      "if (code !== 0 || intent === 'atomic-load') return code;",
      'if (code !== 0) return code;',
    ],
    [
      'an ordered atomic load may not',
      "if (code !== 0 || intent === 'atomic-load') return code;",
      "if (code !== 0 || intent.endsWith('load')) return code;",
    ],
    [
      'a promise must be true',
      "if ((low & (alignment - 1)) !== 0) {\n      const code = this.#fault.raise('unsupported'",
      "if (alignment === 0) {\n      const code = this.#fault.raise('unsupported'",
    ],
    ['a promise holds', 'if (alignment > promised) {', 'if (alignment < 0) {'],
    ['a smaller promise takes nothing back', 'if (alignment > promised) {', 'if (alignment > 0) {'],
    ['null without provenance is a null pointer', "isNull ? 'null-pointer' : 'no-provenance'", "'no-provenance'"],
    [
      'a pointer to a dead allocation is a use after free',
      "const cause = provenance > 0 ? 'use-after-free' : isNull",
      'const cause = isNull',
    ],
    ['a wildcard looks at the byte before for a range before it', 'low = (low - 1) | 0;', ''],
    [
      'a wildcard finds exposed allocations only',
      'return record >= 0 && (this.#records.flags[record] & RecordFlag.exposed) !== 0 ? record : -1;',
      'return record;',
    ],
    [
      'reading code is told apart',
      "this.#records.kind[record] === Kind.code ? 'code' : 'out-of-bounds'",
      "'out-of-bounds'",
    ],
    ['arithmetic has a verdict of its own', "  arithmetic: 'pointer-arithmetic',\n", ''],
    ['a promised alignment counts from its offset', '(promise?.offset ?? 0)', '0'],
    [
      'the short path: a range ends before the end of its allocation',
      'offset > this.#lastSize - size ||',
      'offset > this.#lastSize ||',
    ],
    [
      'the short path: an address 2^32 bytes on is not inside',
      '|| ((high - this.#lastHigh) | 0) !== isBelow) return -1;',
      ') return -1;',
    ],
    [
      'the short path: the address is aligned',
      'if ((low & (alignment - 1)) !== 0 || this.#symbolic) return -1;',
      'if (this.#symbolic) return -1;',
    ],
    [
      'the short path: symbolic alignment is not for it',
      'if ((low & (alignment - 1)) !== 0 || this.#symbolic) return -1;',
      'if ((low & (alignment - 1)) !== 0) return -1;',
    ],
    [
      'a range ends before the end of its allocation',
      'if (offset < 0 || offset > this.#records.size[record] - size) {',
      'if (offset < 0 || offset > this.#records.size[record]) {',
    ],
    [
      'a range may end at the end of its allocation',
      'if (offset < 0 || offset > this.#records.size[record] - size) {',
      'if (offset < 0 || offset >= this.#records.size[record] - size) {',
    ],
    [
      'a range starts at or after the base',
      'if (offset < 0 || offset > this.#records.size[record] - size) {',
      'if (offset > this.#records.size[record] - size) {',
    ],
    ['read-only memory refuses copies', "return this.readOnly(low, high, provenance, size, 'write');", 'void 0;'],
    ['a dead allocation is forgotten', 'if (this.record === record) this.#lastNumber = NOBODY;', ''],
  ]),
  ...mutantsOf('deallocation-check.ts', [
    ['a free names the base', 'low === records.baseLow[record] &&', ''],
    ['a free names the kind', 'kind === records.kind[record] &&', ''],
    ['a free names the size', '(size < 0 || size === records.size[record]) &&', ''],
    ['a free names the alignment', '(alignment < 0 || alignment === records.alignment[record]) &&', ''],
    ['statics are never freed', "if (kindOf(records.kind[record]).freedBy === 'nobody') return 'never-freed';", ''],
    ['freeing the dead is a double free', "if (provenance <= 0 || intent !== 'free') return code;", 'return code;'],
    [
      'reallocating the dead is a use after free',
      "if (provenance <= 0 || intent !== 'free') return code;",
      'if (provenance <= 0) return code;',
    ],
    [
      'freeing a pointer without provenance is not a double free',
      "if (provenance <= 0 || intent !== 'free') return code;",
      "if (intent !== 'free') return code;",
    ],
    [
      'the interior is told apart',
      "if (low !== records.baseLow[record] || high !== records.baseHigh[record]) return 'interior';",
      '',
    ],
  ]),
  ...mutantsOf('memory.ts', [
    [
      'a pointer-typed read keeps provenance',
      'this.valueProvenance = this.parts.pointerProvenance(check.record, check.position);',
      '',
    ],
    ['a pointer-typed write stores provenance', 'this.parts.provenance.set(check.position, valueProvenance);', ''],
    [
      "C's library wants an allocation",
      'if (provenance > 0 || check.resolve(low, high, provenance, 0) >= 0) return 0;',
      'if (provenance >= 0) return 0;',
    ],
    [
      'read-only is set',
      'if (readOnly) records.flags[record] |= RecordFlag.readOnly;',
      'if (readOnly) records.flags[record] |= 0;',
    ],
    ['exposing marks the allocation', 'records.flags[record] |= RecordFlag.exposed;', ''],
    [
      'strict provenance makes no wildcards',
      "if (this.#strict) {\n      const code = this.fault.raise('exposed-provenance'",
      "if (this.low > 0 && this.low < 0) {\n      const code = this.fault.raise('exposed-provenance'",
    ],
    ['permissive provenance makes wildcards', 'this.provenance = -1;', 'this.provenance = 0;'],
    [
      'an in-bounds offset keeps provenance',
      'this.provenance = provenance;\n    return 0;',
      'this.provenance = 0;\n    return 0;',
    ],
    [
      'an unsigned offset is not a signed one',
      'return this.#offset(low, high, provenance, deltaLow, deltaHigh, true);',
      'return this.#offset(low, high, provenance, deltaLow, deltaHigh, false);',
    ],
    [
      'a promise of dereferencing is one of alignment',
      'return check.alignment(low, high, provenance, record, alignment, extent, intent);',
      'return 0 * record;',
    ],
    [
      'read-only memory refuses writes',
      "if ((flags & RecordFlag.readOnly) !== 0) return check.readOnly(low, high, provenance, size, 'write');",
      '',
    ],
    ['the short path: reads want initialised bytes', '|| !bytes.isInitialized(position, size)) {', ') {'],
    ['reads want initialised bytes', 'if (this.#bytes.isInitialized(position, size)) return 0;', 'return 0;'],
    ['an integer-typed write takes provenance away', 'this.parts.provenance.clear(position, size);', ''],
    ['a write initialises', 'this.#bytes.initialize(position, size);', ''],
  ]),
];
