import { gunzipSync } from 'node:zlib';
import { InputError } from '../model/vocabulary/input-error.ts';
import { mtraceLine } from './mtrace.ts';
import type { TraceLine } from './trace-line.ts';
import { valgrindLine } from './valgrind-trace.ts';

/** One event of the program, by number of the object that it concerns. */
export const TraceEvent = { allocate: 0, free: 1, reallocate: 2 } as const;

/** A real program's allocations, as columns. Objects are numbered in the order of their allocation. */
export interface AllocationTrace {
  /** As it was given, for messages and reports. */
  readonly file: string;
  readonly format: 'mtrace' | 'valgrind';
  readonly count: number;
  readonly events: Uint8Array;
  /** The object that an event allocates or frees; of a reallocation the old one, and `next` is the new one. */
  readonly object: Int32Array;
  readonly next: Int32Array;
  /** Bytes asked for by an allocation or reallocation. */
  readonly size: Int32Array;
  /** How many objects there are, which is one more than the largest number. */
  readonly objects: number;
  readonly facts: TraceFacts;
}

/** What the trace itself says, whatever representation it is replayed with. */
export interface TraceFacts {
  readonly allocations: number;
  readonly frees: number;
  readonly reallocations: number;
  /** Frees and reallocations of addresses that the trace did not allocate: counted, not replayed (a reallocation as an allocation). */
  readonly unknownFrees: number;
  /** Addresses handed out although the trace saw no free of them: the old object is taken for freed then. */
  readonly unseenFrees: number;
  readonly peakLive: number;
  readonly peakBytes: number;
  /** Lines that are no events: banners and the program's own output. */
  readonly otherLines: number;
}

const MAGIC = [0x1f, 0x8b];
const LARGEST_TRACE = 1 << 29;

/**
 * Reads an allocation trace: glibc `mtrace` or `valgrind --trace-malloc=yes`, plain or compressed with gzip.
 * @throws InputError when the file is not what it should be, or holds no event of either format
 */
export function readTrace(bytes: Uint8Array, file: string): AllocationTrace {
  const lines = textOf(bytes, file).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const format = formatOf(lines);
  if (format === undefined)
    throw new InputError(
      'trace',
      'expected lines of glibc mtrace or of valgrind --trace-malloc=yes, found none',
      { file },
      'a trace of glibc mtrace or of valgrind --trace-malloc=yes, plain or gzip',
    );
  const builder = new TraceBuilder(lines.length);
  const parse = format === 'mtrace' ? mtraceLine : valgrindLine;
  for (const line of lines) builder.add(parse(line));
  return builder.end(file, format);
}

function textOf(bytes: Uint8Array, file: string): string {
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) return new TextDecoder().decode(bytes);
  try {
    return new TextDecoder().decode(gunzipSync(bytes, { maxOutputLength: LARGEST_TRACE }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError('trace', `expected gzip data of at most ${LARGEST_TRACE} bytes: ${reason}`, { file });
  }
}

function formatOf(lines: readonly string[]): AllocationTrace['format'] | undefined {
  for (const line of lines) {
    if (mtraceLine(line) !== undefined) return 'mtrace';
    if (valgrindLine(line) !== undefined) return 'valgrind';
  }
  return undefined;
}

/** Turns addresses into objects, event by event. */
class TraceBuilder {
  readonly #events: Uint8Array;
  readonly #object: Int32Array;
  readonly #next: Int32Array;
  readonly #size: Int32Array;
  readonly #sizes: number[] = [];
  readonly #live = new Map<number, number>();
  #count = 0;
  #bytes = 0;
  #moving: number | undefined;
  readonly #facts = {
    allocations: 0,
    frees: 0,
    reallocations: 0,
    unknownFrees: 0,
    unseenFrees: 0,
    peakLive: 0,
    peakBytes: 0,
    otherLines: 0,
  };

  /** @param lines how many there are; a line makes two events at most */
  constructor(lines: number) {
    this.#events = new Uint8Array(2 * lines);
    this.#object = new Int32Array(2 * lines);
    this.#next = new Int32Array(2 * lines);
    this.#size = new Int32Array(2 * lines);
  }

  add(line: TraceLine | undefined): void {
    switch (line?.kind) {
      case undefined:
        this.#facts.otherLines++;
        return;
      case 'allocate':
        if (line.address !== 0) this.#allocate(line.address, line.size);
        return;
      case 'free':
        if (line.address !== 0) this.#free(line.address);
        return;
      case 'reallocate':
        this.#reallocate(line.from, line.to, line.size);
        return;
      case 'reallocateFrom':
        this.#moving = line.from;
        return;
      case 'reallocateTo':
        // A second half without its first is what is left of a trace that begins in between.
        this.#reallocate(this.#moving ?? 0, line.to, line.size);
        this.#moving = undefined;
    }
  }

  end(file: string, format: AllocationTrace['format']): AllocationTrace {
    const count = this.#count;
    return {
      file,
      format,
      count,
      events: this.#events.slice(0, count),
      object: this.#object.slice(0, count),
      next: this.#next.slice(0, count),
      size: this.#size.slice(0, count),
      objects: this.#sizes.length,
      facts: this.#facts,
    };
  }

  #allocate(address: number, size: number): void {
    this.#facts.allocations++;
    this.#vacate(address);
    this.#push(TraceEvent.allocate, this.#take(address, size), -1, size);
  }

  #free(address: number): void {
    const object = this.#live.get(address);
    if (object === undefined) {
      this.#facts.unknownFrees++;
      return;
    }
    this.#facts.frees++;
    this.#let(address, object);
    this.#push(TraceEvent.free, object, -1, 0);
  }

  /** `to` is 0 when the reallocation failed (the old object stays) or gave the object back (size 0). */
  #reallocate(from: number, to: number, size: number): void {
    if (from === 0) {
      if (to !== 0) this.#allocate(to, size);
      return;
    }
    if (to === 0) {
      if (size === 0) this.#free(from);
      return;
    }
    const object = this.#live.get(from);
    if (object === undefined) {
      this.#facts.unknownFrees++;
      this.#allocate(to, size);
      return;
    }
    this.#facts.reallocations++;
    this.#let(from, object);
    this.#vacate(to);
    this.#push(TraceEvent.reallocate, object, this.#take(to, size), size);
  }

  /** Frees what the trace still believes to live at an address that is handed out again. */
  #vacate(address: number): void {
    const object = this.#live.get(address);
    if (object === undefined) return;
    this.#facts.unseenFrees++;
    this.#let(address, object);
    this.#push(TraceEvent.free, object, -1, 0);
  }

  #take(address: number, size: number): number {
    const object = this.#sizes.push(size) - 1;
    this.#live.set(address, object);
    this.#bytes += size;
    this.#facts.peakLive = Math.max(this.#facts.peakLive, this.#live.size);
    this.#facts.peakBytes = Math.max(this.#facts.peakBytes, this.#bytes);
    return object;
  }

  #let(address: number, object: number): void {
    this.#live.delete(address);
    this.#bytes -= this.#sizes[object];
  }

  #push(event: number, object: number, next: number, size: number): void {
    const at = this.#count++;
    this.#events[at] = event;
    this.#object[at] = object;
    this.#next[at] = next;
    this.#size[at] = Math.min(size, 0x7fff_ffff);
  }
}
