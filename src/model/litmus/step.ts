/** What a step of a litmus program did, beside a fault, which is a positive code. */
export const Step = {
  /** The step was done. */
  ran: 0,
  /** The thread has nothing more to do. */
  ended: -1,
  /** The thread cannot go on now; nothing was done. */
  blocked: -2,
  /** The execution is dropped: an assumption does not hold. */
  discarded: -3,
  /** A pass of a loop failed and left nothing behind; the thread is at the beginning of the loop again. */
  idle: -4,
} as const;
