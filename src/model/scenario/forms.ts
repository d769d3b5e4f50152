import type { Contract } from '../machine/claims.ts';
import { LARGEST_OBJECT, OBJECT_SIZE, SMALLEST_OBJECT } from '../machine/object-kinds.ts';
import { BLOCK_WORDS } from './scenario.ts';
import type { ExtraArgument, Operation, OperationName } from './scenario.ts';

/** What a variable stands for: a reference that was issued, or a pointer that `hold` got from one. */
export type NameType = 'reference' | 'pointer';

export const MAX_THREAD = 64;

/** The fields of an operation whose values are of a type. */
type FieldOf<Op extends OperationName, Value> = {
  [Field in keyof Extract<Operation, { op: Op }>]-?: Required<Extract<Operation, { op: Op }>>[Field] extends Value
    ? Field & string
    : never;
}[keyof Extract<Operation, { op: Op }>];

/** One part of a statement's line, in order. */
export type Part<Op extends OperationName = OperationName> =
  | { readonly kind: 'word'; readonly text: string }
  /** A variable that the statement sets. */
  | { readonly kind: 'target'; readonly field: FieldOf<Op, string>; readonly shows: string; readonly type: NameType }
  /** A variable that the statement uses; `ends` when it holds nothing afterwards. */
  | {
      readonly kind: 'name';
      readonly field: FieldOf<Op, string>;
      readonly shows: string;
      readonly type: NameType;
      readonly ends: boolean;
    }
  | { readonly kind: 'objectKind'; readonly field: FieldOf<Op, string>; readonly shows: string }
  /** A number in a range; with a default, it may be left out. */
  | {
      readonly kind: 'number';
      readonly field: FieldOf<Op, number>;
      readonly shows: string;
      readonly expected: string;
      readonly minimum: number;
      readonly maximum: number;
      readonly default?: number;
    }
  /** A kind after the word `as`, or nothing. */
  | { readonly kind: 'asKind'; readonly field: FieldOf<Op, string>; readonly shows: string }
  | { readonly kind: 'bits'; readonly field: FieldOf<Op, bigint>; readonly shows: string }
  | { readonly kind: 'extra'; readonly field: FieldOf<Op, string>; readonly shows: string }
  | { readonly kind: 'arguments'; readonly field: FieldOf<Op, readonly ExtraArgument[]>; readonly shows: string };

/** How a statement is written, and what it means. Parser, printer, name check and documentation read nothing else. */
export interface StatementForm<Op extends OperationName = OperationName> {
  readonly parts: readonly Part<Op>[];
  /** The least client contract that allows it, when that is not `exclusive`. */
  readonly contract?: Contract;
  /** Whether it stands only inside `during`. */
  readonly onlyDuring?: true;
  readonly says: string;
}

const word = (text: string) => ({ kind: 'word', text }) as const;
const target = { kind: 'target', field: 'target', shows: 'x', type: 'reference' } as const;
const changed = { kind: 'target', field: 'target', shows: 'y', type: 'reference' } as const;
const name = { kind: 'name', field: 'name', shows: 'x', type: 'reference', ends: false } as const;
const pointer = { kind: 'name', field: 'pointer', shows: 'p', type: 'pointer', ends: false } as const;
const objectKind = { kind: 'objectKind', field: 'kind', shows: 'KIND' } as const;

const number = <Field extends string>(
  field: Field,
  shows: string,
  expected: string,
  minimum: number,
  maximum: number,
) => ({ kind: 'number', field, shows, expected, minimum, maximum }) as const;

export const STATEMENT_FORMS: { readonly [Op in OperationName]: StatementForm<Op> } = {
  alloc: {
    parts: [
      target,
      word('='),
      word('alloc'),
      objectKind,
      { ...number('size', 'SIZE', 'a size in bytes', SMALLEST_OBJECT, LARGEST_OBJECT), default: OBJECT_SIZE },
    ],
    says: `allocates and initialises an object (${OBJECT_SIZE} bytes unless a size is given), creates a reference to it`,
  },
  free: { parts: [word('free'), name], says: 'destroys the reference; `x` stays, stale' },
  use: {
    parts: [word('use'), name, { kind: 'asKind', field: 'as', shows: '[as KIND]' }],
    says: 'hold, touch and drop at once; `as KIND` takes `x` for a reference of that kind (another than its own: `client any`)',
  },
  hold: {
    parts: [
      word('hold'),
      { kind: 'target', field: 'pointer', shows: 'p', type: 'pointer' },
      word('='),
      { kind: 'name', field: 'name', shows: 'x', type: 'reference', ends: false },
    ],
    says: 'enters, resolves `x` and keeps the pointer; when refused, `p` is empty and the thread has left again',
  },
  touch: { parts: [word('touch'), pointer], says: "reads the object's bytes plainly; nothing when `p` is empty" },
  drop: { parts: [word('drop'), { ...pointer, ends: true }], says: 'leaves; `p` is gone' },
  copy: { parts: [changed, word('='), word('copy'), name], says: 'a second variable with the same bits' },
  forge: {
    parts: [changed, word('='), word('forge'), { kind: 'bits', field: 'bits', shows: 'BITS' }],
    contract: 'any',
    says: 'a reference made of up to 64 bits, in hexadecimal (`0x…`) or decimal',
  },
  corrupt: {
    parts: [changed, word('='), word('corrupt'), name, number('bit', 'BIT', 'a bit number', 0, 63)],
    contract: 'any',
    says: 'the bits of `x` with one of them flipped',
  },
  abandon: {
    parts: [word('abandon'), name],
    contract: 'bypass',
    says: "gives the object's memory back without destroy",
  },
  send: {
    parts: [word('send'), name, word('to'), word('thread'), number('thread', 'N', 'a thread number', 0, MAX_THREAD)],
    says: 'hands a copy to another thread, with release and acquire; there it is `x` too',
  },
  churn: {
    parts: [word('churn'), number('times', 'N', 'how many times', 1, 2 ** 40), objectKind],
    says: 'N times: alloc KIND, free it',
  },
  stall: { parts: [word('stall')], says: 'the thread runs no further, for ever; what it holds stays held' },
  panic: { parts: [word('panic')], onlyDuring: true, says: 'the callback or panic point panics' },
  extra: {
    parts: [
      { kind: 'extra', field: 'extra', shows: 'EXTRA' },
      { kind: 'arguments', field: 'arguments', shows: '[ARGUMENT…]' },
    ],
    says: 'calls an extra of the representation, such as `reset`, `grow 16` or `evict x`; an argument is a reference, a held pointer or a number, as its parameters say',
  },
};

export const OPERATION_NAMES = Object.keys(STATEMENT_FORMS) as readonly OperationName[];

/** The form of a statement with its type forgotten, as generic code reads it. */
export function formOf(op: OperationName): StatementForm {
  return STATEMENT_FORMS[op] as StatementForm;
}

/** Whether a statement has the shape `x = …`. */
export function isAssignment(op: OperationName): boolean {
  return formOf(op).parts[0]?.kind === 'target';
}

/** Words that shape statements and therefore name no variable. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set<string>([
  ...OPERATION_NAMES.filter((op) => op !== 'extra'),
  ...BLOCK_WORDS,
  'to',
]);

export type FieldValue = string | number | bigint | readonly ExtraArgument[];

/** A field of an operation, by the name that its form gives. */
export function fieldOf(operation: Operation, field: string): FieldValue {
  return (operation as unknown as Readonly<Record<string, FieldValue>>)[field];
}

/** A variable in a statement. `slot` names its place in the line: the field, or `arguments.N`. */
export interface NameUse {
  readonly slot: string;
  readonly name: string;
  readonly type: NameType;
  readonly role: 'set' | 'used' | 'ended';
}

/** The variables of a statement, those that it uses first. */
export function namesIn(operation: Operation): readonly NameUse[] {
  const used: NameUse[] = [];
  const set: NameUse[] = [];
  for (const part of formOf(operation.op).parts) {
    if (part.kind === 'word') continue;
    const value = fieldOf(operation, part.field);
    if (typeof value === 'object') used.push(...argumentNames(value));
    if (typeof value !== 'string' || (part.kind !== 'target' && part.kind !== 'name')) continue;
    const role = part.kind === 'target' ? 'set' : part.ends ? 'ended' : 'used';
    (role === 'set' ? set : used).push({ slot: part.field, name: value, type: part.type, role });
  }
  return [...used, ...set];
}

function argumentNames(values: readonly ExtraArgument[]): readonly NameUse[] {
  return values.flatMap((argument, index): readonly NameUse[] => {
    const slot = `arguments.${index}`;
    if ('reference' in argument) return [{ slot, name: argument.reference, type: 'reference', role: 'used' }];
    return 'pointer' in argument ? [{ slot, name: argument.pointer, type: 'pointer', role: 'used' }] : [];
  });
}
