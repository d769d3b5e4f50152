import { Opcode, STRIDE, type ClientProgram } from '../model/machine/client-program.ts';
import { LARGEST_OBJECT, OBJECT_KINDS, OBJECT_SIZE, SMALLEST_OBJECT } from '../model/machine/object-kinds.ts';
import { callbackOf, inside, opcodeOf } from './callback-blocks.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { churnTimes, setChurnTimes } from './operations.ts';
import type { ExtraShape, ProgramShape } from './program-shape.ts';

/** Reference and pointer variables that bytes can name; the last reference variable is free for what is added to a case. */
const REFERENCES = 15;
const POINTERS = 8;

/**
 * What the low half of an operation's first byte says; its high half is the first operand. An object of the usual kind and size, a
 * free and a use are one byte long and have several codes, so that most random bytes are one of them.
 */
const Code = {
  plainAlloc: 0,
  free: 1,
  use: 2,
  hold: 3,
  touch: 4,
  drop: 5,
  copy: 6,
  abandon: 7,
  churn: 8,
  alloc: 9,
  forge: 10,
  corrupt: 11,
  extra: 12,
  useAs: 13,
  /** Where the representation has callbacks: the first operand is one of them, and the next operation runs inside. */
  inside: 15,
} as const;
const MORE_CODES = [Code.plainAlloc, Code.free];
/** What follows `inside` for a panic; anything does where nothing else may happen. */
const PANIC = 255;
const MOST_CALLBACKS = 16;

/** Second byte of a churn: up to `lastShort` a short one, then every round spelt out, then a length near a power of 2. */
const SHORT_LENGTHS = 64;
const EXACT_CHURN = 252;
const WIDE_CHURN = 254;
const EXACT_BYTES = 7;

/** High five bits of an object's second byte: the usual size, multiples of the smallest, or a size in three more bytes. */
const EXACT_SIZE = 24;

type Shape = Pick<ProgramShape, 'extras'> & Partial<Pick<ProgramShape, 'callbacks'>>;

/**
 * The program that bytes say. Every buffer says one: values out of range are taken modulo the range, and what is missing at the end
 * is zero. An operation takes one to ten bytes, so that small buffers say small programs. The rounds of a churn are short, or
 * 2^w and its neighbours for any w below 32, or any number.
 *
 * @param shape the extras and callbacks that the representation has; without any, bytes that would call one say nothing
 */
export function decodeProgram(bytes: Uint8Array, shape: Shape): ClientProgram {
  const reader = new ByteReader(bytes);
  const code = new Int32Array(bytes.length * STRIDE);
  let at = 0;
  while (!reader.isAtEnd) if (readOperation(reader, code, at, shape)) at += STRIDE;
  return { code: code.subarray(0, at), callbacks: new Map() };
}

/**
 * Bytes that say a program: `decodeProgram` gives it back. Undefined for a program that no bytes say: one that has more variables or
 * callbacks than bytes can name, or an operation that makes no sense on one thread.
 */
export function encodeProgram({ code, callbacks }: ClientProgram, shape: Shape): Buffer | undefined {
  if (callbacks.size > 0) return undefined;
  const writer = new ByteWriter();
  for (let at = 0; at < code.length; at += STRIDE) writeOperation(writer, code, at, shape);
  const bytes = writer.bytes();
  const { code: again } = decodeProgram(bytes, shape);
  return again.length === code.length && again.every((word, index) => word === code[index]) ? bytes : undefined;
}

/** Answers whether the bytes said an operation. */
function readOperation(reader: ByteReader, code: Int32Array, at: number, shape: Shape): boolean {
  const byte = reader.byte();
  const { callbacks = [] } = shape;
  if ((byte & 15) !== Code.inside || callbacks.length === 0) return readPlain(reader, byte, code, at, shape);
  const callback = (byte >> 4) % callbacks.length;
  const next = reader.byte();
  const isPanic = next === PANIC || !callbacks[callback].runs;
  if (isPanic) write(code, at, Opcode.panic);
  else if (!readPlain(reader, next, code, at, shape)) return false;
  code[at] = inside(code[at], callback);
  return true;
}

function readPlain(reader: ByteReader, byte: number, code: Int32Array, at: number, { extras }: Shape): boolean {
  const operand = byte >> 4;
  const reference = operand % REFERENCES;
  const pointer = operand % POINTERS;
  const low = byte & 15;
  switch (low > Code.useAs ? MORE_CODES[low - Code.useAs - 1] : low) {
    case Code.plainAlloc:
      return write(code, at, Opcode.alloc, reference, 1, OBJECT_SIZE);
    case Code.alloc:
      return readAlloc(reader, code, at, reference);
    case Code.free:
      return write(code, at, Opcode.free, reference);
    case Code.use:
      return write(code, at, Opcode.use, reference);
    case Code.useAs:
      return write(code, at, Opcode.use, reference, kindOf(reader.byte()));
    case Code.hold:
      return write(code, at, Opcode.hold, pointer, readReference(reader));
    case Code.touch:
      return write(code, at, Opcode.touch, pointer);
    case Code.drop:
      return write(code, at, Opcode.drop, pointer);
    case Code.copy:
      return write(code, at, Opcode.copy, reference, readReference(reader));
    case Code.abandon:
      return write(code, at, Opcode.abandon, reference);
    case Code.churn:
      write(code, at, Opcode.churn, 0, 0, kindOf(operand));
      setChurnTimes(code, at, readTimes(reader));
      return true;
    case Code.forge:
      return write(code, at, Opcode.forge, reference, ...reader.word());
    case Code.corrupt:
      return write(code, at, Opcode.corrupt, reference, readReference(reader), reader.byte() & 63);
    default:
      return readExtra(reader, code, at, reference, extras);
  }
}

function write(code: Int32Array, at: number, opcode: number, a = 0, b = 0, c = 0): true {
  code[at] = opcode;
  code[at + 1] = a;
  code[at + 2] = b;
  code[at + 3] = c;
  return true;
}

function readReference(reader: ByteReader): number {
  return (reader.byte() & 15) % REFERENCES;
}

function kindOf(number: number): number {
  return 1 + (number % OBJECT_KINDS.length);
}

function readAlloc(reader: ByteReader, code: Int32Array, at: number, reference: number): true {
  const form = reader.byte();
  const steps = form >> 3;
  const exact = steps >= EXACT_SIZE ? SMALLEST_OBJECT + (reader.number(3) % (LARGEST_OBJECT - SMALLEST_OBJECT + 1)) : 0;
  const size = steps === 0 ? OBJECT_SIZE : exact > 0 ? exact : SMALLEST_OBJECT * steps;
  return write(code, at, Opcode.alloc, reference, kindOf(form & 7), size);
}

function readTimes(reader: ByteReader): number {
  const form = reader.byte();
  if (form < EXACT_CHURN) return 1 + (form % SHORT_LENGTHS);
  if (form < WIDE_CHURN) return reader.number(EXACT_BYTES) % Number.MAX_SAFE_INTEGER;
  const width = reader.byte() & 31;
  const distance = (reader.byte() << 24) >> 24;
  return Math.max(1, 2 ** width + distance);
}

function readExtra(
  reader: ByteReader,
  code: Int32Array,
  at: number,
  reference: number,
  extras: readonly ExtraShape[],
): boolean {
  if (extras.length === 0) return false;
  const extra = reader.byte() % extras.length;
  const { argument, width } = extras[extra];
  if (argument === 'none') return write(code, at, Opcode.extra, extra);
  if (argument === 'reference') return write(code, at, Opcode.extra, extra, reference);
  const [low, high] = reader.word();
  return write(code, at, Opcode.extra, extra, low & maskOf(width), high & maskOf(width - 32));
}

/** The low bits of an int32, for any width. */
function maskOf(width: number): number {
  return width >= 32 ? -1 : width <= 0 ? 0 : 2 ** width - 1;
}

/** What has no bytes is written as something else, which the caller sees by reading it again. */
function writeOperation(writer: ByteWriter, code: Int32Array, at: number, { extras }: Shape): void {
  const callback = callbackOf(code[at]);
  if (callback >= MOST_CALLBACKS) return;
  if (callback >= 0) writer.byte(Code.inside | (callback << 4));

  const a = code[at + 1];
  const b = code[at + 2];
  const c = code[at + 3];
  const first = (low: number, operand = a): void => writer.byte(low | (operand << 4));
  switch (opcodeOf(code[at])) {
    case Opcode.panic:
      return writer.byte(PANIC);
    case Opcode.alloc:
      if (b === 1 && c === OBJECT_SIZE) return first(Code.plainAlloc);
      first(Code.alloc);
      return writeObject(writer, b, c);
    case Opcode.free:
      return first(Code.free);
    case Opcode.use:
      first(b === 0 ? Code.use : Code.useAs);
      return b === 0 ? undefined : writer.byte(b - 1);
    case Opcode.hold:
      first(Code.hold);
      return writer.byte(b);
    case Opcode.touch:
      return first(Code.touch);
    case Opcode.drop:
      return first(Code.drop);
    case Opcode.copy:
      first(Code.copy);
      return writer.byte(b);
    case Opcode.abandon:
      return first(Code.abandon);
    case Opcode.churn:
      first(Code.churn, c - 1);
      return writeTimes(writer, churnTimes(code, at));
    case Opcode.forge:
      first(Code.forge);
      return writer.word(b, c);
    case Opcode.corrupt:
      first(Code.corrupt);
      writer.byte(b);
      return writer.byte(c);
    case Opcode.extra: {
      const argument = extras[a]?.argument;
      first(Code.extra, argument === 'reference' ? b : 0);
      writer.byte(a);
      return argument === 'number' ? writer.word(b, c) : undefined;
    }
    default:
  }
}

function writeObject(writer: ByteWriter, kind: number, size: number): void {
  const steps = size === OBJECT_SIZE ? 0 : size / SMALLEST_OBJECT;
  const isExact = !Number.isInteger(steps) || steps >= EXACT_SIZE;
  writer.byte((kind - 1) | ((isExact ? EXACT_SIZE : steps) << 3));
  if (isExact) writer.number(size - SMALLEST_OBJECT, 3);
}

/** A length near a power of 2 is written as one, because mutations of it are lengths like it. */
function writeTimes(writer: ByteWriter, times: number): void {
  const width = Math.round(Math.log2(times));
  const distance = times - 2 ** width;
  if (times >= 1 && times <= SHORT_LENGTHS) return writer.byte(times - 1);
  if (times > 0 && width < 32 && distance >= -128 && distance <= 127) {
    writer.byte(255);
    writer.byte(width);
    return writer.byte(distance & 255);
  }
  writer.byte(EXACT_CHURN);
  writer.number(times, EXACT_BYTES);
}
