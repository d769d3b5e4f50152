/** Bits of an ordering; `seqcst` has all three, relaxed and plain none. */
export const OrderBit = { acquire: 1, release: 2, sequential: 4 } as const;

/** The orderings of atomic accesses and fences, by the word of the text formats. */
export const ORDERS: Readonly<Record<string, number>> = {
  relaxed: 0,
  acquire: OrderBit.acquire,
  release: OrderBit.release,
  acqrel: OrderBit.acquire | OrderBit.release,
  seqcst: OrderBit.acquire | OrderBit.release | OrderBit.sequential,
};

export function isAcquire(order: number): boolean {
  return (order & OrderBit.acquire) !== 0;
}

export function isRelease(order: number): boolean {
  return (order & OrderBit.release) !== 0;
}

export function isSequential(order: number): boolean {
  return (order & OrderBit.sequential) !== 0;
}
