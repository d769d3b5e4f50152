import { ALLOCATION_KINDS } from './kinds.ts';
import type { MemoryParts } from './memory-parts.ts';
import { RecordFlag } from './records.ts';

/**
 * The numbers of the live allocations that nobody can give back any more, in ascending order: of a kind that must be freed, and not
 * reachable from a static or from one of the given roots (the thread-locals of the main thread). What an allocation reaches is
 * every allocation whose provenance one of its bytes still carries, for the pointer could be put together again; an integer
 * reaches nothing, not even an exposed allocation (rustc: compiler/rustc_const_eval/src/interpret/memory.rs,
 * `take_leaked_allocations`).
 */
export function leakedAllocations(parts: MemoryParts, roots: Iterable<number>): number[] {
  const { records, provenance } = parts;
  const reachable = new Set(roots);
  const leaked: number[] = [];
  for (let record = 0; record < records.limit; record++) {
    if (records.number[record] === 0) continue;
    const kind = ALLOCATION_KINDS[records.kind[record]];
    if (kind.root) reachable.add(records.number[record]);
    if (!kind.mayLeak) leaked.push(records.number[record]);
  }
  // A set visits what is added while it is visited.
  for (const number of reachable) {
    const record = records.find(number);
    if (record < 0 || (records.flags[record] & RecordFlag.holdsPointers) === 0) continue;
    provenance.collect(records.position[record], records.size[record], reachable);
  }
  return leaked.filter((number) => !reachable.has(number)).toSorted((first, second) => first - second);
}
