/**
 * A vector clock: by thread, how many of its events happen before. Happens-before contains program order, so the events of a thread
 * that happen before something are always its first ones, and the clock says exactly which. A clock is never changed once it is
 * made.
 */
export type Clock = Int32Array;

/** Nothing happens before. */
export function emptyClock(threads: number): Clock {
  return new Int32Array(threads);
}

/** What either clock knows. Gives one of the two back when it knows all. */
export function joined(one: Clock, other: Clock | undefined): Clock {
  if (other === undefined || other === one || covers(one, other)) return one;
  return one.map((count, thread) => Math.max(count, other[thread]));
}

/** Whether the first clock knows all that the second one knows. */
export function covers(one: Clock, other: Clock): boolean {
  return one.every((count, thread) => count >= other[thread]);
}

/** Whether an event, by its thread and its position there, is known. */
export function knows(clock: Clock, thread: number, index: number): boolean {
  return clock[thread] > index;
}
