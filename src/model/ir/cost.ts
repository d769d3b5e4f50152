import { visitExpressions, type Expression, type Local } from './expression.ts';
import type { RecordedOperation } from './operation.ts';
import type { Path as StatePath, Place } from './state.ts';
import type { Block, Statement } from './statement.ts';

/**
 * What an operation does, counted from its IR and never measured: the figures are equal on every machine. They hold for the path on
 * which every guard passes, inlined operations included. An `if` counts with its dearer branch, figure by figure, so that the
 * whole is an upper bound when both branches are dear in different ways. A loop counts its literal number of passes, or its bound; a
 * `retry` and an `await` count one pass, as without contention; what runs on unwinding counts nothing.
 */
export interface OperationCost {
  /** Loads of shared state. */
  readonly loads: number;
  /** Stores to shared state. */
  readonly stores: number;
  /** Exchanges, compare-exchanges and fetches on shared state. */
  readonly readModifyWrites: number;
  readonly fences: number;
  /** Lock acquisitions, exclusive and shared. */
  readonly locks: number;
  /** Operations on containers as a whole; the loads inside them are not counted again. */
  readonly containerOperations: number;
  /** Guards and ifs that are passed. */
  readonly branches: number;
  /** Accesses to thread-local state of any kind. */
  readonly privateAccesses: number;
  /** Reads and writes of simulated memory. */
  readonly memoryAccesses: number;
  /** Allocations, deallocations and reclaimed objects. */
  readonly allocations: number;
  /**
   * The length of the longest chain of loads in which the index or the pointer of each depends on the value of the one before: they
   * cannot overlap. Reads of every kind are links: of state (thread-local too), of containers and of simulated memory. Conditions
   * are no links, since a processor predicts them.
   */
  readonly dependentLoads: number;
}

const FIGURES = [
  'loads',
  'stores',
  'readModifyWrites',
  'fences',
  'locks',
  'containerOperations',
  'branches',
  'privateAccesses',
  'memoryAccesses',
  'allocations',
  'dependentLoads',
] as const satisfies readonly (keyof OperationCost)[];

type Figure = (typeof FIGURES)[number];

/** How many passes of a loop are followed one by one while a chain of loads through a variable still grows. */
const FOLLOWED_PASSES = 1024;

/** The static cost of an operation. */
export function costOf({ body }: RecordedOperation): OperationCost {
  const ends = follow(body, new CostPath());
  return (join(ends.returned, ends.fell) ?? new CostPath()).figures;
}

/** What was counted up to a point, and how deep in chains of loads each value stands. */
class CostPath {
  readonly figures: Record<Figure, number>;
  readonly depths: Map<Local, number>;
  /** The depth of what the innermost operation answered. */
  answered = 0;

  constructor(from?: CostPath) {
    this.figures = from ? { ...from.figures } : (Object.fromEntries(FIGURES.map((name) => [name, 0])) as never);
    this.depths = new Map(from?.depths);
  }

  count(figure: Figure): void {
    this.figures[figure] += 1;
  }

  /** One more link of a chain; the values that it gives stand one deeper than what it depends on. */
  link(dependsOn: readonly Expression[], into: readonly (Local | undefined)[]): void {
    const depth = this.depthOf(dependsOn) + 1;
    this.figures.dependentLoads = Math.max(this.figures.dependentLoads, depth);
    for (const local of into) if (local !== undefined) this.depths.set(local, depth);
  }

  depthOf(expressions: readonly Expression[]): number {
    let depth = 0;
    visitExpressions(expressions, (node) => {
      if (node.op === 'local') depth = Math.max(depth, this.depths.get(node.local) ?? 0);
    });
    return depth;
  }
}

/** The ways out of a block: undefined where there is none. */
interface Ends {
  readonly fell: CostPath | undefined;
  readonly left: CostPath | undefined;
  readonly returned: CostPath | undefined;
}

/** The larger of two paths, figure by figure and value by value. */
function join(one: CostPath | undefined, other: CostPath | undefined): CostPath | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const joined = new CostPath(one);
  for (const figure of FIGURES) joined.figures[figure] = Math.max(one.figures[figure], other.figures[figure]);
  for (const [local, depth] of other.depths) joined.depths.set(local, Math.max(depth, one.depths.get(local) ?? 0));
  joined.answered = Math.max(one.answered, other.answered);
  return joined;
}

function joinEnds(one: Ends, other: Ends): Ends {
  return {
    fell: join(one.fell, other.fell),
    left: join(one.left, other.left),
    returned: join(one.returned, other.returned),
  };
}

/** Follows a block from where `start` stands. */
function follow(block: Block, start: CostPath): Ends {
  let ends: Ends = { fell: new CostPath(start), left: undefined, returned: undefined };
  for (const statement of block) {
    const { fell, left, returned } = ends;
    if (fell === undefined) return ends;
    const next = followStatement(statement, fell);
    ends = { fell: next.fell, left: join(left, next.left), returned: join(returned, next.returned) };
  }
  return ends;
}

function followStatement(statement: Statement, path: CostPath): Ends {
  switch (statement.kind) {
    case 'if':
      path.count('branches');
      return joinEnds(follow(statement.then, path), follow(statement.otherwise, path));
    case 'guard':
      path.count('branches');
      return falls(path);
    case 'return':
      path.answered = statement.value === undefined ? 0 : path.depthOf([statement.value]);
      return { fell: undefined, left: undefined, returned: path };
    case 'leave':
      return { fell: undefined, left: path, returned: undefined };
    case 'lock':
      path.count('locks');
      return follow(statement.body, path);
    case 'await':
    case 'unwinding':
      return follow(statement.body, path);
    case 'loop':
      return followLoop(statement, path);
    case 'retry': {
      const { left, returned } = follow(statement.body, path);
      return { fell: left, left: undefined, returned };
    }
    case 'inline': {
      const { fell, returned } = follow(statement.body, path);
      const answered = join(fell, returned);
      if (answered !== undefined && statement.into !== undefined)
        answered.depths.set(statement.into, answered.answered);
      return { fell: answered, left: undefined, returned: undefined };
    }
    default:
      countAction(statement, path);
      return falls(path);
  }
}

function falls(path: CostPath): Ends {
  return { fell: path, left: undefined, returned: undefined };
}

/** Pass by pass while chains of loads grow from pass to pass, then straight to the last pass. */
function followLoop({ count, atMost, body }: Extract<Statement, { kind: 'loop' }>, start: CostPath): Ends {
  const passes = count.op === 'constant' ? Math.min(Number(count.value), atMost) : atMost;
  let path: CostPath | undefined = start;
  let left: CostPath | undefined;
  let returned: CostPath | undefined;
  for (let pass = 0; pass < passes && path !== undefined; pass++) {
    const before: CostPath = path;
    const ends = follow(body, before);
    left = join(left, ends.left);
    returned = join(returned, ends.returned);
    path = ends.fell;
    const settled = pass > 0 && path !== undefined && !hasDeepened(before, path);
    if (path === undefined || pass >= passes - 2 || (!settled && pass < FOLLOWED_PASSES)) continue;
    repeat(path, before, passes - 2 - pass);
    pass = passes - 2;
  }
  return { fell: join(path, left), left: undefined, returned };
}

function hasDeepened(before: CostPath, after: CostPath): boolean {
  return [...after.depths].some(([local, depth]) => depth !== before.depths.get(local));
}

/** Adds what the last pass added as often again. */
function repeat(path: CostPath, before: CostPath, times: number): void {
  for (const figure of FIGURES)
    if (figure !== 'dependentLoads') path.figures[figure] += times * (path.figures[figure] - before.figures[figure]);
}

type Action = Exclude<
  Statement,
  { kind: 'if' | 'guard' | 'return' | 'leave' | 'lock' | 'await' | 'unwinding' | 'loop' | 'retry' | 'inline' }
>;

function countAction(statement: Action, path: CostPath): void {
  switch (statement.kind) {
    case 'let':
    case 'assign':
      path.depths.set(statement.into, path.depthOf([statement.value]));
      return;
    case 'load':
      return access('loads', statement.place, path, [statement.into]);
    case 'store':
      return path.count(figureFor('stores', statement.place.path));
    case 'exchange':
    case 'fetch':
      return access('readModifyWrites', statement.place, path, [statement.into]);
    case 'compareExchange':
      return access('readModifyWrites', statement.place, path, [statement.into, statement.success]);
    case 'fence':
      return path.count('fences');
    case 'container':
      path.count(figureFor('containerOperations', statement.path));
      if (statement.into !== undefined)
        path.link([...indexes(statement.path), ...statement.operands], [statement.into]);
      return;
    case 'read':
      path.count('memoryAccesses');
      return path.link([statement.pointer], [statement.into]);
    case 'write':
      return path.count('memoryAccesses');
    case 'allocate':
    case 'deallocate':
    case 'reclaim':
      return path.count('allocations');
    case 'expose':
    case 'offset':
      path.depths.set(statement.into, path.depthOf([statement.pointer]));
      return;
    case 'fromExposed':
      path.depths.set(statement.into, path.depthOf([statement.address]));
      return;
    default:
  }
}

function access(figure: Figure, { path: at, element }: Place, path: CostPath, into: readonly Local[]): void {
  path.count(figureFor(figure, at));
  path.link(element === undefined ? indexes(at) : [...indexes(at), element], into);
}

function figureFor(shared: Figure, { root }: StatePath): Figure {
  return root.scope === 'thread' ? 'privateAccesses' : shared;
}

function indexes({ index }: StatePath): readonly Expression[] {
  return index === undefined ? [] : [index];
}
