import type { FaultCause, FaultDetail, Intent } from './fault-detail.ts';
import { kindOf } from './kinds.ts';

/** What was attempted, as the subject of the sentence. */
const ATTEMPTS: Record<Intent, string> = {
  read: 'memory read',
  write: 'memory write',
  'atomic-load': 'atomic load',
  'atomic-ordered-load': 'ordered atomic load',
  'atomic-store': 'atomic store',
  'atomic-update': 'atomic read-modify-write',
  dereferenceable: 'promise of a dereferenceable pointer',
  arithmetic: 'in-bounds pointer arithmetic',
  difference: 'pointer difference',
  'alignment-promise': 'promise of an alignment',
  free: 'deallocation',
  reallocate: 'reallocation',
  'usable-size': 'query of the usable size',
  'library-call': 'C library call',
  protect: 'change of the protection',
  allocate: 'allocation',
  expose: 'exposing a pointer',
  'from-exposed': 'integer to pointer conversion',
};

type Sentence = (detail: FaultDetail) => string;

const SENTENCES: Record<FaultCause, Sentence> = {
  none: () => 'nothing failed',
  'use-after-free': (detail) =>
    `${wanted(detail)}, but ${allocation(detail)} has been freed, so this pointer is dangling`,
  'double-free': (detail) => `${allocation(detail)} has been freed already`,
  'null-pointer': (detail) => `${wanted(detail)}, but got a null pointer`,
  'no-provenance': (detail) =>
    `${wanted(detail)}, but got ${pointer(detail)}, which is a dangling pointer (it has no provenance)`,
  strict: (detail) => `${hex(detail.low, detail.high)} is an integer, and strict provenance knows no exposed pointers`,
  'out-of-bounds': outOfBounds,
  code: (detail) => `${wanted(detail)}, but ${allocation(detail)} contains code, not data`,
  interior: (detail) =>
    `${pointer(detail)} does not point to the beginning of ${allocation(detail)} but ${bytes(detail.offset)} into it`,
  'never-freed': (detail) => `${allocation(detail)} is ${kindName(detail.allocationKind)} memory, which is never freed`,
  'read-only': (detail) => `${allocation(detail)} is read-only`,
  kind: (detail) =>
    `${allocation(detail)} is ${kindName(detail.allocationKind)} memory, and this is an operation for ${kindName(detail.givenKind)} memory`,
  layout: (detail) =>
    `${allocation(detail)} has size ${detail.allocationSize} and alignment ${detail.allocationAlignment}, but the caller gave ${layout(detail)}`,
  'address-alignment': (detail) =>
    `${pointer(detail)} has alignment ${detail.alignmentFound}, but alignment ${detail.alignmentRequired} is required`,
  'promised-alignment': (detail) =>
    `${pointer(detail)} is based on ${allocation(detail)}, which promises alignment ${detail.alignmentFound} there, but alignment ${detail.alignmentRequired} is required`,
  uninitialized: (detail) =>
    `${bytes(detail.extent)} at offset ${detail.offset} of ${allocation(detail)}, of which [${detail.rangeStart}..${detail.rangeEnd}] was never initialised`,
  overlap: (detail) =>
    `the ranges of ${bytes(detail.extent)} at ${pointer(detail)} and at ${other(detail)} overlap, and this copy needs them apart`,
  overflow: () => 'the total offset does not fit in a signed 64-bit integer',
  'different-allocations': (detail) =>
    `${pointer(detail)} and ${other(detail)} are not both derived from the same live allocation`,
  'range-between': (detail) =>
    `the memory between ${pointer(detail)} and ${other(detail)} is not inside ${allocation(detail)}`,
  negative: (detail) =>
    `the first pointer, ${pointer(detail)}, has a smaller address than the second, ${other(detail)}`,
  'too-far': (detail) => `${pointer(detail)} and ${other(detail)} are too far apart for a signed 64-bit integer`,
  count: () => 'the total size is larger than the largest object, 2^63 - 1 bytes',
  'address-space-full': (detail) => `no address is left for ${bytes(detail.extent)}`,
  'address-occupied': (detail) =>
    `the chosen address ${hex(detail.low, detail.high)} is not free for ${bytes(detail.extent)} or not aligned to ${detail.alignmentRequired}`,
  'memory-exhausted': (detail) => `the simulated memory has no room for ${bytes(detail.extent)}`,
  'too-large': (detail) => `${bytes(detail.extent)} is more than an allocation may have`,
  'numbers-exhausted': () => 'this execution has used up all 2^31 - 1 allocation numbers',
};

/** The sentence for a fault. */
export function describeFault(detail: FaultDetail): string {
  return `${ATTEMPTS[detail.intent]} failed: ${SENTENCES[detail.cause](detail)}`;
}

/** A 64-bit word given as int32 halves, in hexadecimal without leading zeros. */
export function hex(low: number, high: number): string {
  const lower = (low >>> 0).toString(16);
  return high === 0 ? `0x${lower}` : `0x${(high >>> 0).toString(16)}${lower.padStart(8, '0')}`;
}

function outOfBounds(detail: FaultDetail): string {
  const { offset, allocationSize: size } = detail;
  const object = allocation(detail);
  let place = `points to before the beginning of ${object}`;
  if (offset >= size) place = `is at or beyond the end of ${object}, which has ${bytes(size)}`;
  else if (offset >= 0 && detail.extent < 0) place = `is only ${bytes(offset)} from the beginning of ${object}`;
  else if (offset >= 0) place = `is only ${bytes(size - offset)} from the end of ${object}, which has ${bytes(size)}`;
  return `${wanted(detail)}, but ${pointer(detail)} ${place}`;
}

function wanted(detail: FaultDetail): string {
  if (detail.intent === 'arithmetic') return `attempting to offset a pointer by ${bytes(detail.extent)}`;
  if (detail.extent === 0) return 'a pointer to an allocation is needed';
  return `attempting to access ${bytes(Math.abs(detail.extent))}${detail.extent < 0 ? ' before an address' : ''}`;
}

function bytes(count: number): string {
  return Math.abs(count) === 1 ? `${count} byte` : `${count} bytes`;
}

function allocation(detail: FaultDetail): string {
  return `allocation #${detail.allocation}`;
}

function kindName(kind: number): string {
  return kind < 0 ? 'any' : kindOf(kind).title;
}

function layout(detail: FaultDetail): string {
  const size = detail.givenSize < 0 ? 'any size' : `size ${detail.givenSize}`;
  const alignment = detail.givenAlignment < 0 ? 'any alignment' : `alignment ${detail.givenAlignment}`;
  return `${size} and ${alignment}`;
}

function pointer(detail: FaultDetail): string {
  return `${hex(detail.low, detail.high)}${provenanceName(detail.provenance)}`;
}

function other(detail: FaultDetail): string {
  return `${hex(detail.otherLow, detail.otherHigh)}${provenanceName(detail.otherProvenance)}`;
}

function provenanceName(provenance: number): string {
  if (provenance === 0) return '[noalloc]';
  return provenance < 0 ? '[wildcard]' : `[#${provenance}]`;
}
