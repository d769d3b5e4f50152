/** Entries of a table of states are at most three quarters in use. */
export const ENTRY_BYTES = 16;
const FIRST_SLOTS = 1 << 14;
/** More states than these have no place in a table whose places are int32s. */
const MOST_STATES = 300_000_000;

/** What an exploration has to keep at the end of a level. */
export interface Kept {
  readonly words: number;
  readonly states: number;
  /** States of the levels that stand in memory. */
  readonly rows: number;
  /** Edges of the graph, 0 where none is kept. */
  readonly edges: number;
  readonly isExact: boolean;
}

/**
 * The bytes that an exploration takes, from what it has to keep and from nothing else, so that the bound is reached at the same level
 * on every machine, with one thread or with many: the table and the one that it grew from, rows of two levels and of what was found in
 * between, edges with what finding their cycles takes, and whole rows where they are compared.
 */
export function bytesOf({ words, states, rows, edges, isExact }: Kept): number {
  if (states > MOST_STATES) return Infinity;
  let slots = FIRST_SLOTS;
  while (slots * 3 < states * 4) slots *= 2;
  const rowBytes = 4 * (words + 1);
  return 1.5 * slots * ENTRY_BYTES + 2 * rows * rowBytes + edges * 28 + (isExact ? states * (rowBytes + 24) : 0);
}
