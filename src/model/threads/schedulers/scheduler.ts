/**
 * Decides an execution step by step. Nothing that it does depends on what a system is: it sees which threads can move and how many
 * alternatives the chosen one has, so that it drives programs of scenarios as well as general clients.
 */
export interface Scheduler {
  readonly name: string;
  /** An execution of so many threads begins. */
  begin(threads: number): void;
  /** Which thread steps; at least one of them can. `canMove` holds 1 for those that can, by thread. */
  thread(canMove: Uint8Array): number;
  /** Which alternative a thread takes, from 0 to before `count`. */
  alternative(thread: number, count: number): number;
  /** The execution ended, after so many steps of all threads together. */
  end(steps: number): void;
}
