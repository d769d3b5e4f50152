/**
 * How far a client operation has come. `enter`, `role` and `leave` run code of the representation; `end` is the step in which an
 * answer is judged and seen by others; `touch` is the read of `use`, between its resolve and its leave. `stalled` goes on never.
 */
export const Stage = { enter: 1, role: 2, end: 3, touch: 4, leave: 5, stalled: 6 } as const;
