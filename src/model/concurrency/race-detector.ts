import { knows } from './clock.ts';
import type { Clock } from './clock.ts';
import { overlaps, sameRange } from './event.ts';
import type { Range } from './event.ts';

/** What an access does to its bytes. Making an allocation and giving it back are plain writes to all of it. */
export type AccessKind = 'read' | 'write' | 'creation' | 'deallocation' | 'atomic-load' | 'atomic-store';

/** One access of a thread. */
export interface Access extends Range {
  readonly kind: AccessKind;
  readonly thread: number;
  /** How many events of the thread came before it. */
  readonly index: number;
  /** The line of the program. */
  readonly site: number;
}

/** Two accesses that nothing orders, the first of them done before the second in this execution. */
export interface Race {
  readonly code: 'data-race' | 'mixed-size-race';
  readonly first: Access;
  readonly second: Access;
  /** What happened before the second access. */
  readonly clock: Clock;
}

const IS_WRITE: Readonly<Record<AccessKind, boolean>> = {
  read: false,
  write: true,
  creation: true,
  deallocation: true,
  'atomic-load': false,
  'atomic-store': true,
};

/**
 * Finds conflicting accesses that happens-before does not order. Two accesses conflict when they overlap, come from different
 * threads, and at least one writes; it is a `data-race` when one of them is not atomic, and a `mixed-size-race` when both are and
 * their bytes are not the same ones (miri: src/concurrency/data_race.rs). Of the accesses of one thread to the same bytes only the
 * last of a kind is kept: whoever is ordered after it is ordered after the earlier ones.
 */
export class RaceDetector {
  readonly #accesses = new Map<number, readonly Access[]>();

  /** The race of an access with an earlier one; undefined when there is none. `clock` is what happens before the access. */
  check(access: Access, clock: Clock): Race | undefined {
    for (const first of this.#accesses.get(access.allocation) ?? []) {
      if (first.thread === access.thread || knows(clock, first.thread, first.index)) continue;
      if (!overlaps(first, access) || !(IS_WRITE[first.kind] || IS_WRITE[access.kind])) continue;
      if (!isAtomic(first.kind) || !isAtomic(access.kind)) return { code: 'data-race', first, second: access, clock };
      if (!sameRange(first, access)) return { code: 'mixed-size-race', first, second: access, clock };
    }
    return undefined;
  }

  /**
   * Remembers an access.
   * @returns whether somebody may race with it who could not race with what was remembered before: the thread has published events
   *   (`published` of them) since its last access of the kind to these bytes
   */
  note(access: Access, published: number): boolean {
    const accesses = this.#accesses.get(access.allocation) ?? [];
    const at = accesses.findIndex(
      ({ thread, kind, ...range }) => thread === access.thread && kind === access.kind && sameRange(range, access),
    );
    const isNew = at < 0 || accesses[at].index < published;
    this.#accesses.set(access.allocation, at < 0 ? [...accesses, access] : accesses.with(at, access));
    return isNew;
  }

  /** Forgets an allocation, which nobody can access any more. */
  forget(allocation: number): void {
    this.#accesses.delete(allocation);
  }

  /** Remembers all of it; the answer brings it back, any number of times. */
  save(): () => void {
    const accesses = [...this.#accesses];
    return () => {
      this.#accesses.clear();
      for (const [allocation, list] of accesses) this.#accesses.set(allocation, list);
    };
  }
}

function isAtomic(kind: AccessKind): boolean {
  return kind === 'atomic-load' || kind === 'atomic-store';
}
