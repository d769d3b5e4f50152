import type { Clock } from './clock.ts';

/** Bytes of one allocation. */
export interface Range {
  readonly allocation: number;
  readonly offset: number;
  readonly size: number;
}

export function overlaps(one: Range, other: Range): boolean {
  return (
    one.allocation === other.allocation &&
    one.offset < other.offset + other.size &&
    other.offset < one.offset + one.size
  );
}

export function sameRange(one: Range, other: Range): boolean {
  return one.allocation === other.allocation && one.offset === other.offset && one.size === other.size;
}

/**
 * - `read`, `write`, `update` (a read-modify-write, whose read and write are one event): atomic accesses.
 * - `plain`: plain accesses, of which only the place in program order matters.
 * - `fence`.
 * - `sync`: whatever else orders threads: locks, spawning, joining, giving an address back and getting it again.
 */
export type EventKind = 'read' | 'write' | 'update' | 'plain' | 'fence' | 'sync';

/** One event of an execution graph. It never changes. */
export interface GraphEvent {
  readonly kind: EventKind;
  readonly thread: number;
  /** Its place in the program order of its thread, from 0. */
  readonly index: number;
  readonly sequential: boolean;
  /** What it accesses; undefined for a fence or a `sync`. */
  readonly range: Range | undefined;
  /** What happens before it, itself included. */
  readonly clock: Clock;
  /** The message that a read or an update reads; undefined also when the read is of another size than the messages there. */
  readonly source: Message | undefined;
  /** The message that a write or an update makes. */
  readonly message: Message | undefined;
  /** The line of the program. */
  readonly site: number;
}

/** A value of up to 8 bytes as it stands in a message. */
export interface Content {
  readonly low: number;
  readonly high: number;
  /** 0 none, -1 wildcard, N the allocation N. */
  readonly provenance: number;
  readonly isInitialized: boolean;
}

/** What a write leaves at a location, to be read by anybody who may still read it. It never changes. */
export interface Message {
  readonly content: Content;
  /** Who wrote it; thread -1 for the first message of a location, which is what was in memory. */
  readonly thread: number;
  readonly index: number;
  /** What an acquiring reader learns; undefined when nothing was released. */
  readonly release: Clock | undefined;
  /** The message that the update that wrote it read. */
  readonly updated: Message | undefined;
  readonly site: number;
}
