import type { ValueType } from './syntax.ts';

/** One part of a statement's line, in order. Parser, printer and name check all follow these parts. */
export type Part =
  | { readonly kind: 'operand'; readonly name: string; readonly type: ValueType }
  | { readonly kind: 'condition'; readonly name: string }
  | { readonly kind: 'count'; readonly name: string; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'choice'; readonly name: string; readonly words: readonly string[]; readonly optional: boolean }
  | { readonly kind: 'power'; readonly name: string; readonly maximum: number }
  | { readonly kind: 'sign'; readonly sign: string }
  | { readonly kind: 'option'; readonly word: string; readonly part: Part }
  | { readonly kind: 'fields' };

/** The shape of a statement: `results = NAME parts`. */
export interface Form {
  readonly name: string;
  /** Types of the variables left of `=`. */
  readonly results: readonly ValueType[];
  /** How many of them must be given. */
  readonly required: number;
  readonly parts: readonly Part[];
  /** What `provsim explain` and the format page say. */
  readonly says: string;
}

export const ALLOCATION_WORDS = ['heap', 'c-heap', 'stack', 'static', 'threadlocal', 'mmap', 'code'] as const;
export const LOAD_ORDERS = ['relaxed', 'acquire', 'seqcst'] as const;
export const STORE_ORDERS = ['relaxed', 'release', 'seqcst'] as const;
export const UPDATE_ORDERS = ['relaxed', 'acquire', 'release', 'acqrel', 'seqcst'] as const;
export const FENCE_ORDERS = ['acquire', 'release', 'acqrel', 'seqcst'] as const;
export const FETCHES = ['add', 'sub', 'and', 'or', 'xor', 'nand', 'min', 'max', 'smin', 'smax'] as const;
export const POINTER_FETCHES = ['add', 'sub', 'and', 'or', 'xor'] as const;
export const MUTEX_KINDS = ['default', 'normal', 'recursive', 'errorcheck'] as const;

const MAX_THREADS = 64;

const pointer = (name = 'pointer'): Part => ({ kind: 'operand', name, type: 'pointer' });
const integer = (name: string): Part => ({ kind: 'operand', name, type: 'integer' });
const count = (name: string, minimum: number, maximum: number): Part => ({ kind: 'count', name, minimum, maximum });
const choice = (name: string, words: readonly string[]): Part => ({ kind: 'choice', name, words, optional: false });
const flag = (word: string): Part => ({ kind: 'choice', name: word, words: [word], optional: true });
const option = (word: string, part: Part): Part => ({ kind: 'option', word, part });
const sign = (text: string): Part => ({ kind: 'sign', sign: text });

const alignment: Part = { kind: 'power', name: 'align', maximum: 2 ** 29 };
const align = option('align', alignment);
const of = option('of', count('of', 0, 65_536));
const atomicSize: Part = { kind: 'power', name: 'size', maximum: 8 };
const lock: Part = { kind: 'operand', name: 'lock', type: 'lock' };
const thread = count('thread', 1, MAX_THREADS);
const claims: readonly Part[] = [
  option('as', choice('kind', ALLOCATION_WORDS)),
  option('size', integer('size')),
  align,
];
const exchangeOrders: readonly Part[] = [choice('order', UPDATE_ORDERS), choice('failure', LOAD_ORDERS)];

function form(
  name: string,
  results: readonly ValueType[],
  required: number,
  parts: readonly Part[],
  says: string,
): Form {
  return { name, results, required, parts, says };
}

/** Every statement that is one line, by its first word. */
export const FORMS: readonly Form[] = [
  form(
    'alloc',
    ['pointer'],
    1,
    [choice('kind', ALLOCATION_WORDS), flag('readonly'), integer('size'), align, option('init', integer('init'))],
    'a new allocation; heap and stack bytes are uninitialised, static, threadlocal and mmap bytes are 0',
  ),
  form('malloc', ['pointer'], 1, [integer('size')], "C's malloc: null when the size is impossible"),
  form('calloc', ['pointer'], 1, [integer('count'), integer('size')], "C's calloc: zeroed; null on overflow"),
  form('aligned-alloc', ['pointer'], 1, [integer('align'), integer('size')], "C's aligned_alloc: null when refused"),
  form('posix-memalign', ['pointer'], 1, [integer('align'), integer('size')], 'null stands for its error code'),
  form('realloc', ['pointer'], 1, [pointer(), integer('to'), ...claims], 'always a new identity'),
  form('free', [], 0, [pointer(), ...claims], 'gives memory back; what is not claimed is claimed rightly'),
  form('usable', ['integer'], 0, [pointer()], "malloc_usable_size: only for a C heap block's base"),
  form('read', ['integer'], 0, [count('size', 0, 8), pointer(), align], 'an integer-typed read; strips provenance'),
  form('write', [], 0, [count('size', 0, 8), pointer(), integer('value'), align], 'an integer-typed write'),
  form('readptr', ['pointer'], 0, [pointer(), align], 'a pointer-typed read of 8 bytes'),
  form('writeptr', [], 0, [pointer(), pointer('value'), align], 'a pointer-typed write of 8 bytes'),
  form('memset', [], 0, [integer('size'), of, pointer(), integer('value'), align], 'fills bytes'),
  form(
    'copy',
    [],
    0,
    [flag('nonoverlapping'), integer('size'), of, pointer('from'), sign('->'), pointer('to'), align],
    'an untyped copy: bytes keep value, initialisation and provenance',
  ),
  form(
    'memcpy',
    [],
    0,
    [integer('size'), pointer('from'), sign('->'), pointer('to')],
    'C: valid pointers even for 0 bytes',
  ),
  form(
    'copytyped',
    [],
    0,
    [count('size', 0, 4096), pointer('from'), sign('->'), pointer('to'), align, { kind: 'fields' }],
    'a typed copy: only the fields are carried, padding becomes uninitialised',
  ),
  form('deinit', [], 0, [integer('size'), pointer()], 'makes bytes uninitialised'),
  form('swap', [], 0, [integer('size'), pointer('left'), sign('<->'), pointer('right')], 'an untyped swap'),
  form('memcmp', ['integer'], 0, [integer('size'), pointer('left'), pointer('right')], 'negative, 0 or positive'),
  form('deref', [], 0, [integer('size'), pointer(), align], 'requires a dereferenceable, aligned pointer'),
  form('promise', [], 0, [alignment, pointer()], 'promises alignment (symbolic alignment checks)'),
  form('freeze', [], 0, [pointer()], 'makes an allocation read-only'),
  form('call', [], 0, [pointer()], 'calls a code pointer'),
  form('offset', ['pointer'], 0, [flag('unsigned'), pointer(), integer('by'), of], 'in-bounds pointer arithmetic'),
  form('diff', ['integer'], 0, [flag('unsigned'), pointer('left'), pointer('right'), of], 'left - right'),
  form('expose', ['integer'], 0, [pointer()], 'the address; its allocation is exposed'),
  form('fromexposed', ['pointer'], 1, [integer('address')], 'integer to pointer: a wildcard'),
  form('withaddr', ['pointer'], 1, [pointer(), integer('address')], 'another address, the same provenance'),
  form('without', ['pointer'], 1, [integer('address')], 'a pointer that never gains provenance'),
  form('load', ['integer'], 0, [atomicSize, pointer(), choice('order', LOAD_ORDERS)], 'an atomic load'),
  form('store', [], 0, [atomicSize, pointer(), integer('value'), choice('order', STORE_ORDERS)], 'an atomic store'),
  form(
    'exchange',
    ['integer'],
    0,
    [atomicSize, pointer(), integer('value'), choice('order', UPDATE_ORDERS)],
    'an atomic swap; the old value',
  ),
  form(
    'cas',
    ['integer', 'integer'],
    0,
    [flag('weak'), atomicSize, pointer(), integer('expected'), integer('value'), ...exchangeOrders],
    'compare-exchange: the old value, and 1 if it succeeded',
  ),
  form(
    'fetch',
    ['integer'],
    0,
    [choice('fetch', FETCHES), atomicSize, pointer(), integer('value'), choice('order', UPDATE_ORDERS)],
    'an atomic update; the old value',
  ),
  form('loadptr', ['pointer'], 0, [pointer(), choice('order', LOAD_ORDERS)], 'an atomic load of a pointer'),
  form('storeptr', [], 0, [pointer(), pointer('value'), choice('order', STORE_ORDERS)], 'an atomic store of a pointer'),
  form('exchangeptr', ['pointer'], 0, [pointer(), pointer('value'), choice('order', UPDATE_ORDERS)], 'swap a pointer'),
  form(
    'casptr',
    ['pointer', 'integer'],
    0,
    [flag('weak'), pointer(), pointer('expected'), pointer('value'), ...exchangeOrders],
    'compare-exchange of a pointer, by address alone',
  ),
  form(
    'fetchptr',
    ['pointer'],
    0,
    [choice('fetch', POINTER_FETCHES), pointer(), integer('value'), choice('order', UPDATE_ORDERS)],
    'an atomic update of a pointer, which keeps its provenance',
  ),
  form('fence', [], 0, [choice('order', FENCE_ORDERS)], 'an atomic fence'),
  form(
    'mutex',
    ['lock'],
    1,
    [{ kind: 'choice', name: 'kind', words: MUTEX_KINDS, optional: true }, option('at', pointer())],
    'a new mutex, in memory of its own or at a pointer',
  ),
  form('rwlock', ['lock'], 1, [option('at', pointer())], 'a new reader-writer lock'),
  form('lock', [], 0, [lock], 'locks a mutex'),
  form('trylock', ['integer'], 0, [lock], '1 if it locked, 0 if it was held'),
  form('rdlock', [], 0, [lock], 'locks for reading'),
  form('wrlock', [], 0, [lock], 'locks for writing'),
  form('unlock', [], 0, [lock], 'unlocks'),
  form('destroy', [], 0, [lock], 'destroys a lock'),
  form('futexwait', ['integer'], 0, [pointer(), integer('expected')], '1 when woken, 0 when another value is there'),
  form('futexwake', ['integer'], 0, [pointer(), integer('count')], 'how many were woken; -1 for a bad address'),
  form('spawn', [], 0, [thread], 'starts a thread'),
  form('join', [], 0, [count('thread', 0, MAX_THREADS)], 'waits for the end of a thread'),
  form('detach', [], 0, [thread], 'gives up the right to join a thread'),
  form('yield', [], 0, [], 'lets other threads run'),
  form('assert', [], 0, [{ kind: 'condition', name: 'condition' }], 'must hold'),
  form('assume', [], 0, [{ kind: 'condition', name: 'condition' }], 'an execution where it does not hold is dropped'),
];

/** `name = EXPRESSION`: arithmetic on values, which touches no memory. It has no first word of its own. */
export const ASSIGNMENT = 'set';

const BY_NAME = new Map(FORMS.map((each) => [each.name, each]));

/** The form that begins with the given word. */
export function formOf(name: string): Form | undefined {
  return BY_NAME.get(name);
}

/** Words that begin or shape statements and therefore name no variable. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...BY_NAME.keys(),
  ...'machine schedule main thread expect outcomes allow forbid tries format scope repeat retry until await if else'.split(
    ' ',
  ),
  ...'null addr align init of as at size'.split(' '),
]);
