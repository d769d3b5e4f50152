/** One rule of the memory, broken by one edit of its source. The text to find must stand in the file exactly once. */
export interface Mutant {
  /** The rule that the mutant breaks. */
  readonly rule: string;
  /** A file of src/model/memory. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

function mutantsOf(
  file: string,
  edits: readonly (readonly [rule: string, find: string, replace: string])[],
): readonly Mutant[] {
  return edits.map(([rule, find, replace]) => ({ rule, file, find, replace }));
}

export const MUTANTS: readonly Mutant[] = [
  ...mutantsOf('access-check.ts', [
    [
      'a pointer without provenance resolves to nothing',
      'return provenance === 0 ? -1 : this.#resolveWildcard(low, high, extent);',
      'return this.#resolveWildcard(low, high, extent);',
    ],
    ['a range ends before the end of its allocation', 'offset > this.#lastSize - size)', 'offset > this.#lastSize)'],
    [
      'a range may end at the end of its allocation',
      'offset > this.#lastSize - size)',
      'offset >= this.#lastSize - size)',
    ],
    ['a range starts at or after the base', 'offsetHigh !== 0 || offset < 0 ||', 'offsetHigh !== 0 ||'],
    ['an address 2^32 bytes on is not inside', 'if (offsetHigh !== 0 || offset < 0', 'if (offset < 0'],
    ['a distance crosses 2^32 with a borrow', '(low >>> 0 < this.#lastLow >>> 0 ? 1 : 0)', '0'],
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
      "if (this.isAligned(low, this.record, alignment)) return 0;\n    return this.misaligned(low, high, provenance, this.record, alignment, size, 'read');",
      'return 0;',
    ],
    [
      'writes are aligned',
      "if (this.isAligned(low, this.record, alignment)) return 0;\n    return this.misaligned(low, high, provenance, this.record, alignment, size, 'write');",
      'return 0;',
    ],
    [
      'read-only memory refuses writes',
      "if ((this.flags & RecordFlag.readOnly) !== 0) return this.readOnly(low, high, provenance, size, 'write');",
      '',
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
    ['a dead allocation is forgotten', 'if (this.record === record) this.#lastNumber = 0;', ''],
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
  ...mutantsOf('block-operations.ts', [
    ['filling initialises', 'this.#bytes.initialize(position, size);\n    return 0;', 'return 0;'],
    ['filling reaches the end', 'Math.min(8, size - index)', 'Math.min(8, size - index) - 1'],
    ['de-initialising does so', 'this.#bytes.deinitialize(this.#check.position, size);', ''],
    [
      'a copy between ranges apart checks that',
      'if (apart && this.#overlaps(size))',
      'if (!apart && this.#overlaps(size))',
    ],
    ['a copy may overlap', 'if (apart && this.#overlaps(size))', 'if (this.#overlaps(size))'],
    [
      'neighbours do not overlap',
      'Math.abs(this.#source - this.#target) < size',
      'Math.abs(this.#source - this.#target) <= size',
    ],
    [
      'overlap is seen in both directions',
      'Math.abs(this.#source - this.#target) < size',
      'this.#source - this.#target < size && this.#source >= this.#target',
    ],
    [
      'a typed copy reads its fields',
      "if (field.type === 'raw' || this.#bytes.isInitialized(",
      'if (field.type.length > 0 || this.#bytes.isInitialized(',
    ],
    [
      'raw fields may be uninitialised',
      "if (field.type === 'raw' || this.#bytes.isInitialized(",
      'if (this.#bytes.isInitialized(',
    ],
    [
      'integer fields lose provenance',
      "if (field.type !== 'raw' && !isPointer) this",
      "if (field.type === 'pointer' && !isPointer) this",
    ],
    [
      'pointer fields keep whole pointers',
      "if (field.type !== 'raw' && !isPointer) this",
      "if (field.type !== 'raw') this",
    ],
    ['torn pointers lose all', "if (field.type !== 'raw' && !isPointer) this", "if (field.type === 'integer') this"],
    ['padding becomes uninitialised', 'this.#bytes.deinitialize(this.#target + offset, padding);', ''],
    [
      'a typed copy is between ranges apart',
      'if (this.#overlaps(size)) return this.#overlapping(source, target, size);\n    for',
      'for',
    ],
    ['a swap is between ranges apart', 'if (this.#overlaps(size)) return this.#overlapping(first, second, size);', ''],
    ['a swap takes provenance along', 'this.#parts.provenance.swap(this.#source, this.#target, size);', ''],
    [
      'a swap writes both sides',
      'let code = this.#locate(second, first, size, alignment);\n    if (code !== 0 || size === 0) return code;\n    code =',
      'if (size === 0) return 0;\n    let code =',
    ],
    [
      'a comparison reads',
      'if (code !== 0 || this.#bytes.isInitialized(this.#check.position, size)) return code;',
      'if (code >= 0) return code;',
    ],
    ['a comparison says which is greater', 'this.order = Math.sign(', 'this.order = -Math.sign('],
    ['a comparison looks at the last byte', 'while (index < size - 1 &&', 'while (index < size - 2 &&'],
    [
      'overwriting takes provenance',
      'if (code === 0) this.#parts.clearProvenance(this.#check.record, this.#check.position, size);',
      '',
    ],
  ]),
  ...mutantsOf('memory.ts', [
    ['reads want initialised bytes', 'if (!bytes.isInitialized(position, size)) {', 'if (size === 0) {'],
    [
      'a pointer-typed read keeps provenance',
      'this.valueProvenance = this.parts.pointerProvenance(check.record, check.position);',
      '',
    ],
    [
      'an integer-typed read strips provenance',
      'this.valueHigh = bytes.high;\n    this.valueProvenance = 0;',
      'this.valueHigh = bytes.high;',
    ],
    ['an integer-typed write takes provenance away', 'this.parts.clearProvenance(check.record, position, size);', ''],
    ['a write initialises', 'bytes.initialize(position, size);', ''],
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
  ]),
  ...mutantsOf('memory-parts.ts', [
    ['a copy brings no provenance where there was none', 'this.clearProvenance(targetRecord, target, size);', ''],
    ['a copy takes provenance along', 'this.provenance.move(source, target, size);', ''],
    ['a copy takes bytes and initialisation along', 'this.bytes.move(source, target, size);', ''],
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
  ...mutantsOf('provenance-words.ts', [
    [
      'a torn word is no pointer',
      'return word <= FIRST_SLOT ? 0 : word;',
      'return word <= FIRST_SLOT ? this.provenanceOf(position) : word;',
    ],
    [
      'an unaligned pointer is one in order',
      'if (this.provenanceOf(position + lane) !== provenance || this.fragmentOf(position + lane) !== lane) return 0;',
      'if (this.provenanceOf(position + lane) !== provenance) return 0;',
    ],
    ['an unaligned pointer is of one allocation', 'if (this.provenanceOf(position + lane) !== provenance ||', 'if ('],
    [
      'fragments must be in order to be whole',
      'if (first !== 0 && this.#fragment[slot * LANES + lane] !== lane) return false;',
      '',
    ],
    ['bytes must agree to be whole', 'if (this.#provenance[slot * LANES + lane] !== first) return false;', ''],
    [
      'fragments keep their index',
      'this.setByte(target, this.provenanceOf(source), this.fragmentOf(source));',
      'this.setByte(target, this.provenanceOf(source), target & 7);',
    ],
    ['a move to the right goes backwards', 'if (target > source) {', 'if (target < 0) {'],
    ['clearing clears', 'this.set(at, 0);', ''],
    ['clearing clears single bytes', '} else this.setByte(at++, 0, 0);', '} else at++;'],
    [
      'a single byte keeps a pointer reachable',
      'if (provenance > 0) found.add(provenance);',
      'if (this.at(position + index) > 0) found.add(provenance);',
    ],
  ]),
  ...mutantsOf('bytes.ts', [
    ['a new block is uninitialised', 'if (size > 0) this.initialized[block] = 0;', ''],
    [
      'a new long block is uninitialised',
      '} else this.initialized.fill(0, block,',
      '} else this.initialized.fill(0, block, block + 0 *',
    ],
    ['only what was written is initialised', '|= ((1 << size) - 1) << shift;', '|= -1;'],
    ['every byte that is read counts', '>>> shift) | (-1 << size)) === -1;', '>>> shift) | (-1 << 1)) === -1;'],
    [
      'a range is initialised as a whole',
      'if ((this.initialized[granule] & mask) !== mask) return false;',
      'if ((this.initialized[granule] & mask) === 0) return false;',
    ],
    [
      'a copy of initialised bytes is initialised',
      'if (this.isInitialized(source, size)) return this.initialize(target, size);',
      'if (this.isInitialized(source, size)) return;',
    ],
    [
      'a copy of uninitialised bytes is uninitialised',
      'if (this.isUninitialized(source, size)) return this.deinitialize(target, size);',
      'if (this.isUninitialized(source, size)) return;',
    ],
    [
      'a swap takes initialisation along',
      'if (isLeftInitialized) this.initialize(right, 1);',
      'if (right >= 0) this.initialize(right, 1);',
    ],
    ['words are little-endian', 'index < 4 ? low >>> (index * 8)', 'index < 4 ? low >>> ((3 - index) * 8)'],
    ['short reads have no bytes beyond', 'let index = Math.min(size, 4) - 1;', 'let index = 3;'],
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
    ['malloc aligns by size', 'return size === 0 ? 1 : 1 << (31 - Math.clz32(size));', 'return 1;'],
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
];
