import type { MemoryParts } from './memory-parts.ts';
import { RecordFlag } from './records.ts';

/** One byte of a live allocation, as a diagnostic or a test wants to see it. */
export interface ByteState {
  /** 0 to 255; undefined when the byte is not initialised. */
  readonly value: number | undefined;
  /** 0 none, -1 wildcard, N the allocation N. */
  readonly provenance: number;
  /** Which byte of its pointer it is; 0 without provenance. */
  readonly fragment: number;
}

/** The bytes of a record. */
export function inspectRecord({ records, bytes, provenance }: MemoryParts, record: number): ByteState[] {
  const holdsPointers = (records.flags[record] & RecordFlag.holdsPointers) !== 0;
  return Array.from({ length: records.size[record] }, (_, offset) => {
    const position = records.position[record] + offset;
    return {
      value: bytes.isInitialized(position, 1) ? bytes.bytes[position] : undefined,
      provenance: holdsPointers ? provenance.provenanceOf(position) : 0,
      fragment: holdsPointers ? provenance.fragmentOf(position) : 0,
    };
  });
}

/**
 * Bytes as text, 16 a line after their offset: `2a` a value, `__` an uninitialised byte, `2a[#3:0]` byte 0 of a pointer to
 * allocation 3, `2a[*:0]` of a wildcard.
 */
export function dumpBytes(bytes: readonly ByteState[]): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const line = bytes.slice(offset, offset + 16).map(byteText);
    lines.push(`0x${offset.toString(16).padStart(2, '0')} | ${line.join(' ')}`);
  }
  return lines.join('\n');
}

function byteText({ value, provenance, fragment }: ByteState): string {
  const digits = value === undefined ? '__' : value.toString(16).padStart(2, '0');
  if (provenance === 0) return digits;
  return `${digits}[${provenance < 0 ? '*' : `#${provenance}`}:${fragment}]`;
}
