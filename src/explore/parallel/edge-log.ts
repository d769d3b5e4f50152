import { flagsOf, StateGraph, type Edge, type GraphParts } from '../state-graph.ts';
import type { SharedVisited } from './shared-visited.ts';

const CHUNK_EDGES = 1 << 16;
const EDGE_WORDS = 4;

/**
 * The edges that one thread saw. The number of a state of the next level is known only when that level stands, so that edges of the
 * last one name states by their fingerprints.
 */
export class EdgeLog {
  readonly #graph: StateGraph;
  readonly #pending: Int32Array[] = [];
  #count = 0;

  constructor(threads: number) {
    this.#graph = new StateGraph(threads);
  }

  get count(): number {
    return this.#graph.count + this.#count;
  }

  add(from: number, low: number, high: number, edge: Edge): void {
    const place = this.#count % CHUNK_EDGES;
    const number = (this.#count - place) / CHUNK_EDGES;
    if (number === this.#pending.length) this.#pending.push(new Int32Array(CHUNK_EDGES * EDGE_WORDS));
    const chunk = this.#pending[number];
    const at = place * EDGE_WORDS;
    chunk[at] = from;
    chunk[at + 1] = low;
    chunk[at + 2] = high;
    chunk[at + 3] = flagsOf(edge);
    this.#count++;
  }

  block(state: number, thread: number): void {
    this.#graph.block(state, thread);
  }

  leave(state: number, thread: number): void {
    this.#graph.leave(state, thread);
  }

  /** All states of the next level have their numbers. */
  settle(table: SharedVisited): void {
    for (let index = 0; index < this.#count; index++) {
      const chunk = this.#pending[Math.floor(index / CHUNK_EDGES)];
      const at = (index % CHUNK_EDGES) * EDGE_WORDS;
      const to = table.numberAt(table.find(chunk[at + 1], chunk[at + 2]));
      this.#graph.addFlags(chunk[at], to, chunk[at + 3]);
    }
    this.#count = 0;
  }

  parts(): GraphParts {
    return this.#graph.parts();
  }
}
