/**
 * Client operations as numbers, so that a search can make, splice and run millions of them: one operation is {@link STRIDE} int32s
 * (opcode and operands). References and held pointers are numbered variables.
 */
export const Opcode = {
  /** a: reference, b: kind number, c: size in bytes. */
  alloc: 0,
  /** a: reference. */
  free: 1,
  /** a: reference, b: the kind that it is taken for, 0 for its own. */
  use: 2,
  /** a: held pointer, b: reference. */
  hold: 3,
  /** a: held pointer. */
  touch: 4,
  /** a: held pointer. */
  drop: 5,
  /** a: new reference, b: reference. */
  copy: 6,
  /** a: new reference, b: low, c: high half of the bits. */
  forge: 7,
  /** a: new reference, b: reference, c: bit. */
  corrupt: 8,
  /** a: reference. */
  abandon: 9,
  /** a: reference, b: thread. */
  send: 10,
  /** a: low, b: high half of the number of times, c: kind number. */
  churn: 11,
  stall: 12,
  /** a: number of the extra, b and c: its argument (a reference variable, or the halves of a word). */
  extra: 13,
  /** a: number of the panic point; only inside a callback. */
  panic: 14,
} as const;

export type OpcodeName = keyof typeof Opcode;
export const OPCODE_NAMES = Object.keys(Opcode) as readonly OpcodeName[];

export const STRIDE = 4;

/** What runs inside the callbacks of one operation: for each callback name in kebab case, another program. */
export type CallbackPrograms = ReadonlyMap<string, ClientProgram>;

/** Operations of one thread, in order. */
export interface ClientProgram {
  readonly code: Int32Array;
  /** By operation number: what runs in its callbacks. */
  readonly callbacks: ReadonlyMap<number, CallbackPrograms>;
}

export function operationCount({ code }: ClientProgram): number {
  return code.length / STRIDE;
}
