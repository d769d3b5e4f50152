/** Something that happened to an allocation: the line of the file, and the statement as it stands there. */
export interface AllocationEvent {
  readonly line: number;
  readonly text: string;
}

interface Entry {
  readonly allocated: AllocationEvent;
  freed: AllocationEvent | undefined;
}

/**
 * Where each allocation was made and given back, so that a diagnostic can say it in causal order. Only litmus programs keep it:
 * they are short.
 */
export class AllocationLog {
  readonly #entries = new Map<number, Entry>();

  allocated(number: number, line: number, text: string): void {
    this.#entries.set(number, { allocated: { line, text }, freed: undefined });
  }

  freed(number: number, line: number, text: string): void {
    const entry = this.#entries.get(number);
    if (entry !== undefined) entry.freed = { line, text };
  }

  /** What is known of an allocation; undefined for numbers that were never given out. */
  of(number: number): Readonly<Entry> | undefined {
    return this.#entries.get(number);
  }
}
