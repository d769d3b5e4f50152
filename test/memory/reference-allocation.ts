import type { AllocationKind } from '../../src/model/memory/kinds.ts';

export interface Pointer {
  readonly address: bigint;
  /** 0 none, -1 wildcard, N the allocation N. */
  readonly provenance: number;
}

export interface Byte {
  value: number;
  isInitialized: boolean;
  provenance: number;
  fragment: number;
}

export interface Allocation {
  readonly number: number;
  readonly base: bigint;
  readonly size: number;
  readonly alignment: number;
  readonly kind: AllocationKind;
  readonly bytes: Byte[];
  isLive: boolean;
  isExposed: boolean;
  isReadOnly: boolean;
  promise: { readonly offset: bigint; readonly alignment: number };
}

/** A byte of a new allocation. */
export function unwritten(): Byte {
  return { value: 0, isInitialized: false, provenance: 0, fragment: 0 };
}

/** Makes a byte uninitialised. */
export function blank(byte: Byte): void {
  byte.isInitialized = false;
  byte.provenance = 0;
  byte.fragment = 0;
}
