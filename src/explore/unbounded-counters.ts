import { operandsOf, type Expression, type Local } from '../model/ir/expression.ts';
import type { Program } from '../model/ir/program.ts';
import type { Place } from '../model/ir/state.ts';
import { blocksOf, expressionsOf, type Block } from '../model/ir/statement.ts';

/** Narrower counters come round in an exploration that has the memory. */
const FEWEST_BITS = 32;

/** Where a value comes from: places, and whether something was added to what was read there. */
interface Origin {
  readonly places: ReadonlySet<string>;
  readonly isCounted: boolean;
}

const NOWHERE: Origin = { places: new Set(), isCounted: false };

/**
 * Places of the state that count without an end that an exploration could see: words of 32 bits or more, not declared `cyclic`, that are
 * stored with something added to what was read from them. An `and`, a `rem` or a `min` on the way bounds them, and so may a comparison by
 * size of what was read. By name, as the printer of the IR writes a place without its index.
 */
export function unboundedCounters({ statements }: Program): readonly string[] {
  const found = new Set<string>();
  const compared = new Set<string>();
  const origins = new Map<Local, Origin>();
  const note = (local: Local, origin: Origin): void => {
    origins.set(local, union([origins.get(local) ?? NOWHERE, origin]));
  };
  // A value may be stored before it is read in the printed order, as in a loop: two passes see all that one round carries over.
  for (let pass = 0; pass < 2; pass++)
    for (const statement of statements) {
      if (statement.kind === 'let' || statement.kind === 'assign')
        note(statement.into, originOf(statement.value, origins));
      if (statement.kind === 'load' || statement.kind === 'exchange' || statement.kind === 'compareExchange')
        note(statement.into, { places: new Set([nameOf(statement.place)]), isCounted: false });
      if (statement.kind === 'inline' && statement.into !== undefined)
        note(statement.into, union(answersOf(statement.body).map((answer) => originOf(answer, origins))));
      if (statement.kind === 'fetch' && (statement.name === 'add' || statement.name === 'sub'))
        if (isWide(statement.place)) found.add(nameOf(statement.place));
      for (const expression of expressionsOf(statement)) noteCompared(expression, origins, compared);
      const stored = statement.kind === 'compareExchange' ? statement.desired : storedBy(statement);
      if (stored === undefined || !('place' in statement) || !isWide(statement.place)) continue;
      const { places, isCounted } = originOf(stored, origins);
      if (isCounted && places.has(nameOf(statement.place))) found.add(nameOf(statement.place));
    }
  return [...found].filter((name) => !compared.has(name));
}

/** Adds the places whose values an expression compares by size. */
function noteCompared(expression: Expression, origins: ReadonlyMap<Local, Origin>, compared: Set<string>): void {
  const operands = operandsOf(expression);
  for (const operand of operands) noteCompared(operand, origins, compared);
  if (expression.op !== 'compare' || expression.name === 'eq' || expression.name === 'ne') return;
  for (const place of union(operands.map((operand) => originOf(operand, origins))).places) compared.add(place);
}

function storedBy(statement: Program['statements'][number]): Expression | undefined {
  return statement.kind === 'store' || statement.kind === 'exchange' ? statement.value : undefined;
}

/** What an inlined operation may answer; what operations inlined in it answer is their own. */
function answersOf(block: Block): readonly Expression[] {
  return block.flatMap((statement) => {
    if (statement.kind === 'inline') return [];
    const inside = blocksOf(statement).flatMap(answersOf);
    if (statement.kind === 'return' && statement.value !== undefined) return [statement.value];
    return statement.kind === 'guard' && statement.result !== undefined ? [statement.result, ...inside] : inside;
  });
}

function isWide({ type }: Place): boolean {
  return type.kind === 'word' && type.width >= FEWEST_BITS;
}

function nameOf({ path, field }: Place): string {
  return [path.root.name, path.member, field].filter((part) => part !== undefined).join('.');
}

function originOf(expression: Expression, origins: ReadonlyMap<Local, Origin>): Origin {
  if (expression.op === 'local') return origins.get(expression.local) ?? NOWHERE;
  if (expression.op === 'compare' || expression.op === 'logical') return NOWHERE;
  const own = union(operandsOf(expression).map((operand) => originOf(operand, origins)));
  if (expression.op !== 'arithmetic') return own;
  if (['and', 'rem', 'min', 'shr'].includes(expression.name)) return NOWHERE;
  const counts = expression.name === 'add' || expression.name === 'sub' || expression.name === 'mul';
  return { places: own.places, isCounted: own.isCounted || (counts && own.places.size > 0) };
}

function union(origins: readonly Origin[]): Origin {
  return {
    places: new Set(origins.flatMap(({ places }) => [...places])),
    isCounted: origins.some(({ isCounted }) => isCounted),
  };
}
