import { Worker } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest, WorkerStart } from './messages.ts';

/** Whether this is built code: a worker thread needs a file that Node can run by itself. */
const IS_BUILT = import.meta.url.endsWith('.js');

type Reply<Kind extends WorkerReply['kind']> = Extract<WorkerReply, { readonly kind: Kind }>;

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

/** Worker threads that are asked and answer together. */
export class WorkerTeam {
  readonly #workers: readonly Worker[];
  readonly #waiting: (Waiting | undefined)[] = [];

  /** Whether worker threads can be had here. */
  static readonly available = IS_BUILT;

  private constructor(jobs: number, start: WorkerStart) {
    this.#workers = Array.from(
      { length: jobs },
      () => new Worker(new URL('./worker-thread.js', import.meta.url), { workerData: start }),
    );
  }

  /** Starts workers, and waits until all have made their systems. */
  static async start(jobs: number, start: WorkerStart): Promise<WorkerTeam> {
    const team = new WorkerTeam(jobs, start);
    await Promise.all(team.#workers.map((worker, index) => team.#listen(worker, index)));
    return team;
  }

  /** Sends each worker its request and waits for all answers, in the order of workers. */
  async ask<Kind extends WorkerReply['kind']>(
    requests: readonly WorkerRequest[],
    kind: Kind,
  ): Promise<readonly Reply<Kind>[]> {
    const replies = await Promise.all(
      requests.map((request, index) => {
        const reply = this.#reply(index);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin; that is for windows.
        this.#workers[index].postMessage(request);
        return reply;
      }),
    );
    return replies.map((reply) => {
      if (reply.kind !== kind) throw new Error(`a worker answered ${reply.kind} where ${kind} was expected`);
      return reply as Reply<Kind>;
    });
  }

  get size(): number {
    return this.#workers.length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #listen(worker: Worker, index: number): Promise<WorkerReply> {
    const ready = this.#reply(index);
    worker.on('message', (reply: WorkerReply) => {
      const waiting = this.#waiting[index];
      this.#waiting[index] = undefined;
      if (reply.kind === 'failed') waiting?.reject(new Error(`an exploring thread failed: ${reply.message}`));
      else waiting?.resolve(reply);
    });
    worker.on('error', (error) => {
      this.#waiting[index]?.reject(error instanceof Error ? error : new Error(String(error)));
    });
    return ready;
  }

  #reply(index: number): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      this.#waiting[index] = { resolve, reject };
    });
  }
}
