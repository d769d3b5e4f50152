import type { ExploreOptions } from './exploration.ts';
import type { Findings } from './findings.ts';
import type { Stalls } from './stalls.ts';

/** What is known of one edge of the graph of states. */
export interface Edge {
  readonly thread: number;
  /** Whether the step took what is newest, and no choice that memory may not make for ever. */
  readonly isNewest: boolean;
  /** Whether the thread was inside an operation before the step, and has ended it. */
  readonly wasInside: boolean;
  readonly hasEnded: boolean;
  readonly creates: number;
}

const CHUNK_EDGES = 1 << 18;
const EDGE_WORDS = 3;

/** The thread of an edge, and flags beside it. */
const THREAD = 0xff;
const IS_NEWEST = 1 << 8;
const WAS_INSIDE = 1 << 9;
const HAS_ENDED = 1 << 10;
const CREATES_SHIFT = 16;

/**
 * The graph of the states of an exploration, for what only cycles show. A livelock is a strongly connected set of states in which no
 * operation ends and that is fair: every thread that is inside an operation steps in it or is blocked somewhere in it. Steps that
 * read what is not newest, and compare-exchanges that fail for nothing, are left out: memory does not do so for ever.
 */
export class StateGraph {
  readonly threads: number;
  readonly #chunks: Int32Array[] = [];
  /** Edges of other threads, in arrays that are full. */
  readonly #absorbed: Int32Array[] = [];
  #count = 0;
  /** (state, thread) pairs: the thread is inside an operation and cannot step. */
  readonly #blocked: number[] = [];
  readonly #leaving: number[] = [];

  constructor(threads: number) {
    this.threads = threads;
  }

  get count(): number {
    return this.#count;
  }

  add(from: number, to: number, edge: Edge): void {
    this.addFlags(from, to, flagsOf(edge));
  }

  /** @param flags of the edge, as {@link flagsOf} gives them */
  addFlags(from: number, to: number, flags: number): void {
    const place = this.#count++ % CHUNK_EDGES;
    if (place === 0) this.#chunks.push(new Int32Array(CHUNK_EDGES * EDGE_WORDS));
    const chunk = this.#chunks[this.#chunks.length - 1];
    chunk[place * EDGE_WORDS] = from;
    chunk[place * EDGE_WORDS + 1] = to;
    chunk[place * EDGE_WORDS + 2] = flags;
  }

  /** All of it as arrays that another thread can have. */
  parts(): GraphParts {
    const rest = (this.#count % CHUNK_EDGES || CHUNK_EDGES) * EDGE_WORDS;
    const edges = this.#chunks.map((chunk, index) =>
      index === this.#chunks.length - 1 ? chunk.slice(0, rest) : chunk,
    );
    return {
      edges: [...this.#absorbed, ...edges],
      blocked: Int32Array.from(this.#blocked),
      leaving: Int32Array.from(this.#leaving),
    };
  }

  /** Takes in what another thread has. */
  absorb({ edges, blocked, leaving }: GraphParts): void {
    this.#absorbed.push(...edges);
    for (const pair of blocked) this.#blocked.push(pair);
    for (const pair of leaving) this.#leaving.push(pair);
  }

  block(state: number, thread: number): void {
    this.#blocked.push(state * this.threads + thread);
  }

  /** A thread inside an operation has a step that leads to no state: to a verdict, or over a bound. */
  leave(state: number, thread: number): void {
    this.#leaving.push(state * this.threads + thread);
  }

  /** The most creates on any path; Infinity when a cycle creates. */
  mostCreates(states: number): number {
    const all = this.#adjacency(states, () => true);
    return mostCreates(all, stronglyConnected(states, all.first, all.target));
  }

  /**
   * A state of a livelock, the one with the lowest number; -1 when there is none.
   * @param stalled a thread that has stopped inside an operation for ever, for livelocks of the others; -1 for none
   */
  livelock(states: number, stalled = -1): number {
    const graph = this.#adjacency(
      states,
      (flags) =>
        (flags & HAS_ENDED) === 0 &&
        (flags & WAS_INSIDE) !== 0 &&
        (flags & IS_NEWEST) !== 0 &&
        (flags & THREAD) !== stalled,
    );
    const own = stalled < 0 ? 0 : 1 << stalled;
    const component = stronglyConnected(states, graph.first, graph.target);
    const stepping = new Map<number, number>();
    for (let from = 0; from < states; from++)
      for (let edge = graph.first[from]; edge < graph.first[from + 1]; edge++)
        if (component[from] === component[graph.target[edge]])
          stepping.set(component[from], (stepping.get(component[from]) ?? 0) | (1 << (graph.flags[edge] & THREAD)));
    if (stepping.size === 0) return -1;
    const blocked = new Map<number, number>();
    for (const pair of this.#blocked) {
      const at = component[Math.floor(pair / this.threads)];
      if (stepping.has(at)) blocked.set(at, (blocked.get(at) ?? 0) | (1 << (pair % this.threads)));
    }
    const inside = this.#inside(states);
    for (let state = 0; state < states; state++) {
      const steps = stepping.get(component[state]);
      if (steps === undefined || (inside[state] & own) !== own) continue;
      const isFair = (inside[state] & ~(steps | own | (blocked.get(component[state]) ?? 0))) === 0;
      if (isFair) return state;
    }
    return -1;
  }

  /** By state: the threads that are inside an operation there. */
  #inside(states: number): Int32Array {
    const inside = new Int32Array(states);
    this.#each((from, _to, flags) => {
      if ((flags & WAS_INSIDE) !== 0) inside[from] |= 1 << (flags & THREAD);
    });
    for (const pair of [...this.#blocked, ...this.#leaving])
      inside[Math.floor(pair / this.threads)] |= 1 << (pair % this.threads);
    return inside;
  }

  #adjacency(states: number, accepts: (flags: number) => boolean): Adjacency {
    const first = new Int32Array(states + 1);
    this.#each((from, _to, flags) => {
      if (accepts(flags)) first[from + 1]++;
    });
    for (let state = 0; state < states; state++) first[state + 1] += first[state];
    const at = first.slice();
    const target = new Int32Array(first[states]);
    const flagsAt = new Int32Array(first[states]);
    this.#each((from, to, flags) => {
      if (!accepts(flags)) return;
      target[at[from]] = to;
      flagsAt[at[from]++] = flags;
    });
    return { first, target, flags: flagsAt };
  }

  #each(see: (from: number, to: number, flags: number) => void): void {
    const last = this.#chunks.length - 1;
    this.#chunks.forEach((chunk, index) => {
      eachEdge(chunk, index < last ? CHUNK_EDGES : this.#count - last * CHUNK_EDGES, see);
    });
    for (const edges of this.#absorbed) eachEdge(edges, edges.length / EDGE_WORDS, see);
  }
}

/** What a graph consists of. */
export interface GraphParts {
  readonly edges: readonly Int32Array[];
  readonly blocked: Int32Array;
  readonly leaving: Int32Array;
}

/** What is known of an edge as one number. */
export function flagsOf({ thread, isNewest, wasInside, hasEnded, creates }: Edge): number {
  return (
    thread |
    (isNewest ? IS_NEWEST : 0) |
    (wasInside ? WAS_INSIDE : 0) |
    (hasEnded ? HAS_ENDED : 0) |
    (creates << CREATES_SHIFT)
  );
}

function eachEdge(edges: Int32Array, count: number, see: (from: number, to: number, flags: number) => void): void {
  for (let at = 0; at < count * EDGE_WORDS; at += EDGE_WORDS) see(edges[at], edges[at + 1], edges[at + 2]);
}

/** Edges by the state that they leave: those of state s stand from `first[s]` to before `first[s + 1]`. */
interface Adjacency {
  readonly first: Int32Array;
  readonly target: Int32Array;
  readonly flags: Int32Array;
}

/**
 * Numbers the strongly connected components so that every edge leads to the same or a lower number (Tarjan, SIAM J. Comput. 1972,
 * without recursion).
 */
export function stronglyConnected(states: number, first: Int32Array, target: Int32Array): Int32Array {
  const component = new Int32Array(states).fill(-1);
  const index = new Int32Array(states).fill(-1);
  const low = new Int32Array(states);
  const edge = first.slice(0, states);
  const stack: number[] = [];
  const path: number[] = [];
  let [next, components] = [0, 0];
  for (let root = 0; root < states; root++) {
    if (index[root] >= 0) continue;
    path.push(root);
    while (path.length > 0) {
      const state = path[path.length - 1];
      if (index[state] < 0) {
        index[state] = low[state] = next++;
        stack.push(state);
      }
      if (edge[state] < first[state + 1]) {
        const to = target[edge[state]++];
        if (index[to] < 0) path.push(to);
        else if (component[to] < 0) low[state] = Math.min(low[state], index[to]);
        continue;
      }
      path.pop();
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[state]);
      if (low[state] !== index[state]) continue;
      for (let member = -1; member !== state;) {
        member = stack.pop() as number;
        component[member] = components;
      }
      components++;
    }
  }
  return component;
}

/** The longest path by creates; components come in an order in which targets stand before sources. */
function mostCreates({ first, target, flags }: Adjacency, component: Int32Array): number {
  const states = component.length;
  if (states === 0) return 0;
  const { order, components } = byComponent(component);
  const most = new Int32Array(components);
  for (const state of order)
    for (let edge = first[state]; edge < first[state + 1]; edge++) {
      const creates = flags[edge] >>> CREATES_SHIFT;
      const [own, to] = [component[state], component[target[edge]]];
      if (own === to && creates > 0) return Infinity;
      if (own !== to) most[own] = Math.max(most[own], most[to] + creates);
    }
  return most[component[0]];
}

/** The states in the order of their components. */
function byComponent(component: Int32Array): { readonly order: Int32Array; readonly components: number } {
  let components = 0;
  for (const each of component) components = Math.max(components, each + 1);
  const next = new Int32Array(components + 1);
  for (const each of component) next[each + 1]++;
  for (let each = 0; each < components; each++) next[each + 1] += next[each];
  const order = new Int32Array(component.length);
  for (let state = 0; state < component.length; state++) order[next[component[state]]++] = state;
  return { order, components };
}

/**
 * Looks for what the options ask of the graph of all states: adds a livelock to the findings, and what a stalled thread does to others
 * that wait for it in a loop; answers the most creates.
 */
export function analyse(
  { findsLivelocks, countsCreates }: ExploreOptions,
  graph: StateGraph | undefined,
  states: number,
  findings: Findings,
  stalls: Stalls,
): number | undefined {
  if (graph === undefined) return undefined;
  if (findsLivelocks === true) {
    const livelock = graph.livelock(states);
    if (livelock >= 0) findings.addLivelock(livelock);
    for (let thread = 0; thread < graph.threads; thread++) stalls.block(graph.livelock(states, thread), thread);
  }
  return countsCreates === true ? graph.mostCreates(states) : undefined;
}
