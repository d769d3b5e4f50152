import { Worker } from 'node:worker_threads';
import type { RoundOrder, RoundResult } from './lane.ts';
import { allLanes, type LanePool } from './lane-pool.ts';
import type { FuzzTarget, TargetOrder } from './target.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

/** Whether this is built code: a worker thread needs a file that Node can run by itself. */
const IS_BUILT = import.meta.url.endsWith('.js');

interface Waiting {
  readonly resolve: (results: readonly RoundResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** Long-lived worker threads on which lanes are placed, evenly. */
export class WorkerLanes {
  readonly #workers: readonly Worker[];
  /** By worker, then by target: who waits for the answer. */
  readonly #waiting: readonly Map<number, Waiting>[];
  #targets = 0;

  /** Whether worker threads can be had here. */
  static readonly available = IS_BUILT;

  /** @param resolver URL of the module that finds representations again on the other side */
  constructor(jobs: number, resolver: string) {
    const start: WorkerStart = { resolver };
    this.#workers = Array.from(
      { length: jobs },
      () => new Worker(new URL('./lane-worker.js', import.meta.url), { workerData: start }),
    );
    this.#waiting = this.#workers.map((worker) => {
      const waiting = new Map<number, Waiting>();
      worker.on('message', (reply: WorkerReply) => {
        const waiter = waiting.get(reply.id);
        waiting.delete(reply.id);
        if ('error' in reply) waiter?.reject(new Error(`a search thread failed: ${reply.error}`));
        else waiter?.resolve(reply.results);
      });
      worker.on('error', (error) => {
        for (const { reject } of waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
        waiting.clear();
      });
      return waiting;
    });
  }

  /** The lanes of one target. */
  lanes(
    { source, parameters, machine, client, mutant, engine }: FuzzTarget,
    seed: number,
    firstLane: number,
  ): LanePool {
    const id = this.#targets++;
    const target: TargetOrder = {
      source,
      parameters,
      machine,
      ...(client !== undefined && { client }),
      ...(mutant !== undefined && { mutant }),
      ...(engine !== undefined && { engine }),
    };
    const shares = this.#workers.map((_, worker) =>
      allLanes().filter((lane) => lane % this.#workers.length === worker),
    );
    shares.forEach((numbers, worker) => this.#send(worker, { kind: 'open', id, target, seed, firstLane, numbers }));
    return {
      round: async (orders) => {
        const answers = await Promise.all(
          shares.map((numbers, worker) =>
            this.#round(
              worker,
              id,
              numbers.map((number) => orders[number]),
            ),
          ),
        );
        return orders.map((_, lane) => {
          const worker = lane % this.#workers.length;
          return answers[worker][Math.floor(lane / this.#workers.length)];
        });
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #round(worker: number, id: number, orders: readonly RoundOrder[]): Promise<readonly RoundResult[]> {
    return new Promise((resolve, reject) => {
      this.#waiting[worker]?.set(id, { resolve, reject });
      this.#send(worker, { kind: 'round', id, orders });
    });
  }

  #send(worker: number, request: WorkerRequest): void {
    this.#workers[worker]?.postMessage(request);
  }
}
