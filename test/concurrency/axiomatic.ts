import {
  closure,
  identity,
  inverse,
  isAcyclic,
  isEmpty,
  isIrreflexive,
  optional,
  relation,
  restricted,
  sequence,
  union,
} from './relation.ts';
import type { Relation } from './relation.ts';

export type Order = 'relaxed' | 'acquire' | 'release' | 'acqrel' | 'seqcst';

/** One statement of a small program: registers are named by thread and position. */
export type Statement =
  | { readonly kind: 'load'; readonly at: number; readonly order: Order }
  | { readonly kind: 'store'; readonly at: number; readonly order: Order; readonly value: number }
  | { readonly kind: 'add'; readonly at: number; readonly order: Order; readonly value: number }
  | { readonly kind: 'exchange'; readonly at: number; readonly order: Order; readonly value: number }
  | {
      readonly kind: 'cas';
      readonly at: number;
      readonly order: Order;
      readonly failure: Order;
      readonly expected: number;
      readonly value: number;
      readonly weak: boolean;
    }
  | { readonly kind: 'fence'; readonly order: Order };

/** Threads of statements over locations that begin with 0. */
export interface SmallProgram {
  readonly locations: number;
  readonly threads: readonly (readonly Statement[])[];
}

/** An event as the axioms see it; a read-modify-write is two, as in the paper. */
interface Event {
  readonly thread: number;
  /** The statement's position in its thread; -1 for the first write of a location. */
  readonly position: number;
  readonly kind: 'R' | 'W' | 'F';
  readonly at: number | undefined;
  readonly order: Order;
  readonly statement: Statement | undefined;
}

/**
 * The outcomes that RC11 allows a program, found by enumerating every candidate execution: all reads-from, all modification orders,
 * success and failure of every compare-exchange. The axioms are those of Lahav et al., PLDI 2017, with the release sequences of
 * C++20: rs = [W];(rf;rmw)*. An outcome is what every reading statement read, whether each compare-exchange succeeded, and the
 * last value of every location.
 */
export function outcomesOf(program: SmallProgram): ReadonlySet<string> {
  const outcomes = new Set<string>();
  const exchanges = program.threads.flatMap((statements, thread) =>
    statements.flatMap(({ kind }, position) => (kind === 'cas' ? [`${thread}.${position}`] : [])),
  );
  for (let bits = 0; bits < 2 ** exchanges.length; bits++) {
    const succeeds = new Set(exchanges.filter((_, index) => (bits & (1 << index)) !== 0));
    for (const outcome of outcomesWith(program, succeeds)) outcomes.add(outcome);
  }
  return outcomes;
}

/** How many candidate executions there are, at most: the cost of {@link outcomesOf}. */
export function candidatesOf(program: SmallProgram): number {
  const statements = program.threads.flat();
  let candidates = 1;
  for (let at = 0; at < program.locations; at++) {
    const here = statements.filter((statement) => statement.kind !== 'fence' && statement.at === at);
    const writes = here.filter(({ kind }) => kind !== 'load').length;
    const reads = here.filter(({ kind }) => kind !== 'store').length;
    const exchanges = here.filter(({ kind }) => kind === 'cas').length;
    for (let write = 2; write <= writes; write++) candidates *= write;
    candidates *= (writes + 1) ** reads * 2 ** exchanges;
  }
  return candidates;
}

function outcomesWith(program: SmallProgram, succeeds: ReadonlySet<string>): readonly string[] {
  const events = eventsOf(program, succeeds);
  const reads = indexesOf(events, ({ kind }) => kind === 'R');
  const writesAt = Array.from({ length: program.locations }, (_, at) =>
    indexesOf(events, (event) => event.kind === 'W' && event.at === at),
  );
  const outcomes: string[] = [];
  const sb = relation(events.length, (one, other) => isProgramOrdered(events, one, other));
  for (const sources of product(reads.map((read) => writesAt[events[read].at ?? 0]))) {
    const rf = relation(events.length, (one, other) =>
      reads.some((read, index) => read === other && sources[index] === one),
    );
    if (!isAcyclic(union(sb, rf))) continue;
    const values = valuesOf(events, reads, sources);
    if (!agrees(events, succeeds, values)) continue;
    for (const orders of product(
      writesAt.map(([first, ...rest]) => permutations(rest).map((order) => [first, ...order])),
    )) {
      const mo = relation(events.length, (one, other) =>
        orders.some((order) => order.includes(one) && order.indexOf(one) < order.indexOf(other)),
      );
      if (!isConsistent(events, sb, rf, mo)) continue;
      const final = orders.map((order) => values[order[order.length - 1]]);
      outcomes.push(outcomeOf(program, events, succeeds, values, final));
    }
  }
  return outcomes;
}

function eventsOf(program: SmallProgram, succeeds: ReadonlySet<string>): readonly Event[] {
  const events: Event[] = Array.from({ length: program.locations }, (_, at) => ({
    thread: -1,
    position: -1,
    kind: 'W',
    at,
    order: 'relaxed',
    statement: undefined,
  }));
  program.threads.forEach((statements, thread) =>
    statements.forEach((statement, position) => {
      const add = (kind: Event['kind'], order: Order): number =>
        events.push({
          thread,
          position,
          kind,
          at: statement.kind === 'fence' ? undefined : statement.at,
          order,
          statement,
        });
      if (statement.kind === 'fence') add('F', statement.order);
      else if (statement.kind === 'cas' && !succeeds.has(`${thread}.${position}`)) add('R', statement.failure);
      else {
        if (statement.kind !== 'store') add('R', statement.order);
        if (statement.kind !== 'load') add('W', statement.order);
      }
    }),
  );
  return events;
}

function isProgramOrdered(events: readonly Event[], one: number, other: number): boolean {
  if (events[one].thread === -1) return events[other].thread !== -1;
  return events[one].thread === events[other].thread && one < other;
}

/** The value of every event: what a read reads, what a write writes. Reads-from and program order are acyclic. */
function valuesOf(events: readonly Event[], reads: readonly number[], sources: readonly number[]): readonly number[] {
  const value = (event: number): number => {
    const { kind, statement } = events[event];
    if (kind === 'R') return value(sources[reads.indexOf(event)]);
    if (kind === 'F' || statement === undefined || statement.kind === 'load' || statement.kind === 'fence') return 0;
    // The read of an update stands directly before its write.
    return statement.kind === 'add' ? value(event - 1) + statement.value : statement.value;
  };
  return events.map((_, event) => value(event));
}

/** Whether each compare-exchange succeeded where it had to, and only there. */
function agrees(events: readonly Event[], succeeds: ReadonlySet<string>, values: readonly number[]): boolean {
  return events.every(({ kind, statement, thread, position }, event) => {
    if (kind !== 'R' || statement?.kind !== 'cas') return true;
    const isHit = values[event] === statement.expected;
    return succeeds.has(`${thread}.${position}`) ? isHit : !isHit || statement.weak;
  });
}

function isConsistent(events: readonly Event[], sb: Relation, rf: Relation, mo: Relation): boolean {
  const { length } = events;
  const only = (holds: (event: Event) => boolean): Relation => identity(length, (event) => holds(events[event]));
  const rmw = restricted(sb, (one, other) => isUpdate(events, one, other));
  const rb = restricted(sequence(inverse(rf), mo), (one, other) => one !== other);
  if (!isEmpty(relation(length, (one, other) => rmw[one][other] && sequence(rb, mo)[one][other]))) return false;
  const releases = only(({ order }) => ['release', 'acqrel', 'seqcst'].includes(order));
  const acquires = only(({ order }) => ['acquire', 'acqrel', 'seqcst'].includes(order));
  const writes = only(({ kind }) => kind === 'W');
  const reads = only(({ kind }) => kind === 'R');
  const fences = only(({ kind }) => kind === 'F');
  const rs = sequence(writes, optional(closure(sequence(rf, rmw))));
  const sw = sequence(
    releases,
    // A release access is itself the head of the sequence; an acquire one the end of it.
    union(
      only(({ kind }) => kind !== 'F'),
      sequence(fences, sb),
    ),
    rs,
    rf,
    reads,
    union(
      only(({ kind }) => kind !== 'F'),
      sequence(sb, fences),
    ),
    acquires,
  );
  const hb = closure(union(sb, sw));
  const eco = closure(union(rf, mo, rb));
  if (!isIrreflexive(sequence(hb, optional(eco)))) return false;
  const isSame = (one: number, other: number): boolean => events[one].at === events[other].at;
  const apart = restricted(sb, (one, other) => !isSame(one, other));
  const same = restricted(hb, (one, other) => events[one].at !== undefined && isSame(one, other));
  const scb = union(sb, sequence(apart, hb, apart), same, mo, rb);
  const sequential = only(({ order }) => order === 'seqcst');
  const sequentialFences = only(({ kind, order }) => kind === 'F' && order === 'seqcst');
  const base = sequence(
    union(sequential, sequence(sequentialFences, optional(hb))),
    scb,
    union(sequential, sequence(optional(hb), sequentialFences)),
  );
  const fenced = sequence(sequentialFences, union(hb, sequence(hb, eco, hb)), sequentialFences);
  return isAcyclic(union(base, fenced));
}

function isUpdate(events: readonly Event[], one: number, other: number): boolean {
  const [first, second] = [events[one], events[other]];
  return (
    first.kind === 'R' &&
    second.kind === 'W' &&
    first.statement !== undefined &&
    first.statement === second.statement &&
    one + 1 === other
  );
}

function outcomeOf(
  program: SmallProgram,
  events: readonly Event[],
  succeeds: ReadonlySet<string>,
  values: readonly number[],
  final: readonly number[],
): string {
  const words: string[] = [];
  program.threads.forEach((statements, thread) =>
    statements.forEach((statement, position) => {
      const read = events.findIndex(
        (event) => event.kind === 'R' && event.thread === thread && event.position === position,
      );
      if (read >= 0) words.push(`r${thread}_${position}=${values[read]}`);
      if (statement.kind === 'cas')
        words.push(`k${thread}_${position}=${succeeds.has(`${thread}.${position}`) ? 1 : 0}`);
    }),
  );
  return [...words, ...final.map((value, at) => `f${at}=${value}`)].join(' ');
}

function indexesOf(events: readonly Event[], holds: (event: Event) => boolean): readonly number[] {
  return events.flatMap((event, index) => (holds(event) ? [index] : []));
}

/** Every way to take one of each. */
function* product<T>(choices: readonly (readonly T[])[]): Generator<readonly T[]> {
  if (choices.length === 0) {
    yield [];
    return;
  }
  const [first, ...rest] = choices;
  for (const tail of product(rest)) for (const value of first) yield [value, ...tail];
}

function permutations<T>(values: readonly T[]): readonly (readonly T[])[] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, index) =>
    permutations(values.filter((_, other) => other !== index)).map((rest) => [value, ...rest]),
  );
}
