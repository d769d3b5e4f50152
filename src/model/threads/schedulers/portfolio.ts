import type { Random } from '../../vocabulary/random.ts';
import { Pct } from './pct.ts';
import { RandomScheduler } from './random-scheduler.ts';
import { RoundRobin } from './round-robin.ts';
import type { Scheduler } from './scheduler.ts';
import { UniformWalk } from './uniform-walk.ts';

/** The names that options take. */
export const SCHEDULERS = ['portfolio', 'random', 'uniform-walk', 'pct', 'round-robin'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

/** The depth of `pct` unless another one is given. */
const DEPTH = 3;

/**
 * Several schedulers in turn, one for each execution: each misses what another one finds. PCT of small depth never sees a wrap of
 * generations that takes many changes of thread, plain random walks hardly see what takes long runs of one thread.
 */
export class Portfolio implements Scheduler {
  readonly #members: readonly Scheduler[];
  #turn = -1;

  constructor(random: Random) {
    this.#members = [
      new RandomScheduler(random),
      new UniformWalk(random),
      new Pct(random, 2),
      new RandomScheduler(random),
      new Pct(random, 3),
      new UniformWalk(random),
      new Pct(random, 5),
      new RoundRobin(random),
    ];
  }

  /** Of the member that has this execution. */
  get name(): string {
    return `portfolio:${this.#member.name}`;
  }

  begin(threads: number): void {
    this.#turn = (this.#turn + 1) % this.#members.length;
    this.#member.begin(threads);
  }

  thread(canMove: Uint8Array): number {
    return this.#member.thread(canMove);
  }

  alternative(thread: number, count: number): number {
    return this.#member.alternative(thread, count);
  }

  end(steps: number): void {
    this.#member.end(steps);
  }

  get #member(): Scheduler {
    return this.#members[Math.max(0, this.#turn)];
  }
}

/** A scheduler by its name; all its choices come from the given randomness. */
export function schedulerOf(name: SchedulerName, random: Random, depth = DEPTH): Scheduler {
  switch (name) {
    case 'portfolio':
      return new Portfolio(random);
    case 'random':
      return new RandomScheduler(random);
    case 'uniform-walk':
      return new UniformWalk(random);
    case 'pct':
      return new Pct(random, depth);
    case 'round-robin':
      return new RoundRobin(random);
  }
}
