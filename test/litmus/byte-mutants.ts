import { mutantsOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

/** Mutants of what happens to bytes: values, initialised bits, provenance. */
export const BYTE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf('block-operations.ts', [
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
  ...mutantsOf('memory-parts.ts', [
    ['a copy brings no provenance where there was none', 'this.clearProvenance(targetRecord, target, size);', ''],
    ['a copy takes provenance along', 'this.provenance.move(source, target, size);', ''],
    ['a copy takes bytes and initialisation along', 'this.bytes.move(source, target, size);', ''],
  ]),
  ...mutantsOf('provenance-words.ts', [
    [
      'bytes without provenance are of no pointer',
      'if (provenance === 0 || this.fragmentOf(position + lane) !== lane) return 0;',
      'if (provenance === 0) continue; if (this.fragmentOf(position + lane) !== lane) return 0;',
    ],
    [
      'the bytes of a pointer are in order',
      'if (provenance === 0 || this.fragmentOf(position + lane) !== lane) return 0;',
      'if (provenance === 0) return 0;',
    ],
    ['a pointer is of one allocation', 'if (joint !== WILDCARD && joint !== provenance) return 0;', ''],
    ['the bytes of a wildcard go with any', 'if (provenance === WILDCARD) continue;', ''],
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
    ['filling initialises', 'this.initialize(position, size);\n  }', '}'],
    ['filling reaches the end', 'Math.min(8, size - index)', 'Math.min(8, size - index) - 1'],
    ['a new block is uninitialised', 'if (size > 0) this.initialized[block] = 0;', ''],
    ['only what was written is initialised', '|= (-1 >>> (GRANULE - size)) << shift;', '|= -1;'],
    ['every byte that is read counts', 'const mask = (-1 >>> (GRANULE - size)) << shift;', 'const mask = 1 << shift;'],
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
    [
      'a new long block is uninitialised',
      'this.initialized.fill(0, block, block + ((size',
      'this.initialized.fill(0, block, block + 0 * ((size',
    ],
  ]),
];
