/**
 * The kinds of allocations, as data. The position in this list is the number that the hot methods take. A deallocation names the
 * kind that it is for, and another kind's memory is refused (`invalid-free`).
 *
 * - `freedBy`: `program` by an explicit operation, `scope` when its scope or thread ends, `nobody` for memory of the whole run.
 * - `mayLeak`: still being there at the end is no leak (miri: src/machine.rs, `MayLeak for MiriMemoryKind`). Stack memory is
 *   included because a frame that is still open when a program stops was never lost.
 * - `root`: everything that it points to is reachable (statics; thread-locals of the main thread are named by the caller).
 */
export const ALLOCATION_KINDS = [
  { name: 'heap', title: 'heap', freedBy: 'program', mayLeak: false, root: false },
  { name: 'c-heap', title: 'C heap', freedBy: 'program', mayLeak: false, root: false },
  { name: 'stack', title: 'stack variable', freedBy: 'scope', mayLeak: true, root: false },
  { name: 'static', title: 'static', freedBy: 'nobody', mayLeak: true, root: true },
  { name: 'thread-local', title: 'thread-local', freedBy: 'scope', mayLeak: true, root: false },
  { name: 'mmap', title: 'mmap', freedBy: 'program', mayLeak: true, root: false },
  { name: 'code', title: 'code', freedBy: 'nobody', mayLeak: true, root: false },
] as const;

export type AllocationKind = (typeof ALLOCATION_KINDS)[number]['name'];

/** The number of a kind by its name. */
export const Kind = Object.fromEntries(ALLOCATION_KINDS.map((kind, index) => [kind.name, index])) as Record<
  AllocationKind,
  number
>;

/** The data of a kind by its number. */
export function kindOf(kind: number): (typeof ALLOCATION_KINDS)[number] {
  const data = ALLOCATION_KINDS[kind];
  if (data === undefined) throw new RangeError(`no kind of allocation has the number ${kind}`);
  return data;
}

/**
 * The alignment that `malloc(size)` promises: 16, and for smaller sizes the largest power of two that is not above the size (1 for
 * size 0), as C's `max_align_t` rule reads after DR 445 (miri: src/shims/alloc.rs, `malloc_align`).
 */
export function mallocAlignment(size: number): number {
  if (size >= 16) return 16;
  return size === 0 ? 1 : 1 << (31 - Math.clz32(size));
}
