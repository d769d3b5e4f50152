import { Transition, type StepSystem } from '../../src/model/threads/step-system.ts';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly thread: number;
  readonly creates: number;
  /** Whether a livelock may take it for ever: the first alternative of a thread that is inside an operation and stays there. */
  readonly isEndless: boolean;
}

/** What the definitions say of a small system, computed from them word by word. */
export interface Reference {
  readonly states: number;
  readonly transitions: number;
  readonly cuts: number;
  readonly depth: number;
  /** By signature, the steps of the shortest path to it; a deadlock's leads to its state. */
  readonly lengths: ReadonlyMap<string, number>;
  readonly hasLivelock: boolean;
  readonly creates: number;
}

/** Explores with a map of whole rows, and asks for cycles by what reaches what. */
export class ReferenceExplorer {
  readonly #system: StepSystem;
  readonly #rows: Int32Array[] = [];
  readonly #distances: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #edges: Edge[] = [];
  readonly #lengths = new Map<string, number>();
  /** Threads that wait, by state. */
  readonly #waiting: (readonly number[])[] = [];
  #transitions = 0;
  #cuts = 0;

  constructor(system: StepSystem) {
    this.#system = system;
  }

  explore(): Reference {
    const first = new Int32Array(this.#system.words);
    this.#system.initial(first);
    this.#number(first, 0);
    for (let state = 0; state < this.#rows.length; state++) this.#expand(state);
    return {
      states: this.#rows.length,
      transitions: this.#transitions,
      cuts: this.#cuts,
      depth: Math.max(...this.#distances),
      lengths: this.#lengths,
      hasLivelock: this.#hasLivelock(),
      creates: this.#mostCreates(),
    };
  }

  #expand(from: number): void {
    const system = this.#system;
    const row = this.#rows[from];
    const inside = this.#inside(from);
    const waiting: number[] = [];
    for (let thread = 0; thread < system.threads; thread++) {
      let waits = true;
      for (let alternative = 0; alternative < system.alternatives(row, thread); alternative++) {
        const next = row.slice();
        const taken = system.take(next, thread, alternative);
        if (taken === Transition.disabled) continue;
        if (alternative === 0) waits = false;
        this.#transitions++;
        if (taken === Transition.cut) this.#cuts++;
        if (taken === Transition.violated) this.#note(system.violation?.signature ?? '', this.#distances[from] + 1);
        if (taken !== Transition.taken) continue;
        const creates = system.createsOfStep ?? 0;
        const isEndless = alternative === 0 && inside.includes(thread) && system.isInside(next, thread);
        this.#edges.push({ from, to: this.#number(next, this.#distances[from] + 1), thread, creates, isEndless });
      }
      if (waits && inside.includes(thread)) waiting.push(thread);
    }
    this.#waiting.push(waiting);
    if (inside.length > 0 && waiting.length === inside.length) this.#note('deadlock', this.#distances[from]);
  }

  #inside(state: number): readonly number[] {
    return Array.from({ length: this.#system.threads }, (_, thread) => thread).filter((thread) =>
      this.#system.isInside(this.#rows[state], thread),
    );
  }

  #number(row: Int32Array, distance: number): number {
    const known = this.#numbers.get(row.join());
    if (known !== undefined) return known;
    this.#numbers.set(row.join(), this.#rows.length);
    this.#distances.push(distance);
    return this.#rows.push(row) - 1;
  }

  #note(signature: string, length: number): void {
    this.#lengths.set(signature, Math.min(length, this.#lengths.get(signature) ?? Infinity));
  }

  /** Whether some edges that never end an operation make a cycle which every thread inside an operation steps or waits in. */
  #hasLivelock(): boolean {
    const edges = this.#edges.filter(({ isEndless }) => isEndless);
    const reaches = this.#reaches(edges);
    return this.#rows.some((_, state) => {
      if (!reaches[state][state]) return false;
      const isMember = (other: number): boolean => reaches[state][other] && reaches[other][state];
      return this.#inside(state).every(
        (thread) =>
          edges.some((edge) => edge.thread === thread && isMember(edge.from) && isMember(edge.to)) ||
          this.#waiting.some((waiting, other) => isMember(other) && waiting.includes(thread)),
      );
    });
  }

  /** Relaxes once for each state: what still grows then, grows without end. */
  #mostCreates(): number {
    const reaches = this.#reaches(this.#edges);
    if (this.#edges.some(({ from, to, creates }) => creates > 0 && reaches[to][from])) return Infinity;
    const most = this.#rows.map((_, state) => (state === 0 ? 0 : -Infinity));
    for (let round = 0; round < this.#rows.length; round++)
      for (const { from, to, creates } of this.#edges) most[to] = Math.max(most[to], most[from] + creates);
    return Math.max(...most);
  }

  /** By state: which states one edge or more lead to (Warshall, JACM 1962); a state reaches itself by a cycle alone. */
  #reaches(edges: readonly Edge[]): readonly boolean[][] {
    const reaches = this.#rows.map(() => this.#rows.map(() => false));
    for (const { from, to } of edges) reaches[from][to] = true;
    for (let middle = 0; middle < this.#rows.length; middle++)
      for (const row of reaches)
        if (row[middle]) for (let to = 0; to < row.length; to++) row[to] ||= reaches[middle][to];
    return reaches;
  }
}
