/** A step of a path: which thread, and which of its alternatives. */
export interface Move {
  readonly thread: number;
  readonly alternative: number;
}

const ALTERNATIVE_BITS = 20;

/** The most alternatives that one thread may have in one state, for moves to be one number. */
export const MOST_ALTERNATIVES = 1 << ALTERNATIVE_BITS;

export function encodeMove(thread: number, alternative: number): number {
  return (thread << ALTERNATIVE_BITS) | alternative;
}

export function decodeMove(move: number): Move {
  return { thread: move >>> ALTERNATIVE_BITS, alternative: move & (MOST_ALTERNATIVES - 1) };
}
