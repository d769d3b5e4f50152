/** What is remembered of an allocation, dead or alive, for diagnostics. Sites are what the machine's user set; -1: not (yet). */
export interface AllocationEvents {
  readonly number: number;
  readonly low: number;
  readonly high: number;
  readonly size: number;
  readonly alignment: number;
  readonly kind: number;
  readonly allocatedAt: number;
  exposedAt: number;
  freedAt: number;
}

/**
 * The history of every allocation of one execution. It grows with their number, so only single executions that are to be explained
 * keep it.
 */
export class EventHistory {
  readonly #events = new Map<number, AllocationEvents>();

  allocated(event: Omit<AllocationEvents, 'exposedAt' | 'freedAt'>): void {
    this.#events.set(event.number, { ...event, exposedAt: -1, freedAt: -1 });
  }

  exposed(number: number, site: number): void {
    const event = this.#events.get(number);
    if (event !== undefined && event.exposedAt < 0) event.exposedAt = site;
  }

  freed(number: number, site: number): void {
    const event = this.#events.get(number);
    if (event !== undefined) event.freedAt = site;
  }

  of(number: number): AllocationEvents | undefined {
    return this.#events.get(number);
  }

  /** Every allocation that ever contained an address, oldest first. */
  at(low: number, high: number): AllocationEvents[] {
    return [...this.#events.values()].filter((event) => {
      const offset = (high - event.high) * 0x1_0000_0000 + ((low >>> 0) - (event.low >>> 0));
      return offset >= 0 && offset < Math.max(event.size, 1);
    });
  }

  clear(): void {
    this.#events.clear();
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const events = [...this.#events.values()].map((event) => ({ ...event }));
    return () => {
      this.#events.clear();
      for (const event of events) this.#events.set(event.number, { ...event });
    };
  }
}
