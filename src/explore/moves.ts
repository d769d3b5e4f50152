/** A step of a path: which thread, and which of its alternatives. */
export interface Move {
  readonly thread: number;
  readonly alternative: number;
}
