import { knows } from './clock.ts';
import type { Clock } from './clock.ts';
import type { GraphEvent, Message, Range } from './event.ts';

/** The bytes of atomic accesses of one size, with all that was written there in modification order. */
export class Location {
  readonly range: Range;
  /** How many locations of exactly these bytes there were before. */
  readonly generation: number;
  /** In modification order. */
  messages: readonly Message[];
  /** The reads and updates of these messages. */
  readers: readonly GraphEvent[] = [];
  /** A plain write, or an atomic one of another size, has ended this sequence of messages; the next access begins a new one. */
  isClosed = false;

  constructor(range: Range, generation: number, first: Message) {
    this.range = range;
    this.generation = generation;
    this.messages = [first];
  }

  /**
   * The position of the oldest message that an event may still read, and after which it must write, as coherence wants it: the newest
   * one that was written, or read by somebody, before (Lahav et al. 2017, COHERENCE: hb;eco? is irreflexive).
   */
  floor(clock: Clock): number {
    let floor = this.messages.length - 1;
    while (floor > 0 && !isKnown(this.messages[floor], clock)) floor--;
    for (const { thread, index, source } of this.readers)
      if (source !== undefined && knows(clock, thread, index)) floor = Math.max(floor, this.messages.indexOf(source));
    return floor;
  }

  /** Whether the message at a position was read by an update, whose own message stands directly after it. */
  isUpdated(position: number): boolean {
    return position + 1 < this.messages.length && this.messages[position + 1].updated === this.messages[position];
  }

  insert(position: number, message: Message): void {
    this.messages = this.messages.toSpliced(position, 0, message);
  }

  get newest(): Message {
    return this.messages[this.messages.length - 1];
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const { messages, readers, isClosed } = this;
    return () => {
      this.messages = messages;
      this.readers = readers;
      this.isClosed = isClosed;
    };
  }
}

function isKnown({ thread, index }: Message, clock: Clock): boolean {
  return thread < 0 || knows(clock, thread, index);
}
