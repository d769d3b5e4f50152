/**
 * Every verdict that provsim can give, as data. The position in this list is the numeric fault code that hot paths use, so a
 * check can answer with a small integer; 0 means that nothing is wrong. Codes are stable: they stand in corpus files.
 */
export const VERDICTS = [
  { code: 'clean', group: 'none', title: 'nothing wrong was seen' },

  { code: 'use-after-free', group: 'memory', title: 'an access to memory that was given back' },
  { code: 'double-free', group: 'memory', title: 'the same allocation was freed twice' },
  { code: 'invalid-free', group: 'memory', title: 'a free with the wrong kind, layout or address' },
  { code: 'out-of-bounds', group: 'memory', title: 'an access outside its allocation' },
  { code: 'null-pointer', group: 'memory', title: 'an access through the null pointer' },
  {
    code: 'no-provenance',
    group: 'memory',
    title: 'an access through an address that carries no right to any allocation',
  },
  {
    code: 'exposed-provenance',
    group: 'memory',
    title: 'an integer was turned into a pointer under strict provenance',
  },
  { code: 'misaligned', group: 'memory', title: 'an access at an address that is not aligned for it' },
  { code: 'uninitialized-read', group: 'memory', title: 'a read of bytes that were never written' },
  { code: 'read-only-write', group: 'memory', title: 'a write to memory that is read-only' },
  { code: 'pointer-arithmetic', group: 'memory', title: 'an in-bounds offset that left its allocation' },
  { code: 'pointer-difference', group: 'memory', title: 'a difference of pointers that share no allocation' },
  { code: 'overlap', group: 'memory', title: 'a copy between ranges that must not overlap' },
  { code: 'size-overflow', group: 'memory', title: 'a size that does not fit the address space' },
  { code: 'leak', group: 'memory', title: 'memory that nobody can give back any more' },

  { code: 'stale-handle', group: 'reference', title: 'a stale reference was not refused' },
  { code: 'aba', group: 'reference', title: 'a stale handle resolved to another live object' },
  { code: 'wrong-object', group: 'reference', title: 'a live reference resolved to another object' },
  { code: 'lost-handle', group: 'reference', title: 'a live reference was refused' },
  { code: 'forged-handle', group: 'reference', title: 'bits that were never issued were accepted as a reference' },
  { code: 'type-confusion', group: 'reference', title: 'a reference resolved to its object as another kind' },
  { code: 'truncated-address', group: 'reference', title: 'a reference lost address bits of its object' },
  { code: 'stale-content', group: 'reference', title: 'an answer that was true at no moment of the operation' },
  {
    code: 'exhausted',
    group: 'reference',
    title: 'no reference could be issued although objects may still be created',
  },

  { code: 'data-race', group: 'threads', title: 'two conflicting accesses, unordered by happens-before' },
  { code: 'mixed-size-race', group: 'threads', title: 'unordered atomic accesses of different sizes' },
  { code: 'deadlock', group: 'threads', title: 'every thread that is inside an operation is blocked' },
  { code: 'livelock', group: 'threads', title: 'threads run for ever and no operation ends' },
  { code: 'lock-misuse', group: 'threads', title: 'a lock was used against its rules' },
  { code: 'thread-misuse', group: 'threads', title: 'a thread was used against its rules' },

  { code: 'assertion', group: 'contract', title: 'an assertion of the program does not hold' },
  { code: 'unsupported', group: 'contract', title: 'the program asks for something that provsim does not model' },
] as const;

export type VerdictCode = (typeof VERDICTS)[number]['code'];
export type VerdictGroup = (typeof VERDICTS)[number]['group'];

/** The numeric fault code of a verdict; `Fault['clean']` is 0. */
export const Fault = Object.fromEntries(VERDICTS.map((verdict, index) => [verdict.code, index])) as Record<
  VerdictCode,
  number
>;

/** The verdict behind a numeric fault code. */
export function verdictOf(fault: number): VerdictCode {
  const verdict = VERDICTS[fault];
  if (verdict === undefined) throw new RangeError(`no verdict has the fault code ${fault}`);
  return verdict.code;
}

/** Whether a text is one of the stable verdict codes. */
export function isVerdictCode(text: string): text is VerdictCode {
  return VERDICTS.some((verdict) => verdict.code === text);
}
